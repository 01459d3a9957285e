"""What the Discord renderer sends, as a picture in HTML: its JSON alone is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from markupsafe import Markup, escape

from bot.core.cards import Card
from bot.platforms import dates
from bot.platforms.discord import messages
from bot.platforms.discord.render import BUTTON, CONTAINER, EPHEMERAL, GALLERY, ROW, TEXT
from bot.platforms.web.reader import Reader

Json: TypeAlias = Mapping[str, Any]

MARKS = re.compile(
    r"\\(?P<literal>.)|(?P<strong>\*\*)|<t:(?P<at>-?\d+):f>"
    r"|\[(?P<label>(?:\\.|\[[^\]]*\]|[^\[\]\\]|\](?=[^\[]*\]))+)\]\(<(?P<url>[^>]*)>\)",
    re.DOTALL,
)
"""What of Discord's markdown the renderer uses; all else is literal."""
STYLES = {1: "blue", 2: "grey", 3: "green", 4: "red"}
"""How Discord paints a button, by its style."""


@dataclass(frozen=True, slots=True)
class Box:
    """A container: its accent, and what is in it, from top to bottom."""

    accent: str
    """Six hexadecimal figures."""
    parts: tuple[Words | Buttons | Seen, ...]


@dataclass(frozen=True, slots=True)
class Words:
    html: Markup
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Buttons:
    """One row: labels, and how each is painted."""

    row: tuple[tuple[str, str], ...]
    kind: str = "buttons"


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture, told in words for whoever cannot see it."""

    words: str
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class Message:
    boxes: tuple[Box, ...]
    quiet: bool
    """For one person alone."""


def pictured(card: Card, reader: Reader) -> list[Message]:
    """The messages that are sent for a card, a private one as an answer to a command is."""
    sent = messages(card)
    return [_message((one.quiet if card.private else one).body, reader) for one in sent]


def _message(body: Json, reader: Reader) -> Message:
    boxes = (part for part in body["components"] if part["type"] == CONTAINER)
    quiet = bool(body["flags"] & EPHEMERAL)
    return Message(tuple(_box(box, reader) for box in boxes), quiet)


def _box(box: Json, reader: Reader) -> Box:
    accent = f"{box['accent_color']:06x}"
    return Box(accent, tuple(_parts(box["components"], reader)))


def _parts(components: list[Json], reader: Reader) -> Iterator[Words | Buttons | Seen]:
    for part in components:
        if part["type"] == TEXT:
            yield Words(markdown(part["content"], reader))
        elif part["type"] == GALLERY:
            yield from (Seen(item["description"]) for item in part["items"])
        elif part["type"] == ROW:
            pressed = (one for one in part["components"] if one["type"] == BUTTON)
            yield Buttons(tuple((one["label"], STYLES[one["style"]]) for one in pressed))


def markdown(content: str, reader: Reader) -> Markup:
    """As Discord shows it: headings, strong words, links, hours on the reader's clock."""
    lines: list[Markup] = []
    for line in content.split("\n"):
        heading = line.startswith("### ")
        inline = _inline(line.removeprefix("### "), reader)
        lines.append(Markup("<b class=heading>{}</b>").format(inline) if heading else inline)
    return Markup("<br>").join(lines)


def _inline(line: str, reader: Reader) -> Markup:
    shown, at, strong = Markup(), 0, False
    for mark in MARKS.finditer(line):
        shown += escape(line[at : mark.start()])
        at = mark.end()
        if mark["strong"]:
            shown += Markup("</strong>" if strong else "<strong>")
            strong = not strong
        elif mark["literal"]:
            shown += escape(mark["literal"])
        elif mark["at"]:
            shown += escape(_moment(int(mark["at"]), reader))
        else:
            shown += Markup("<u>{}</u>").format(_inline(mark["label"], reader))
    return shown + escape(line[at:]) + Markup("</strong>" if strong else "")


def _moment(seconds: int, reader: Reader) -> str:
    return dates.moment(datetime.fromtimestamp(seconds, UTC), reader.locale, reader.zone)
