"""The fake in a process of its own, told what people do by HTTP: for what kills its clients."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from aiohttp import web

from tests.fakes.discord.gateway import PRIVILEGED
from tests.fakes.discord.people import PRESS, Someone, said
from tests.fakes.discord.server import FakeDiscord, answer, fake_discord
from tests.fakes.discord.world import Fault, Json

LINGERS = 0.03
"""Seconds between a message that is there and its answer: a kill is to fall in between."""


class Script:
    def __init__(self, fake: FakeDiscord) -> None:
        self.fake, self.people = fake, dict[str, Someone]()
        self.guild = fake.world.guild()
        self.channel = fake.world.channel(self.guild["id"], "general")
        fake.check_replies = False
        self.pressing: set[asyncio.Task[Any]] = set()

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/_script/person", self.person)
        app.router.add_post("/_script/press", self.press)
        app.router.add_post("/_script/connected", self.connected)
        app.router.add_post("/_script/advance", self.advance)
        app.router.add_post("/_script/ledger", self.ledger)
        app.router.add_post("/_script/crowd", self.crowd)
        app.router.add_post("/_script/count", self.count)
        app.router.add_post("/_script/types", self.types)
        app.router.add_post("/_script/allow", self.allow)

    async def person(self, request: web.Request) -> web.Response:
        name = (await request.json())["name"]
        self.people[name] = self.fake.person(name, self.guild)
        return answer({"id": self.people[name].id, "channel": self.channel["id"]}, 200)

    async def press(self, request: web.Request) -> web.Response:
        """Told to the client, and nobody waits for what comes of it."""
        given: Json = await request.json()
        someone = self.people[given["name"]]
        data = {"custom_id": given["custom_id"], "component_type": 2}
        task = asyncio.create_task(someone.does(PRESS, data))
        self.pressing.add(task)
        task.add_done_callback(self._over)
        await asyncio.sleep(0)
        assert someone.last
        return answer({"id": someone.last.id}, 200)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self.pressing.discard(task)
        if not task.cancelled():
            task.exception()  # nobody answered: that is counted from the ledger

    async def connected(self, request: web.Request) -> web.Response:
        """When a client is there."""
        async with asyncio.timeout(60):
            await self.fake.gateway.came.wait()
        self.fake.gateway.came.clear()
        return answer({}, 200)

    async def allow(self, request: web.Request) -> web.Response:
        """Every intent is switched on, for a client that will not do without."""
        self.fake.gateway.allowed = sum(PRIVILEGED.values())
        return answer({}, 200)

    async def advance(self, request: web.Request) -> web.Response:
        self.fake.world.advance((await request.json())["seconds"])
        return answer({}, 200)

    async def crowd(self, request: web.Request) -> web.Response:
        """As many channels, and no more requests a second than that."""
        given, world = await request.json(), self.fake.world
        world.faults.clear()
        self.fake.check_requests = False
        self.fake.rates.everywhere = given["everywhere"]
        made = [world.channel(self.guild["id"], f"room {n}") for n in range(given["channels"])]
        return answer({"channels": [each["id"] for each in made]}, 200)

    async def count(self, request: web.Request) -> web.Response:
        posted = [m for m in self.fake.world.messages.values() if m["type"] == 0]
        told = {"posted": len(posted), "refused": self.fake.rates.refused}
        self.fake.world.messages.clear()
        self.fake.rates.refused = 0
        return answer(told, 200)

    async def types(self, request: web.Request) -> web.Response:
        """A command, and the seconds until its answer is seen."""
        given = await request.json()
        begun = time.monotonic()
        await self.people[given["name"]].types(given["command"])
        return answer({"seconds": time.monotonic() - begun}, 200)

    async def ledger(self, request: web.Request) -> web.Response:
        """Every message that was posted in the channel, and every press that was answered."""
        world = self.fake.world
        posted = [m for m in world.shown(self.channel["id"], "") if m["type"] == 0]
        answered = [it.id for it in world.interactions.values() if it.acked is not None]
        wrong = sorted(set(world.wrong))
        return answer(
            {"posted": [said(m) for m in posted], "answered": answered, "wrong": wrong}, 200
        )


async def main() -> None:
    async with fake_discord(before=lambda app, fake: Script(fake).routes(app)) as fake:
        fake.world.faults.append(
            Fault("POST", "/messages", "lingers", times=sys.maxsize, seconds=LINGERS)
        )
        print(fake.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
