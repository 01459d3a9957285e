"""What Telegram hands over is kept before it is confirmed, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import count

import pytest

from bot import inbox
from bot.core.app import App
from bot.core.errors import DoorShut
from bot.platforms.telegram.updates import KINDS
from cogs import build
from cogs.now import NowCog
from storage import Storage
from tests.fakes.telegram import telegram_server
from tests.fakes.telegram_people import Someone
from tests.fakes.telegram_world import Given, World
from tests.telegram_house import TelegramHouse, door_to, idle, telegram_house, words
from tests.web_house import Watch


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def kept(storage: Storage, state: str = "done") -> int:
    rows = await storage.db.read("SELECT count(*) AS n FROM inbox WHERE state = :s", s=state)
    return int(rows[0]["n"])


async def test_only_what_is_used_is_asked_for(house: TelegramHouse) -> None:
    await house.types(await house.person("Ana"), "/help")
    asked = house.server.of("getUpdates")
    assert all(each["allowed_updates"] == [*KINDS] for each in asked)
    assert not house.server.of("deleteWebhook"), "nothing that waits is dropped"


async def test_an_update_that_comes_twice_is_performed_once(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    ana.types("/checkin 4 none")
    house.world.updates.append(dict(house.world.updates[-1]))
    await house.rests()
    house.world.updates.append({**house.world.updates[0]} if house.world.updates else _again(house))
    house.world.arrived.set()
    await house.rests()
    assert await kept(house.storage) == 1
    assert len(ana.sees()) == 1


async def test_what_comes_in_another_order_is_all_performed(house: TelegramHouse) -> None:
    people = [await house.person(name) for name in ("Ana", "Bo", "Cy", "Di")]
    for one in people:
        one.types("/checkin 4 none")
    house.world.updates.reverse()
    await house.rests()
    assert all("Thank you" in words(one.sees()[-1]) for one in people)


async def test_numbers_may_begin_anew_after_a_quiet_week(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/help")
    house.world.numbers = count(7)
    await house.types(ana, "/me")
    assert "Your settings" in words(ana.sees()[-1])


async def test_a_server_that_fails_is_asked_again(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    for how in ("reset", 500, "lost", 429):
        house.server.fails("getUpdates", how, seconds=1)
    await house.types(ana, "/help")
    assert "What there is" in words(ana.sees()[-1])
    await house.types(ana, "/help", "/help")
    assert len(ana.sees()) == 3


async def test_nothing_is_confirmed_that_could_not_be_kept(
    house: TelegramHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await house.person("Ana")
    await house.server.until(lambda: bool(house.server.of("getUpdates")))  # it listens by now
    commit, bo = house.storage.units.commit, house.guest("Bo")
    broken = asyncio.Event()

    async def fails(unit: object) -> None:
        """Not before /now was answered: the door that it breaks would take the answer along."""
        await house.server.until(lambda: bool(bo.sees()))
        broken.set()
        raise OSError("the disk is full")

    monkeypatch.setattr(house.storage.units, "commit", fails)
    ana.types("/help")
    bo.types("/now")
    await house.server.until(lambda: bool(bo.sees()))
    await broken.wait()
    monkeypatch.setattr(house.storage.units, "commit", commit)
    assert len(house.world.updates) == 2


async def test_what_people_say_to_each_other_is_not_kept(house: TelegramHouse) -> None:
    ana, bo = house.guest("Ana"), house.guest("Bo")
    ana.here = bo.here = await house.group(ana, bo)
    house.world.sees_all = True
    await house.types(ana, "Did you sleep?")
    await house.types(bo, "A little.")
    assert not await house.storage.db.read("SELECT * FROM inbox")


async def test_what_nobody_can_read_is_not_asked_for_for_ever(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    house.world.updates.append({"update_id": next(house.world.numbers), "message": {"x": 1}})
    await house.types(ana, "/help")
    assert "What there is" in words(ana.sees()[-1])
    house.server.wrong.clear()


async def test_another_program_with_the_token_is_explained(house: TelegramHouse) -> None:
    house.server.fails("getUpdates", 409, times=100)
    ana = await house.person("Ana")
    ana.types("/help")
    while not house.door.trouble:
        await kept(house.storage)
    assert "@BotFather" in house.door.trouble
    house.server.faults.clear()
    await house.types(ana, "/help")
    assert len(ana.sees()) == 2
    assert not house.door.trouble


async def test_a_webhook_of_before_is_taken_away_and_what_waits_is_not(storage: Storage) -> None:
    world = World()
    ana = Someone(world, 500, "Ana")
    ana.types("/help")
    async with telegram_server(world) as server:
        server.methods.hook = {"url": "https://elsewhere.example"}
        watch, wake = Watch(storage), storage.units.wakes["inbox"]
        run = partial(inbox.run, storage.inbox, clock=watch, wake=wake)
        door = door_to(server, storage, run)
        serving = asyncio.create_task(door.serve(App(build(storage), storage.ports)))
        await server.until(lambda: bool(ana.sees()))
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        assert server.of("deleteWebhook") == [{"drop_pending_updates": False}]


async def test_one_process_listens_and_the_next_takes_over(storage: Storage) -> None:
    async with telegram_house(storage) as first:
        await first.types(await first.person("Ana"), "/help")
        polls = len(first.server.of("getUpdates"))
        second = door_to(first.server, storage, idle)
        serving = asyncio.create_task(second.serve(first.app))
        await second.ready.wait()
        while not second.trouble:
            await storage.db.read("SELECT 1")
        assert len(first.server.of("getUpdates")) == polls
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_revoked_token_shuts_the_door_with_a_sentence(storage: Storage) -> None:
    async with telegram_server() as server:
        door = door_to(server, storage, idle, token="1:revoked")
        with pytest.raises(DoorShut, match="BotFather") as shut:
            await door.serve(None)  # type: ignore[arg-type]  # it does not come so far
        assert "revoked" not in str(shut.value)


async def test_without_a_database_whoever_writes_hears_whom_to_talk_to(storage: Storage) -> None:
    async with telegram_server() as server:
        door = door_to(server, storage, None)
        serving = asyncio.create_task(door.serve(App([NowCog()], storage.ports)))
        ana, bo = Someone(server.world, 500, "Ana"), Someone(server.world, 501, "Bo")
        ana.types("/now")
        bo.types("/checkin 4")
        await server.until(lambda: bool(ana.sees() and bo.sees()))
        assert "112" in words(ana.sees()[-1])
        assert "112" in words(bo.sees()[-1])
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def _again(house: TelegramHouse) -> Given:
    """The same once more, as after an answer of ours that did not arrive."""
    sent = next(m for m in house.guest("Ana").own.messages.values() if not m["from"]["is_bot"])
    return {"update_id": 1000, "message": sent}
