"""The fake put together: it listens, checks what it is asked, goes wrong when told to."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.discord.callbacks import Callbacks
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.people import Someone
from tests.fakes.discord.rest import BODY, Refused, Rest
from tests.fakes.discord.rules import spec
from tests.fakes.discord.world import Fault, Json, World

API = "/api/v10"
OPEN_TO_ALL = ("/interactions/", "/webhooks/")
"""Their address is their secret."""


@dataclass
class Rates:
    """Requests let through: over everything a second, and to one channel in five seconds."""

    everywhere: int = 0
    in_channel: int = 0
    seen: dict[str, list[float]] = field(default_factory=dict)
    refused: int = 0

    def wait(self, path: str, now: float) -> tuple[float, bool]:
        """Seconds until this may be asked again, and whether all must wait; 0 lets it through."""
        channel = path.split("/")[2] if path.startswith("/channels/") else ""
        for key, most, within in (("", self.everywhere, 1.0), (channel, self.in_channel, 5.0)):
            if not most or (key == "" and path.startswith(OPEN_TO_ALL)):
                continue
            if key == "" and within == 5.0:
                continue
            times = [at for at in self.seen.get(key, ()) if at > now - within]
            if len(times) >= most:
                self.refused += 1
                return times[0] + within - now, key == ""
            self.seen[key] = [*times, now]
        return 0.0, False


class FakeDiscord:
    def __init__(self) -> None:
        self.world, self.port = World(), 0
        self.rates = Rates()
        self.gateway = Gateway(self.world, lambda: f"ws://127.0.0.1:{self.port}/")
        self.starts_left = 1000
        self.shards = 1
        self.check_requests = self.check_replies = True
        """What the fake itself says is held against the description too, which takes its time."""
        self._telling: asyncio.Queue[tuple[str, Json, str]] = asyncio.Queue()
        self.world.dispatch = lambda event, data, guild: self._telling.put_nowait(
            (event, json.loads(json.dumps(data)), guild)
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def person(self, name: str, guild: Json | None = None, *, host: bool = False) -> Someone:
        return Someone(self.world, self.world.somebody(name), guild, host=host)

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._asked], client_max_size=30 << 20)
        app.router.add_get("/", self.gateway.connect)
        parts = (*Rest(self.world).routes(), *Callbacks(self.world).routes())
        for method, path, handler in parts:
            app.router.add_route(method, API + path, handler)
        app.router.add_get(f"{API}/gateway/bot", self._gateway_bot)
        app.router.add_get(f"{API}/gateway", self._gateway_bot)
        return app

    async def tell(self) -> None:
        """Until cancelled: what happened goes to the clients, in order."""
        while True:
            await self.gateway.tell(*await self._telling.get())
            self._telling.task_done()

    async def _gateway_bot(self, request: web.Request) -> Any:
        limit = {"total": 1000, "remaining": self.starts_left, "reset_after": 86_400_000}
        return {
            "url": f"ws://127.0.0.1:{self.port}/",
            "shards": self.shards,
            "session_start_limit": {**limit, "max_concurrency": 1},
        }

    @web.middleware
    async def _asked(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]
    ) -> web.StreamResponse:
        if not request.path.startswith(API):
            found: web.StreamResponse = await handler(request)
            return found
        path = request.path.removeprefix(API)
        body = request[BODY] = await self._read(request)
        self.world.log.append((request.method, path, body))
        if self.check_requests and (described := spec()):
            self.world.wrong += described.request(request.method, path, body)
        if refused := self._refused(request, path):
            return refused
        fault = self._fault(request.method, path)
        if fault and fault.kind == "refuse":
            return _reset(request)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind.isdigit() and fault.kind != "429":
            return answer({"message": "wrong", "code": 0}, int(fault.kind))
        if fault and fault.kind.endswith("429"):
            return _too_many(fault.seconds, fault.kind.startswith("global"))
        response = await self._answered(request, handler, path)
        if fault and fault.kind == "lingers":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "reset":
            return _reset(request)
        if fault and fault.kind == "drop":
            assert request.transport
            request.transport.close()
        return response

    async def _answered(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[Any]], path: str
    ) -> web.StreamResponse:
        try:
            made = await handler(request)
        except Refused as why:
            return answer({"message": why.message, "code": why.code}, why.status)
        if isinstance(made, web.StreamResponse):
            return made
        if self.check_replies and made is not None and (described := spec()):
            self.world.wrong += described.reply(request.method, path, 200, made)
        return web.Response(status=204) if made is None else answer(made, 200)

    async def _read(self, request: web.Request) -> Any:
        """JSON, or with files beside it the part that is."""
        if not request.content_type.startswith("multipart/"):
            return json.loads(await request.text() or "null")
        form = await request.post()
        files = [part for part in form.values() if isinstance(part, web.FileField)]
        self.world.files += [file.file.read() for file in files]
        return json.loads(str(form["payload_json"]))

    def _refused(self, request: web.Request, path: str) -> web.Response | None:
        known = request.headers.get("Authorization") == f"Bot {self.world.token}"
        if not (known or path.startswith(OPEN_TO_ALL)):
            return answer({"message": "401: Unauthorized", "code": 0}, 401)
        wait, everywhere = self.rates.wait(path, self.world.clock())
        return _too_many(wait, everywhere) if wait > 0 else None

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.world.faults:
            if fault.method == method and fault.path in path and fault.times > 0:
                fault.times -= 1
                return fault
        return None


def answer(data: Any, status: int, **headers: str) -> web.Response:
    """The client takes exactly this content type for JSON."""
    shown = {"Content-Type": "application/json", "Via": "1.1 google", **headers}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=shown)


def _too_many(seconds: float, everywhere: bool) -> web.Response:
    said = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    scope = {"X-RateLimit-Scope": "global" if everywhere else "user"}
    return answer(said, 429, **{"Retry-After": str(int(seconds) + 1)}, **scope)


def _reset(request: web.Request) -> web.Response:
    """The connection ends with RST, which on Linux is errno 104."""
    assert request.transport
    raw = request.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response(status=500)


@asynccontextmanager
async def fake_discord(
    port: int = 0, before: Callable[[web.Application, FakeDiscord], None] | None = None
) -> AsyncIterator[FakeDiscord]:
    """Listening on loopback. `before` may add routes of its own."""
    fake = FakeDiscord()
    app = fake.application()
    if before:
        before(app, fake)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    fake.port = runner.addresses[0][1]
    telling = asyncio.create_task(fake.tell())
    try:
        yield fake
    finally:
        telling.cancel()
        await fake.gateway.hangs_up(1001)
        await runner.cleanup()
