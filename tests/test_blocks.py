"""Keeping somebody away, without anybody being told."""

from __future__ import annotations

import pytest

from tests.room import Actor, Room, ref_of, words


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
