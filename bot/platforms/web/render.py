"""Cards, forms and pages as HTML; every value is escaped where it is put in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.core.cards import Card, Field, Form, Page
from bot.core.pictures import Picture
from bot.core.text import Day, Link, Moment, Name, Plain, Span, Strong, Text, n, plain, t
from bot.pictures import svg
from bot.platforms import dates
from bot.platforms.web.reader import Reader

HERE = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FEW = 9
"""As many choices are shown at once; more are a list that opens."""
SAFE = re.compile(r"(https?://|mailto:|tel:|/(?![/\\]))[^\s]*", re.IGNORECASE)
"""Addresses that a link may lead to; a script is not one of them."""
AREA = re.compile(
    "(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/|UTC$"
)


@dataclass(frozen=True, slots=True)
class Static:
    """A file that never changes under its address: the address holds its hash."""

    url: str
    body: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a card stands in a room."""

    anchor: str
    seq: int
    first: int
    at: datetime


class Renderer:
    """Reads its files once."""

    def __init__(self) -> None:
        self.static = {file.name: _static(file) for file in sorted((HERE / "static").iterdir())}
        self._env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._env.globals["static"] = lambda name: self.static[name].url
        self._env.globals["zones"] = _zones
        self._names = frozenset(self._env.list_templates())

    def page(self, template: str, reader: Reader, **values: Any) -> str:
        """A whole page, from `frame/`."""
        return self._render(f"frame/{template}.html", reader, values)

    def say(self, message: str, reader: Reader) -> str:
        """A sentence of the catalogue, as letters."""
        return _say(reader.locale, message)

    def answer(self, answer: Card | Form | Page, reader: Reader, anchor: str = "") -> Markup:
        """What an action answered, as a piece of a page. `anchor` is that of the card it is
        shown in place of."""
        match answer:
            case Form():
                return self._piece("form", reader, form=answer, fields=_fields(answer))
            case Page() if f"{answer.name}.html" in self._names:
                values = {"data": answer.data, "card": answer.card}
                return Markup(self._render(f"{answer.name}.html", reader, values))
            case Page():
                return self.card(answer.card, reader, anchor=anchor)
            case _:
                return self.card(answer, reader, anchor=anchor)

    def card(
        self, card: Card, reader: Reader, spot: Spot | None = None, anchor: str = ""
    ) -> Markup:
        anchor = spot.anchor if spot else anchor
        return self._piece("card", reader, card=card, spot=spot, anchor=anchor)

    def below(self, anchor: str, reader: Reader) -> Markup:
        """Says that an answer stands in the room, and leads to it."""
        return self._piece("below", reader, anchor=anchor)

    def _piece(self, name: str, reader: Reader, **values: Any) -> Markup:
        return Markup(self._render(f"frame/{name}.html", reader, values))

    def _render(self, template: str, reader: Reader, values: dict[str, Any]) -> str:
        words = {
            "_": partial(_say, reader.locale),
            "n_": partial(_count, reader.locale),
            "html": partial(html, reader=reader),
            "moment": partial(_moment, reader=reader),
            "day": partial(_day, locale=reader.locale),
            "drawn": partial(_drawn, locale=reader.locale),
            "told": partial(_told, reader=reader),
            "reader": reader,
            "cause": secrets.token_urlsafe(12),
        }
        return self._env.get_template(template).render(words | values)


@cache
def renderer() -> Renderer:
    """The one there is: it holds nothing but files."""
    return Renderer()


def card_html(card: Card) -> str:
    """A card as a guest sees it."""
    return str(renderer().card(card, Reader(card.locale or "en")))


def html(text: Text, card: Card | None = None, *, reader: Reader) -> Markup:
    """Spans as paragraphs: an empty line parts them, and a line break stays one."""
    locale = (card.locale if card else "") or reader.locale
    inline = Markup().join(_span(span, locale, reader) for span in text)
    parts = (part.strip() for part in re.split(r"(?:<br>\s*){2,}|^<br>|<br>$", inline))
    return Markup().join(Markup("<p>{}</p>").format(Markup(part)) for part in parts if part)


def _span(span: Span, locale: str, reader: Reader) -> Markup:
    match span:
        case Plain(text):
            return Markup("<br>").join(text.split("\n"))
        case Strong(text):
            return Markup("<strong>{}</strong>").format(text)
        case Link(text, url) if SAFE.fullmatch(url):
            return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, text)
        case Link(text) | Name(text):
            return Markup("<bdi>{}</bdi>").format(text)
        case Moment(at):
            return _moment(at, locale, reader=reader)
        case Day(on):
            return _day(on, locale)


def _moment(at: datetime, locale: str = "", *, reader: Reader) -> Markup:
    said = dates.moment(at, locale or reader.locale, reader.zone)
    named = f" ({reader.zone})" if reader.named else ""
    iso = at.astimezone(UTC).isoformat(timespec="minutes")
    return Markup('<time datetime="{}">{}{}</time>').format(iso, said, named)


def _day(on: date, locale: str) -> Markup:
    iso, said = on.isoformat(), dates.day(on, locale)
    return Markup('<time datetime="{}">{}</time>').format(iso, said)


def _drawn(picture: Picture, locale: str) -> Markup:
    """Inside the page, so that it takes the page's colours; its words are for who cannot see it."""
    words = dates.written(picture.alt, locale)
    return Markup(svg(picture.drawing, words, f"p{secrets.token_hex(4)}"))


def _told(value: Any, *, reader: Reader) -> Any:
    """A plain value of somebody's data as people read it: a stored day or instant as such."""
    if isinstance(value, bool):
        return _say(reader.locale, "Yes" if value else "No")
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d(T[\d:.+-]+)?", value):
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return _moment(at, reader=reader) if "T" in value else _day(at.date(), reader.locale)


@dataclass(frozen=True, slots=True)
class Asked:
    """A field, and how a browser asks for it."""

    field: Field
    input: str
    """`text`, `long`, `number`, `date`, `time`, `zone`, `one`, `list` or `several`."""
    given: str
    ticked: tuple[str, ...]


def _fields(form: Form) -> Iterator[Asked]:
    for at, field in enumerate(form.fields):
        given = form.given[at] if at < len(form.given) else ""
        ticked = tuple(word.strip() for word in given.split(",")) if field.many else (given,)
        yield Asked(field, _input(field, given), given, ticked)


def _input(field: Field, given: str) -> str:
    """What a browser could not show of what was typed before is shown as text."""
    if field.many:
        return "several"
    if field.choices:
        return "one" if len(field.choices) <= FEW else "list"
    if field.kind is int:
        return "number" if not given or re.fullmatch(r"-?\d+", given) else "text"
    if field.kind is date:
        return "date" if not given or re.fullmatch(r"\d{4}-\d\d-\d\d", given) else "text"
    if field.kind is time:
        return "time" if not given or re.fullmatch(r"\d\d:\d\d", given) else "text"
    if field.kind is ZoneInfo:
        return "zone"
    return "long" if field.long else "text"


def _say(locale: str, message: str, **values: Any) -> str:
    """What `_` means in a template: a sentence of the catalogue, with values as letters."""
    return plain(t(message, locale, **values)) if message else ""


def _count(locale: str, one: str, many: str, number: int) -> str:
    """The same for a plural, whose sentence stands in the code of a feature as well."""
    return plain(n(one, many, number, locale))


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(filter(AREA.match, available_timezones())))


def _static(file: Path) -> Static:
    body = file.read_bytes()
    name = f"{file.stem}.{sha256(body).hexdigest()[:12]}{file.suffix}"
    return Static(f"/static/{name}", body, TYPES[file.suffix])
