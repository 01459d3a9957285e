"""Calendars of moods for tests: one that says much, and any there could be."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from bot.core.pictures import MoodCalendar, MoodDay, MoodWeek

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LEVELS = ("Very hard", "Hard", "So-so", "Good", "Very good")
MONDAY = date(2026, 10, 26)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=24)

MOODS = st.lists(st.integers(1, 5), max_size=9).map(tuple)
DAYS = st.one_of(
    st.sampled_from([((), 0, True), ((), 0, False)]),
    st.tuples(MOODS, st.integers(0, 4), st.booleans()),
)


def calendar(*weeks: str, start: date = MONDAY, month: str = "October 2026") -> MoodCalendar:
    """Each week as seven words: `-` is nothing, `24` a 2 and then a 4, `3!` a 3 with a mark."""
    days = [
        MoodDay(
            start + timedelta(days=7 * row + column),
            tuple(int(letter) for letter in word if letter.isdigit()),
            word.count("!"),
        )
        for row, week in enumerate(weeks)
        for column, word in enumerate(week.split())
    ]
    return MoodCalendar(
        "Your check-ins",
        WEEKDAYS,
        tuple(
            MoodWeek(tuple(days[at : at + 7]), "" if at else month) for at in range(0, len(days), 7)
        ),
        LEVELS,
        days[-1].on,
        "One for each: hungry, angry, lonely, tired",
        "Several in one day: from left to right",
    )


@st.composite
def calendars(draw: st.DrawFn) -> MoodCalendar:
    """Any that a person could have lived, in any words."""
    start = draw(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
    lived = draw(st.lists(st.lists(DAYS, min_size=7, max_size=7), min_size=1, max_size=4))
    weeks = tuple(
        MoodWeek(
            tuple(
                MoodDay(start + timedelta(days=7 * row + column), *day)
                for column, day in enumerate(week)
            ),
            draw(WORDS),
        )
        for row, week in enumerate(lived)
    )
    five = st.tuples(*(WORDS for _ in LEVELS))
    today = start + timedelta(days=draw(st.integers(0, 7 * len(weeks) - 1)))
    seven = tuple(draw(WORDS)[:4] for _ in range(7))
    return MoodCalendar(draw(WORDS), seven, weeks, draw(five), today, draw(WORDS), draw(WORDS))
