"""Discord as a platform: connected, answering within its seconds, doing what the outbox brings."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path

import discord
from discord.http import Route

from bot.config.settings import Discord as Config
from bot.core.app import App
from bot.core.errors import DoorShut, Later
from bot.core.model import Place
from bot.core.pacing import Gate, Pace
from bot.core.ports import Clock, Trouble
from bot.core.rooms import Deed, RoomDeed
from bot.core.text import key
from bot.platforms.discord.client import PAID, Client
from bot.platforms.discord.commands import fingerprint, payload
from bot.platforms.discord.deeds import Deeds
from bot.platforms.discord.elsewhere import Elsewhere
from bot.platforms.discord.events import Event, Events, Left
from bot.platforms.discord.interaction import Interaction
from bot.platforms.discord.notebook import Notebook
from bot.platforms.discord.permissions import FOR_MEETINGS, NEEDED, missing
from bot.platforms.discord.ports import DiscordPorts
from bot.platforms.discord.render import LIMITS, NAME
from bot.platforms.discord.talk import Talk
from bot.supervise import end

log = logging.getLogger(__name__)

REVOKED = (
    "Discord does not take the token any more. Make a new one (docs/discord.md, step 3), put it"
    " where the old one was, and start again."
)
NOT_ALLOWED = (
    "Discord does not allow what discord.message_content or discord.members asks for. Switch it"
    " on under Bot, Privileged Gateway Intents, or set it to false; then start again."
)
REFUSED = "Discord refused the connection with code {code}: look at discord.shards."
WHERE = key(
    "In the settings of the channel, under Permissions: add the role of the bot, and allow it."
)
BAD_TOKEN, BAD_INTENTS, NOT_ALLOWED_INTENTS = 4004, 4013, 4014
FOR_GOOD = {4010, 4011, 4012}
NOT_CONNECTED = 5.0
"""Seconds until a deed is tried again while we are not signed in."""
ENDING = 2.0
"""Seconds that answers under way are given when the door closes."""
REMEMBERED = 1000
"""Interactions known by their id, so that one that is told twice is answered once."""


class DiscordDoor:
    """A door. Without ports there is no database, and someone to talk to now is all there is.
    `public` is where the web room is found; "" while nobody can find it."""

    name = NAME
    limits = LIMITS
    picks = True

    def __init__(
        self,
        config: Config,
        ports: DiscordPorts | None,
        clock: Clock,
        data: Path,
        public: str = "",
    ) -> None:
        self._config, self._ports, self._clock, self._public = config, ports, clock, public
        self._notebook = Notebook(data / "discord.json")
        self.gate = Gate(Pace(LIMITS.per_second))
        self.ready = asyncio.Event()
        """Set while it is connected."""
        self._told = asyncio.Event()
        self._talk: Talk | None = None
        self._deeds: Deeds | None = None
        self.client: Client | None = None
        """Signed in, or about to be; for whoever measures it, too."""
        self._events: Events | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def serve(self, app: App) -> None:
        """Until cancelled. Raises DoorShut when the host must mend something."""
        await self._patience(self._notebook.wait(self._clock.now()))
        elsewhere = (
            Elsewhere(app, self._ports, self._public) if self._ports and self._sends else None
        )
        self._talk = Talk(app, self._ports, self._clock, elsewhere)
        client = Client(
            self._config,
            self._notebook,
            self._clock,
            self.gate,
            self.ready,
            self._heard,
            self._happened,
        )
        self.client = client
        if self._ports:
            self._events = Events(app, self._ports, self._clock, client)
        try:
            async with client:
                await self._connect(client, app)
        except discord.LoginFailure:
            raise DoorShut(REVOKED) from None
        except discord.PrivilegedIntentsRequired:
            raise DoorShut(NOT_ALLOWED) from None
        except discord.ConnectionClosed as closed:
            raise _shut(closed) from None
        finally:
            self.ready.clear()
            self._deeds = None
            await self._finish()
        raise ConnectionError("Discord ended the connection")

    async def _connect(self, client: Client, app: App) -> None:
        await client.login(self._config.token)
        self._deeds = Deeds(client.ask, client.guild_of)
        await self._patience(await client.meet_gateway())
        beside = [asyncio.create_task(self._tell_commands(client, app))]
        if self._events:
            beside.append(asyncio.create_task(self._events.run()))
        try:
            await client.connect()
        finally:
            await end(*beside)

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        if self._deeds is None:
            raise Later(NOT_CONNECTED, everywhere=True)
        PAID.set(True)
        return await self._deeds.do(key, place, deed, standing)

    async def hold(
        self, key: str, place: Place, deed: RoomDeed, standing: str, *, again: bool
    ) -> str:
        if self._deeds is None:
            raise Later(NOT_CONNECTED, everywhere=True)
        PAID.set(True)
        return await self._deeds.hold(key, place, deed, standing, again=again)

    async def find(self, key: str, place: Place) -> str | None:
        if self._deeds is None:
            raise Later(NOT_CONNECTED, everywhere=True)
        return await self._deeds.find(key, place)

    async def opened(self) -> None:
        """Until it is connected, and Discord knows the commands."""
        await self.ready.wait()
        await self._told.wait()
        if self._events:
            await self._events.looked.wait()

    async def quiet(self) -> None:
        """Until everything that was heard so far has been answered."""
        while self._answering:
            await asyncio.wait({*self._answering})
        if self._events:
            await self._events.settled()

    async def examine(self, place: Place, *, meets: bool = False) -> list[Trouble]:
        """What is missing in a channel; in a chat of two nothing can be."""
        allowed = self.client.allowed(place) if self.client and not place.private else None
        if allowed is None:
            return []
        wanted = FOR_MEETINGS if meets else NEEDED
        return [Trouble(one.name, one.why, WHERE) for one in missing(allowed, wanted)]

    def beside(self, place: Place, other: Place) -> bool:
        return self.client is not None and self.client.beside(place, other)

    def called(self, place: Place) -> str:
        return self.client.called(place) if self.client else ""

    @property
    def _sends(self) -> bool:
        """Whether what is private is written elsewhere."""
        return self._config.private_entry == "web"

    def _happened(self, event: Event) -> None:
        if self._events:
            self._events.happened(event)
        if isinstance(event, Left) and self._talk:
            self._talk.moved_out(event.server)

    def _heard(self, it: Interaction) -> None:
        """On the gateway's own path: nothing here may fail or wait."""
        if it.id in self._seen or self._talk is None:
            return
        self._seen[it.id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        task = asyncio.create_task(self._talk.heard(it))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _tell_commands(self, client: Client, app: App) -> None:
        """Only when they are not those that Discord has: it counts."""
        commands = [payload(action, personal=not self._sends) for action in app.commands]
        told = f"{client.application_id} {fingerprint(commands)}"
        if self._ports is None or self._notebook.told(told):
            self._told.set()
            return
        route = Route(
            "PUT", "/applications/{application_id}/commands", application_id=client.application_id
        )
        try:
            await client.ask(route, json=commands)
            self._notebook.tell(told)
            self._told.set()
        except Exception:  # the next start tells them; those that Discord has go on working
            log.exception("discord.commands_not_told")

    async def _patience(self, seconds: float) -> None:
        if seconds > 0:
            log.warning("discord.waits_to_start", extra={"seconds": seconds})
            await self._clock.sleep(seconds)

    async def _finish(self) -> None:
        if self._answering:
            await asyncio.wait({*self._answering}, timeout=ENDING)
        for task in [*self._answering]:
            task.cancel()


def _shut(closed: discord.ConnectionClosed) -> Exception:
    """What only the host can mend, or what is tried again."""
    if closed.code == BAD_TOKEN:
        return DoorShut(REVOKED)
    if closed.code in (BAD_INTENTS, NOT_ALLOWED_INTENTS):
        return DoorShut(NOT_ALLOWED)
    if closed.code in FOR_GOOD:
        return DoorShut(REFUSED.format(code=closed.code))
    return ConnectionError("Discord closed the connection")
