"""Somebody's check-ins week by week: as a picture, in words and as rows, without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.core.calendar import cldr
from bot.core.model import Context
from bot.core.pictures import MoodSpan, MoodTrend, Picture
from bot.core.text import Day, Plain, Text
from cogs.checkins import weeks
from cogs.checkins.words import MOODS, NEEDS
from storage.checkins import CheckIn

TOLD = 8
"""Weeks that the words beside the picture name."""


def picture(ctx: Context, entries: Sequence[CheckIn]) -> Picture | None:
    """Entries oldest first; from the week of the first one, none where there is none."""
    if not entries:
        return None
    spans = _spans(ctx, entries)
    drawing = MoodTrend(
        ctx.label("Week by week"),
        spans,
        tuple(ctx.label(choice.label) for choice in MOODS),
        tuple(ctx.label(need.label) for need in NEEDS),
        ctx.label("The middle of a week"),
        ctx.label("From its lowest to its highest"),
    )
    return Picture(_told(ctx, spans), drawing)


def rows(ctx: Context, entries: Sequence[CheckIn]) -> list[dict[str, object]]:
    """What the picture shows, week by week, the newest first; an empty one stays an empty row."""
    if not entries:
        return []
    return [
        {"day": week.start, "moods": _moods(ctx, week), "boxes": _boxes(ctx, week)}
        for week in reversed(_spans(ctx, entries))
    ]


def _spans(ctx: Context, entries: Sequence[CheckIn]) -> tuple[MoodSpan, ...]:
    days = [entry.day for entry in entries]
    starts = weeks.starts(ctx, min(days), max(*days, ctx.today))
    return tuple(_span(ctx, start, entries, start == starts[0]) for start in starts)


def _span(ctx: Context, start: date, entries: Sequence[CheckIn], first: bool) -> MoodSpan:
    end = start + timedelta(days=7)
    of = [entry for entry in entries if start <= entry.day < end]
    ticked = tuple(at for at, need in enumerate(NEEDS) if any(need.value in e.halt for e in of))
    week = [start + timedelta(days=at) for at in range(7)]
    begins = next((day for day in week if day.day == 1), start if first else None)
    month = _month(ctx, begins) if begins else ""
    return MoodSpan(start, tuple(entry.mood for entry in of), ticked, month)


def _month(ctx: Context, day: date) -> str:
    """Short: its weeks are narrow."""
    from babel.dates import format_date

    named = format_date(day, "LLL", locale=cldr(ctx.locale))
    return named[:1].upper() + named[1:]


def _told(ctx: Context, spans: Sequence[MoodSpan]) -> Text:
    """How long it is, then the latest weeks that have something, the newest last."""
    said = ctx.n(
        "{n} week. One without a check-in is left blank.",
        "{n} weeks, the newest last. One without a check-in is left blank.",
        len(spans),
    )
    for week in [week for week in spans if week.moods][-TOLD:]:
        boxes = _boxes(ctx, week)
        more = f" ({boxes})" if boxes else ""
        said += (Plain(" "), *ctx.t("Week of {day}", day=Day(week.start)))
        said += (Plain(f": {_moods(ctx, week)}{more}."),)
    return said


def _moods(ctx: Context, week: MoodSpan) -> str:
    if not week.moods:
        return ""
    least, most = _named(ctx, min(week.moods)), _named(ctx, max(week.moods))
    if least == most:
        return least
    about = _named(ctx, int(sum(week.moods) / len(week.moods) + 0.5))
    return ctx.label("{least} to {most}, around {about}", least=least, most=most, about=about)


def _named(ctx: Context, mood: int) -> str:
    return next(ctx.label(choice.label) for choice in MOODS if choice.value == mood)


def _boxes(ctx: Context, week: MoodSpan) -> str:
    return ", ".join(ctx.label(NEEDS[at].label) for at in week.ticked)
