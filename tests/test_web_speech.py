"""What people say to each other in the room of the web."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.model import Group
from storage import Storage
from tests.browser import Browser, Node
from tests.web_house import House, open_house

NEARLY_A_DAY, A_DAY = timedelta(hours=23), timedelta(hours=24, minutes=1)


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


def lines(browser: Browser) -> list[Node]:
    """What is said on the page, in order."""
    return [node for node in browser.page.all("article") if "share" in node.attrs.get("class", "")]


def anchor(line: Node) -> str:
    return line.attrs["id"].removeprefix("c-")


async def says(browser: Browser, words: str) -> None:
    await browser.opens("/room")
    await browser.presses("Say it", words=words)
    await browser.opens("/room")


async def test_what_one_says_the_other_reads_under_their_name_the_oldest_first(
    house: House,
) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(ana, "Morning.\n\nThe kettle is on.")
    await says(bo, "Thank you, Ana.")
    await ana.opens("/room")
    first, second = lines(ana)
    assert "Ana" in first.text
    assert "The kettle is on." in first.text
    assert "Bo" in second.text
    assert ana.html.index("kettle") < ana.html.index("Thank you, Ana.")


async def test_a_line_that_is_a_command_is_never_said_aloud(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(ana, "/checkin 2 lonely I cannot sleep.")
    assert not lines(ana)
    [entry] = await house.storage.checkins.latest("ref-Ana", 2)
    assert entry.note == "I cannot sleep."
    await bo.opens("/room")
    assert not bo.sees("I cannot sleep.")


async def test_a_guest_listens_and_cannot_speak(house: House) -> None:
    ana, zoe = await house.member("Ana"), await house.guest()
    await says(ana, "Good to be here.")
    await zoe.opens("/room")
    assert zoe.sees("Good to be here.")
    assert not zoe.sees("Say something to everybody here")
    await zoe.requests("POST", "/room/say", [("words", "Can I?"), ("cause", "forged-cause")])
    assert zoe.sees("Those who have joined can speak here. You can listen.")
    await ana.opens("/room")
    assert not ana.sees("Can I?")


async def test_ones_own_words_are_mended_and_taken_back(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(ana, "I slept badley.")
    await ana.presses("Mend it", words="I slept badly.")
    await bo.opens("/room")
    assert bo.sees("I slept badly.")
    assert not bo.sees("badley")
    assert bo.sees("mended")
    assert not bo.sees("Mend it or take it back")
    await ana.opens("/room")
    await ana.presses("Take it back")
    await bo.opens("/room")
    assert not lines(bo)


async def test_nobody_mends_or_takes_back_the_words_of_another(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(ana, "Mine alone.")
    card = anchor(lines(ana)[0])
    for path in ("/room/mend", "/room/take-back"):
        sent = [("card", card), ("words", "Yours"), ("cause", "a-cause-x")]
        await bo.requests("POST", path, sent)
        assert bo.sees("That is not here any more, or it was not yours.")
    await ana.opens("/room")
    assert ana.sees("Mine alone.")
    assert not ana.sees("Yours")


async def test_a_card_of_the_house_is_nobodys_to_take_back(house: House) -> None:
    ana = await house.member("Ana")
    card = await house.posts_card("How is today?")
    await ana.requests("POST", "/room/take-back", [("card", card), ("cause", "a-cause-x")])
    await ana.opens("/room")
    assert ana.sees("How is today?")


async def test_the_same_form_sent_twice_is_said_once(house: House) -> None:
    ana = await house.member("Ana")
    for _ in range(2):
        sent = [("words", "Only once."), ("cause", "the-same-cause")]
        await ana.requests("POST", "/room/say", sent)
    assert len(lines(ana)) == 1


async def test_too_much_at_once_is_kept_in_the_box(house: House) -> None:
    ana = await house.member("Ana")
    await ana.opens("/room")
    await ana.presses("Say it", words="so much " * 300)
    assert ana.status == 422
    assert ana.sees("That is 2399 characters, and 2000 fit.")
    assert ana.html.count("so much so much") >= 1
    assert not lines(ana)


async def test_what_is_said_is_gone_after_a_day_mended_or_not(house: House) -> None:
    ana = await house.member("Ana")
    await says(ana, "Only for today.")
    house.later(NEARLY_A_DAY)
    await ana.opens("/room")
    await ana.presses("Mend it", words="Only for this day.")
    house.later(A_DAY - NEARLY_A_DAY)
    await ana.opens("/room")
    assert not lines(ana)


async def test_who_is_kept_away_is_not_read(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(bo, "Ana, listen to me.")
    await ana.types("/block Bo")
    await ana.opens("/room")
    assert not ana.sees("listen to me")
    await bo.opens("/room")
    assert bo.sees("listen to me"), "they are not told"


async def test_the_words_of_somebody_forgotten_are_gone(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(ana, "Before I go.")
    await house.storage.units.commit(house.storage.forget("ref-Ana"))
    await bo.opens("/room")
    assert not bo.sees("Before I go.")


async def test_nobody_speaks_into_a_room_that_is_not_theirs(house: House) -> None:
    other = Group("other-group", "Mill Lane")
    ana, eve = await house.member("Ana"), await house.member("Eve", other)
    await says(ana, "Among us.")
    card = anchor(lines(ana)[0])
    sent = [("words", "Not here"), ("card", card), ("room", "home-group"), ("cause", "a-cause-x")]
    for path in ("/room/say", "/room/mend", "/room/take-back"):
        await eve.requests("POST", path, sent)
    await eve.opens("/room")
    assert not eve.sees("Among us.")
    await ana.opens("/room")
    assert [line.text for line in lines(ana) if "Among us." in line.text]
    assert not ana.sees("Not here")


async def test_somebody_is_kept_away_by_what_they_said_whatever_they_are_called(
    house: House,
) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(bo, "Ana, listen to me.")
    await ana.opens("/room")
    await ana.presses("Keep Bo away from me, silently")
    assert ana.sees("What Bo says is kept away from you from now on")
    assert not ana.sees("Ana, listen to me.")
    await bo.types("/me")
    await bo.presses("Change my name")
    await bo.presses("Send", **{"What shall we call you?": "Somebody Else"})
    await says(bo, "And now?")
    await ana.opens("/room")
    assert not ana.sees("And now?")
    assert await house.storage.blocks.kept_from("ref-Ana") == {"ref-Bo"}


async def test_who_leaves_takes_their_words_along(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await says(bo, "My last words here.")
    await bo.opens("/mydata")
    assert bo.sees("My last words here.")
    await bo.types("/leave")
    await bo.presses("Leave Harbour Street")
    await ana.opens("/room")
    assert not ana.sees("My last words here.")
