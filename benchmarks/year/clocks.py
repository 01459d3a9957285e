"""A zone's clocks, walked hour by hour: no rule of ours is asked, and none of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


class Clocks:
    """What one zone's clocks show between two instants."""

    def __init__(self, zone: str, first: datetime, last: datetime) -> None:
        self._zone = ZoneInfo(zone)
        self._pieces: list[tuple[datetime, datetime, timedelta]] = []
        """From when until when the clocks are so far ahead of UTC."""
        begun, at = first, first
        while at < last:
            if self._ahead(at + HOUR) != self._ahead(at):
                changed = self._change(at)
                self._pieces.append((begun, changed, self._ahead(at)))
                begun = changed
            at += HOUR
        self._pieces.append((begun, at, self._ahead(begun)))
        self.first = cache(self._first)
        """By day and hour, such as 20:00."""
        self.has = cache(self._has)

    def day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _first(self, day: date, hour: str) -> datetime | None:
        """The first instant at which they show this hour of this day, or more."""
        wanted = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=UTC)
        for begun, over, ahead in self._pieces:
            at = max(begun, wanted - ahead)
            if at < over:
                return at
        return None

    def _has(self, day: date) -> bool:
        """Whether they ever show this day: some zones have skipped one."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return any(
            max(begun, midnight - ahead) < min(over, midnight + DAY - ahead)
            for begun, over, ahead in self._pieces
        )

    def _ahead(self, at: datetime) -> timedelta:
        return at.astimezone(self._zone).utcoffset() or timedelta()

    def _change(self, at: datetime) -> datetime:
        """The first second within this hour at which they are so far ahead no more."""
        low, high, before = 0, 3600, self._ahead(at)
        while high - low > 1:
            middle = (low + high) // 2
            if self._ahead(at + timedelta(seconds=middle)) == before:
                low = middle
            else:
                high = middle
        return at + timedelta(seconds=high)


class Zones(dict[str, Clocks]):
    """By name, each walked when it is first asked for."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self._span = first - 4 * DAY, last + 12 * DAY

    def __missing__(self, zone: str) -> Clocks:
        return self.setdefault(zone, Clocks(zone, *self._span))
