"""From INTERACTION_CREATE on the socket to App, and to the request that answers it, in CPU."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import process_time
from typing import Any

import aiosqlite
import discord
from discord.webhook.async_ import AsyncWebhookAdapter

from benchmarks.checkin import Heard, Said
from benchmarks.discord import bare
from benchmarks.house import FILE, GROUP, PURPOSES, house
from benchmarks.process import Alone
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot.config.settings import Discord as Config
from bot.core.app import App
from bot.core.cards import Answer, Call
from bot.core.model import Account, Origin, Person, Place
from bot.platforms.discord import DiscordDoor, talk
from cogs.checkins import CheckInCog
from storage import Storage, engine
from tests.fakes.discord import FakeDiscord, fake_discord
from tests.fakes.discord.world import TOKEN
from tests.web_house import Watch

ENTRY, REQUEST = "to the entry, CPU µs", "to the request, CPU µs"
FIRST = 10**17
"""The account of the first person; the others follow."""


class Reached:
    """Set when a measured point was reached; what comes after it does not count."""

    def __init__(self) -> None:
        self.event, self.spent, self.begun = asyncio.Event(), 0.0, 0.0
        self.forever = asyncio.Event()

    def now(self) -> None:
        self.spent += process_time() - self.begun
        self.event.set()

    async def by(self, heard: Awaitable[None]) -> None:
        self.event.clear()
        self.begun = process_time()
        await heard
        await self.event.wait()


class Entrance(App):
    """Counts who comes to `perform`, and answers nobody."""

    reached: Reached

    async def perform(self, call: Call, origin: Origin) -> Answer:
        self.reached.now()
        await self.reached.forever.wait()
        return None


def interaction(fake: FakeDiscord, n: int, mood: int = 4) -> str:
    """As it comes over the gateway."""
    [guild], [channel] = fake.world.guilds.values(), fake.world.channels.values()
    user = {**fake.world.user(f"Guest {n}"), "id": str(FIRST + n)}
    option = {"name": "mood", "type": 4, "value": mood}
    data = {
        **{"id": fake.world.id(), "application_id": fake.world.app["id"], "type": 2},
        "data": {"id": "1", "name": "checkin", "type": 1, "options": [option]},
        **{"token": f"tok{n}", "version": 1, "channel_id": channel["id"], "channel": channel},
        **{"locale": "en-US", "entitlements": [], "attachment_size_limit": 1, "context": 0},
        **{"app_permissions": "0", "authorizing_integration_owners": {"0": guild["id"]}},
        **{"guild_id": guild["id"], "guild": {"id": guild["id"], "features": []}},
        **{"guild_locale": "en-US", "member": fake.world.member(user)},
    }
    return json.dumps({"op": 0, "t": "INTERACTION_CREATE", "s": 100 + n, "d": data})


@asynccontextmanager
async def place() -> AsyncIterator[FakeDiscord]:
    async with fake_discord() as fake:
        guild = fake.world.guild()
        fake.world.channel(guild["id"], "general")
        yield fake


@asynccontextmanager
async def our_socket(fake: FakeDiscord, storage: Storage, app: App) -> AsyncIterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        config = Config(token=TOKEN, address=fake.address)
        door = DiscordDoor(config, storage.discord_ports, Watch(storage), Path(folder))
        serving = asyncio.create_task(door.serve(app))
        await door.opened()
        assert door.client
        yield getattr(door.client, "_AutoShardedClient__shards")[0].ws  # noqa: B009
        serving.cancel()
        await asyncio.wait({serving})


@asynccontextmanager
async def bare_socket(fake: FakeDiscord, handle: bare.Handle) -> AsyncIterator[Any]:
    client = bare.client(fake.address)
    tree = bare.tree(client, handle)
    async with client:
        await client.login(TOKEN)
        for command in await tree.sync():
            command.id = 1
        connected = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        yield client.ws
        connected.cancel()
        await asyncio.wait({connected})


async def entered(folder: Path, n: int, ours: bool) -> Figures:
    reached = Reached()
    talk.IN_TIME = 3600.0
    async with place() as fake, house(folder) as storage:
        raw = [interaction(fake, 0) for _ in range(n)]

        async def handle(_interaction: discord.Interaction, _mood: int) -> None:
            reached.now()
            await reached.forever.wait()

        app = Entrance([CheckInCog(storage)], storage.ports)
        app.reached = reached
        socket = our_socket(fake, storage, app) if ours else bare_socket(fake, handle)
        async with socket as line:
            for each in raw:
                await reached.by(line.received_message(each))
            reached.forever.set()
            await asyncio.sleep(0.1)
    return {ENTRY: 1e6 * reached.spent / n}


async def settled(folder: Path, people: int, channel: str) -> None:
    async with house(folder) as storage:
        now = storage.now()
        await storage.units.commit(storage.groups.found(GROUP, Place("discord", channel), now))
        for n in range(people):
            person = Person(f"p{n}".ljust(12, "_"), f"Guest {n}", consents=PURPOSES)
            unit = storage.people.join(Account("discord", str(FIRST + n)), person)
            await storage.units.commit(unit + storage.groups.enter(GROUP, person, now))


async def answered(
    folder: Path, people: int, said: list[Said] | None
) -> tuple[Figures, list[Said]]:
    """Through our door (None), or the same statements in a bare command."""
    reached, made = Reached(), list[Said]()

    async def request(self: AsyncWebhookAdapter, route: Any, *_: Any, **__: Any) -> Any:
        reached.now()
        return {"interaction": {"id": "1", "type": 2}}

    AsyncWebhookAdapter.request = request  # type: ignore[method-assign]  # what follows is Discord's
    async with place() as fake:
        [channel] = fake.world.channels
        await settled(folder, people, channel)
        raw = [interaction(fake, n) for n in range(people)]
        if said is None:
            async with house(folder, database=Heard) as storage:
                assert isinstance(storage.db, Heard)
                storage.db.said.append(Said())
                app = App([CheckInCog(storage)], storage.ports)
                async with our_socket(fake, storage, app) as line:
                    for each in raw:
                        storage.db.said.append(Said())
                        made.append(storage.db.said[-1])
                        await reached.by(line.received_message(each))
                    await asyncio.sleep(0.1)
        else:
            await _bare(fake, folder, raw, said, reached)
    return {REQUEST: 1e6 * reached.spent / people}, made


async def _bare(
    fake: FakeDiscord, folder: Path, raw: list[str], said: list[Said], reached: Reached
) -> None:
    async with house(folder) as storage:
        key = storage.db.key
    db = await aiosqlite.Connection(lambda: engine.connect(folder / FILE, key), 64)
    left = iter(said)

    async def handle(interaction: discord.Interaction, mood: int) -> None:
        one = next(left)
        for sql, values in one.reads:
            await db.execute_fetchall(sql, values)
        await db.execute("BEGIN IMMEDIATE")
        for write in one.unit:
            await db.execute(write.sql, write.values)
        await db.execute("COMMIT")
        await interaction.response.send_message("Thank you for telling me.", ephemeral=True)

    async with bare_socket(fake, handle) as line:
        for each in raw:
            await reached.by(line.received_message(each))
        await asyncio.sleep(0.1)
    await db.close()


async def side(ours: bool, n: int, people: int) -> Figures:
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        entry = await entered(Path(one), n, ours)
        request, said = await answered(Path(other), people, None)
        if not ours:
            with tempfile.TemporaryDirectory() as third:
                request, _ = await answered(Path(third), people, said)
        return {**entry, **request}


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.discord.paths", __doc__)
    parser.add_argument("--interactions", type=int, default=2000)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args(given)

    def measured(ours: bool) -> Callable[[int], Figures]:
        def run(_: int) -> Figures:
            with Alone() as alone:
                return alone.run(side, ours, options.interactions, options.people)

        return run

    found = interleaved(options.rounds, {"ours": measured(True), "discord.py": measured(False)})
    us, them = found.values()
    promises = [
        Promise("to the entry, ours to theirs", middle(us, ENTRY) / middle(them, ENTRY), 1.25),
        Promise("to the request, ours to theirs", middle(us, REQUEST) / middle(them, REQUEST), 2),
    ]
    return show("From the socket to the answer's request", options.seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
