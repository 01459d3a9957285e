"""The web room as a platform: it serves pages, and shows what the outbox brings."""

from __future__ import annotations

import asyncio
import errno

from aiohttp import web

from bot.config.settings import Web as Config
from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Place
from bot.core.ports import Clock
from bot.core.rooms import FOR_EVER, Deed, Limits, Post, Replace
from bot.platforms.web.extras import Extras
from bot.platforms.web.hearing import listen
from bot.platforms.web.hooks import Hook
from bot.platforms.web.house import House
from bot.platforms.web.passphrase import Passphrases
from bot.platforms.web.porch import Porch
from bot.platforms.web.ports import WebPorts
from bot.platforms.web.reader import HOME, Reader
from bot.platforms.web.render import Renderer, renderer
from bot.platforms.web.security import Gate
from bot.platforms.web.server import application
from bot.platforms.web.sessions import NAME, Sessions
from bot.platforms.web.streams import Streams

LIMITS = Limits(
    text=20_000,
    title=256,
    buttons_per_row=8,
    rows=25,
    dialog_fields=100,
    quiet_replies=True,
    picture=True,
    deduplicates=FOR_EVER,
)
PATIENCE = 2.0
"""Seconds that requests under way are given when the room closes."""


class CannotListen(Exception):
    """The address cannot be listened on; str() is one sentence for whoever started it."""

    def __init__(self, host: str, port: int, why: int | None) -> None:
        self.host, self.port = host, port
        reason = {
            errno.EADDRINUSE: "another program is using it; stop that, or choose another web.port",
            errno.EACCES: "this user may not; choose a web.port above 1023",
            errno.EADDRNOTAVAIL: "this machine has no such address; choose another web.host",
        }.get(why or 0, "choose another web.host or web.port")
        super().__init__(f"The web room cannot listen on {host}, port {port}: {reason}.")


class WebRoom:
    """A door. Without ports there is no database to be used, and every page is the one with
    someone to talk to now."""

    name = NAME
    limits = LIMITS

    def __init__(
        self,
        config: Config,
        ports: WebPorts | None,
        clock: Clock,
        home: Reader = HOME,
        extras: Extras | None = None,
    ) -> None:
        self._config, self._ports, self._clock, self._home = config, ports, clock, home
        self._streams = Streams(ports.feed, ports.web) if ports else None
        self._extras, self._renderer = extras, Renderer(extras) if extras else renderer()
        self.hooks: dict[str, Hook] = {}
        """By path, what other doors take in here."""
        self.ready = asyncio.Event()
        """Set while it listens."""
        self.port = config.port
        """The real one, once it listens."""

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it, once it listens."""
        host = self._config.host
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        shown = f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown
        return f"http://{shown}:{self.port}"

    def link(self, secret: str) -> str:
        """The one-time page of a founding or invitation code."""
        return f"{self._config.public_url or self.address}/enter/{secret}"

    async def serve(self, app: App) -> None:
        """Until cancelled. Raises CannotListen."""
        gate = Gate(self._config)
        house = self._house(app, gate)
        sessions = house.sessions if house else None
        porch = Porch(app, self._renderer, gate, self._clock, self._home, sessions)
        runner = web.AppRunner(
            application(porch, house, self.hooks, self._extras),
            handle_signals=False,
            shutdown_timeout=PATIENCE,
        )
        await runner.setup()
        listening: asyncio.Server | None = None
        try:
            listening = await self._listen(runner)
            self.ready.set()
            await asyncio.Event().wait()
        finally:
            self.ready.clear()
            if listening:
                listening.close()
            if self._streams:
                await self._streams.stop()
            await runner.cleanup()

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        """Keep it where it can be seen for a day; the receipt is the card's anchor."""
        if self._ports is None or self._streams is None:
            raise RuntimeError("there is no database to keep it in")
        feed, card = self._ports.feed, _card(deed)
        anchor = "" if isinstance(deed, Post) else feed.anchor(place, deed.name)
        by = deed.by if isinstance(deed, Replace) else ""
        kept = await feed.keep(key, place, card, self._clock.now(), anchor, about, by)
        self._streams.ring()
        return kept.anchor

    def _house(self, app: App, gate: Gate) -> House | None:
        if self._ports is None or self._streams is None:
            return None
        sessions = Sessions(self._ports, gate, self._home)
        return House(
            app,
            self._ports,
            self._clock,
            self._renderer,
            gate,
            sessions,
            self._streams,
            Passphrases(),
        )

    async def _listen(self, runner: web.AppRunner) -> asyncio.Server:
        host, port = self._config.host, self._config.port
        try:
            listening = await listen(runner, host, port)
        except OSError as trouble:
            raise CannotListen(host, port, trouble.errno) from None
        self.port = listening.sockets[0].getsockname()[1]
        return listening


def _card(deed: Deed) -> Card | None:
    return deed.card if isinstance(deed, Post | Replace) else None
