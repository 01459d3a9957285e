"""A check-in in words."""

from __future__ import annotations

from bot.core.cards import NOW, SOMEONE, Button, Tone
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Day, Plain, Strong, Text
from storage.checkins import CheckIn
from storage.moods import HARD, MOODS, NEEDS

__all__ = ["HARD", "MOODS", "NEEDS"]


def talk(ctx: Context) -> Button:
    return Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL)


def someone(ctx: Context, entry: CheckIn) -> tuple[Button, ...]:
    """First under all that is said of a hard one."""
    return (talk(ctx),) if entry.mood <= HARD else ()


def refusal(entry: CheckIn, why: str) -> UserError:
    """`why` is a catalogue key."""
    return UserError(why, way=(SOMEONE, NOW) if entry.mood <= HARD else None)


def line(ctx: Context, entry: CheckIn) -> Text:
    return (Day(entry.day), Plain(": "), *said(ctx, entry))


def said(ctx: Context, entry: CheckIn) -> Text:
    ticked = ", ".join(boxes(ctx, entry))
    return (Strong(mood(ctx, entry)), *((Plain(f" ({ticked})"),) if ticked else ()))


def facts(ctx: Context, entry: CheckIn) -> tuple[tuple[str, Text], ...]:
    """All of it, for whoever said it."""
    found: tuple[tuple[str, Text], ...] = ((ctx.label("You said"), said(ctx, entry)),)
    return (*found, (ctx.label("Note"), (Plain(entry.note),))) if entry.note else found


def mood(ctx: Context, entry: CheckIn) -> str:
    return next(ctx.label(choice.label) for choice in MOODS if choice.value == entry.mood)


def boxes(ctx: Context, *entries: CheckIn) -> list[str]:
    """Each that was ticked in any of them, once."""
    ticked = {need for entry in entries for need in entry.halt}
    return [ctx.label(need.label) for need in NEEDS if need.value in ticked]


def row(ctx: Context, entry: CheckIn) -> dict[str, object]:
    told = {"mood": mood(ctx, entry), "boxes": boxes(ctx, entry)}
    return {"ref": entry.ref, "day": entry.day, "note": entry.note, **told}
