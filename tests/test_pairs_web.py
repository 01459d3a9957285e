"""What people who agreed on something send each other is on the pages of the web room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import clock
from storage import Storage
from tests.web_house import House, open_house


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as there:
        yield there


async def passes(house: House) -> None:
    await clock.tick(house.app, house.storage.schedule, house.storage.now())
    await house.delivers()


async def test_who_presses_on_the_front_stays_there_and_who_presses_in_the_room_too(
    house: House,
) -> None:
    ana = await house.member("Ana")
    for path, there in (("/", "What there is for you here"), ("/room", "Say something")):
        await house.posts_card("How is it?", await house.own(ana), "toy.keep")
        await ana.opens(path)
        await ana.presses("Press me")
        assert ana.sees("It is kept.")
        assert ana.sees(there)
        assert not ana.sees("How is it?")


async def test_what_comes_under_an_agreement_can_be_read(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await ana.opens("/pairs")
    await ana.presses("Propose it to one person")
    given: dict[str, str | list[str]] = {
        "Who is asked": "both",
        "What do others see": "1",
        "May a": "yes",
    }  # every day at eight is filled in
    await ana.presses("Send", **given)
    await ana.presses("A code to hand over")
    code = ana.page.text.split("/pairs ")[1].split()[0].strip(",.")
    await bo.types(f"/pairs {code}")
    await bo.presses("Yes, I agree")
    await passes(house)
    await ana.opens("/room")
    assert ana.sees("Bo said yes to checking in with you.")

    await ana.opens("/pairs")
    await ana.presses("Open")
    await ana.presses("Change my terms")
    await ana.presses("Send", **{"On which days": []})
    assert ana.sees("Not asked.")

    house.later(timedelta(hours=12))
    await passes(house)
    await bo.opens("/")
    assert bo.sees("A note from your group. How is today?")
    await bo.presses("Good")
    assert bo.sees("Thank you for telling me.")
    assert bo.sees("What comes next")
    await bo.presses("Change it")
    await bo.presses("Send", **{"A note": "Long shift."})
    assert bo.sees("What comes next")
    assert bo.sees("Long shift.")
    assert bo.page.text.count("You said") == 1
    await passes(house)
    await ana.opens("/room")
    assert ana.sees("Bo : Good")
    await bo.presses("Call me")
    await passes(house)
    await ana.opens("/room")
    assert ana.sees("Bo asks you to get in touch")
