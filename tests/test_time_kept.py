"""What has been counted stays counted, and comes back as it was kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import Leap
from bot.core.work import Write
from storage.clocks import Clock, Clocks, Counts, Shows, Stretch
from storage.database import Database
from tests.room import MORNING
from tests.test_checkins_kept import Glass

STRETCHES = st.lists(st.dates(date(1950, 1, 1), date(2030, 1, 1)), unique=True, max_size=12)


@given(STRETCHES, st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.dates(date(2030, 1, 1)))
def test_no_day_is_counted_twice(starts: list[date], corrected: date, today: date) -> None:
    ends = sorted(starts)
    past = tuple(map(Stretch, ends, ends[1:]))
    clock = Clock("clock-000001", "person-00001", "It", corrected, past=past)
    made = clock.stretches(today)
    assert made[-1] == Stretch(corrected, today)
    assert all(a.until <= b.since for a, b in pairwise(made))
    assert all(stretch.days > 0 for stretch in made[:-1])
    first = min((corrected, *(old.since for old in past)))
    assert sum(stretch.days for stretch in made) <= (today - first).days


@given(st.dates(date(1900, 1, 1), date(2026, 2, 28)), st.lists(st.integers(1, 900), max_size=8))
def test_starting_again_and_taking_it_back_leaves_what_was(since: date, waits: list[int]) -> None:
    clock, day = Clock("clock-000001", "person-00001", "It", since), since
    for wait in waits:
        day += timedelta(days=wait)
        again = clock.started_again(day, MORNING)
        assert again.as_before().stretches(day) == clock.stretches(day)
        assert sum(s.days for s in again.stretches(day)) == (day - since).days
        clock = again


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.dates(),
    st.sampled_from(Counts),
    st.sampled_from(Shows),
    st.booleans(),
    st.sampled_from(Leap),
    st.lists(st.builds(Stretch, st.dates(), st.dates()), max_size=30).map(tuple),
    st.none() | st.just(MORNING),
)
def test_whatever_is_kept_comes_back_as_it_was(
    name: str,
    since: date,
    counts: Counts,
    shows: Shows,
    ahead: bool,
    leap: Leap,
    past: tuple[Stretch, ...],
    again_at: datetime | None,
) -> None:
    kept = Clocks(Database(Path("none.db"), None, gate=False), Glass())
    person = "person-00001"
    clock = Clock("clock-000001", person, name, since, counts, shows, ahead, leap, past, again_at)
    [_, insert] = kept.add(clock)
    assert isinstance(insert, Write)
    row: Any = {**insert.values, "version": 1}
    assert kept.clock(row) == clock
