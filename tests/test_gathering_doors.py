"""The group's check-in behind the real doors: a thread, a topic or the place itself, and what is
left when its day ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.discord.world import THREAD
from tests.fakes.telegram_world import BOT
from tests.room import HOME, MORNING, WEB, Actor, Room, ref_of, words
from tests.telegram_wired import TELEGRAM_WIRED, TelegramRoom
from tests.wired import WIRED, WiredRoom

EVENING = MORNING.replace(hour=19)
NEXT = EVENING + timedelta(days=1)


async def at(room: Room, minutes: float) -> None:
    """So long after the hour."""
    room.now = NEXT + timedelta(minutes=minutes)
    await room.passes()


def rooms(room: Room) -> list[str]:
    """What the rooms that stand there are called."""
    if isinstance(room, WiredRoom):
        channels = room.fake.world.channels.values()
        return [channel["name"] for channel in channels if channel["type"] == THREAD]
    assert isinstance(room, TelegramRoom)
    return [topic["name"] for topic in room.chat.topics.values()]


def standing(room: Room) -> str:
    """What all can read where the group is."""
    if isinstance(room, WiredRoom):
        return str(room.fake.world.shown(room.id, "nobody"))
    if isinstance(room, TelegramRoom):
        return str([*room.chat.messages.values()])
    return str([words(card) for card in room.posted])


async def house(room: Room, *, forum: bool = True) -> tuple[Actor, Actor]:
    if isinstance(room, TelegramRoom):
        room.chat.forum = forum
        room.chat.members[BOT["id"]] = "administrator"
        room.chat.rights = frozenset({"can_manage_topics", "can_delete_messages"})
    ana, bo = await room.person("Ana"), await room.person("Bo")
    until = MORNING + timedelta(days=90)
    given = room.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", MORNING, until)
    await room.storage.units.commit((given,))
    settings = await room.storage.groups.settings(HOME.ref)
    assert settings
    await ana.sends(f"groups.set_gather:{HOME.ref}:19~100")
    await bo.types("/gather")
    await bo.presses("I will open it sometimes")
    await at(room, -24 * 60)
    await at(room, -23 * 60)
    return ana, bo


@pytest.mark.parametrize("door", [WIRED, TELEGRAM_WIRED], indirect=True)
async def test_bo_opens_a_place_for_it_and_it_is_gone_the_next_day(room: Room) -> None:
    _, bo = await house(room)
    bo.here = None if isinstance(room, WiredRoom) else bo.own
    await bo.presses("I'll do it")
    await at(room, 0)
    assert not rooms(room)
    await bo.presses("Open it")
    await at(room, 1)
    assert rooms(room) == ["Today, 2 March"]
    await at(room, 5 * 60)
    assert not rooms(room)
    if isinstance(room, WiredRoom):
        assert "How is today?" not in standing(room)


@pytest.mark.parametrize("keeps", ["no", "yes"])
@pytest.mark.parametrize("door", [WIRED, TELEGRAM_WIRED, WEB], indirect=True)
async def test_where_it_is_over_nothing_asks_how_today_is_any_more(room: Room, keeps: str) -> None:
    """In the place itself: in a group without topics, in the web room, before a thread."""
    ana, _ = await house(room, forum=False)
    await ana.sends(f"groups.set_keeps:{HOME.ref}:{keeps}")
    await at(room, 45)
    assert "How is today?" in standing(room)
    await at(room, 5 * 60)
    assert "How is today?" not in standing(room)
    assert ("is over." in standing(room)) is (keeps == "yes")


@pytest.mark.parametrize("door", [WIRED, TELEGRAM_WIRED], indirect=True)
async def test_where_nobody_comes_anyone_present_opens_it(room: Room) -> None:
    ana, bo = await house(room)
    await bo.presses("Not this time")
    await at(room, 0)
    await ana.presses("Open it")
    await at(room, 30)
    await at(room, 45)
    assert rooms(room) == ["Today, 2 March"]
