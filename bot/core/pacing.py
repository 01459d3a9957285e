"""An even gate before a platform: close to its limit, never into it, and never into a ban."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from math import isfinite

MINUTE = 60.0
LONG_AGO = float("-inf")
LATE, EXACT = 0.5, 0.01
"""Of the step between two sends, or seconds where that is more: so much lateness of a timer is
made up for, which keeps the rate what it was set to. In n seconds there are still at most
`per_second * n + 1`, rounded, and what fits into `EXACT`."""
CLOSER = 0.99
"""Of the step, between two requests: nearer than slots, so that those that were held up between
the one and the other do not stay in a queue for ever."""
URGENT = 1.5
"""How much more of a place's minute urgent messages may use: 18 of Telegram's 20, beside 12."""
REFUSALS = 10_000
"""Answers 401, 403 or 429 within ten minutes for which Discord bans an address."""
REFUSALS_WITHIN = 600.0
SPENT, SPENT_URGENT = REFUSALS // 20, REFUSALS // 2
"""We stop at 5 %, for there may be others at our address; what is urgent at half."""
SWEPT = 16
"""Places looked at for forgetting each time one is used: more than one, so that they go, and
few, so that ten thousand that end together do not stop everything else."""
NO_TIME = 1e-6
"""Seconds that are only rounding: who has slept as long as told is let through."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a door may be used; 0 means that nothing is to be spared."""

    per_second: float
    """Over all places, evenly."""
    per_place: float = 0
    """Seconds between two to one place."""
    per_minute: int = 0
    """To one place, in any minute."""

    def __post_init__(self) -> None:
        if not all(isfinite(n) and n >= 0 for n in (self.per_second, self.per_place)):
            raise ValueError("a pace is not negative, and has an end")
        if self.per_minute < 0:
            raise ValueError("a pace is not negative")


@dataclass(slots=True)
class _Place:
    """What is remembered of a place that was used or paused a short time ago."""

    used: deque[float]
    """Within the last minute, the latest last."""
    until: float = LONG_AGO
    """The end of its own pause."""


class Gate:
    """Who asks and is told 0 takes the slot, looks once more whether a pause has begun, sends.

    Nothing is reserved: a message that has to wait for its place holds up no other. All times
    are seconds of one monotonic clock, which the caller reads.
    """

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self._step = 1 / pace.per_second if pace.per_second else 0.0
        self._late = max(LATE * self._step, EXACT)
        self._most = int(pace.per_minute * URGENT)
        self._next = self._until = self._left = LONG_AGO
        self._places: dict[str, _Place] = {}
        self._ends: list[tuple[float, str]] = []
        """A heap with one entry a place: when it may be forgotten, or looked at again."""
        self._refused: deque[float] = deque(maxlen=SPENT_URGENT)

    @property
    def active(self) -> int:
        """How many places are remembered: those used or paused a short time ago."""
        return len(self._places)

    def slot(self, place: str, now: float, urgent: bool = False) -> float:
        """Seconds to wait before sending there; 0 is now, and then `took` must follow.

        What is urgent is spared the place's own margins, not the even step, nor a pause.
        """
        everywhere = _wait(max(self._next, self._paused(urgent)), now)
        return max(everywhere, self.there(place, now, urgent))

    def there(self, place: str, now: float, urgent: bool = False) -> float:
        """The same as far as only the place is concerned; whoever has to wait for that is not asked
        for again before."""
        if not (known := self._places.get(place)):
            return 0.0
        return _wait(max(known.until, self._place_allows(known.used, urgent)), now)

    def held(self, place: str, now: float, urgent: bool = False) -> float:
        """Seconds that a pause or the spent budget still lasts; asked again after `took`.

        A slot may be taken, then a pause begins, then the request would be sent into it.
        """
        known, until = self._places.get(place), self._paused(urgent)
        return _wait(max(until, known.until) if known else until, now)

    def took(self, place: str, now: float) -> None:
        """A message goes there now."""
        self._next = max(self._next, now - self._late) + self._step
        if self.pace.per_place or self.pace.per_minute:
            self._remember(place, now).used.append(now)

    def leaves(self, now: float) -> float:
        """Seconds until the request of a slot that was taken may begin; 0 is now.

        What has to be done in between takes some of them longer than others; the platform counts
        requests, and several delayed ones together would be too many for it. Whoever asks next
        does so after this one has left.
        """
        wait = self._left + CLOSER * self._step - now
        if wait > EXACT:
            return wait
        self._left = max(now - EXACT, self._left + CLOSER * self._step)
        return 0.0

    def pause(self, seconds: float, now: float) -> None:
        """The platform asked for quiet, everywhere. A shorter pause does not end a longer one."""
        self._until = max(self._until, now + seconds)

    def pause_place(self, place: str, seconds: float, now: float) -> None:
        """The same for one place."""
        known = self._remember(place, now)
        known.until = max(known.until, now + seconds)

    def invalid(self, now: float) -> bool:
        """Count an answer 401, 403 or 429; returns whether the budget is now spent.

        Only for a platform that counts them: then nothing is sent until enough of them are
        ten minutes old.
        """
        self._refused.append(now)
        return self.budget(now) == 0

    def budget(self, now: float) -> int:
        """How many more such answers we allow ourselves at this moment."""
        while self._refused and self._refused[0] + REFUSALS_WITHIN <= now:
            self._refused.popleft()
        return max(0, SPENT - len(self._refused))

    def _paused(self, urgent: bool) -> float:
        """Until when everything is, or all but the urgent."""
        spent = SPENT_URGENT if urgent else SPENT
        if len(self._refused) < spent:
            return self._until
        return max(self._until, self._refused[-spent] + REFUSALS_WITHIN)

    def _place_allows(self, used: deque[float], urgent: bool) -> float:
        """When the place's own spacing and minute let the next one through."""
        most = self._most if urgent else self.pace.per_minute
        times = [used[-most] + MINUTE] if 0 < most <= len(used) else []
        if used and not urgent:
            times.append(used[-1] + self.pace.per_place)
        return max(times, default=LONG_AGO)

    def _remember(self, place: str, now: float) -> _Place:
        known = self._places.get(place)
        if known is None:
            known = self._places[place] = _Place(deque(maxlen=max(1, self._most)))
            heappush(self._ends, (now + MINUTE, place))
        for _ in range(SWEPT):
            if self._ends[0][0] > now:
                break
            _, ended = heappop(self._ends)
            if (until := self._ends_at(self._places[ended])) > now or ended == place:
                heappush(self._ends, (max(until, now + MINUTE), ended))
            else:
                del self._places[ended]
        return known

    def _ends_at(self, place: _Place) -> float:
        """When nothing of what is remembered can matter any more."""
        last = place.used[-1] if place.used else LONG_AGO
        return max(last + max(MINUTE, self.pace.per_place), place.until)


def _wait(until: float, now: float) -> float:
    return until - now if until - now > NO_TIME else 0.0
