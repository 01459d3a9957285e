"""The last weeks of somebody's check-ins as a calendar, and the same in words and as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.core.calendar import cldr
from bot.core.model import Context
from bot.core.pictures import MoodCalendar, MoodDay, MoodWeek, Picture
from bot.core.text import Day, Plain, Text
from cogs.checkins.words import MOODS, NEEDS, boxes, mood
from storage.checkins import CheckIn

TOLD = 7
"""Days that the words beside the picture name."""


def picture(ctx: Context, entries: Sequence[CheckIn]) -> Picture | None:
    """Entries oldest first; from the week of the first one, none where there is none."""
    if not entries:
        return None
    lived = _by_day(entries)
    first_days = starts(ctx, min(lived), max(*lived, ctx.today))
    needs = ", ".join(ctx.label(need.label) for need in NEEDS)
    weeks = tuple(_week(ctx, start, lived, start == first_days[0]) for start in first_days)
    drawing = MoodCalendar(
        ctx.label("Your check-ins"),
        _weekdays(ctx),
        weeks,
        tuple(ctx.label(choice.label) for choice in MOODS),
        ctx.today,
        ctx.label("One mark for each: {boxes}", boxes=needs),
        ctx.label("Several in a day: from left to right"),
    )
    return Picture(_told(ctx, weeks, lived), drawing)


def rows(ctx: Context, entries: Sequence[CheckIn]) -> list[dict[str, object]]:
    """What the calendar shows, day by day, the newest first; days with nothing are left out."""
    return [
        {"day": day, "moods": _moods(ctx, of), "boxes": ", ".join(boxes(ctx, *of))}
        for day, of in sorted(_by_day(entries).items(), reverse=True)
    ]


def _by_day(entries: Sequence[CheckIn]) -> dict[date, list[CheckIn]]:
    lived: dict[date, list[CheckIn]] = {}
    for entry in entries:
        lived.setdefault(entry.day, []).append(entry)
    return lived


def starts(ctx: Context, first: date, last: date) -> list[date]:
    """The first day of each week."""
    opens, closes = (day - timedelta(days=_into(ctx, day)) for day in (first, last))
    return [opens + timedelta(weeks=at) for at in range((closes - opens).days // 7 + 1)]


def _into(ctx: Context, day: date) -> int:
    """How many days of its week lie before it, in the manner of the person's language."""
    from babel import Locale  # on first use, like all that knows languages

    return (day.weekday() - Locale.parse(cldr(ctx.locale)).first_week_day) % 7


def _week(
    ctx: Context, start: date, lived: Mapping[date, Sequence[CheckIn]], first: bool
) -> MoodWeek:
    week = [start + timedelta(days=at) for at in range(7)]
    begun, over = min(lived), max(*lived, ctx.today)
    days = tuple(
        MoodDay(
            day,
            tuple(entry.mood for entry in lived.get(day, ())),
            len(boxes(ctx, *lived.get(day, ()))),
            begun <= day <= over,
        )
        for day in week
    )
    begins = next((day for day in week if day.day == 1), week[0] if first else None)
    return MoodWeek(days, _month(ctx, begins, first) if begins else "")


def _month(ctx: Context, day: date, first: bool) -> str:
    """With the year on the first and on every January, as a heading."""
    from babel.dates import format_date, format_skeleton

    written = cldr(ctx.locale)
    if first or day.month == 1:
        named = format_skeleton("yMMMM", day, locale=written)
    else:
        named = format_date(day, "LLLL", locale=written)
    return named[:1].upper() + named[1:]


def _weekdays(ctx: Context) -> tuple[str, ...]:
    from babel import Locale

    locale = Locale.parse(cldr(ctx.locale))
    names = locale.days["stand-alone"]["short"]
    short = [names[(locale.first_week_day + at) % 7] for at in range(7)]
    return tuple(name[:1].upper() + name[1:].lower() for name in short)


def _told(ctx: Context, weeks: Sequence[MoodWeek], lived: Mapping[date, Sequence[CheckIn]]) -> Text:
    """How long it is, then the latest days that have something, the newest last."""
    said = ctx.n(
        "{n} week of check-ins. A day without one is left blank.",
        "{n} weeks of check-ins, the newest last. A day without one is left blank.",
        len(weeks),
    )
    for day in sorted(lived)[-TOLD:]:
        ticked = ", ".join(boxes(ctx, *lived[day]))
        more = f" ({ticked})" if ticked else ""
        said += (Plain(" "), Day(day), Plain(f": {_moods(ctx, lived[day])}{more}."))
    return said


def _moods(ctx: Context, entries: Sequence[CheckIn]) -> str:
    return ", ".join(mood(ctx, entry) for entry in entries)
