"""What waits in front of one door, so that only what may go by now is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from bot.core.model import Place
from bot.core.pacing import Gate
from bot.core.ports import Parcel
from bot.core.work import Lane

TOGETHER = 16
"""Deeds on their way through one door at once, at least."""
TENTH = 0.1
"""Seconds that an answer takes over the internet: what a door lets out within it may be on its
way at once, or its pace cannot be reached."""
HELD = 25.0
"""Seconds that a deed may wait for its slot. With an attempt they are less than the lease."""


@dataclass(eq=False, slots=True)
class Held:
    """A parcel in the window, and since when."""

    parcel: Parcel
    since: float
    number: int
    waits: bool = True
    """Whether it is neither on its way nor replaced."""

    @property
    def urgent(self) -> bool:
        return self.parcel.lane is Lane.NOW

    def __lt__(self, other: Held) -> bool:
        return (self.parcel.lane, self.number) < (other.parcel.lane, other.number)


@dataclass(eq=False, slots=True)
class Line:
    """The most urgent first, then as they were claimed. Each stands in one of three: it may go
    as far as its place is concerned; its place allows it later; or it waits until another is
    back from there."""

    gate: Gate | None
    going: Counter[Place | None] = field(default_factory=Counter)
    _ready: list[Held] = field(default_factory=list)
    _later: list[tuple[float, Held]] = field(default_factory=list)
    _behind: dict[Place | None, list[Held]] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        most = self.gate.pace.per_second * TENTH if self.gate else 0
        return self.going.total() >= max(TOGETHER, most)

    def add(self, held: Held) -> None:
        heappush(self._ready, held)

    def first(self, now: float) -> Held | None:
        """Whose turn it is, or would be if the door were open."""
        while self._later and self._later[0][0] <= now:
            heappush(self._ready, heappop(self._later)[1])
        while self._ready:
            held, to = self._ready[0], self._ready[0].parcel.to
            if not held.waits:
                heappop(self._ready)
            elif to and to in self.going and not held.urgent:
                self._behind.setdefault(to, []).append(heappop(self._ready))
            elif own := self.gate.there(str(to), now, held.urgent) if self.gate and to else 0.0:
                if now + own - held.since > HELD:
                    return held
                heappush(self._later, (now + own, heappop(self._ready)))
            else:
                return held
        return None

    def wait(self, held: Held, now: float) -> float:
        """Seconds until it may go; 0 takes the slot."""
        if self.gate is None or held.parcel.to is None:
            return 0.0
        place = str(held.parcel.to)
        if not (seconds := self.gate.slot(place, now, held.urgent)):
            self.gate.took(place, now)
        return seconds

    def next(self, now: float) -> float:
        """Seconds until a place allows something that it does not allow now."""
        return max(self._later[0][0] - now, 0.0) if self._later else inf

    def goes(self, held: Held) -> None:
        held.waits = False
        self.going[held.parcel.to] += 1

    def is_back(self, place: Place | None) -> None:
        self.going[place] -= 1
        if not self.going[place]:
            del self.going[place]
            for held in self._behind.pop(place, ()):
                self.add(held)
