"""Keeping somebody away, without anybody being told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.model import Account, Person
from storage.agreements import part_mark
from storage.namesakes import GIVEN_UP
from tests.pair_room import agreement, anywhere, heard, pair
from tests.room import HOME, PURPOSES, Actor, Room, ref_of, words


async def both(room: Room) -> tuple[Actor, Actor]:
    ana, bo = await room.person("Ana"), await room.person("Bo")
    ana.here, bo.here = ana.own, bo.own
    return ana, bo


async def apart(room: Room, one: str, other: str) -> bool:
    return await room.storage.blocks.between(ref_of(one), ref_of(other))


@pytest.mark.parametrize("typed", ["Bo", "bo", " B\u200bo ", "Вo"])  # noqa: RUF001 a Cyrillic letter
async def test_somebody_is_kept_away_by_the_name_they_go_by(room: Room, typed: str) -> None:
    ana, _ = await both(room)
    await ana.types(f"/block {typed}")
    assert ana.sees("Noted.")
    assert await apart(room, "Ana", "Bo")
    assert await apart(room, "Bo", "Ana")


async def test_the_answer_does_not_tell_whether_there_is_such_a_person(room: Room) -> None:
    ana, _ = await both(room)
    await ana.types("/block Bo")
    there = words(ana.seen[-1]).replace("Bo", "X")
    await ana.types("/block Nobody")
    assert words(ana.seen[-1]).replace("Nobody", "X") == there
    await ana.types("/block")
    assert ana.sees("Bo")
    assert ana.sees("Nobody")


async def test_who_is_blocked_cannot_tell(room: Room) -> None:
    ana, bo = await both(room)
    await bo.types("/me")
    before = words(bo.seen[-1])
    await ana.types("/block Bo")
    await room.passes()
    await bo.types("/me")
    assert words(bo.seen[-1]) == before
    await bo.types("/mydata")
    assert not bo.sees("Ana")


async def test_a_block_is_taken_off_and_pressing_again_does_nothing(room: Room) -> None:
    ana, _ = await both(room)
    await ana.types("/block Bo")
    await ana.types("/block bo")
    await ana.types("/block")
    assert [b.label for b in ana.seen[-1].buttons] == ["Unblock Bo", "Keep somebody away"]
    await ana.presses("Unblock Bo")
    assert ana.sees("Bo is off your list.")
    await ana.presses("Unblock Bo")
    assert not ana.sees("went wrong")
    assert not await apart(room, "Ana", "Bo")


async def test_nobody_takes_a_name_off_the_list_of_another(room: Room) -> None:
    ana, bo = await both(room)
    await ana.types("/block Bo")
    [block] = await room.storage.blocks.of(ref_of("Ana"))
    await bo.sends(f"blocks.unblock:{block.ref}")
    assert bo.sees("That button is no longer in use.")
    assert await apart(room, "Ana", "Bo")


async def test_a_block_outlives_a_new_name_and_ends_with_the_person(room: Room) -> None:
    ana, bo = await both(room)
    await ana.types("/block Bo")
    await bo.sends("people.set_name:Robert")
    assert await apart(room, "Ana", "Bo")
    await bo.sends("keeping.forgotten")
    await ana.types("/block")
    assert ana.sees("Bo")
    assert not await apart(room, "Ana", "Bo")


async def test_a_long_list_has_pages(room: Room) -> None:
    ana, _ = await both(room)
    for n in range(10):
        await ana.types(f"/block Somebody {n}")
    await ana.types("/block")
    await ana.presses("Later")
    assert [b.label for b in ana.seen[-1].buttons] == [
        "Unblock Somebody 8",
        "Unblock Somebody 9",
        "Earlier",
        "Keep somebody away",
    ]


async def test_ones_own_name_and_no_name_are_refused(room: Room) -> None:
    ana, _ = await both(room)
    await ana.types("/block ana")
    assert ana.sees("That is your own name.")
    await ana.types("/block ...")
    assert ana.sees("Please type the name")
    await ana.types(f"/block {'x' * 4000}")
    assert not ana.sees("Noted")


async def comes_in(room: Room, name: str, ref: str) -> None:
    """Somebody who may be here under another account already; the tests' own are not twice."""
    person = Person(ref_of(ref), name, "UTC", "en", consents=PURPOSES)
    profile = await room.storage.people.profile(person.ref)
    unit = room.storage.groups.enter(HOME, person, room.now)
    if profile is None:
        unit = (*room.storage.people.join(Account(room.name, ref), person), *unit)
    await room.storage.units.commit(unit)


@anywhere
async def test_a_name_that_means_another_by_now_lets_the_first_not_back(room: Room) -> None:
    """Her list shows it once, and takes both off: it never tells how many there are."""
    ana, bo = await both(room)
    await ana.types("/block Bo")
    await bo.sends("people.set_name:Robert")
    await comes_in(room, "Bo", "Another")
    await ana.types("/block Bo")
    assert await apart(room, "Ana", "Bo")
    assert await apart(room, "Ana", "Another")
    await ana.types("/block")
    assert [b.label for b in ana.seen[-1].buttons] == ["Unblock Bo", "Keep somebody away"]
    await ana.presses("Unblock Bo")
    assert not await apart(room, "Ana", "Bo")
    assert not await apart(room, "Ana", "Another")


@anywhere
async def test_who_left_the_group_is_kept_away_where_they_still_have_an_agreement(
    room: Room,
) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await bo.sends(f"keeping.left:{HOME.ref}")
    await ana.types("/block Bo")
    assert await apart(room, "Ana", "Bo")
    await bo.sends(f"calls.call:{(await agreement(room)).ref}")
    await room.passes()
    assert heard(ana) == []


@anywhere
@pytest.mark.parametrize(
    "how", ["comes back", "comes back as another", "renames", "is there where she comes"]
)
async def test_a_name_that_means_nobody_yet_means_who_comes_by_it(room: Room, how: str) -> None:
    """Only where they could meet: nobody is kept away in a group that she is not in."""
    ana, bo = await both(room)
    if how == "renames":
        await ana.types("/block Robert")
        await bo.sends("people.set_name:Robert")
    elif how.startswith("comes back"):
        await bo.sends(f"keeping.left:{HOME.ref}")
        await ana.types("/block bo")
        if how != "comes back":
            await bo.sends("people.set_name:Robert")
        await comes_in(room, "Bo" if how == "comes back" else "Robert", "Bo")
    else:
        await ana.sends(f"keeping.left:{HOME.ref}")
        await ana.types("/block Bo")
        await bo.sends("people.set_name:B0")
        assert not await apart(room, "Ana", "Bo")
        await comes_in(room, "Ana", "Ana")
    assert await apart(room, "Ana", "Bo")
    assert len(await room.storage.blocks.of(ref_of("Ana"))) == 1


@anywhere
@pytest.mark.parametrize(
    ("name", "happens"), [("Robert", "people.set_name:Robert"), ("Bo", "keeping.forgotten")]
)
async def test_who_comes_while_a_name_is_looked_up_is_meant_and_who_goes_is_nobody(
    room: Room, monkeypatch: pytest.MonkeyPatch, name: str, happens: str
) -> None:
    ana, bo = await both(room)
    looked = room.storage.namesakes.of

    async def then_it_happens(name: str, person: str) -> frozenset[str]:
        found = await looked(name, person)
        await bo.sends(happens)
        return found

    monkeypatch.setattr(room.storage.namesakes, "of", then_it_happens)
    await ana.types(f"/block {name}")
    assert ana.sees("Noted.")
    assert await apart(room, "Ana", "Bo") is (name == "Robert")


@anywhere
async def test_for_a_few_days_a_name_still_means_who_went_by_it(room: Room) -> None:
    """He renames between what she reads and what she types."""
    ana, bo = await both(room)
    for name in ("Robert", "Bobby"):
        await bo.sends(f"people.set_name:{name}")
    await ana.types("/block Bo")
    assert await apart(room, "Ana", "Bo")
    [block] = await room.storage.blocks.of(ref_of("Ana"))
    await ana.sends(f"blocks.unblock:{block.ref}")
    room.now += GIVEN_UP + timedelta(minutes=1)
    await ana.types("/block Robert")
    assert not await apart(room, "Ana", "Bo")
    await room.storage.tidy(room.now)
    assert not await room.storage.db.read("SELECT * FROM former_names")


@anywhere
async def test_a_button_keeps_away_whom_she_has_an_agreement_with(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    await bo.sends("people.set_name:Robert")
    await ana.sends(f"blocks.keep:{one.ref}:{part_mark(one, ref_of('Ana'))}")
    assert ana.sees("That button is no longer in use.")
    await ana.sends(f"blocks.keep:{one.ref}:{part_mark(one, ref_of('Bo'))}")
    assert ana.sees("Noted. Robert does not reach you through me from here on")
    assert await apart(room, "Ana", "Bo")
    await ana.presses("Your list")
    assert ana.can_press("Unblock Robert")
