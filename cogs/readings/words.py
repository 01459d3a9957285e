"""How a reading is written, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from bot.core.cards import Button, Call, Card, Field
from bot.core.model import Context
from bot.core.text import Day, Link, Plain, Strong, Text, short
from cogs.readings.library import Read
from storage.readings import Favourite, Reflection

SHORT = 140
"""Characters of a note that a list shows."""

Track = Annotated[str, Field("Which readings?", longest=20)]
On = Annotated[date, Field("Which day?", hint="Year, month, day, like 2026-03-31.")]


def body(ctx: Context, read: Read) -> Text:
    """Its paragraphs, its question, and whose it is; of what may only be linked to, the link."""
    reading = read.reading
    if not reading.text:
        link = Link(reading.title, reading.link)
        said = ctx.t("It can be read where it was published: {link}", link=link)
    else:
        said = (Plain("\n\n".join(reading.text)), Plain("\n\n"), Strong(reading.question))
        if reading.link:
            said += (Plain("\n\n"), Link(reading.link, reading.link))
    return (*said, Plain(f"\n\n{credit(read)}"))


def credit(read: Read) -> str:
    return f"{read.reading.credit or read.pack.credit} · {read.pack.licence}"


def for_all(ctx: Context, read: Read) -> Card:
    """For a place that others read as well: each button answers whoever presses it, alone."""
    args = (read.pack.ident, read.day.isoformat())
    buttons = (
        Button(ctx.label("I read it"), Call("readings.read", args)),
        Button(ctx.label("Reflect"), Call("readings.reflect", args)),
        Button(ctx.label("Keep this one"), Call("readings.favourite", args)),
    )
    return Card(body(ctx, read), read.reading.title, buttons=buttons)


def for_one(ctx: Context, read: Read, *, kept: bool, written: str) -> Card:
    """`written` is the ref of what they wrote about it, "" for nothing."""
    args = (read.pack.ident, read.day.isoformat())
    reflect = (
        Button(ctx.label("What I wrote"), Call("readings.mine", (written,)))
        if written
        else Button(ctx.label("Reflect"), Call("readings.reflect", args))
    )
    keep = Call("readings.favourite", (*args, "no" if kept else "yes", "yes"))
    buttons = (
        Button(ctx.label("I read it"), Call("readings.read", (*args, "yes"))),
        reflect,
        Button(ctx.label("Kept") if kept else ctx.label("Keep this one"), keep),
        Button(ctx.label("Other readings"), Call("shelf.readings")),
    )
    return Card(body(ctx, read), read.reading.title, buttons=buttons, replaces=True)


def data(read: Read, *, kept: bool, written: str) -> dict[str, Any]:
    """The same for a page."""
    reading, pack = read.reading, read.pack
    return {
        "title": reading.title,
        "paragraphs": list(reading.text),
        "question": reading.question,
        "link": reading.link,
        "credit": reading.credit or pack.credit,
        "licence": pack.licence,
        "pack": pack.name,
        "language": pack.language,
        "day": read.day,
        "kept": kept,
        "written": written,
    }


def days(reads: Sequence[Read]) -> Text:
    return _lines([(Day(read.day), Plain(f": {read.reading.title}")) for read in reads])


def liked(favourites: Sequence[Favourite]) -> Text:
    return _lines([(Plain(one.title),) for one in favourites])


def written(reflections: Sequence[Reflection], *, notes: bool = False) -> Text:
    return _lines(
        [
            (
                Day(r.day),
                Plain(f": {r.title}"),
                *((Plain(f"\n{short(r.note, SHORT)}"),) if notes else ()),
            )
            for r in reflections
        ]
    )


def _lines(listed: Sequence[Text]) -> Text:
    """One under the other, with their numbers."""
    said: Text = ()
    for n, line in enumerate(listed, 1):
        said += (Plain(f"\n{n}. " if n > 1 else f"{n}. "), *line)
    return said
