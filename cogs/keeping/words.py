"""What is kept of somebody, in words: labels and hours where the file has values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.core.cards import Choice
from bot.core.model import Context
from bot.core.text import Day, Moment, Plain, Text, key, plain

NAMES = {
    "people": key("You"),
    "groups": key("Your groups"),
    "roles": key("Your service"),
    "blocks": key("Whom you keep away"),
    "checkins": key("Your check-ins"),
    "clocks": key("Your dates"),
    "said": key("What you said in a room, until it is a day old"),
    "readings": key("What you keep of readings"),
    "reading_hours": key("When your reading comes"),
    "agreements": key("With whom you agreed to check in"),
    "offers": key("What you offer"),
    "asks": key("When you asked somebody"),
    "parted": key("Until when you do not ask somebody again with whom it ended"),
    "requests": key("What you asked, and how you let yourself be reached"),
    "steps": key("Your step work"),
    "reports": key("What you reported, and what you were asked to read"),
    "gatherings": key("Where you open the group's check-in in turn"),
    "shares": key("What you showed of your check-ins"),
    "pings": key("What you were asked last, and your answer"),
    "web": key("Where you are signed in"),
}
"""What is kept where, as people call it."""
WORDS = (
    *(key("name"), key("zone"), key("language"), key("quiet"), key("adult"), key("consents")),
    *(key("age changed"),),
    *(key("withdrawn"), key("accounts"), key("platform"), key("id"), key("group"), key("role")),
    *(key("since"), key("until"), key("at"), key("day"), key("mood"), key("halt"), key("note")),
    *(key("counts"), key("shows"), key("ahead"), key("leap"), key("past"), key("again at")),
    *(key("sessions"), key("last used"), key("reflections"), key("favourites"), key("title")),
    *(key("hour"), key("track"), key("kind"), key("agreed"), key("muted"), key("asked")),
    *(key("wished"), key("weekdays"), key("shown"), key("calls"), key("tells")),
    *(key("rests until"), key("capacity"), key("languages"), key("words"), key("reached")),
    *(key("meant"), key("wish"), key("met")),
    *(key("notebooks"), key("entries"), key("suggestions"), key("answers")),
    *(key("guide"), key("step"), key("question"), key("open"), key("let read")),
    *(key("with"), key("with the note"), key("answered"), key("opened")),
    *(key("sent"), key("to read"), key("receipt"), key("added")),
)
"""What the parts of it are called. The file names them in English, for whatever reads it."""
WHEN = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Words:
    """`choices` has what a field can hold and how people read it, by the field's name; `quiet`
    writes quiet hours, given in minutes after midnight."""

    choices: Mapping[str, Sequence[Choice]]
    quiet: Callable[[Context, tuple[int, int]], Text]

    def readable(self, ctx: Context, kept: object, name: str = "") -> object:
        """The same tree with words in it; its names stay catalogue keys, its days and instants
        as they are stored, since the door knows how its reader writes those."""
        match kept:
            case dict():
                return {
                    self._label(name, part) if name == "consents" else part: self.readable(
                        ctx, value, part
                    )
                    for part, value in kept.items()
                }
            case [int(start), int(end)] if name == "quiet":
                return plain(self.quiet(ctx, (start, end)))
            case [str(since), str(until)] if name == "past":
                return {"since": since, "until": until}
            case [str(purpose), str(since), str(until)] if name == "withdrawn":
                return {self._label("consents", purpose): {"since": since, "until": until}}
            case list():
                return [self.readable(ctx, one, name) for one in kept]
            case int() if name == "again_at":
                return datetime.fromtimestamp(kept / 1000, UTC).isoformat()
            case str() if name == "platform":
                return kept.capitalize()
            case str() | int() if any(c.value == kept for c in self.choices.get(name, ())):
                return ctx.label(str(self._label(name, kept)))
        return kept

    def _label(self, name: str, value: str | int) -> str | int:
        """A catalogue key, or the value where there is none for it."""
        return next((c.label for c in self.choices.get(name, ()) if c.value == value), value)


def lines(kept: object, ctx: Context, indent: str = "") -> Iterator[Text]:
    """A line for each thing that is kept."""
    named = kept.items() if isinstance(kept, dict) else [("-", one) for one in _listed(kept)]
    for name, value in named:
        head = f"{indent}-" if name == "-" else f"{indent}{ctx.label(name.replace('_', ' '))}:"
        if isinstance(value, dict | list):
            yield (Plain(head),)
            yield from lines(value, ctx, f"{indent}  ")
        else:
            yield (Plain(f"{head} "), *_value(value, ctx))


def _value(value: object, ctx: Context) -> Text:
    if isinstance(value, bool):
        return ctx.t("yes") if value else ctx.t("no")
    if isinstance(value, str) and WHEN.fullmatch(value):
        with suppress(ValueError):  # such as a note that looks like a day and is none
            return (_when(value),)
    return ctx.t("none") if value is None else (Plain(str(value)),)


def _when(value: str) -> Moment | Day:
    return Moment(datetime.fromisoformat(value)) if "T" in value else Day(date.fromisoformat(value))


def _listed(kept: object) -> list[object]:
    return kept if isinstance(kept, list) else [kept]
