"""The web room with many people in it: how soon its front page and a message come, what each costs.

The house is a process of its own; everybody who is connected is one stream of events from here, so
what is measured holds our reading of them, too. Nobody is sent away for asking often.
"""

from __future__ import annotations

import asyncio
import base64
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import perf_counter
from urllib.parse import urlsplit

import aiohttp

from benchmarks.house import GROUP, ROOM, fill, guest, house
from benchmarks.process import resident
from benchmarks.table import ROOT, Figures, Promise, arguments, interleaved, middle, show
from bot.config import Config
from bot.config.settings import Web
from bot.core.app import App
from bot.core.model import Account
from bot.core.work import Unit
from bot.platforms.web import WebRoom, porch
from bot.platforms.web.passphrase import NOBODY
from cogs import build
from storage import Storage

CROWDS = (1, 50, 500)
SERVE = "--serve"
SAID = re.compile(rb"said-(\d+)-")
STANDS = re.compile(r'id="feed"[^>]* data-last="(\d+)"')
LINKED = re.compile(r'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+)"')
FRONT, LAST, MESSAGE = "front page p50, ms", "front page p99, ms", "message to all p99, ms"
MEMORY, LOST = "memory each, KB", "messages lost"
LATE = 30.0
"""Seconds after which a message that did not come is lost."""


class Stopped:
    """A clock that stands still, as the house does in which it is measured."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def now(self) -> datetime:
        return self._storage.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def token(n: int) -> str:
    """What the browser of this person holds."""
    return base64.urlsafe_b64encode(sha256(b"%d" % n).digest()).decode().rstrip("=")


def settling(storage: Storage, people: int) -> Iterator[Unit]:
    """They have all joined, and are signed in."""
    now, web = storage.now(), storage.web
    yield storage.groups.found(GROUP, ROOM, now)
    for n in range(people):
        _, person = guest(n)
        account = Account("web", f"account-{n}")
        yield (
            web.make(account, f"word-{n}", NOBODY, now),
            *storage.people.join(account, person),
            *storage.groups.enter(GROUP, person, now),
            web.admit(account, GROUP.ref),
            web.begin(token(n), account, GROUP.ref, now),
        )


async def settle(folder: Path, people: int) -> None:
    async with house(folder) as storage:
        await fill(storage, settling(storage, people))


async def serve(folder: Path) -> None:
    """Until it is ended; says where it listens."""
    porch.ADDRESS = porch.POSTS = (1e9, 10**9)
    async with house(folder) as storage:
        config = Config(data=folder, web=Web(port=0))
        room = WebRoom(config.web, storage.web_ports, Stopped(storage))
        serving = asyncio.create_task(room.serve(App(build(storage, config, room), storage.ports)))
        await room.ready.wait()
        print(room.address, flush=True)
        await serving


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """Its address, and its process."""
    command = (sys.executable, "-m", "benchmarks.room", SERVE, str(folder))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip(), process.pid
        finally:
            process.terminate()


@dataclass
class Crowd:
    """Everybody who is connected, and when each of them heard which message."""

    address: str
    since: int
    """The number of the last thing that happened before they came."""
    heard: list[dict[int, float]] = field(default_factory=list)
    _each: Counter[int] = field(default_factory=Counter)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody is the last to hear a message."""
    _reading: list[asyncio.Task[None]] = field(default_factory=list)
    _open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def comes(self, people: int) -> None:
        for n in range(people):
            heard: dict[int, float] = {}
            reader, writer = await self._stream(n)
            self.heard.append(heard)
            self._open.append(writer)
            self._reading.append(asyncio.create_task(self._listens(reader, heard)))

    async def goes(self) -> None:
        for task in self._reading:
            task.cancel()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def hears(self, message: int) -> None:
        """Raises TimeoutError when one of them does not."""
        async with asyncio.timeout(LATE):
            while self._each[message] < len(self.heard):
                self._heard.clear()
                await self._heard.wait()

    async def _stream(self, n: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        asked = f"GET /events?room={GROUP.ref}&last={self.since} HTTP/1.1\r\n"
        writer.write(
            f"{asked}Host: {parts.netloc}\r\nCookie: homegroup={token(n)}\r\n\r\n".encode()
        )
        await reader.readuntil(b"retry:")
        return reader, writer

    async def _listens(self, reader: asyncio.StreamReader, heard: dict[int, float]) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                event = await reader.readuntil(b"\n\n")
                at = perf_counter()
                for message in {int(found) for found in SAID.findall(event)} - heard.keys():
                    heard[message] = at
                    self._each[message] += 1
                    if self._each[message] == len(self.heard):
                        self._heard.set()


@asynccontextmanager
async def browser(n: int) -> AsyncIterator[aiohttp.ClientSession]:
    cookie = {"homegroup": token(n)}
    async with aiohttp.ClientSession(cookies=cookie) as client:
        yield client


async def measured(address: str, pid: int, people: int, pages: int, messages: int) -> Figures:
    async with browser(0) as client:
        await _opens(client, address, 20)
        async with client.get(address) as answer:
            since = STANDS.search(await answer.text())
        before, crowd = resident(pid), Crowd(address, int(since[1]) if since else 0)
        await crowd.comes(people)
        after = resident(pid)
        took = await _opens(client, address, pages)
        late = await _says(client, crowd, messages)
        await crowd.goes()
    heard = people * messages
    return {
        FRONT: _at(took, 0.5),
        LAST: _at(took, 0.99),
        MESSAGE: _at(late, 0.99),
        LOST: heard - len(late),
        **({MEMORY: 1000 * (after - before) / people} if people > 1 else {}),
    }


async def _opens(client: aiohttp.ClientSession, address: str, times: int) -> list[float]:
    """Milliseconds of each."""
    took = []
    for _ in range(times):
        begun = perf_counter()
        async with client.get(address) as answer:
            said = await answer.text()
        took.append(1000 * (perf_counter() - begun))
        if answer.status != 200 or GROUP.name not in said:
            raise RuntimeError(f"the front page was not shown: {answer.status}")
    return took


async def _says(client: aiohttp.ClientSession, crowd: Crowd, messages: int) -> list[float]:
    """Milliseconds from when it is sent until each of them has it."""
    late = []
    for n in range(messages):
        begun = perf_counter()
        sent = {"words": f"said-{n}- and heard by everybody", "cause": token_hex(12)}
        headers = {"Origin": crowd.address, "X-Piece": "1"}
        async with client.post(f"{crowd.address}/room/say", data=sent, headers=headers) as answer:
            if answer.headers.get("X-Way") != "room":
                raise RuntimeError(f"it was not said: {answer.status}")
        with suppress(TimeoutError):
            await crowd.hears(n)
        late += [1000 * (heard[n] - begun) for heard in crowd.heard if n in heard]
    return late


async def weighed(address: str) -> tuple[int, int]:
    """Bytes of the front page and all that it needs, and requests for it, the events among them."""
    async with browser(0) as client, client.get(address) as answer:
        page = await answer.text()
        found = dict.fromkeys(LINKED.findall(page))
        size = len(page.encode())
        for path in found:
            async with client.get(address + path) as file:
                size += len(await file.read())
    return size, len(found) + 2


def _at(values: Sequence[float], part: float) -> float:
    return sorted(values)[int(part * (len(values) - 1) + 0.5)] if values else float("nan")


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.room", __doc__)
    parser.add_argument("--people", type=int, nargs="+", default=CROWDS)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument(SERVE, type=Path, help="the house itself, in a folder that was filled")
    options = parser.parse_args(given)
    if options.serve:
        asyncio.run(serve(options.serve))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder, most = Path(name), max(options.people)
        asyncio.run(settle(folder, most))

        def side(_: int, people: int) -> Figures:
            with served(folder) as (address, pid):
                return asyncio.run(measured(address, pid, people, options.pages, options.messages))

        sides = {f"{n} connected": partial(side, people=n) for n in options.people}
        found = interleaved(options.rounds, sides)
        with served(folder) as (address, _):
            size, requests = asyncio.run(weighed(address))
    return _told(found, most, size, requests, options.seed)


def _told(found: dict[str, list[Figures]], most: int, size: int, requests: int, seed: int) -> int:
    crowd = found[f"{most} connected"]
    each = [Promise("memory each, KB", middle(crowd, MEMORY), 60)] if MEMORY in crowd[0] else []
    promises = [
        *each,
        Promise(f"a message to {most}, p99, ms", middle(crowd, MESSAGE), 250),
        Promise("messages lost", max(f[LOST] for side in found.values() for f in side), 0),
        Promise("front page with all it needs, KB", size / 1000, 100),
        Promise("requests for it", requests, 6),
    ]
    return show("The web room with people in it", seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
