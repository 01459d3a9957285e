"""What was shown to somebody is gone once it is taken back, behind the real doors."""

from __future__ import annotations

import pytest

from storage import Storage
from tests.agreed import agree
from tests.fakes.discord.people import said
from tests.room import Room, ref_of
from tests.telegram_house import words
from tests.telegram_wired import TELEGRAM_WIRED, TelegramRoom
from tests.web_house import open_house
from tests.wired import WIRED, WiredRoom


def stands(room: Room, text: str) -> int:
    """In how many messages of any chat it is to be read."""
    if isinstance(room, WiredRoom):
        return sum(text in said(message) for message in room.fake.world.messages.values())
    assert isinstance(room, TelegramRoom)
    chats = room.house.world.chats.values()
    return sum(text in words(message) for chat in chats for message in chat.messages.values())


@pytest.mark.parametrize("door", [WIRED, TELEGRAM_WIRED], indirect=True)
async def test_shown_to_one_and_to_all_and_taken_back_from_both(room: Room) -> None:
    ana, _ = await room.person("Ana"), await room.person("Bo")
    await agree(room.storage, ref_of("Ana"), ref_of("Bo"))
    for kind, where in (("pair", "Ana shows you how it is"), ("group", "Ana says how it is")):
        await ana.types(f"/checkin 2 share:{kind}")
        await ana.presses("Send it")
        await room.passes()
        assert stands(room, where) == 1
        await ana.presses("Take it back")
        await room.passes()
        assert stands(room, where) == 0


async def test_on_the_web_it_goes_from_open_pages_too(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana, bo = await house.member("Ana"), await house.member("Bo")
        await agree(storage, "ref-Ana", "ref-Bo")
        await ana.types("/checkin 2 tired share:pair")
        await ana.presses("Send it")
        await house.delivers()
        await bo.opens("/")
        assert bo.sees("Ana shows you how it is")
        await ana.presses("Take it back")
        await house.delivers()
        await bo.opens("/")
        assert not bo.sees("Ana shows you how it is")


async def test_who_keeps_her_away_does_not_see_in_the_web_room_what_she_shows_to_all(
    storage: Storage,
) -> None:
    async with open_house(storage) as house:
        ana, bo, cy = [await house.member(name) for name in ("Ana", "Bo", "Cy")]
        await cy.types("/block Ana")
        await ana.types("/checkin 4 share:group")
        await ana.presses("Send it")
        await house.delivers()
        for one in (bo, cy):
            await one.opens("/room")
        assert bo.sees("Ana says how it is today")
        assert not cy.sees("Ana says how it is today")
        await ana.presses("Take it back")
        await house.delivers()
        await bo.opens("/room")
        assert not bo.sees("Ana says how it is today")
