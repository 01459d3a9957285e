"""Who leaves the house that a group meets in, or is sent away from it, has left the group too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config.settings import Discord as Config
from bot.core.model import Account, Person, Place
from bot.platforms.telegram.places import shared
from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import TOKEN, Someone, fake_discord
from tests.fakes.discord.gateway import PRIVILEGED
from tests.room import HOME, ref_of
from tests.telegram_house import TelegramHouse, telegram_house, words


@pytest.fixture
async def home(storage: Storage, tmp_path: Path) -> AsyncIterator[Home]:
    async with fake_discord() as fake:
        fake.gateway.allowed = sum(PRIVILEGED.values())
        config = Config(token=TOKEN, address=fake.address, members=True)
        async with at_home(fake, storage, tmp_path, config=config) as home:
            yield home


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def leaves(home: Home, who: Someone) -> None:
    gone = {"guild_id": home.guild["id"], "user": who.user}
    home.fake.world.dispatch("GUILD_MEMBER_REMOVE", gone, home.guild["id"])
    eve = home.fake.person("Eve")
    await eve.types("/now")  # it hears in order
    await home.door.quiet()


async def belongs(storage: Storage, name: str) -> bool:
    return await storage.groups.has(HOME.ref, ref_of(name))


async def has_too(storage: Storage, name: str, platform: str, number: str) -> None:
    account = Account(platform, number)
    await storage.units.commit((storage.people.add_account(account, ref_of(name)),))


async def test_who_leaves_the_server_leaves_the_group_and_nothing_is_said(home: Home) -> None:
    ana, _ = await home.member("Ana"), await home.member("Bo")
    second = home.fake.world.channel(home.guild["id"], "readings")
    home.fake.world.dispatch("CHANNEL_CREATE", second, home.guild["id"])
    place = Place("discord", second["id"])
    await home.storage.units.commit((home.storage.groups.add_door(HOME.ref, place, "readings"),))
    await ana.types("/checkin", mood=3)
    await leaves(home, ana)
    await leaves(home, ana)
    assert not await belongs(home.storage, "Ana")
    assert await belongs(home.storage, "Bo")
    assert len(await home.storage.checkins.latest(ref_of("Ana"), 9, 0)) == 1
    assert not await home.storage.outbox.counts()
    await ana.types("/join")
    assert ana.sees("You are known here as **Ana**")
    await ana.presses("Join")
    assert await belongs(home.storage, "Ana")


async def test_who_never_joined_leaves_without_a_trace(home: Home) -> None:
    await home.member("Bo")
    await leaves(home, home.guest("Cy"))
    assert await belongs(home.storage, "Bo")


@pytest.mark.parametrize("other", ["web", "telegram", "discord"])
async def test_who_may_still_be_reached_elsewhere_stays(other: str, home: Home) -> None:
    ana = await home.member("Ana")
    place = shared(-1001)
    await home.storage.units.commit((home.storage.groups.add_door(HOME.ref, place),))
    await has_too(home.storage, "Ana", other, "77")
    await leaves(home, ana)
    assert await belongs(home.storage, "Ana")


async def test_an_account_where_the_group_has_no_door_keeps_nobody(home: Home) -> None:
    ana = await home.member("Ana")
    await has_too(home.storage, "Ana", "telegram", "77")
    await leaves(home, ana)
    assert not await belongs(home.storage, "Ana")


async def test_the_last_who_looks_after_a_group_may_go_as_anybody(home: Home) -> None:
    ana = await home.member("Ana")
    now = home.storage.now()
    until = now.replace(year=now.year + 1)
    term = home.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", now, until)
    await home.storage.units.commit((term,))
    await leaves(home, ana)
    assert not await belongs(home.storage, "Ana")
    assert not await home.storage.groups.servants(HOME.ref)
    assert await home.storage.vacancies.load(HOME.ref)


@pytest.mark.parametrize("leads", [True, False], ids=["as an administrator", "as a member"])
@pytest.mark.parametrize("sent", [True, False], ids=["sent away", "by themselves"])
async def test_who_leaves_the_group_on_telegram_leaves_ours(
    leads: bool, sent: bool, house: TelegramHouse
) -> None:
    ana, bo = house.guest("Ana"), house.guest("Bo")
    rights = {} if leads else {"rights": None}
    chat = await house.group(ana, bo, led_by=bo, **rights)
    await house.person("Ana")
    await house.person("Bo")
    house.guest("Cy").leaves(chat)
    ana.leaves(chat, sent_by=bo if sent else None)
    await house.rests()
    assert not await belongs(house.storage, "Ana")
    assert await belongs(house.storage, "Bo")
    assert not [m for m in chat.messages.values() if words(m)]


async def test_a_group_that_meets_in_topics_is_left_with_their_chat(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana, founded=None, forum=True)
    now = house.storage.now()
    await house.storage.units.commit(house.storage.groups.found(HOME, shared(chat.id, 7), now))
    await house.person("Ana")
    ana.leaves(chat)
    await house.rests()
    assert not await belongs(house.storage, "Ana")


async def test_another_chat_of_the_group_is_enough_to_stay(house: TelegramHouse) -> None:
    ana = house.guest("Ana")
    chat = await house.group(ana)
    other = await house.group(ana, founded=None)
    door = house.storage.groups.add_door(HOME.ref, shared(other.id), "readings")
    await house.storage.units.commit((door,))
    await house.person("Ana")
    ana.leaves(other)
    await house.rests()
    assert await belongs(house.storage, "Ana")
    assert chat.members[ana.id] == "member"


async def test_what_is_told_once_more_after_a_restart_takes_nobody_out_again(
    storage: Storage,
) -> None:
    async with telegram_house(storage) as first:
        ana = first.guest("Ana")
        chat = await first.group(ana)
        await first.person("Ana")
        ana.leaves(chat)
        told, world = [*first.world.updates], first.world
        await first.rests()
        assert not await belongs(storage, "Ana")
    back = Person(ref_of("Ana"), "Ana")
    await storage.units.commit(storage.groups.enter(HOME, back, storage.now()))
    async with telegram_house(storage, world=world) as second:
        world.updates += told
        world.arrived.set()
        await second.rests()
        assert await belongs(storage, "Ana")
