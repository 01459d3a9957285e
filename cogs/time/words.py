"""What a date says of itself: the day, the time since, what was before, what comes next."""

from __future__ import annotations

from datetime import date

from bot.core.calendar import next_milestone, span
from bot.core.model import Context
from bot.core.text import Day, Text
from storage.clocks import Clock, Counts, Shows


def more(ctx: Context, clock: Clock) -> list[Text]:
    """The lines after the first."""
    return [*before(ctx, clock), *ahead(ctx, clock)]


def since(ctx: Context, clock: Clock) -> Text:
    """Somebody who flew west may have set a day that is not theirs yet: then the day alone."""
    day, today = Day(clock.since), ctx.today
    if clock.shows is Shows.DATE or clock.since > today:
        return ctx.t("since {day}", day=day)
    if clock.since == today:
        return ctx.t("since {day}, today", day=day)
    return ctx.t("since {day}: {time}", day=day, time=length(ctx, clock, clock.since, today))


def before(ctx: Context, clock: Clock) -> list[Text]:
    if clock.shows is not Shows.ALL or not clock.past:
        return []
    stretches = clock.stretches(ctx.today)
    longest = max(stretches, key=lambda stretch: stretch.days)
    days = sum(stretch.days for stretch in stretches)
    time = length(ctx, clock, longest.since, longest.until)
    return [
        ctx.t("The longest: {time}", time=time),
        ctx.t("All together: {time}", time=ctx.n("{n} day", "{n} days", days)),
    ]


def ahead(ctx: Context, clock: Clock) -> list[Text]:
    if not clock.ahead or not (one := next_milestone(clock.since, ctx.today, clock.leap)):
        return []
    if one.days:
        what = ctx.n("{n} day", "{n} days", one.days)
    elif one.months % 12:
        what = ctx.n("{n} month", "{n} months", one.months)
    else:
        what = ctx.n("{n} year", "{n} years", one.months // 12)
    return [ctx.t("{milestone} on {day}", milestone=what, day=Day(one.on))]


def length(ctx: Context, clock: Clock, since: date, until: date) -> Text:
    """`8 months and 2 days`, by the calendar; up to 90 days in days."""
    time = span(since, until, clock.leap)
    days = ctx.n("{n} day", "{n} days", time.days_total)
    if clock.counts is Counts.DAYS or time.in_days:
        return days
    parts = [ctx.n("{n} year", "{n} years", time.years)] if time.years else []
    parts += [ctx.n("{n} month", "{n} months", time.months)] if time.months else []
    parts += [ctx.n("{n} day", "{n} days", time.days)] if time.days else []
    match parts:
        case [one]:
            return one
        case [one, two]:
            return ctx.t("{one} and {two}", one=one, two=two)
        case _:
            return ctx.t("{one}, {two} and {three}", one=parts[0], two=parts[1], three=parts[2])
