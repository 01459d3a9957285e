"""400 channels at once against a limit of 50 a second, and somebody who needs to talk meanwhile."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord

from benchmarks.discord import bare
from benchmarks.discord.kills import Script, running, said
from benchmarks.house import house
from benchmarks.process import Alone
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot import outbox
from bot.config.settings import Discord as Config
from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Place
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Lane, Sending
from bot.platforms.discord import DiscordDoor
from bot.process import SystemClock
from cogs.now import NowCog
from storage import Storage, utcnow
from tests.fakes.discord.world import TOKEN

LIMIT = 50
BULK, SAMPLES = 2000, 40
SHARE, LOST, REFUSED = "share of the limit", "lost", "429s, %"
MIDDLE, LATE = "/now median, ms", "/now slowest, ms"


@asynccontextmanager
async def ours(script: Script, folder: Path) -> AsyncIterator[Storage]:
    """The door and the outbox, running."""
    async with house(folder, utcnow()) as storage:
        config = Config(token=TOKEN, address=script.address)
        clock = SystemClock()
        door = DiscordDoor(config, storage.discord_ports, clock, folder)
        app = App([NowCog()], storage.ports)
        doors, wake = {"discord": door}, storage.units.wakes["outbox"]
        parts = [
            asyncio.create_task(door.serve(app)),
            asyncio.create_task(outbox.run(app, storage.outbox, doors, clock, wake)),
        ]
        await door.opened()
        yield storage
        for part in parts:
            part.cancel()
        await asyncio.wait(parts)


async def queue(storage: Storage, channels: Sequence[str], number: int) -> None:
    for n in range(number):
        place = Place("discord", channels[n % len(channels)])
        sending = Sending(Post(place, Card((Plain(f"Reading {n}"),))), lane=Lane.READINGS)
        await storage.units.commit(storage.outbox.queue(f"crowd/{n}", sending, utcnow()))


async def through_us(script: Script, channels: list[str]) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        async with ours(script, Path(folder)) as storage:
            begun = time.perf_counter()
            await queue(storage, channels, len(channels))
            await all_sent(storage, len(channels))
            took = time.perf_counter() - begun
    return figures(script.tell("count"), len(channels), took)


async def all_sent(storage: Storage, number: int) -> None:
    for _ in range(2000):
        await asyncio.sleep(0.05)
        if (await storage.outbox.counts()).get("sent", 0) >= number:
            return


async def while_busy(script: Script, channels: list[str]) -> Figures:
    """Somebody types /now while 2,000 messages are on their way."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(script, Path(folder)) as storage:
            await queue(storage, channels, BULK)
            waited = []
            await asyncio.to_thread(script.tell, "types", name="Ana", command="/now")
            for _ in range(SAMPLES):
                await asyncio.sleep(0.2)
                asked: Any = await asyncio.to_thread(
                    script.tell, "types", name="Ana", command="/now"
                )
                waited.append(asked["seconds"])
            states = await storage.outbox.counts()
    if not sum(n for state, n in states.items() if state not in ("sent", "failed")):
        raise RuntimeError("nothing was on its way any more")
    script.tell("count")
    waited.sort()
    return {MIDDLE: 1000 * waited[SAMPLES // 2], LATE: 1000 * waited[-1]}


async def by_itself(script: Script, channels: list[str]) -> Figures:
    """The library alone: all of them at once."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)

    async def never(_interaction: discord.Interaction, _mood: int) -> None: ...

    client = bare.client(script.address)
    bare.tree(client, never)
    async with client:
        await client.login(TOKEN)
        begun = time.perf_counter()
        rooms = [client.get_partial_messageable(int(channel)) for channel in channels]
        sent = (room.send(f"Reading {n}") for n, room in enumerate(rooms))
        await asyncio.gather(*sent, return_exceptions=True)
        took = time.perf_counter() - begun
    return figures(script.tell("count"), len(channels), took)


def figures(told: dict[str, int], wanted: int, took: float) -> Figures:
    asked = told["posted"] + told["refused"]
    return {
        SHARE: told["posted"] / took / LIMIT,
        LOST: wanted - told["posted"],
        REFUSED: 100 * told["refused"] / asked,
    }


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.discord.crowd", __doc__)
    parser.add_argument("--channels", type=int, default=400)
    options = parser.parse_args(given)
    with running("tests.fakes.discord") as fake:
        script = Script(int(said(fake)))
        script.tell("person", name="Ana")
        told = script.tell("crowd", channels=options.channels, everywhere=LIMIT)
        channels: list[str] = told["channels"]

        def measured(side: Callable[..., Any]) -> Callable[[int], Figures]:
            def run(_: int) -> Figures:
                with Alone() as alone:
                    found: Figures = alone.run(side, script, channels)
                    return found

            return run

        sides = {"ours": measured(through_us), "discord.py": measured(by_itself)}
        found = interleaved(options.rounds, sides)
        found["ours, meanwhile"] = [measured(while_busy)(0)]
    us, _, meanwhile = found.values()
    promises = [
        Promise("share of the limit", middle(us, SHARE), 0.9, at_least=True),
        Promise("lost", middle(us, LOST), 0),
        Promise("429s, %", middle(us, REFUSED), 1),
        Promise("/now during a bulk send, slowest, ms", middle(meanwhile, LATE), 300),
    ]
    return show(f"{options.channels} channels at once", options.seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
