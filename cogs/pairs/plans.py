"""When questions come under an agreement: an agreement and its people, as rows of the schedule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bot.core.calendar import in_zone
from bot.core.cards import Call
from bot.core.model import Person
from bot.core.ports import Due
from bot.core.recurrence import Day, Rule, instant
from bot.core.work import Must, Unit
from bot.core.writing import agreed
from cogs.pairs.agreement import DECIDE, MONTH, rests
from storage.agreements import PING, REVIEW, Agreement, Agreements, planned
from storage.parts import FOR_NOW, Part, Terms
from storage.pings import Ping
from storage.schedule import Schedule

ASK, ASK_REVIEW, ASK_END = "pings.ask", "reviews.ask", "reviews.over"
"""The actions of the clock."""
GRACE = timedelta(hours=3)
"""Later than that a question is skipped."""
PATIENCE = timedelta(days=1)
"""The same for whether to go on."""
AHEAD = 7
"""Days. A clock that was set back by no more than that asks for no day twice; what is further
ahead was written down by a clock that was wrong."""
UNTIL = "until"
"""The row of a temporary agreement; it is no `ping` and no `review`, so that it can end it."""


def hours(terms: Terms, zone: str, now: datetime) -> Rule | None:
    """When somebody is asked, on their own clock; None when they are not."""
    return _hours(terms.days, terms.hour, zone, in_zone(now, zone)) if terms.days else None


@lru_cache(1024)
def _hours(days: tuple[int, ...], hour: str, zone: str, since: date) -> Rule:
    start = datetime.combine(since, time.fromisoformat(hour))
    if len(days) == len(Day):
        return Rule.daily(zone, start)
    return Rule.weekly(zone, start, *map(Day, days))


@lru_cache(1024)
def following(terms: Terms, zone: str, now: datetime) -> datetime | None:
    """When the question after this one comes, which is none of a day that their clocks skip. For
    many it is the same hour."""
    rule, at = hours(terms, zone, now), now
    while rule and (later := rule.after(at)):
        if slot(terms, zone, later):
            return later
        at = later
    return None


def slot(terms: Terms, zone: str, now: datetime) -> date | None:
    """The day of theirs whose question it is that comes at `now`, perhaps a little late; None
    when it is none's, since the terms are others by now, or their clocks have skipped the day."""
    today = in_zone(now, zone)
    for day in (today, today - timedelta(days=1)):
        at = instant(datetime.combine(day, time.fromisoformat(terms.hour)), zone)
        if at and at <= now <= at + GRACE and day.weekday() in terms.days:
            return day if day == today or _there_is(day, zone) else None
    return None


def _there_is(day: date, zone: str) -> bool:
    begins = instant(datetime.combine(day, time()), zone)
    return begins is not None and in_zone(begins, zone) == day


def had(last: Ping | None, day: date) -> bool:
    """Whether that day has had its question, or lies before one that has."""
    return last is not None and 0 <= (last.day - day).days <= AHEAD


class Plans:
    """Rows are planned whoever else rests or is blocked: what is asked is decided when it is due.
    Only one's own pause is planned for, since one's own page tells what comes."""

    def __init__(self, schedule: Schedule, agreements: Agreements) -> None:
        self._schedule, self._agreements = schedule, agreements

    def all(self, agreement: Agreement, people: Mapping[str, Person], now: datetime) -> Unit:
        """Of everybody in it, and its end where it is temporary."""
        parts = [part for part in agreement.parts if part.person in people]
        unit = tuple(
            write for part in parts for write in self.one(agreement, people[part.person], now)
        )
        unit += (self._schedule.remove(_over(agreement)),)
        to = next((people[part.person] for part in parts if part.agreed), None)
        if agreement.live and agreement.until and to:
            unit += (self._schedule.add(_ending(agreement, agreement.until, to)),)
        return unit

    def one(self, agreement: Agreement, person: Person, now: datetime) -> Unit:
        """Of one person, as they are from now on: what they agreed to, and their zone. What has
        come, and waits for its turn, still has it, unless they rest."""
        kinds = (PING, REVIEW)
        gone = tuple(self._schedule.remove(planned(k, agreement.ref, person.ref)) for k in kinds)
        part = agreement.part(person.ref)
        if not (agreement.live and part.agreed and agreed(person)):
            return gone
        dues = (_question(agreement, part, person, now), _review(agreement, part, person, now))
        anew = zip(gone, dues, strict=True)
        gone = tuple(old for old, due in anew if due is None or rests(part, now))
        return (*gone, *(self._schedule.renew(due, now) for due in dues if due))

    async def moved(self, person: Person, now: datetime) -> Unit:
        """When somebody goes by another zone from now on, or may be written to, or may not."""
        unit: Unit = ()
        for one in await self._agreements.of(person.ref):
            held = self._agreements.hold(one.ref, one.version)
            unit += (held, *self.one(one, person, now))
        return unit

    def end(self, agreement: Agreement) -> Unit:
        """The agreement, with all that is planned."""
        return (*self._agreements.end(agreement), self._schedule.remove(_over(agreement)))


def _over(agreement: Agreement) -> str:
    return f"{UNTIL}/{agreement.ref}"


def _question(agreement: Agreement, part: Part, person: Person, now: datetime) -> Due | None:
    rule = hours(part.terms, person.zone, now)
    if rule is None or part.rests == FOR_NOW:
        return None
    over = part.rests - timedelta(seconds=1) if part.rests else now
    first = rule.after(max(now, over))
    ref = planned(PING, agreement.ref, person.ref)
    call = Call(ASK, (agreement.ref,))
    return Due(ref, call, person, first, rule, GRACE, must=Must.ONCE) if first else None


def _review(agreement: Agreement, part: Part, person: Person, now: datetime) -> Due | None:
    """At the hour at which they are asked, or would be."""
    day = in_zone(agreement.review_at, person.zone)
    start = datetime.combine(day, time.fromisoformat(part.terms.hour))
    rule = Rule.daily(person.zone, start, every=MONTH.days)
    first = rule.after(now)
    ref = planned(REVIEW, agreement.ref, person.ref)
    call = Call(ASK_REVIEW, (agreement.ref,))
    return Due(ref, call, person, first, rule, PATIENCE, must=Must.ONCE) if first else None


def _ending(agreement: Agreement, until: datetime, to: Person) -> Due:
    """Twice: both are asked, and two weeks later it is over."""
    start = until.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    text = f"FREQ=DAILY;INTERVAL={DECIDE.days};COUNT=2"
    start_text = start.isoformat(timespec="seconds")
    rule = Rule(text, "UTC", start_text)
    call = Call(ASK_END, (agreement.ref,))
    return Due(_over(agreement), call, to, start.replace(tzinfo=UTC), rule, grace=10 * MONTH)
