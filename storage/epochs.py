"""Which hours have a key: the one that seals, the next, and those of the day before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from storage.values import millis

HOUR = timedelta(hours=1)
LIFE = timedelta(hours=23)
"""With a turn an hour, nothing can be read 24 hours after it was sealed."""

Ends = Mapping[int, int]
"""For each epoch, by its hour since 1970, when it is destroyed (milliseconds UTC)."""


def hour_of(now: datetime) -> int:
    return int(now.timestamp() // 3600)


def turned(ends: Ends, now: datetime, sealing: int | None) -> dict[int, int]:
    """The epochs there are after a turn; what is missing then is destroyed.

    The epoch that was `sealing` until now stays for an hour more at least: on a machine that
    slept it may have sealed something a moment ago. One from a clock that ran ahead gets no
    more time than another.
    """
    hour, at = hour_of(now), millis(now)
    latest = at + millis_in(LIFE + HOUR)
    after = {epoch: min(end, latest) for epoch, end in ends.items()}
    if sealing in after and sealing != hour:
        after[sealing] = max(after[sealing], at + millis_in(HOUR))
    kept = {epoch: end for epoch, end in after.items() if end > at}
    new = {epoch: epoch * millis_in(HOUR) + millis_in(LIFE) for epoch in (hour, hour + 1)}
    return new | kept


def millis_in(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
