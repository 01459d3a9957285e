"""What the host sees of the Telegram door: the doctor, what it mends, and a webhook."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot import inbox
from bot.cli import main
from bot.config.settings import Telegram as Config
from bot.core.app import App
from bot.core.errors import DoorShut
from bot.doctor import Mark, examine, fix
from bot.platforms.telegram.door import Telegram
from bot.platforms.telegram.webhook import HEADER
from cogs import build
from storage import Storage
from tests.fakes.telegram import TOKEN, TelegramServer, telegram_server
from tests.fakes.telegram_people import Someone
from tests.life import configured, living
from tests.telegram_house import door_to, idle, words
from tests.web_house import Watch


def given(server: TelegramServer, **more: str) -> dict[str, str]:
    address = f"http://127.0.0.1:{server.port}"
    here = {"HOMEGROUP__TELEGRAM__TOKEN": TOKEN, "HOMEGROUP__TELEGRAM__ADDRESS": address}
    return here | {f"HOMEGROUP__{name}": value for name, value in more.items()}


async def test_the_doctor_mends_what_telegram_shows_of_the_bot(tmp_path: Path) -> None:
    async with telegram_server() as server:
        config = configured(tmp_path / "data", given(server, TELEGRAM__NAME="Tuesday's door"))
        found = {each.sentence: each for each in await examine(config, {})}
        not_yet = "The bot's page, menus or rights are not as they should be."
        assert found["Telegram takes the token of @the_door_bot."].mark is Mark.FINE
        assert found[not_yet].mend == "homegroup doctor --fix"
        await fix(config)
        assert not_yet not in {each.sentence for each in await examine(config, {})}
        profile, rights = server.methods.profile, server.methods.rights
        assert profile["name "] == "Tuesday's door"
        assert "/now" in profile["description "]
        assert profile["description es"] != profile["description "]
        assert rights["can_delete_messages"]
        assert rights["can_manage_topics"]
        assert not rights["can_restrict_members"]


async def test_the_doctor_says_of_a_token_that_it_is_not_taken(tmp_path: Path) -> None:
    async with telegram_server() as server:
        wrong = given(server) | {"HOMEGROUP__TELEGRAM__TOKEN": "12:nobodys"}
        found = await examine(configured(tmp_path / "data", wrong), {})
        [said] = [each for each in found if "Telegram does not take" in each.sentence]
        assert said.mark is Mark.BROKEN
        assert "nobodys" not in said.sentence + said.mend
    found = await examine(configured(tmp_path / "data", given(server)), {})
    assert "Telegram was not reached." in [each.sentence for each in found]


async def test_a_server_with_a_token_opens_both_doors(tmp_path: Path) -> None:
    async with telegram_server() as server:
        ana = Someone(server.world, 500, "Ana")
        async with living(configured(tmp_path / "data", given(server))):
            ana.types("/help")
            await server.until(lambda: bool(ana.sees()))
        assert "What there is" in words(ana.sees()[-1])


async def test_updates_are_brought_to_the_web_room_and_performed(tmp_path: Path) -> None:
    async with telegram_server() as server:
        public = given(server, TELEGRAM__WEBHOOK="true", WEB__PUBLIC_URL="https://door.example")
        config = configured(tmp_path / "data", public)
        async with living(config) as life:
            await server.until(lambda: bool(server.of("setWebhook")))
            [told] = server.of("setWebhook")
            assert told["url"].startswith("https://door.example/telegram/")
            assert not server.of("getUpdates")
            here = life.base + told["url"].removeprefix("https://door.example")
            ana = Someone(server.world, 500, "Ana")
            ana.types("/help")
            update = server.world.updates[0]
            async with aiohttp.ClientSession() as telegram:
                for secret, status in (("", 401), ("wrong", 401), (told["secret_token"], 200)):
                    headers = {HEADER: secret}
                    async with telegram.post(here, json=update, headers=headers) as said:
                        assert said.status == status
                async with telegram.post(here, json=update, headers=headers) as twice:
                    assert twice.status == 200
                async with telegram.post(here, data=b"{", headers=headers) as broken:
                    assert broken.status == 200
            await server.until(lambda: bool(ana.sees()))
        assert len(ana.sees()) == 1


async def test_whichever_process_it_is_brought_to_it_is_performed_once(storage: Storage) -> None:
    async with telegram_server() as server:
        watch, wake = Watch(storage), storage.units.wakes["inbox"]
        works = partial(inbox.run, storage.inbox, clock=watch, wake=wake)
        config = Config(token=TOKEN, address=f"http://127.0.0.1:{server.port}", webhook=True)
        ports, public = storage.telegram_ports, "https://door.example"
        doors = [Telegram(config, ports, run, watch, public) for run in (works, idle, idle)]
        app = App(build(storage), storage.ports)
        serving = [asyncio.create_task(door.serve(app)) for door in doors]
        await asyncio.gather(*(door.ready.wait() for door in doors))
        told = server.of("setWebhook")
        assert len({(t["url"], t["secret_token"]) for t in told}) == 1, "all have the same address"
        ana = Someone(server.world, 500, "Ana")
        ana.types("/help")
        body = json.dumps(server.world.updates[0]).encode()
        headers = {HEADER: told[0]["secret_token"]}
        assert await doors[1].takes({HEADER: "wrong"}, body) == 401
        assert [await door.takes(headers, body) for door in doors] == [200] * 3
        await server.until(lambda: bool(ana.sees()))
        [row] = await storage.db.read("SELECT count(*) AS n FROM inbox")
        assert row["n"] == 1
        for each in serving:
            each.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def test_a_webhook_without_an_address_is_a_sentence(storage: Storage) -> None:
    async with telegram_server() as server:
        door = door_to(server, storage, idle, webhook=True)
        with pytest.raises(DoorShut, match=r"web\.public_url"):
            await door.serve(App([], storage.ports))


async def test_a_token_that_is_revoked_meanwhile_shuts_the_door(storage: Storage) -> None:
    async with telegram_server() as server:
        door = door_to(server, storage, idle)
        serving = asyncio.create_task(door.serve(App([], storage.ports)))
        await door.ready.wait()
        server.token = "another"
        server.world.arrived.set()
        with pytest.raises(DoorShut, match="BotFather"):
            await serving


def test_the_verb_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--help"])
    assert "--fix" in capsys.readouterr().out
