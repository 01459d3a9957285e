"""Cards, forms and pages as HTML; every value is escaped where it is put in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup

from bot.core.cards import Card, Field, Form, Page
from bot.core.pictures import Picture
from bot.core.rooms import Line
from bot.core.text import Day, Link, Moment, Name, Plain, Span, Strong, Text, n, plain, t
from bot.pictures import svg
from bot.platforms import dates
from bot.platforms.web.extras import Extras
from bot.platforms.web.reader import Reader

HERE = Path(__file__).parent
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
STYLE = ("tokens.css", "base.css", "pages.css")
"""Served as one file: colours and sizes, the things on the table, what the house makes of them."""
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

    def __init__(self, extras: Extras | None = None) -> None:
        self.static = _files(HERE / "static", *([extras.static] if extras else []))
        self._env = Environment(
            loader=_loader(extras),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._env.globals["static"] = lambda name: self.static[name].url
        self._env.globals["zones"] = _zones
        self._env.globals.update(extras.words if extras else {})
        self._names = frozenset(self._env.list_templates())

    def page(self, template: str, reader: Reader, **values: Any) -> str:
        """A whole page, from `frame/`."""
        return self._render(f"frame/{template}.html", reader, values)

    def say(self, message: str, reader: Reader) -> str:
        """A sentence of the catalogue, as letters."""
        return _say(reader.locale, message)

    def answer(self, answer: Card | Form | Page, reader: Reader, anchor: str = "") -> Markup:
        """What an action answered, as a piece of a page. `anchor` is that of the card it is
        shown in place of, or was asked for with."""
        match answer:
            case Form():
                return self.form(answer, reader, anchor=anchor)
            case Page() if self._knows(answer):
                return self._sheet(answer, reader, {"layout": "frame/piece.html"})
            case Page():
                return self.card(answer.card, reader, anchor=anchor)
            case _:
                return self.card(answer, reader, anchor=anchor)

    def whole(
        self, answer: Card | Form | Page, reader: Reader, anchor: str = "", **frame: Any
    ) -> str:
        """The same as a page of its own, inside the frame; its title is the page's."""
        if isinstance(answer, Page) and self._knows(answer):
            return self._sheet(answer, reader, {"layout": "frame/whole.html", **frame})
        if isinstance(answer, Form):
            title = _say(reader.locale, answer.title)
            piece = self.form(answer, reader, False, anchor=anchor)
        else:
            card = answer.card if isinstance(answer, Page) else answer
            title, piece = card.title, self.card(replace(card, title=""), reader)
        title = title or frame["frame"].titled or _say(reader.locale, "The answer")
        asks = isinstance(answer, Form)
        return self.page("plain", reader, piece=piece, title=title, asks=asks, **frame)

    def alone(self, page: Page, reader: Reader) -> str | None:
        """What a page shows as a document of its own, to print or to keep, with nothing that is
        fetched; None where there is none for it."""
        if f"{page.name}_alone.html" not in self._names:
            return None
        return self._render(f"{page.name}_alone.html", reader, {"data": page.data})

    def card(
        self, card: Card, reader: Reader, spot: Spot | None = None, anchor: str = ""
    ) -> Markup:
        anchor = spot.anchor if spot else anchor
        return self._piece("card", reader, card=card, spot=spot, anchor=anchor)

    def line(self, line: Line, reader: Reader, spot: Spot, mine: bool) -> Markup:
        """What somebody said in the room; their own can be mended and taken back."""
        return self._piece("line", reader, line=line, spot=spot, mine=mine)

    def happening(
        self, body: Card | Line | None, reader: Reader, spot: Spot, mine: bool = False
    ) -> Markup | None:
        """None for what was taken away."""
        if isinstance(body, Line):
            return self.line(body, reader, spot, mine)
        return self.card(body, reader, spot) if body else None

    def below(self, anchor: str, reader: Reader) -> Markup:
        """Says that an answer stands in the room, and leads to it."""
        return self._piece("below", reader, anchor=anchor)

    def _knows(self, page: Page) -> bool:
        return f"{page.name}.html" in self._names

    def _sheet(self, page: Page, reader: Reader, values: dict[str, Any]) -> Markup:
        told = {"data": page.data, "card": page.card, **values}
        return Markup(self._render(f"{page.name}.html", reader, told))

    def form(
        self,
        form: Form,
        reader: Reader,
        titled: bool = True,
        errand: str = "",
        anchor: str = "",
    ) -> Markup:
        """`errand` is the secret of a page that is for this form alone, `anchor` that of the card
        whose button opened it."""
        values = {"form": form, "fields": _fields(form), "titled": titled}
        return self._piece("form", reader, **values, errand=errand, anchor=anchor)

    def _piece(self, name: str, reader: Reader, **values: Any) -> Markup:
        return Markup(self._render(f"frame/{name}.html", reader, values))

    def _render(self, template: str, reader: Reader, values: dict[str, Any]) -> str:
        words = {
            "_": partial(_say, reader.locale),
            "n_": partial(_count, reader.locale),
            "html": partial(html, reader=reader),
            "inline": partial(_inline, reader=reader),
            "moment": partial(_moment, reader=reader),
            "day": partial(_day, locale=reader.locale),
            "drawn": partial(_drawn, locale=reader.locale),
            "hour": partial(_hour, reader=reader),
            "told": partial(_told, reader=reader),
            "reader": reader,
            "cause": secrets.token_urlsafe(12),
            "viewer": None,
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


def _inline(text: Text, *, reader: Reader) -> Markup:
    """Spans in one line, without a paragraph around them."""
    return Markup().join(_span(span, reader.locale, reader) for span in text)


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


def _hour(at: datetime, *, reader: Reader) -> Markup:
    """An hour, and beneath it the day."""
    local = at.astimezone(ZoneInfo(reader.zone))
    said, on = dates.hour(at, reader.locale, reader.zone), dates.day(local.date(), reader.locale)
    iso = at.astimezone(UTC).isoformat(timespec="minutes")
    return Markup('<time datetime="{}">{}<span>{}</span></time>').format(iso, said, on)


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


def _loader(extras: Extras | None) -> BaseLoader:
    ours = FileSystemLoader(HERE / "templates")
    if extras is None:
        return ours
    theirs = FileSystemLoader(extras.templates)
    return ChoiceLoader([theirs, ours, PrefixLoader({"house": ours})])


def _files(folder: Path, *more: Path) -> dict[str, Static]:
    """What browsers fetch, by name; in the style the other files' names become addresses. A style
    that somebody else brings stays a file of its own."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES]
    paths += [path for other in more for path in sorted(other.iterdir())]
    files = {
        path.name: _static(path.name, path.read_bytes(), TYPES.get(path.suffix, "text/css"))
        for path in paths
    }
    style = "\n".join((folder / name).read_text(encoding="utf-8") for name in STYLE)
    for name, file in files.items():
        style = style.replace(f'url("{name}")', f'url("{file.url}")')
    return files | {"house.css": _static("house.css", style.encode(), "text/css")}


def _static(name: str, body: bytes, kind: str) -> Static:
    stem, dot, suffix = name.rpartition(".")
    return Static(f"/static/{stem}.{sha256(body).hexdigest()[:12]}{dot}{suffix}", body, kind)
