"""Nothing is kept that nobody agreed to, and a question in between loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.model import Person
from bot.core.text import LANGUAGES
from tests.room import Actor, Room, ref_of


async def careful(room: Room, name: str) -> Actor:
    """Somebody who has joined, and agreed to nothing yet."""
    await room.opens()
    guest, joined = room.guest(name), Person(ref_of(name), name)
    unit = room.storage.people.join(guest.account, joined)
    assert room.group
    unit += room.storage.groups.enter(room.group, joined, room.now)
    await room.storage.units.commit(unit)
    guest.here = guest.own
    return guest


async def test_a_hard_mood_finds_someone_to_talk_to_before_anything_is_agreed(room: Room) -> None:
    ana = await careful(room, "Ana")
    await ana.types("/checkin 1 lonely I cannot sleep")
    assert ana.sees("May I keep this?")
    await ana.presses("Someone to talk to now")
    assert ana.sees("112")


async def test_after_a_yes_what_was_typed_is_kept_as_it_was(room: Room) -> None:
    ana = await careful(room, "Ana")
    await ana.types("/checkin 1 lonely I cannot sleep")
    assert not await room.storage.checkins.count(ref_of("Ana"))
    await ana.presses("Yes, keep it")
    [entry] = await room.storage.checkins.latest(ref_of("Ana"), 9)
    assert (entry.mood, entry.halt, entry.note) == (1, ("lonely",), "I cannot sleep")
    await ana.types("/checkin 4")
    assert not ana.sees("May I keep this?")


async def test_a_yes_pressed_twice_keeps_one(room: Room) -> None:
    ana = await careful(room, "Ana")
    await ana.types("/checkin 3")
    await ana.presses("Yes, keep it")
    await ana.presses("Yes, keep it")
    assert await room.storage.checkins.count(ref_of("Ana")) == 1


async def test_after_a_no_nothing_is_kept_and_nothing_waits(room: Room) -> None:
    ana = await careful(room, "Ana")
    await ana.types("/checkin 2 a secret")
    await ana.presses("No")
    assert ana.sees("Nothing of it was kept.")
    assert ana.can_press("Someone to talk to now")
    await ana.presses("Yes, keep it")
    assert not await room.storage.checkins.count(ref_of("Ana"))
    assert not await room.storage.db.read("SELECT * FROM drafts")


async def test_a_yes_after_an_hour_allows_and_asks_again(room: Room) -> None:
    ana = await careful(room, "Ana")
    await ana.types("/checkin 2 a secret")
    room.now += timedelta(hours=2)
    await ana.presses("Yes, keep it")
    assert not await room.storage.checkins.count(ref_of("Ana"))
    await ana.types("/checkin 2")
    assert await room.storage.checkins.count(ref_of("Ana")) == 1


@pytest.mark.parametrize("data", ["agree", "agree:checkins", "agree:x:y", "agree::", "agree:a:b:c"])
async def test_a_forged_yes_is_refused_in_words(room: Room, data: str) -> None:
    ana = await careful(room, "Ana")
    await ana.sends(data)
    assert ana.seen[-1].text
    assert not await room.storage.checkins.count(ref_of("Ana"))
    assert "Something went wrong" not in str(ana.seen[-1]), LANGUAGES
