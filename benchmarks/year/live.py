"""A year, from instant to instant, and what came of it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeAlias

from benchmarks.year.clocks import Zones
from benchmarks.year.expected import Down, Two, up
from benchmarks.year.log import Phase, What
from benchmarks.year.people import Couple
from benchmarks.year.world import Came, How, World

BEGUN = datetime(2011, 7, 1, tzinfo=UTC)
"""In this year a zone skips a day, and several give up summer time, or have it anew."""
TIDY = timedelta(hours=12)
LEASE = timedelta(seconds=121)
INSTANT = timedelta(milliseconds=1)
SOON = timedelta(seconds=1)
"""So much later than it should a question may come: what was due when its plan changed is due a
moment later."""
SHOWN = 5
Key: TypeAlias = tuple[str, str, date]
"""An agreement, an account and a day."""


class When(Enum):
    """At what point of an instant somebody does something."""

    FREE = auto()
    BEFORE = auto()
    CLAIMED = auto()
    """What is due is in the clock's hands."""
    BETWEEN = auto()
    """It is asked, and nobody has begun to send it."""
    TAKEN = auto()
    """What is to be sent is in the outbox's hands."""


AIMED = (When.BEFORE, When.CLAIMED, When.BETWEEN, When.TAKEN)


@dataclass(frozen=True, slots=True)
class Setting:
    pairs: int
    days: int
    seed: int
    pace: float = 9.0
    """Days between two things that two people do, on average."""
    trouble: float = 0.02
    """How often something goes wrong while the clock is at work."""
    begun: datetime = BEGUN

    @property
    def end(self) -> datetime:
        return self.begun + timedelta(days=self.days)


NEAR = 7
"""Days before and after something wrong of which it is told what people did."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a year."""

    expected: int
    came: int
    missing: int
    doubled: int
    not_agreed: int
    """Nobody had to be asked then."""
    after_end: int
    late: int
    deeds: int
    starts: int
    working: float
    """Seconds of CPU for asking and sending."""
    examples: tuple[str, ...] = ()

    @property
    def wrong(self) -> int:
        return self.missing + self.doubled + self.not_agreed + self.after_end + self.late


class Year:
    def __init__(self, folder: Path, setting: Setting) -> None:
        self.setting, self._random = setting, Random(setting.seed)
        self.world = World(folder, setting.begun, self._random)
        self.zones = Zones(setting.begun, setting.end)
        self.couples = [
            Couple(number, Random(self._random.random())) for number in range(setting.pairs)
        ]
        self.downs = sorted(self._planned())
        self._script: list[tuple[datetime, int, Couple, When]] = []
        self._order, self._tidied = count(), setting.begun

    async def live(self) -> Found:
        await self.world.start()
        try:
            for couple in self.couples:
                await couple.join(self.world)
                first = timedelta(seconds=self._random.randrange(3 * 86400), milliseconds=500)
                self._plan(couple, self.setting.begun + first, When.FREE)
            await self._live()
        finally:
            await self.world.stop()
        return self._found()

    async def _live(self) -> None:
        world, ahead = self.world, list(self.downs)
        while True:
            due, deed = await world.next(), self._script[0][0]
            at = max(min(due or deed, deed), world.now)
            if at >= self.setting.end:
                return
            if ahead and at > ahead[0][0]:
                world.hour.at = ahead.pop(0)[1]
                await world.start()
                continue
            world.hour.at = at
            if at - self._tidied >= TIDY:
                self._tidied = at
                await world.storage.tidy(at)
            await self._instant(at)

    async def _instant(self, at: datetime) -> None:
        acting: dict[When, list[Couple]] = {when: [] for when in When}
        while self._script[0][0] <= at:
            planned, _, couple, when = heapq.heappop(self._script)
            if planned < at:  # nobody could do it when they wanted to
                wait = timedelta(seconds=self._random.randrange(1, 3600), milliseconds=500)
                self._plan(couple, at.replace(microsecond=0) + wait, When.FREE)
            else:
                acting[when].append(couple)
        how = self._how()
        if how is How.LEFT and any(acting.values()):
            how = How.PLAIN
        await self._act(acting[When.FREE] + acting[When.BEFORE], Phase.BEFORE)
        await self.world.ask(how, self._later(acting[When.CLAIMED], Phase.BEFORE))
        if how is How.LEFT:
            self.downs.append((at - INSTANT, at + LEASE))
            self.world.hour.at = at + LEASE
            return
        await self._act(acting[When.BETWEEN], Phase.BETWEEN)
        await self.world.send(how, self._later(acting[When.TAKEN], Phase.BETWEEN))

    def _later(self, couples: Sequence[Couple], phase: Phase) -> Callable[[], Awaitable[None]]:
        async def now() -> None:
            await self._act(couples, phase)

        return now

    async def _act(self, couples: Iterable[Couple], phase: Phase) -> None:
        for couple in couples:
            await couple.act(self.world, phase)
            wait = timedelta(days=self._random.expovariate(1 / self.setting.pace))
            at = (self.world.now + wait).replace(microsecond=0) + 500 * INSTANT
            when = self._random.choice(AIMED) if self._random.random() < 0.3 else When.FREE
            self._plan(couple, self._aimed(couple, at) if when is not When.FREE else at, when)

    def _aimed(self, couple: Couple, at: datetime) -> datetime:
        """The next instant at which one of them may be asked."""
        who = self._random.randrange(2)
        clocks = self.zones[couple.now[who].zone]
        day = clocks.day(at) + timedelta(days=1)
        return clocks.first(day, couple.hours[who]) or at

    def _plan(self, couple: Couple, at: datetime, when: When) -> None:
        heapq.heappush(self._script, (at, next(self._order), couple, when))

    def _how(self) -> How:
        if self._random.random() >= self.setting.trouble:
            return How.PLAIN
        return self._random.choice(list(How)[1:])

    def _planned(self) -> Iterable[Down]:
        """When the process is not there: short enough that questions come late, or longer."""
        for hours in (0.2, 1, 2.5, 4, 30)[: max(2, self.setting.days // 60)]:
            at = self._random.randrange(self.setting.days * 86400)
            begun = self.setting.begun + timedelta(seconds=at, milliseconds=250)
            yield begun, begun + timedelta(hours=hours)

    def _found(self) -> Found:
        downs, expected = _apart(self.downs), dict[Key, datetime]()
        ended: dict[str, datetime] = {}
        for couple in self.couples:
            for one in Two(couple.log, self.setting.begun, self.zones, downs).live(
                self.setting.end
            ):
                number = one.agreement - 1
                expected[couple.refs[number], couple.who[number][one.who], one.day] = one.at
            ended |= _ended(couple)
        return self._compared(expected, ended, downs)

    def _compared(
        self,
        expected: Mapping[Key, datetime],
        ended: Mapping[str, datetime],
        downs: Sequence[Down],
    ) -> Found:
        came = self.world.ear.came
        often = Counter((one.agreement, one.account, one.day) for one in came)
        missing = sorted(expected.keys() - often.keys(), key=str)
        over = [key for key, times in often.items() if times > 1]
        not_agreed = sorted(often.keys() - expected.keys(), key=str)
        after = [one for one in came if one.at > ended.get(one.agreement, one.at)]
        late = [one for one in came if not _in_time(one, expected, downs)]
        wrong = {"missing": missing, "doubled": over, "not agreed": not_agreed}
        examples = [
            f"{what}: {key}\n{self._around(key)}"
            for what, keys in wrong.items()
            for key in keys[:SHOWN]
        ]
        return Found(
            expected=len(expected),
            came=len(came),
            missing=len(missing),
            doubled=sum(often[key] - 1 for key in over),
            not_agreed=len(not_agreed),
            after_end=len(after),
            late=len(late),
            deeds=sum(len(couple.log.deeds) for couple in self.couples),
            starts=self.world.starts,
            working=self.world.working,
            examples=(*examples, *(f"late: {one}" for one in late[:SHOWN])),
        )

    def _around(self, key: Key) -> str:
        """What the two did in the days around it, and when the process was not there."""
        ref, _, day = key
        couple = next(couple for couple in self.couples if ref in couple.refs)
        did = [
            f"  {d.at} {d.phase.name} {d.who} {d.what.name} {d.value}"
            for d in couple.log.deeds
            if abs((d.at.date() - day).days) <= NEAR
        ]
        gone = [
            f"  gone {begun} to {over}"
            for begun, over in self.downs
            if abs((begun.date() - day).days) <= 1
        ]
        return "\n".join((*did, *gone))


def _in_time(one: Came, expected: Mapping[Key, datetime], downs: Sequence[Down]) -> bool:
    """A moment later the process may be gone."""
    at = expected.get((one.agreement, one.account, one.day), one.at)
    return at <= one.at <= up(at + INSTANT, downs) + SOON


def _ended(couple: Couple) -> dict[str, datetime]:
    """When each of their agreements did, if it did."""
    ended, begun = dict[str, datetime](), iter(couple.refs)
    ref = ""
    for deed in couple.log.deeds:
        if deed.what is What.AGREE:
            ref = next(begun)
        elif deed.what in (What.END, What.FORGET):
            ended[ref] = deed.at
    return ended


def _apart(downs: Iterable[Down]) -> list[Down]:
    """What overlaps is one."""
    apart: list[Down] = []
    for begun, over in sorted(downs):
        if apart and begun <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(over, apart[-1][1]))
        else:
            apart.append((begun, over))
    return apart
