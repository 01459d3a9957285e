"""Cards as Discord's components v2: containers, buttons whose id is their call, literal values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from discord.utils import escape_markdown

from bot.core.cards import Call, Card, Tone
from bot.core.fit import fit, rows
from bot.core.pictures import Drawing
from bot.core.rooms import Limits
from bot.core.text import Day, Link, Moment, Name, Plain, Span, Strong, Text
from bot.platforms.dates import day, written

Json: TypeAlias = dict[str, Any]

NAME = "discord"
LIMITS = Limits(
    text=1900,  # of 4,000 in one view: escaping can double it
    title=200,
    buttons_per_row=5,
    rows=5,
    dialog_fields=5,
    quiet_replies=True,
    picture=True,
    deduplicates=90,  # enforce_nonce holds for about 120 s: stay well inside
    per_second=48,
)
COLOURS = {Tone.PLAIN: 0x5865F2, Tone.GOOD: 0x57F287, Tone.CAREFUL: 0xFEE75C}
STYLES = {Tone.PLAIN: 2, Tone.GOOD: 3, Tone.CAREFUL: 1}
"""Secondary, success, primary; never danger."""
LEADS = 5
"""The style of a button that opens an address."""
ROW, BUTTON, TEXT, GALLERY, CONTAINER = 1, 2, 10, 12, 17
V2, EPHEMERAL = 1 << 15, 1 << 6
LAST = 25
"""More messages than any card makes."""
PICTURE = "picture.png"
"""What the file is called that a card's picture is sent as, with the message."""
DESCRIPTION = 1024
"""Characters in the description of a picture."""
NOBODY: Json = {"parse": []}
"""Nobody is mentioned, whatever stands in a text."""


@dataclass(frozen=True, slots=True)
class Message:
    """The JSON of one message, and what is drawn on it."""

    body: Json
    drawing: Drawing | None = None

    @property
    def quiet(self) -> Message:
        """For one person alone."""
        return replace(self, body={**self.body, "flags": self.body["flags"] | EPHEMERAL})


SAID = re.compile(r"\S.*")
"""A line from its first letter on: before a space the library's backslash would be seen."""
LINK = re.compile(r"\]\(")
"""What the library would take for a link, and escape as a whole: what is in it stays markup."""
BRACKETS = re.compile(r"(\\.)|[\[\]]", re.DOTALL)
"""What is escaped already, and brackets that are not: alone they could end a link's label."""


def messages(card: Card, mark: int = 0) -> list[Message]:
    """What is sent for a card, in order. `mark` is what the containers are numbered from, by
    which they are found again; the last one is LAST further on."""
    sheets = fit(card, LIMITS)
    last = len(sheets) - 1
    numbers = [mark and mark + n + LAST * (n == last) for n in range(len(sheets))]
    return [
        Message(plain([container(one, n)]), one.picture.drawing if one.picture else None)
        for one, n in zip(sheets, numbers, strict=True)
    ]


def leading(said: list[Message], label: str, url: str) -> list[Message]:
    """The same, with a button under the last that opens an address."""
    *before, last = said
    way = row([{"type": BUTTON, "style": LEADS, "label": label[:80], "url": url}])
    [box] = last.body["components"]
    box = {**box, "components": [*box["components"], way]}
    return [*before, replace(last, body={**last.body, "components": [box]})]


def plain(components: list[Json]) -> Json:
    """A message of these components alone. What was attached before does not stay."""
    return {
        "flags": V2,
        "components": components,
        "allowed_mentions": NOBODY,
        "attachments": [],
    }


def container(card: Card, mark: int = 0) -> Json:
    parts = [f"### {escaped(card.title)}"] if card.title else []
    parts += [markdown(card.text, card.locale)] if card.text else []
    parts += [f"**{escaped(k)}:** {markdown(v, card.locale)}" for k, v in card.facts]
    inside: list[Json] = [{"type": TEXT, "content": "\n".join(parts)}] if any(parts) else []
    if card.picture:
        alt = written(card.picture.alt, card.locale)[:DESCRIPTION]
        seen = {"media": {"url": f"attachment://{PICTURE}"}, "description": alt}
        inside.append({"type": GALLERY, "items": [seen]})
    buttons = rows(card.buttons, LIMITS)
    inside += [row([button(b.label, b.call, b.tone) for b in some]) for some in buttons]
    box: Json = {"type": CONTAINER, "accent_color": COLOURS[card.tone], "components": inside}
    return {**box, "id": mark} if mark else box


def row(parts: list[Json]) -> Json:
    return {"type": ROW, "components": parts}


def button(label: str, id: str | Call, tone: Tone = Tone.PLAIN) -> Json:
    return {"type": BUTTON, "style": STYLES[tone], "label": label[:80], "custom_id": str(id)}


def markdown(text: Text, locale: str = "en") -> str:
    return "".join(_span(span, locale) for span in text)


def escaped(text: str) -> str:
    """Literal letters: no markup, no masked link, no mention, no timestamp."""
    marked = SAID.sub(lambda found: escape_markdown(found[0]), LINK.sub("]\ue000(", text))
    marked = marked.replace("]\ue000(", "](").replace("<", "\\<").replace("@", "@\u200b")
    return BRACKETS.sub(lambda found: found[0] if found[1] else f"\\{found[0]}", marked)


def _span(span: Span, locale: str) -> str:
    match span:
        case Strong(text):
            return f"**{escaped(text)}**"
        case Link(text, url) if not url.startswith("http"):
            return f"**{escaped(text)}**"  # a number to ring: Discord opens web addresses only
        case Link(text, url):
            return f"[{escaped(text)}](<{url}>)"
        case Moment(at):
            return f"<t:{at.timestamp():.0f}:f>"
        case Day(on):
            return escaped(day(on, locale))
        case Plain(text) | Name(text):
            return escaped(text)
