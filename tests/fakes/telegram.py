"""A server shaped like Telegram's Bot API, on loopback, for the real library to talk to.

Every call is held against the published description where that lies beside the project
(`tests.fakes.botapi`), its lengths by hand; what does not fit fails the test that made it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.botapi import Description, description
from tests.fakes.telegram_methods import Methods
from tests.fakes.telegram_world import Given, Refused, World

TOKEN = "7000001:loopback-token-that-must-be-in-no-log"
TERMINATED = "terminated by other getUpdates request; make sure that only one bot is running"
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook first"
SENDS = ("sendMessage", "sendPhoto", "editMessageText")


@dataclass
class Limit:
    """So many sends within so many seconds; whoever sends more is banned for a while."""

    most: int
    within: float
    ban: float
    sent: deque[float] = field(default_factory=deque)
    until: float = 0.0
    refused: int = 0

    def take(self, now: float) -> None:
        while self.sent and self.sent[0] <= now - self.within:
            self.sent.popleft()
        if now < self.until or len(self.sent) >= self.most:
            self.refused += 1
            self.until = max(self.until, now + self.ban)
            wait = int(self.until - now) + 1
            raise Refused(429, f"retry after {wait}", retry_after=wait)
        self.sent.append(now)


@dataclass
class Fault:
    """What happens to the next calls of a method: `lost` the answer after it was done, `reset`
    before it was, a status such as 500, or 429 with the seconds to wait."""

    method: str
    how: str | int
    times: int = 1
    seconds: int = 0


class TelegramServer:
    """`calls` is what was asked for, in order; `wrong` what should not have been."""

    def __init__(self, world: World, published: Description | None) -> None:
        self.world, self._published = world, published
        self.methods = Methods(world)
        self.calls: list[tuple[str, Given]] = []
        self.wrong: list[str] = []
        self.faults: list[Fault] = []
        self.limit: Limit | None = None
        self.port, self.token = 0, TOKEN
        self._polls = 0
        self._called = asyncio.Event()
        self._hooks: list[asyncio.Task[None]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def of(self, method: str) -> list[Given]:
        """The parameters of all calls of this method."""
        return [given for name, given in self.calls if name == method]

    def fails(self, method: str, how: str | int, times: int = 1, seconds: int = 0) -> None:
        self.faults.append(Fault(method, how, times, seconds))

    async def until(self, there: Callable[[], bool]) -> None:
        """Wait for something that calls bring about."""
        while not there():
            self._called.clear()
            await self._called.wait()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _failed(401, "Unauthorized")
        method, given = request.match_info["method"], await _given(request)
        if self._published:
            self.wrong += self._published.call(method, given)
        self.calls.append((method, given))
        self._called.set()
        try:
            result = await self._faulty(request, method, given)
        except Refused as refused:
            return _failed(refused.code, str(refused), refused.parameters)
        finally:
            self._called.set()
        if self._published and method not in ("getUpdates",):
            self.wrong += self._published.result(method, result)
        return web.json_response({"ok": True, "result": result})

    async def _faulty(self, request: web.Request, method: str, given: Given) -> Any:
        fault = next((f for f in self.faults if f.method in (method, "any") and f.times), None)
        if fault is None:
            return await self._perform(method, given)
        fault.times -= 1
        if fault.how == "lost":
            await self._perform(method, given)
        if isinstance(fault.how, str):
            assert request.transport
            request.transport.abort()
            raise asyncio.CancelledError
        if fault.how == 429:
            raise Refused(429, f"retry after {fault.seconds}", retry_after=fault.seconds)
        if fault.how == 409:
            raise Refused(409, TERMINATED)
        raise web.HTTPInternalServerError()

    async def _perform(self, method: str, given: Given) -> Any:
        if method == "getUpdates":
            return await self._updates(given)
        perform: Callable[[Given], Any] | None = getattr(self.methods, method, None)
        if perform is None or (not self.world.ephemeral and "phemeral" in method):
            raise web.HTTPNotFound(
                text=json.dumps({"ok": False, "error_code": 404, "description": "Not Found"}),
                content_type="application/json",
            )
        if self.limit and method in SENDS:
            self.limit.take(asyncio.get_running_loop().time())
        result = perform(given)
        if method == "setWebhook":
            self._hooks.append(asyncio.create_task(self._push()))
        return result

    async def _updates(self, given: Given) -> list[Given]:
        """A real long poll: `offset` confirms all before it, `timeout` is waited for."""
        if self.methods.hook:
            raise Refused(409, HOOKED)
        world, loop = self.world, asyncio.get_running_loop()
        self._polls += 1
        mine, until = self._polls, loop.time() + given.get("timeout", 0)
        world.arrived.set()  # a poll that waits is terminated by this one
        world.allowed = given.get("allowed_updates", world.allowed)
        offset, limit = given.get("offset", 0), given.get("limit", 100)
        world.updates[:] = [each for each in world.updates if each["update_id"] >= offset]
        while not world.updates and loop.time() < until:
            world.arrived.clear()
            try:
                async with asyncio.timeout_at(until):
                    await world.arrived.wait()
            except TimeoutError:
                break
            if self._polls != mine:
                raise Refused(409, TERMINATED)
        handed = world.updates[:limit]
        if self._published:
            for update in handed:
                self.wrong += self._published.value(update, ["Update"], "update")
        return handed

    async def _push(self) -> None:
        """Hands updates to the webhook, again and again until each is taken."""
        hook, world = self.methods.hook, self.world
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.get("secret_token", "")}
        async with ClientSession() as session:
            while True:
                while world.updates:
                    async with session.post(
                        hook["url"], json=world.updates[0], headers=headers
                    ) as said:
                        if said.status == 200:
                            world.updates.pop(0)
                            self._called.set()
                world.arrived.clear()
                await world.arrived.wait()

    async def end(self) -> None:
        self._polls += 1
        self.world.arrived.set()  # a poll that waits, waits no more
        for hook in self._hooks:
            hook.cancel()
        await asyncio.gather(*self._hooks, return_exceptions=True)


@asynccontextmanager
async def telegram_server(
    world: World | None = None, *, checked: bool = True
) -> AsyncIterator[TelegramServer]:
    """Listens until the end; then what was asked of it and should not have been is told."""
    server = TelegramServer(world or World(), description() if checked else None)
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/bot{token}/{method}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await server.end()
        await runner.cleanup()
    assert not server.wrong, server.wrong


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def _given(request: web.Request) -> Given:
    """Parameters come as JSON, as a form, or with files; numbers and objects as text of JSON."""
    if request.content_type == "application/json":
        raw = await request.json()
    else:
        posted = await request.post()
        said = " ".join(v for v in posted.values() if isinstance(v, str))
        raw = {
            k: v.file.read() if isinstance(v, web.FileField) else v
            for k, v in posted.items()
            if f"attach://{k}" not in said  # a file that another parameter names is none itself
        }
    return {name: _value(name, value) for name, value in raw.items()}


TEXTS = frozenset(
    {
        *("text", "caption", "photo", "url", "secret_token", "parse_mode", "action"),
        *("name", "description", "short_description", "language_code", "callback_query_id"),
    }
)


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str) or name in TEXTS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _failed(code: int, said: str, parameters: Given | None = None) -> web.Response:
    told: Given = {"ok": False, "error_code": code, "description": said}
    return web.json_response(told | ({"parameters": parameters} if parameters else {}), status=code)
