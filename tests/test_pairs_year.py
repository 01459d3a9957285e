"""What comes when under an agreement, held against clocks that are walked hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.year.clocks import Clocks
from benchmarks.year.live import Setting, Year
from cogs.pairs.plans import hours, slot
from storage.parts import Terms

DAY = timedelta(days=1)
WEEK = (0, 1, 2, 3, 4, 5, 6)
APIA = "Pacific/Apia"


@settings(deadline=None)
@given(
    st.sampled_from(sorted(available_timezones())),
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.sets(st.integers(0, 6), min_size=1),
    st.times().map(lambda at: time(at.hour, at.minute)),
)
@example(APIA, datetime(2011, 12, 24, tzinfo=UTC), {*WEEK}, time(20))
@example(APIA, datetime(2011, 12, 24, tzinfo=UTC), {4}, time(0))
@example("America/Nuuk", datetime(2024, 3, 25, tzinfo=UTC), {*WEEK}, time(23, 15))
@example("Africa/Cairo", datetime(2026, 4, 20, tzinfo=UTC), {*WEEK}, time(0, 30))
@example("Australia/Lord_Howe", datetime(2026, 3, 30, tzinfo=UTC), {*WEEK}, time(1, 45))
def test_a_question_comes_once_a_day_when_the_clocks_first_show_its_hour(
    zone: str, begun: datetime, days: set[int], hour: time
) -> None:
    clocks = Clocks(zone, begun - 3 * DAY, begun + 20 * DAY)
    terms, end = Terms(tuple(sorted(days)), f"{hour:%H:%M}"), begun + 14 * DAY
    rule, came, at = hours(terms, zone, begun), list[tuple[datetime, date]](), begun
    assert rule
    while (after := rule.after(at)) and after < end:
        at = after
        if day := slot(terms, zone, at):
            came.append((at, day))
    around = [clocks.day(begun) + n * DAY for n in range(-2, 17)]
    agreed = [day for day in around if day.weekday() in days and clocks.has(day)]
    firsts = [(clocks.first(day, terms.hour), day) for day in agreed]
    assert came == [(first, day) for first, day in firsts if first and begun < first < end]


async def test_pairs_are_asked_exactly_what_they_agreed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While summer time ends, a zone skips a day, and the process is killed again and again."""
    monkeypatch.setattr("storage.together.APART", 0.0)
    autumn = datetime(2011, 10, 25, tzinfo=UTC)
    found = await Year(tmp_path, Setting(6, 70, 5, pace=3, trouble=0.03, begun=autumn)).live()
    assert not found.wrong, found
    assert found.came > 100
    assert found.deeds > 50
    assert found.starts > 5
