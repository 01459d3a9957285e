"""What people count: by the calendar, from the day they chose, and never adrift."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import (
    Leap,
    Marks,
    Milestone,
    Span,
    in_months,
    in_zone,
    milestones,
    next_milestone,
    reached,
    span,
)

DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MONTHS = st.integers(0, 1200)
LEAPS = st.sampled_from(Leap)
LEAP_DAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("start", "today", "so_long"),
    [
        ("2026-01-31", "2026-01-31", (0, 0, 0, 0)),
        ("2026-01-31", "2026-02-28", (0, 1, 0, 28)),
        ("2024-01-31", "2024-02-28", (0, 0, 28, 28)),
        ("2024-01-31", "2024-02-29", (0, 1, 0, 29)),
        ("2026-01-31", "2026-03-30", (0, 1, 30, 58)),
        ("2026-01-31", "2026-03-31", (0, 2, 0, 59)),
        ("2026-01-01", "2026-06-30", (0, 5, 29, 180)),  # 180 days is not six months
        ("2026-01-01", "2026-07-01", (0, 6, 0, 181)),
        ("2020-05-17", "2026-05-16", (5, 11, 29, 2190)),
        ("2020-05-17", "2026-05-17", (6, 0, 0, 2191)),
        ("2026-05-17", "2026-05-16", (0, 0, 0, 0)),  # who flew west
    ],
)
def test_how_long_it_has_been(start: str, today: str, so_long: tuple[int, ...]) -> None:
    assert span(date.fromisoformat(start), date.fromisoformat(today)) == Span(*so_long)


def test_a_leap_day_is_marked_on_the_day_the_person_chose() -> None:
    assert in_months(LEAP_DAY, 12) == date(2025, 2, 28)
    assert in_months(LEAP_DAY, 12, Leap.MAR_1) == date(2025, 3, 1)
    for leap in Leap:
        assert in_months(LEAP_DAY, 48, leap) == date(2028, 2, 29)
        assert in_months(LEAP_DAY, 13, leap) == date(2025, 3, 29)
        assert in_months(date(2025, 1, 29), 1, leap) == date(2025, 2, 28)  # no leap day
    assert span(LEAP_DAY, date(2025, 2, 28)).years == 1
    assert span(LEAP_DAY, date(2025, 2, 28), Leap.MAR_1) == Span(0, 11, 30, 365)
    assert span(LEAP_DAY, date(2025, 3, 1), Leap.MAR_1) == Span(1, 0, 0, 366)


def months_of(so_long: Span) -> int:
    return so_long.years * 12 + so_long.months


@given(DATES, MONTHS, LEAPS)
def test_after_so_many_months_it_has_been_so_many_months(
    start: date, months: int, leap: Leap
) -> None:
    so_long = span(start, in_months(start, months, leap), leap)
    assert (months_of(so_long), so_long.days) == (months, 0)


@given(DATES, MONTHS)
def test_months_are_those_of_the_calendar(start: date, months: int) -> None:
    assert in_months(start, months) == start + relativedelta(months=months)


@given(DATES, MONTHS, LEAPS)
def test_an_anniversary_never_drifts(start: date, months: int, leap: Leap) -> None:
    day = in_months(start, months, leap)
    if start.day <= 28:
        assert day.day == start.day
    elif day.day != start.day:
        assert (day + timedelta(1)).day == 1 or (day.month, day.day) == (3, 1)
    assert in_months(start, months, leap) < in_months(start, months + 1, leap)


@given(DATES, DATES, LEAPS)
def test_the_whole_months_and_the_days_beside_them_make_the_span(
    one: date, other: date, leap: Leap
) -> None:
    start, today = min(one, other), max(one, other)
    so_long = span(start, today, leap)
    begun = in_months(start, months_of(so_long), leap)
    assert begun <= today < in_months(start, months_of(so_long) + 1, leap)
    assert begun + timedelta(so_long.days) == today
    assert so_long.days_total == (today - start).days
    assert 0 <= so_long.months < 12


@given(DATES, st.integers(-400, 40_000), LEAPS)
def test_a_day_later_is_never_less(start: date, days: int, leap: Leap) -> None:
    today = start + timedelta(days)
    before, after = (span(start, day, leap) for day in (today, today + timedelta(1)))
    assert (months_of(before), before.days) <= (months_of(after), after.days)
    assert before.days_total <= after.days_total


def test_people_say_days_for_ninety_days() -> None:
    start = date(2026, 1, 1)
    assert span(start, start + timedelta(90)).in_days
    assert not span(start, start + timedelta(91)).in_days


def test_the_milestones_of_a_general_profile() -> None:
    found = list(islice(milestones(date(2026, 1, 31)), 10))
    assert found == [
        Milestone(date(2026, 2, 1), days=1),
        Milestone(date(2026, 3, 2), days=30),
        Milestone(date(2026, 4, 1), days=60),
        Milestone(date(2026, 5, 1), days=90),
        Milestone(date(2026, 7, 31), months=6),
        Milestone(date(2026, 10, 31), months=9),
        Milestone(date(2027, 1, 31), months=12),
        Milestone(date(2027, 7, 31), months=18),
        Milestone(date(2028, 1, 31), months=24),
        Milestone(date(2029, 1, 31), months=36),
    ]


def test_a_profile_marks_what_it_likes() -> None:
    start = date(2026, 2, 1)
    assert list(milestones(start, marks=Marks((), (), yearly=False))) == []
    few = Marks((30, 0), (1, 12), yearly=False)
    found = [(one.days, one.months) for one in milestones(start, marks=few)]
    assert found == [(0, 0), (0, 1), (30, 0), (0, 12)]
    assert next_milestone(start, date(2028, 1, 1), marks=few) is None


@given(DATES, DATES, LEAPS)
def test_what_is_reached_and_what_is_next_are_all_there_is(
    start: date, today: date, leap: Leap
) -> None:
    been, then = reached(start, today, leap), next_milestone(start, today, leap)
    assert then
    assert [*been, then] == list(islice(milestones(start, leap), len(been) + 1))
    assert all(one.on <= today for one in been)
    assert then.on > today
    assert all(a.on < b.on for a, b in pairwise([*been, then]))


def test_milestones_end_with_the_calendar() -> None:
    assert [one.months for one in milestones(date(9997, 6, 1))][-1] == 24
    assert len([*milestones(date(9999, 1, 1), marks=Marks((1,), (6, 12), yearly=True))]) == 2
    assert [one.days for one in milestones(date(9999, 12, 1))] == [1, 30]
    with pytest.raises(OverflowError):
        in_months(date(9999, 12, 1), 1)


def test_a_day_is_the_day_where_the_person_is() -> None:
    instant = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    assert in_zone(instant, "America/Lima") == date(2026, 2, 28)
    assert in_zone(instant, "Asia/Tokyo") == date(2026, 3, 1)
    with pytest.raises(ValueError, match="offset"):
        in_zone(instant.replace(tzinfo=None), "UTC")
