"""A second witness beside the fake: simcord's Discord, in process, as it reads the reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from discord.http import Route

from bot.config.settings import Discord as Config
from bot.core.app import App
from bot.core.model import Account, Person, Place
from bot.core.pacing import Gate, Pace
from bot.platforms.discord import payload
from bot.platforms.discord.client import Client
from bot.platforms.discord.interaction import Interaction
from bot.platforms.discord.notebook import Notebook
from bot.platforms.discord.render import LIMITS
from bot.platforms.discord.talk import Talk
from cogs import build
from storage import Storage
from tests.room import HOME, PURPOSES, ref_of
from tests.web_house import Watch

simcord: Any = pytest.importorskip("simcord", reason="simcord is not here: pip install simcord")


@dataclass
class Server:
    """One with a channel that is a group's door, and us in it."""

    env: Any
    guild: Any
    channel: Any
    storage: Storage

    async def member(self, name: str) -> Any:
        """Somebody who has joined."""
        made = self.guild.add_member(self.env.create_user(name.lower()))
        person = Person(ref_of(name), name, consents=PURPOSES)
        unit = self.storage.people.join(Account("discord", str(made.id)), person)
        unit += self.storage.groups.enter(HOME, person, self.storage.now())
        await self.storage.units.commit(unit)
        return made


@asynccontextmanager
async def serving(storage: Storage, folder: Path) -> AsyncIterator[Server]:
    """It has a clock of its own, which is the test's, and so is not made by a fixture."""
    app, watch = App(build(storage), storage.ports), Watch(storage)
    talk = Talk(app, storage.discord_ports, watch)
    heard = set[asyncio.Task[None]]()

    def hears(it: Interaction) -> None:
        heard.add(asyncio.create_task(talk.heard(it)))

    notebook, gate = Notebook(folder / "discord.json"), Gate(Pace(LIMITS.per_second))
    bot = Client(Config(shards="0-0/1"), notebook, watch, gate, asyncio.Event(), hears, print)
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        place = Place("discord", str(channel.id))
        await storage.units.commit(storage.groups.found(HOME, place, storage.now()))
        path = "/applications/{application_id}/commands"
        commands = [payload(action) for action in app.commands]
        await bot.ask(Route("PUT", path, application_id=bot.application_id), json=commands)
        yield Server(env, guild, channel, storage)


def words(seen: Any) -> str:
    """All that is to be seen of an answer."""
    return repr(seen.response.components)


async def test_somebody_types_a_command_and_sees_the_answer_alone(
    storage: Storage, tmp_path: Path
) -> None:
    async with serving(storage, tmp_path) as server:
        ana = await server.member("Ana")
        answer = await ana.slash(server.channel, "checkin", mood=4)
        assert answer.ephemeral
        assert "Thank you" in words(answer)


async def test_somebody_fills_in_a_dialog_and_presses(storage: Storage, tmp_path: Path) -> None:
    async with serving(storage, tmp_path) as server:
        ana = await server.member("Ana")
        asked = await ana.slash(server.channel, "checkin")
        answer = await ana.submit_modal(asked, {"mood": "2", "halt": ["hungry"], "note": ""})
        assert answer.ephemeral
        assert "Thank you" in words(answer)
        asked = await ana.click(answer.response, label="Add a note")
        await ana.submit_modal(asked, {"note": "a long day"})
        assert "a long day" in words(await ana.slash(server.channel, "checkins"))


async def test_who_does_not_look_after_the_server_is_not_offered_to_set_it_up(
    storage: Storage, tmp_path: Path
) -> None:
    async with serving(storage, tmp_path) as server:
        eve = server.guild.add_member(server.env.create_user("eve"))
        asked = await eve.slash(server.channel, "now")
        assert asked.ephemeral
        commands = eve.available_commands(server.channel)
        assert "checkin" in commands
        assert "setup" not in commands, "that is for who may manage the server"
