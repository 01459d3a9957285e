"""When a rule comes: by the calendar, on clocks that jump, in every zone there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from time import perf_counter
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.recurrence import LAST, Day, Rule
from bot.core.rrule import DAYS, parse

AWKWARD = [time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(2, 59), time(3)]
AWKWARD += [time(23, 59)]
YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC))
T = TypeVar("T")
NINE = datetime(2026, 1, 1, 9)
A_DAY = timedelta(days=1)


def times(rule: Rule, since: datetime, count: int = 1000) -> list[datetime]:
    """What comes after `since`, asked one at a time."""
    found: list[datetime] = []
    while len(found) < count and (then := rule.after(found[-1] if found else since)):
        found.append(then)
    return found


def days(rule: Rule, since: str, count: int) -> list[str]:
    """The same as wall-clock times of the rule's zone."""
    instants = times(rule, datetime.fromisoformat(since).replace(tzinfo=UTC), count)
    return [f"{then.astimezone(ZoneInfo(rule.zone)):%Y-%m-%dT%H:%M}" for then in instants]


# What people ask for


def test_every_day_and_every_other_day() -> None:
    assert days(Rule.daily("UTC", NINE), "2026-03-30", 3) == [
        "2026-03-30T09:00",
        "2026-03-31T09:00",
        "2026-04-01T09:00",
    ]
    other = Rule.daily("UTC", NINE, every=2)
    assert days(other, "2026-02-27", 2) == ["2026-02-28T09:00", "2026-03-02T09:00"]


def test_on_some_days_of_the_week() -> None:
    rule = Rule.weekly("Europe/Madrid", NINE, Day.THURSDAY, Day.TUESDAY)
    assert days(rule, "2026-03-01", 3) == [
        "2026-03-03T09:00",
        "2026-03-05T09:00",
        "2026-03-10T09:00",
    ]
    on_its_own_day = Rule.weekly("UTC", NINE, every=2)  # 1 January 2026 is a Thursday
    assert days(on_its_own_day, "2026-01-01", 2) == ["2026-01-01T09:00", "2026-01-15T09:00"]


def test_on_weekdays() -> None:
    assert [text[8:10] for text in days(Rule.weekdays("UTC", NINE), "2026-03-05", 4)] == [
        "05",
        "06",
        "09",
        "10",
    ]


def test_on_the_second_tuesday_and_the_last_friday() -> None:
    second = Rule.nth_weekday("UTC", NINE, 2, Day.TUESDAY)
    assert days(second, "2026-03-01", 2) == ["2026-03-10T09:00", "2026-04-14T09:00"]
    last = Rule.nth_weekday("UTC", NINE, LAST, Day.FRIDAY)
    assert days(last, "2026-03-01", 2) == ["2026-03-27T09:00", "2026-04-24T09:00"]
    fifth = Rule.nth_weekday("UTC", NINE, 5, Day.SUNDAY)
    assert days(fifth, "2026-03-01", 2) == ["2026-03-29T09:00", "2026-05-31T09:00"]


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (15, ["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"]),
        (29, ["2026-01-29", "2026-02-28", "2026-03-29", "2026-04-29"]),
        (31, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (LAST, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
    ],
)
def test_on_a_day_of_the_month_however_short_it_is(day: int, then: list[str]) -> None:
    found = days(Rule.monthly("UTC", NINE, day), "2026-01-01", 4)
    assert [text[:10] for text in found] == then


def test_once() -> None:
    rule = Rule.once("America/Lima", datetime(2026, 5, 1, 20, 15))
    assert days(rule, "2020-01-01", 9) == ["2026-05-01T20:15"]
    assert days(rule, "2026-05-02T01:15", 9) == []


def test_any_other_rule_of_the_calendar() -> None:
    friday_13 = Rule("RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "UTC", "2026-01-01T09:00")
    assert days(friday_13, "2026-01-01", 3) == [
        "2026-02-13T09:00",
        "2026-03-13T09:00",
        "2026-11-13T09:00",
    ]
    twice_a_day = Rule("freq=daily;byhour=9,21", "UTC", "2026-01-01T00:30")
    assert days(twice_a_day, "2026-01-01", 2) == ["2026-01-01T09:30", "2026-01-01T21:30"]
    mixed = Rule("FREQ=MONTHLY;BYDAY=1MO,SU", "UTC", "2026-06-01T09:00")
    assert [text[8:10] for text in days(mixed, "2026-06-01", 5)] == ["01", "07", "14", "21", "28"]
    leap = Rule("FREQ=YEARLY", "UTC", "2024-02-29T09:00")
    assert days(leap, "2025-01-01", 2) == ["2028-02-29T09:00", "2032-02-29T09:00"]
    rare = Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "UTC", "2026-01-01T09:00")
    assert [text[:4] for text in days(rare, "2026-01-01", 3)] == ["2044", "2072", "2112"]


def test_an_end_is_a_time_of_the_same_clock() -> None:
    by_time = Rule("FREQ=DAILY;UNTIL=20260103T090000", "Asia/Tokyo", "2026-01-01T09:00")
    assert days(by_time, "2025-01-01", 9)[-1] == "2026-01-03T09:00"
    by_date = Rule("FREQ=DAILY;UNTIL=20260103", "Asia/Tokyo", "2026-01-01T21:00")
    assert days(by_date, "2025-01-01", 9)[-1] == "2026-01-03T21:00"
    by_count = Rule("FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR", "Asia/Tokyo", "2026-01-01T21:00")
    assert days(by_count, "2026-01-04", 9) == ["2026-01-05T21:00", "2026-01-09T21:00"]
    assert days(by_count, "2026-02-01", 9) == []


def test_nothing_comes_before_the_start() -> None:
    assert days(Rule.daily("UTC", NINE), "1999-01-01", 1) == ["2026-01-01T09:00"]
    assert times(Rule.daily("UTC", NINE), datetime.min.replace(tzinfo=UTC), 1)


# What is refused, and what never ends


@pytest.mark.parametrize(
    ("text", "zone", "start"),
    [
        ("FREQ=DAILY", "Mars/Olympus", "2026-01-01T09:00"),
        ("FREQ=DAILY", "Europe", "2026-01-01T09:00"),
        ("FREQ=DAILY", "../UTC", "2026-01-01T09:00"),
        ("FREQ=DAILY", "", "2026-01-01T09:00"),
        ("FREQ=DAILY", "UTC", "2026-01-01T09:00+01:00"),
        ("FREQ=DAILY", "UTC", "2026-01-01T09:00Z"),
        ("FREQ=DAILY", "UTC", "2026-01-01"),
        ("FREQ=DAILY", "UTC", "2026-02-30T09:00"),
        ("FREQ=DAILY", "UTC", "0001-01-01T09:00"),
        *[
            (text, "UTC", "2026-01-01T09:00")
            for text in (
                "",
                "every day",
                "DAILY",
                "FREQ=HOURLY",
                "FREQ=MINUTELY",
                "FREQ=SECONDLY",
                "FREQ=DAILY;",
                "FREQ=DAILY;FREQ=DAILY",
                "FREQ=DAILY;INTERVAL=0",
                "FREQ=DAILY;INTERVAL=-1",
                "FREQ=DAILY;INTERVAL=99999999999",
                "FREQ=DAILY;COUNT=0",
                "FREQ=DAILY;COUNT=1000000",
                "FREQ=DAILY;COUNT=2;UNTIL=20260201",
                "FREQ=DAILY;UNTIL=20260201T090000Z",
                "FREQ=DAILY;UNTIL=20260230",
                "FREQ=DAILY;UNTIL=soon",
                "FREQ=DAILY;BYMONTH=13",
                "FREQ=MONTHLY;BYMONTHDAY=0",
                "FREQ=MONTHLY;BYMONTHDAY=1,,2",
                "FREQ=WEEKLY;BYMONTHDAY=1",
                "FREQ=MONTHLY;BYWEEKNO=1",
                "FREQ=WEEKLY;BYDAY=2TU",
                "FREQ=MONTHLY;BYDAY=XX",
                "FREQ=MONTHLY;BYDAY=0MO",
                "FREQ=YEARLY;BYDAY=2TU;BYWEEKNO=3",
                "FREQ=DAILY;WKST=XX",
                "FREQ=DAILY;BYSETPOS=1",
                "FREQ=YEARLY;BYEASTER=0",
                "FREQ=DAILY;BYHOUR=24",
                "FREQ=DAILY;BYSECOND=60",
                "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,30",
                "FREQ=DAILY\nDTSTART:20260101T090000",
                "FREQ=DAILY;BYHOUR=" + ",".join(["1"] * 1000),
            )
        ],
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_when_it_is_made(
    text: str, zone: str, start: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whatever it says, it is said at once
        Rule(text, zone, start)


@settings(deadline=None)
@given(st.text() | st.text("FREQ=DAILYWKMONTHBSUCP;,0123456789-", max_size=60))
def test_any_text_is_a_rule_or_a_value_error(text: str) -> None:
    for words in ((text, "UTC", "2026-01-01T09:00"), ("FREQ=DAILY", text, "2026-01-01T09:00")):
        try:
            Rule(*words).after(YEARS[0])
        except ValueError:
            continue
    with pytest.raises(ValueError):  # noqa: PT011
        Rule("FREQ=DAILY", "UTC", text)


def test_named_rules_refuse_what_they_do_not_know() -> None:
    for wrong in (
        lambda: Rule.monthly("UTC", NINE, 32),
        lambda: Rule.monthly("UTC", NINE, 0),
        lambda: Rule.nth_weekday("UTC", NINE, 6, Day.MONDAY),
        lambda: Rule.daily("UTC", NINE, every=0),
        lambda: Rule.daily("UTC", NINE.replace(tzinfo=UTC)),
        lambda: Rule.daily("UTC", NINE).after(NINE),
    ):
        with pytest.raises(ValueError):  # noqa: PT011
            wrong()


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;INTERVAL=9999;BYYEARDAY=366",
    ],
)
def test_a_date_that_never_comes_is_given_up(text: str) -> None:
    assert Rule(text, "UTC", "2026-01-01T09:00").after(YEARS[0]) is None


def test_the_end_of_the_calendar_is_an_end() -> None:
    ends = [Rule.daily("Pacific/Kiritimati", NINE), Rule.weekly("America/Lima", NINE)]
    ends += [Rule.monthly("UTC", NINE, 31), Rule("FREQ=YEARLY", "UTC", "2026-01-01T09:00")]
    ends += [Rule("FREQ=DAILY;BYMONTH=1,12", "UTC", "2026-01-01T09:00")]
    ends += [Rule("FREQ=WEEKLY;BYMONTH=1,12", "UTC", "2026-01-01T09:00")]
    for rule in ends:
        assert len(times(rule, datetime(9999, 12, 1, tzinfo=UTC), 99)) < 32
        assert rule.after(datetime.max.replace(tzinfo=UTC)) is None


def test_an_old_rule_costs_no_more_than_a_new_one() -> None:
    """A walk from the start of a century would take a minute and more."""
    rules = [Rule(text, "UTC", "1926-01-01T09:00") for text in ("FREQ=DAILY", "FREQ=WEEKLY")]
    rules += [Rule("FREQ=MONTHLY", "UTC", "1926-01-01T09:00")]
    began = perf_counter()
    for rule in rules * 1000:
        assert rule.after(YEARS[0])
    assert perf_counter() - began < 5


# The same as dateutil, which walks from the start


def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(values, min_size=1, max_size=4, unique_by=str)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Rules that come often, or dateutil would look for them until the year 9999."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts: dict[str, list[int] | list[str]] = {}
    months = draw(st.booleans())
    if months:
        parts["BYMONTH"] = draw(some(st.integers(1, 12)))
    if draw(st.booleans()) and freq != "DAILY":
        parts["BYDAY"] = draw(some(st.sampled_from(DAYS)))
    elif freq in ("MONTHLY", "YEARLY"):
        nth = st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2, -4]), st.sampled_from(DAYS))
        if draw(st.booleans()):
            parts["BYDAY"] = [f"{n}{day}" for n, day in draw(some(nth))]
        elif freq == "YEARLY" and not months:
            numbers = st.integers(1, 365) | st.integers(-365, -1)
            parts["BYYEARDAY"] = draw(some(numbers))
        elif draw(st.booleans()):
            numbers = st.integers(1, 28) | st.integers(-28, -1)
            parts["BYMONTHDAY"] = draw(some(numbers))
    if draw(st.booleans()):
        parts["BYHOUR"] = draw(some(st.integers(0, 23)))
        parts["BYMINUTE"] = draw(some(st.integers(0, 59)))
    # dateutil does not count the days before the start that a first week had
    if parts.keys() - {"BYMONTH"} and freq in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts["BYSETPOS"] = [draw(st.sampled_from([1, -1]))]
    every = draw(st.sampled_from([1, 2, 3, 5]) if not months or freq == "DAILY" else st.just(1))
    end = draw(st.sampled_from(["", ";COUNT=1", ";COUNT=17", ";UNTIL=20230404T101010"]))
    rest = "".join(f";{name}={','.join(map(str, values))}" for name, values in parts.items())
    return f"FREQ={freq};INTERVAL={every};WKST={draw(st.sampled_from(DAYS))}{rest}{end}"


@settings(max_examples=300, deadline=None)
@given(
    texts(),
    st.datetimes(datetime(2019, 1, 1), datetime(2022, 1, 1)),
    st.timedeltas(-30 * A_DAY, 2000 * A_DAY),
)
def test_it_finds_what_a_walk_from_the_start_finds(
    text: str, start: datetime, later: timedelta
) -> None:
    start, since = start.replace(microsecond=0), (start + later).replace(microsecond=0)
    walked = rrulestr(text, dtstart=start).xafter(since, inc=True)
    assert list(islice(parse(text).walls(start, since), 5)) == list(islice(walked, 5))


@settings(deadline=None)
@given(st.integers(1, 53), st.dates(date(2015, 1, 1), date(2040, 1, 1)))
def test_weeks_are_numbered_as_iso_8601_does(week: int, since: date) -> None:
    wednesdays = [since + n * A_DAY for n in range(9000) if (since + n * A_DAY).weekday() == 2]
    start = datetime.combine(since, time(9))
    for number, wanted in (
        (week, next(day for day in wednesdays if day.isocalendar().week == week)),
        (-1, next(day for day in wednesdays if (day + 7 * A_DAY).isocalendar().week == 1)),
    ):
        found = parse(f"FREQ=YEARLY;BYWEEKNO={number};BYDAY=WE").walls(start, start)
        assert next(found).date() == wanted


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(available_timezones())),
    texts(),
)
@settings(max_examples=200, deadline=None)
def test_after_always_goes_forward(instant: datetime, zone: str, text: str) -> None:
    rule = Rule(text, zone, "2019-03-31T02:30")
    found = times(rule, instant, 6)
    assert all(earlier < later for earlier, later in zip([instant, *found], found, strict=False))
    assert all(rule.after(then - timedelta(microseconds=1)) == then for then in found)


# Clocks that jump. What a clock shows is asked of the zone at an instant, never of a wall time


Jump = tuple[datetime, timedelta, timedelta]
"""The instant, and the offsets before and from it on."""


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def jumps(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Jump]:
    """Every change of offset, found by looking once a week and then between."""
    at, old = since, offset(since, zone)
    while at < until:
        later = at + 7 * A_DAY
        if (new := offset(later, zone)) != old:
            low, high = 0, 7 * 86400
            while high - low > 1:
                middle = (low + high) // 2
                same = offset(at + timedelta(seconds=middle), zone) == old
                low, high = (middle, high) if same else (low, middle)
            yield at + timedelta(seconds=high), old, new
        at, old = later, new


def wanted(wall: datetime, jump: Jump) -> datetime:
    """The first instant whose clock shows the wall time, else the first after the gap."""
    at, old, new = jump
    walls = wall.replace(tzinfo=UTC)
    shown = [walls - old] if walls - old < at else []
    shown += [walls - new] if walls - new >= at else []
    return min(shown, default=at)


def check(zone: ZoneInfo, jump: Jump, at: time) -> int:
    """A daily rule around a jump: what comes is what is wanted, asked from anywhere.

    Returns how many days it has looked at.
    """
    middle = (jump[0] + jump[1]).date()
    near = [middle + n * A_DAY for n in range(-3, 4)]
    expected = sorted({wanted(datetime.combine(day, at), jump) for day in near})
    rule = Rule("FREQ=DAILY", zone.key, f"2010-01-01T{at:%H:%M}")
    if jump[0].year < 2010:
        rule = Rule("FREQ=DAILY", zone.key, f"1960-01-01T{at:%H:%M}")
    assert times(rule, expected[0] - timedelta(seconds=1), len(expected)) == expected
    for minutes in (-60, -1, 0, 1, 15, 45, 61):
        instant = jump[0] + timedelta(minutes=minutes)
        assert rule.after(instant) == min(then for then in expected if then > instant)
    return len(expected)


def test_a_daily_rule_comes_once_a_day_in_every_zone() -> None:
    """Zones whose clocks jump alike share the awkward times between them, to be quick."""
    found, seen = 0, set()
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        its_jumps = tuple(jumps(zone, *YEARS))
        for jump in its_jumps:
            found += 1
            for at in [AWKWARD[found % len(AWKWARD)]] if its_jumps in seen else AWKWARD:
                assert check(zone, jump, at) == 7  # no day is left out, and none comes twice
        seen.add(its_jumps)
    assert found > 1000


def test_a_plain_day_is_plain_in_every_zone() -> None:
    for name in available_timezones():
        zone, rule = ZoneInfo(name), Rule("FREQ=DAILY", name, "2025-01-01T12:00")
        for year in range(2025, 2038):
            then = rule.after(datetime(year, 2, 10, 20, tzinfo=UTC))
            assert then
            assert then.astimezone(zone).time() == time(12)
            assert then - datetime(year, 2, 10, 20, tzinfo=UTC) <= A_DAY


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("Pacific/Apia", 2011),  # 30 December 2011 was left out
        ("Pacific/Kwajalein", 1993),  # 21 August 1993 was left out
        ("Pacific/Kwajalein", 1969),  # 30 September 1969 came twice
        ("Australia/Lord_Howe", 2026),  # half an hour
        ("Antarctica/Troll", 2026),  # two hours
        ("Antarctica/Casey", 2010),  # three
        ("America/Caracas", 2016),  # half an hour, for good
        ("Asia/Pyongyang", 2018),
        ("Asia/Kathmandu", 1985),  # a quarter
        ("America/Nuuk", 2026),  # up to midnight
        ("America/Santiago", 2026),  # from midnight on
        ("Africa/Casablanca", 2026),  # around Ramadan, and the summer is the standard
        ("Europe/Dublin", 2026),  # where winter is the exception
    ],
)
def test_clocks_that_jump_oddly(name: str, year: int) -> None:
    zone = ZoneInfo(name)
    around = (datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    found = list(jumps(zone, *around))
    assert found
    for jump in found:
        for at in (*AWKWARD, time(2, 15), time(12), time(22, 45)):
            assert check(zone, jump, at) >= 6  # the midnight of a day left out is the next one's


@pytest.mark.parametrize(
    ("after", "then"),
    [
        ("2026-03-27T12:00", "2026-03-28T01:30"),
        ("2026-03-28T12:00", "2026-03-29T01:00"),  # 02:30 is skipped: at 03:00, which is next
        ("2026-03-29T01:00", "2026-03-30T00:30"),
        ("2026-10-24T12:00", "2026-10-25T00:30"),  # 02:30 comes twice: the first
        ("2026-10-25T00:30", "2026-10-26T01:30"),
        ("2026-10-25T01:15", "2026-10-26T01:30"),  # between the two: it has been
    ],
)
def test_half_past_two_in_berlin(after: str, then: str) -> None:
    rule = Rule("FREQ=DAILY", "Europe/Berlin", "2026-01-01T02:30")
    instant = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert rule.after(instant) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_what_is_skipped_together_comes_once() -> None:
    rule = Rule("FREQ=DAILY;BYHOUR=2;BYMINUTE=0,20,40", "Europe/Berlin", "2026-01-01T02:00")
    assert days(rule, "2026-03-28T12:00", 3) == [
        "2026-03-29T03:00",
        "2026-03-30T02:00",
        "2026-03-30T02:20",
    ]
    with_three = Rule("FREQ=DAILY;BYHOUR=2,3", "Europe/Berlin", "2026-01-01T02:00")
    assert days(with_three, "2026-03-28T12:00", 2) == ["2026-03-29T03:00", "2026-03-30T02:00"]


def test_a_weekly_meeting_on_the_day_that_samoa_left_out_still_meets() -> None:
    rule = Rule.weekly("Pacific/Apia", datetime(2011, 12, 2, 19), Day.FRIDAY)
    assert days(rule, "2011-12-25", 2) == ["2011-12-31T00:00", "2012-01-06T19:00"]
