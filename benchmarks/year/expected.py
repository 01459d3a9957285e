"""Which questions had to come, told from the log and from clocks that were walked: nothing of
what plans, asks and sends them is looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from benchmarks.year.clocks import DAY, Clocks
from benchmarks.year.log import Deed, Log, Phase, Question, Terms, What

LATE = timedelta(hours=3)
"""Later than that nobody is asked."""
LONGEST = timedelta(hours=21)
"""So long a question waits for the end of quiet hours, at most."""

Key: TypeAlias = tuple[datetime, Phase]
Down: TypeAlias = tuple[datetime, datetime]


def up(at: datetime, downs: Sequence[Down]) -> datetime:
    """Then, or when the process is there again. When it was not is in order, and apart."""
    number = bisect_left(downs, (at,)) - 1
    return max(at, downs[number][1]) if number >= 0 else at


@dataclass(slots=True)
class Waiting:
    """A question that is on its way."""

    day: date
    at: datetime
    until: datetime


@dataclass(slots=True)
class Side:
    """One of two."""

    zone: str
    quiet: tuple[str, str]
    since: datetime
    """What was due up to here has been asked, or was not to be."""
    allowed: bool = True
    terms: Terms = (frozenset(), "00:00")
    wish: Terms | None = None
    rests: datetime | None = None
    last: date | None = None
    """The last of their days that had its question."""
    due: datetime | None = None
    """Asked for before something else was done at this very instant."""
    waits: Waiting | None = None

    def resting(self, at: datetime) -> bool:
        return self.rests is not None and self.rests > at


class Two:
    """Two people, from deed to deed."""

    def __init__(
        self, log: Log, begun: datetime, zones: Mapping[str, Clocks], downs: Sequence[Down]
    ) -> None:
        self._zones, self._downs, self._deeds = zones, downs, log.deeds
        self._sides = [Side(one.zone, one.quiet, begun) for one in log.people]
        self._agreements, self._live = 0, False
        self.questions: list[Question] = []

    def live(self, end: datetime) -> list[Question]:
        for deed in self._deeds:
            self._pass((deed.at, deed.phase))
            for side in self._sides:
                due = self._next(side)
                if due and due <= deed.at:
                    side.due = due
                side.since = deed.at
            self._done(deed, self._sides[deed.who], self._sides[1 - deed.who])
        self._pass((end, Phase.BEFORE))
        return self.questions

    def _pass(self, to: Key) -> None:
        """Time passes, up to there."""
        while True:
            coming: list[tuple[Key, int]] = []
            for who, side in enumerate(self._sides):
                if due := self._next(side):
                    coming.append(((up(due, self._downs), Phase.ASKED), who))
                if side.waits:
                    coming.append(((up(side.waits.at, self._downs), Phase.BROUGHT), who))
            if not coming or (first := min(coming))[0] >= to:
                return
            (at, phase), who = first
            if phase is Phase.ASKED:
                self._ask(who, at)
            else:
                self._bring(who, at)

    def _next(self, side: Side) -> datetime | None:
        """When they are asked next if nothing changes, whatever the other does."""
        if side.due:
            return side.due
        days, hour = side.terms
        for_good = side.rests is not None and side.rests - side.since > 400 * DAY
        if not (self._live and side.allowed and days) or for_good:
            return None
        clocks, since = self._zones[side.zone], side.since
        day = clocks.day(max(since, side.rests) if side.rests else since) - DAY
        for _ in range(16):
            at = clocks.first(day, hour)
            if at and at > since and not side.resting(at) and self._is_asked(side, day):
                return at
            day += DAY
        return None

    def _is_asked(self, side: Side, day: date) -> bool:
        return day.weekday() in side.terms[0] and self._zones[side.zone].has(day)

    def _ask(self, who: int, at: datetime) -> None:
        side = self._sides[who]
        side.due, side.since = None, at
        day = self._day(side, at)
        if day is None or not (self._live and side.allowed):
            return
        if side.resting(at) or (side.last and day <= side.last):
            return
        side.last = day
        after = self._next(side)
        until = min(after, at + LONGEST) if after else at + LONGEST
        # in place of one that still waits, perhaps: two at once would be one too many
        side.waits = Waiting(day, self._awake(side, at), until)

    def _day(self, side: Side, at: datetime) -> date | None:
        """Whose question it is that comes now."""
        clocks, today = self._zones[side.zone], self._zones[side.zone].day(at)
        for day in (today, today - DAY):
            due = clocks.first(day, side.terms[1])
            # what was changed at its very hour comes a moment later: just too late is too late
            if due and due <= at < due + LATE and self._is_asked(side, day):
                return day
        return None

    def _bring(self, who: int, at: datetime) -> None:
        side = self._sides[who]
        waiting, side.waits = side.waits, None
        if waiting is None or at >= waiting.until or not side.allowed:
            return
        if (awake := self._awake(side, at)) > at:
            side.waits = Waiting(waiting.day, awake, waiting.until)
        else:
            self.questions.append(Question(self._agreements, who, waiting.day, at))

    def _awake(self, side: Side, at: datetime) -> datetime:
        """Then, or when their quiet hours end."""
        (start, end), clocks = side.quiet, self._zones[side.zone]
        if start == end:
            return at
        today = clocks.day(at)
        for day in (today - DAY, today):
            begins = clocks.first(day, start)
            over = clocks.first(day + DAY if end < start else day, end)
            if begins and over and begins <= at < over:
                return over
        return at

    def _done(self, deed: Deed, me: Side, other: Side) -> None:
        match deed.what:
            case What.AGREE:
                self._agreements, self._live = self._agreements + 1, True
                for side, terms in zip(self._sides, deed.value, strict=True):
                    side.terms, side.wish, side.rests, side.last = terms, None, None, None
            case What.END | What.FORGET:
                self._live, me.waits, other.waits = False, None, None
                me.due = other.due = None
                if deed.what is What.FORGET:
                    new = Side(deed.value.zone, deed.value.quiet, deed.at)
                    self._sides[deed.who] = new
            case What.REST:
                me.rests, me.waits = deed.value, None
            case What.RESUME:
                me.rests = None
            case What.SETTLE:
                _settle(me, deed.value)
            case What.GRANT if other.wish:
                other.terms, other.wish = other.wish, None
            case What.REFUSE:
                other.wish = None
            case What.TAKE_BACK:
                me.wish = None
            case What.ALLOW | What.WITHDRAW:
                me.allowed = deed.what is What.ALLOW
            case What.ZONE | What.QUIET:
                if deed.what is What.ZONE:
                    me.zone = deed.value
                else:
                    me.quiet = deed.value
                if me.waits:  # it is looked at again
                    me.waits.at = deed.at


def _settle(me: Side, terms: Terms) -> None:
    """Fewer days hold at once; more wait, as a whole, for the other's yes."""
    (had, _), (days, hour) = me.terms, terms
    now = days & had if len(days) > len(had) else days
    me.terms, me.wish = (now, hour), terms if now != days else None
    if me.waits and me.waits.day.weekday() not in now:
        me.waits = None
