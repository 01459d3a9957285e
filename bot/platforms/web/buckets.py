"""How much one visitor may ask for in a while; kept in memory, for so many visitors at most."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

VISITORS = 10_000


class Buckets:
    """A bucket for each visitor: it fills evenly, holds `most`, and every request takes one."""

    def __init__(
        self, per_second: float, most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second, self._most, self._clock = per_second, most, clock
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, visitor: str) -> bool:
        """Whether there was one left. Who was not seen for longest is forgotten first."""
        now = self._clock()
        left, at = self._filled.pop(visitor, (float(self._most), now))
        left = min(self._most, left + (now - at) * self._per_second)
        self._filled[visitor] = (left - 1 if left >= 1 else left, now)
        if len(self._filled) > VISITORS:
            self._filled.popitem(last=False)
        return left >= 1
