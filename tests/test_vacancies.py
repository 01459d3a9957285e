"""A group whose terms have all ended is taken up by one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage import Storage
from storage.vacancies import A_WHILE
from tests.room import HOME
from tests.web_house import House, open_house

DAY = timedelta(days=1)
TAKE_UP = "I'll look after it for 90 days"


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as there:
        yield there


async def serves(house: House, name: str, term: timedelta = DAY) -> None:
    now = house.storage.now()
    given = house.storage.roles.give(HOME.ref, f"ref-{name}", "founder", now, now + term)
    await house.storage.units.commit((given,))


async def test_where_every_term_has_ended_a_member_takes_it_up(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await serves(house, "Ana")
    await bo.types("/roles")
    assert not bo.sees(TAKE_UP)
    house.later(A_WHILE)
    new = await house.member("New")
    await new.types("/roles")
    assert new.sees("Nobody looks after this group at the moment.")
    assert not new.sees(TAKE_UP)
    await bo.types("/roles")
    await bo.presses(TAKE_UP)
    assert bo.sees("It is yours to look after.")
    await house.delivers()
    await ana.opens("/room")
    assert ana.sees("Bo looks after the settings of the group now.")
    assert await house.storage.groups.servants(HOME.ref) == {"ref-Bo"}
    assert bo.sees("Change whom to turn to")
    await bo.types("/roles")
    assert bo.sees("Bo trusted servant")
    await ana.types("/roles")
    assert not ana.sees(TAKE_UP)


async def test_where_all_are_new_anybody_of_the_group_may(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/roles")
    await ana.presses(TAKE_UP)
    assert ana.sees("It is yours to look after.")


async def test_of_two_at_once_one_takes_it_up(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    for one in (ana, bo):
        await one.types("/roles")
    await asyncio.gather(ana.presses(TAKE_UP), bo.presses(TAKE_UP))
    assert len(await house.storage.groups.servants(HOME.ref)) == 1


async def test_the_last_servant_is_told_what_comes_after(house: House) -> None:
    ana = await house.member("Ana")
    await serves(house, "Ana")
    for line in ("/leave", "/forgetme"):
        await ana.types(line)
        assert ana.sees("You are the last who looks after")
    await ana.types("/roles")
    await ana.presses("Step down: founder")
    assert ana.sees("You are the last who looks after")
    assert await house.storage.groups.servants(HOME.ref)
    await ana.presses("Step down")
    assert ana.sees("Thank you for your service.")
    assert not await house.storage.groups.servants(HOME.ref)


async def test_who_serves_beside_others_steps_down_at_once(house: House) -> None:
    ana = await house.member("Ana")
    await house.member("Bo")
    await serves(house, "Ana")
    await serves(house, "Bo")
    await ana.types("/roles")
    await ana.presses("Step down: founder")
    assert ana.sees("Thank you for your service.")
