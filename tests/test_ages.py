"""Adults and those under 18 are not brought together, and nobody finds out who is which."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.ages import may_pair, says
from bot.core.model import Person
from tests.offering import found, house, offered
from tests.pair_room import agreement, anywhere, at, heard, pair, sends
from tests.room import Room, ref_of

NOON, DAY = at("2026-03-01T12:00"), timedelta(days=1)
ANSWERS = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=4)


@given(ANSWERS, ANSWERS)
def test_two_are_together_who_say_the_same_and_no_other_than_for_a_month(
    one: list[tuple[bool, int]], other: list[tuple[bool, int]]
) -> None:
    """Each joins as somebody of some age, and answers anew after so many days."""
    now = NOON + 200 * DAY
    people, young = [], []
    for answers in (one, other):
        person, at = Person("p", "P", adult=not answers or answers[0][0]), now - 200 * DAY
        last = None
        for adult, days in answers[1:]:
            at += days * DAY
            last = at if adult != person.adult else last
            person = says(person, adult=adult, now=at)
        people.append(person)
        young.append(not person.adult and (last is None or now - last >= 30 * DAY))
    together = all(person.adult for person in people) or all(young)
    ana, bo = people
    assert may_pair(ana, bo, now) is may_pair(bo, ana, now) is together


@anywhere
async def test_nobody_finds_out_who_is_under_18_by_saying_it_for_a_day(room: Room) -> None:
    bo, _, di = await house(room, "Bo", "Cy", "Di")
    await sends(di, "people.set_adult", "no")
    for name in ("Cy", "Di"):
        await offered(room, name)
    room.now += 30 * DAY
    assert await found(room, "Bo") == ["Cy"]
    await sends(bo, "people.set_adult", "no")
    assert bo.sees("With others under 18 it begins in 30 days")
    assert await found(room, "Bo") == []
    await sends(bo, "people.set_adult", "no")
    assert not bo.sees("30 days")
    kept = await room.storage.people.mine(ref_of("Bo"))
    assert kept["age_changed"] == room.now.isoformat()
    room.now += 30 * DAY
    assert await found(room, "Bo") == ["Di"]


@anywhere
async def test_nor_in_what_was_agreed_on_before(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    for one in (ana, bo):
        await sends(one, "people.set_adult", "no")
    agreed = await agreement(room)
    for day in (1, 31):
        room.now = NOON + day * DAY
        await sends(ana, "calls.call", agreed.ref)
        await room.passes()
        assert bool(heard(bo)) is (day == 31)
