"""The front of the house, and what the host has settled for those who have not chosen."""

from __future__ import annotations

from bot.core.app import App
from bot.core.text import translate
from bot.platforms.web.reader import Reader, guest
from cogs import build
from storage import Storage
from tests.pair_room import anywhere, pair
from tests.room import TELEGRAM, Room


async def test_a_guest_is_answered_in_the_hosts_language(storage: Storage) -> None:
    room = Room(App(build(storage), storage.ports, "es"), storage, TELEGRAM, group=None)
    zoe = room.guest("Zoe")
    zoe.locale, zoe.here = "", zoe.own
    await zoe.types("/checkin 4")
    refused = "That is for people who have joined. It takes a minute."
    assert zoe.sees(translate(refused, "es"))
    assert not zoe.sees(refused)


def test_a_browser_that_says_nothing_reads_as_the_house_does() -> None:
    home = Reader("es", "America/Lima")
    assert (guest("", home).locale, guest("", home).zone) == ("es", "America/Lima")
    assert guest("en-GB,en;q=0.9", home).locale == "en"


@anywhere
async def test_on_the_front_a_question_and_a_review_are_called_what_they_are(room: Room) -> None:
    """What comes itself begins with neutral words; this is one's own page."""
    ana, _ = await pair(room, "Ana", "Bo")
    await ana.types("/home")
    assert ana.sees("You are asked how today is")
    assert ana.sees("You are asked whether to go on")
    assert not ana.sees("A note from your group")
