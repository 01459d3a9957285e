"""What is kept in a row comes back as it was, and nothing else comes out of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Person, Place
from bot.core.rooms import Deed, Post, Remove, Replace
from bot.core.text import Day, Link, Moment, Name, Plain, Strong
from storage.values import dump, load

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SHORT = st.text("abc:~é", max_size=5)
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
SPANS = st.one_of(
    WORDS.map(Plain),
    WORDS.map(Strong),
    WORDS.map(Name),
    st.builds(Link, WORDS, WORDS),
    INSTANTS.map(Moment),
    st.dates().map(Day),
)
TEXTS = st.lists(SPANS, max_size=4).map(tuple)
CALLS = st.builds(Call, st.just("a.b"), st.lists(SHORT, max_size=2).map(tuple))
CARDS = st.builds(
    Card,
    TEXTS,
    WORDS,
    st.lists(st.tuples(WORDS, TEXTS), max_size=2).map(tuple),
    st.lists(st.builds(Button, WORDS, CALLS, st.sampled_from(Tone)), max_size=3).map(tuple),
    st.sampled_from(Tone),
    replaces=st.booleans(),
    locale=st.sampled_from(["", "en", "es"]),
)
PLACES = st.builds(Place, SHORT, SHORT, st.booleans())
DEEDS = st.one_of(
    st.builds(Post, PLACES, CARDS),
    st.builds(Replace, PLACES, WORDS, CARDS),
    st.builds(Remove, PLACES, WORDS),
)


@given(DEEDS)
def test_a_deed_comes_back_as_it_was(deed: Deed) -> None:
    assert load(dump(deed), Post, Replace, Remove) == deed


@given(WORDS, WORDS)
def test_of_a_person_only_their_ref_is_written(name: str, zone: str) -> None:
    deed = Post(Person("ref", f"name {name}", f"zone {zone}"), Card((Plain("hello"),)))
    stored = dump(deed)
    assert "name " not in stored
    assert "zone " not in stored
    assert load(stored, Post) == Post(Person("ref", ""), deed.card)


def test_days_instants_and_spans_of_time_are_kept() -> None:
    for value in (datetime(2026, 3, 1, 8, tzinfo=UTC), date(2024, 2, 29), timedelta(hours=1.5)):
        assert load(dump((value, None, True, 3, "x")), tuple)[0] == value


@pytest.mark.parametrize("value", [object(), {"a": 1}, [1], {1}, b"x"])
def test_what_no_row_may_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dump(value)


@pytest.mark.parametrize(
    "stored", ['{"": "Popen", "args": "ls"}', '{"": "Post"}', '{"a": 1}', "3", "[", '{"": "Day"}']
)
def test_what_is_not_a_deed_makes_none(stored: str) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        load(stored, Post)
