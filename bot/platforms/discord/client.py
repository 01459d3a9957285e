"""The library's client, as little of it as is needed: no caches, no privileged intents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from time import monotonic
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config.settings import Discord as Config
from bot.core.model import Account, Place
from bot.core.pacing import Gate
from bot.core.ports import Clock
from bot.core.rooms import Came, DoorLost, Edited, Said, TakenBack, Went
from bot.platforms.discord.events import Event, Here, Left
from bot.platforms.discord.interaction import Interaction
from bot.platforms.discord.notebook import Notebook
from bot.platforms.discord.render import NAME, Json

log = logging.getLogger(__name__)

COUNTED = {401, 403, 429}
"""Answers of which Discord takes 10,000 in ten minutes before it bans the address."""
BETWEEN = 5.0
"""Seconds between two starts; Discord allows one in five."""
SESSION = "_HTTPClient__session"
"""The library hands it to its own interactions by this name, and has no other for it."""
PAID: ContextVar[bool] = ContextVar("paid", default=False)
"""Whether the next request was counted by the outbox, before it brought the deed."""
SIGNING_IN = 3
"""Requests of the library's own before it is connected."""
LONGEST_WAIT = 30.0
"""Seconds that the library may wait for a bucket; beyond that the outbox does."""


STILL = 2.0
"""Seconds without another server until all of them are thought to be known; the library's own."""


class Client(discord.AutoShardedClient):
    def __init__(
        self,
        config: Config,
        notebook: Notebook,
        clock: Clock,
        gate: Gate,
        ready: asyncio.Event,
        heard: Callable[[Interaction], None],
        happened: Callable[[Event], None],
    ) -> None:
        Route.BASE = f"{config.address}/api/v10"
        # It warns of what it lacks for speaking, which nobody here does.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        shards: Any
        shards, count = config.shard_ids
        super().__init__(
            intents=_intents(config),
            shard_ids=shards,
            shard_count=count,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=STILL,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            http_trace=self._counting(),
        )
        self._notebook, self._clock, self._heard = notebook, clock, heard
        self._gate, self._ready_now = gate, ready
        self._connected: set[int] = set()
        self._happened = happened
        # As it comes: of what the library would make of it, we need the names and numbers alone.
        parsers: dict[str, Any] = self._connection.parsers
        parsers["INTERACTION_CREATE"] = self._interaction

    async def meet_gateway(self) -> float:
        """Where it is, and how many shards it wants. Returns the seconds until it takes another
        start, 0 when it does now."""
        for _ in range(SIGNING_IN):
            self._gate.took("", monotonic())
        shards, url, limit = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        self.shard_count = self.shard_count or shards
        return 0.0 if limit["remaining"] else limit["reset_after"] / 1000

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Every start is counted, here and nowhere else."""
        if not initial:
            await self._clock.sleep(max(BETWEEN, self._notebook.wait(self._clock.now())))
        self._notebook.start(self._clock.now())

    async def on_shard_connect(self, shard: int) -> None:
        self._connected.add(shard)
        if len(self._connected) == len(self.shard_ids or range(self.shard_count or 1)):
            self._ready_now.set()

    async def on_shard_resumed(self, shard: int) -> None:
        await self.on_shard_connect(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        self._connected.discard(shard)
        self._ready_now.clear()

    async def on_ready(self) -> None:
        self._happened(Here())

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self._happened(DoorLost(place(channel.id)))

    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        self._happened(DoorLost(place(thread.thread_id)))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """We were sent away, or the server is gone; one that cannot be reached is neither."""
        for channel in guild.channels:
            self._happened(DoorLost(place(channel.id)))
        self._happened(Left(str(guild.id)))

    async def on_message(self, message: discord.Message) -> None:
        if not (message.author.bot or message.is_system()):
            who = Account(NAME, str(message.author.id))
            where = place(message.channel.id)
            self._happened(Said(where, who, str(message.id), message.content))

    async def on_raw_message_edit(self, edit: discord.RawMessageUpdateEvent) -> None:
        author = edit.message.author
        if not author.bot:
            who = Account(NAME, str(author.id))
            where = place(edit.channel_id)
            self._happened(Edited(where, who, str(edit.message_id), edit.message.content))

    async def on_raw_message_delete(self, gone: discord.RawMessageDeleteEvent) -> None:
        self._happened(TakenBack(place(gone.channel_id), str(gone.message_id)))

    async def on_member_join(self, member: discord.Member) -> None:
        self._everywhere(member.guild, Came, member.id)

    async def on_raw_member_remove(self, gone: discord.RawMemberRemoveEvent) -> None:
        if guild := self.get_guild(gone.guild_id):
            self._everywhere(guild, Went, gone.user.id)

    def _everywhere(self, guild: discord.Guild, kind: type[Came] | type[Went], user: int) -> None:
        """Told for each channel: which of them are doors is known elsewhere."""
        for channel in guild.text_channels:
            self._happened(kind(place(channel.id), Account(NAME, str(user))))

    def is_there(self, where: Place) -> bool:
        """Whether this is a channel that we know, or that we might not know: there are others
        who take a part of the shards, or a server cannot be reached now."""
        known = self.get_channel(int(where.id)) if where.id.isdigit() else None
        return known is not None or self._partly or any(g.unavailable for g in self.guilds)

    def is_in(self, server: str) -> bool:
        return self._partly or self.get_guild(int(server)) is not None

    def above(self, where: Place) -> Place:
        """The channel of a thread; of anything else itself."""
        channel = self.get_channel(int(where.id)) if where.id.isdigit() else None
        return place(channel.parent_id) if isinstance(channel, discord.Thread) else where

    def beside(self, one: Place, other: Place) -> bool:
        """Whether both are channels of one server."""
        guilds = [self.guild_of(each) for each in (one, other)]
        return guilds[0] is not None and guilds[0] == guilds[1]

    def called(self, where: Place) -> str:
        channel = self.get_channel(int(where.id)) if where.id.isdigit() else None
        return f"#{channel.name}" if isinstance(channel, discord.abc.GuildChannel) else ""

    def guild_of(self, where: Place) -> int | None:
        """The server of a channel."""
        known = self.get_channel(int(where.id)) if where.id.isdigit() else None
        if where.platform == NAME and isinstance(known, discord.abc.GuildChannel | discord.Thread):
            return known.guild.id
        return None

    @property
    def _partly(self) -> bool:
        return bool(self.shard_ids) and len(self.shard_ids or ()) != self.shard_count

    def allowed(self, where: Place) -> int | None:
        """What we may in a channel, as bits; None where there is none that we know."""
        channel = self.get_channel(int(where.id)) if where.id.isdigit() else None
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return None
        return channel.permissions_for(channel.guild.me).value

    async def ask(self, route: Route, **given: Any) -> Any:
        """A deed has waited for one request; what it asks beyond that is waited for by others."""
        if not PAID.get():
            self._gate.took("", monotonic())
        PAID.set(False)
        return await self.http.request(route, **given)

    def _interaction(self, data: Json) -> None:
        """On the gateway's own path: an event that is not as it should be must not end it."""
        try:
            it = Interaction(data, getattr(self.http, SESSION))
        except (KeyError, TypeError, ValueError, AttributeError):
            log.exception("discord.interaction_unreadable")
            return
        self._heard(it)

    def _counting(self) -> aiohttp.TraceConfig:
        async def ended(
            session: aiohttp.ClientSession,
            context: SimpleNamespace,
            params: aiohttp.TraceRequestEndParams,
        ) -> None:
            if params.response.status in COUNTED:
                self._gate.invalid(monotonic())

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(ended)
        return trace


def place(channel: int) -> Place:
    return Place(NAME, str(channel))


def _intents(config: Config) -> discord.Intents:
    """Guilds, to know where we are; the privileged ones by option only."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.members = config.members
    intents.guild_messages = intents.message_content = config.message_content
    return intents
