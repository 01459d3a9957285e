"""Telegram as a door: it takes in, performs what it took in, and does what the outbox brings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import msgspec
from telegram.error import InvalidToken

from bot.config.settings import Telegram as Config
from bot.core.app import App
from bot.core.cards import Card
from bot.core.errors import DoorShut, Later
from bot.core.model import Person, Place
from bot.core.ports import Clock, Trouble
from bot.core.rooms import Deed, HoldBack, Post, Remove, Replace, RoomDeed
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.life import Life
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.menu import offer
from bot.platforms.telegram.pace import ChatGate
from bot.platforms.telegram.perform import perform
from bot.platforms.telegram.places import NAME, can_move, shared, target
from bot.platforms.telegram.porch import Porch
from bot.platforms.telegram.ports import TelegramPorts
from bot.platforms.telegram.render import LIMITS
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.rooms import Rooms
from bot.platforms.telegram.sending import Moved, Sender, Sent, Where, asleep, personal
from bot.platforms.telegram.talk import Talk
from bot.platforms.telegram.updates import read
from bot.platforms.telegram.webhook import Webhook
from bot.supervise import innermost

log = logging.getLogger(__name__)

REVOKED = (
    "Telegram does not take the token. Take a new one from @BotFather, write it into"
    " telegram.token_file, and start again."
)
SOON = 5.0
"""Seconds until a door that is not connected yet is tried again."""
PAID = 950
"""Messages a second of the 1,000 that Telegram then lets through, for a fee."""
ASKED = "delete_messages+manage_topics+invite_users"
"""As a link names the rights of an administrator; core.telegram.org/api/links has them all."""
PARTLY = 256
"""Deeds of several messages that are remembered until they are whole."""


class Waiting(Protocol):
    @property
    def ref(self) -> str: ...
    @property
    def body(self) -> str: ...


Handle: TypeAlias = Callable[[Waiting], Awaitable[None]]
Works: TypeAlias = Callable[[Handle], Coroutine[Any, Any, None]]
"""Hands everything that was stored to the handle, each once, in order for each chat."""


class Telegram:
    """Without ports there is no database: whatever is asked, the answer is someone to talk to.

    `trouble` is what the host should know, or "".
    """

    name = NAME
    picks = False

    def __init__(
        self,
        config: Config,
        ports: TelegramPorts | None,
        works: Works | None,
        clock: Clock,
        public_url: str = "",
    ) -> None:
        self._config, self._ports, self._works, self._clock = config, ports, works, clock
        self._hook = Webhook(config.token, public_url) if config.webhook else None
        self.line = Line(config.token, config.address, requests=config.requests)
        self.limits = replace(LIMITS, per_second=PAID) if config.paid else LIMITS
        self.gate = ChatGate(self.limits)
        self._sender = Sender(self.line, self.gate, paid=config.paid)
        self._rights = Rights(self.line, clock)
        self._partly: dict[str, list[Sent]] = {}
        self._intake: Intake | None = None
        self._rooms: Rooms | None = None
        self.ready = asyncio.Event()
        """Set while it is connected."""

    @property
    def path(self) -> str:
        """Where Telegram brings what there is; "" when it is fetched."""
        return self._hook.path if self._hook and self._ports else ""

    async def takes(self, headers: Mapping[str, str], body: bytes) -> int:
        if self._hook is None or self._intake is None:
            return 503
        return await self._hook.takes(headers, body, self._intake)

    @property
    def trouble(self) -> str:
        return self._intake.trouble if self._intake else ""

    async def serve(self, app: App) -> None:
        try:
            async with self.line:
                if self._ports and self._works:
                    await self._serve(app, self._ports, self._works)
                else:
                    self.ready.set()
                    await Porch(app, self._sender, self._clock).run()
        except InvalidToken:
            raise DoorShut(REVOKED) from None
        except BaseExceptionGroup as failed:
            found = innermost(failed)
            raise DoorShut(REVOKED) if isinstance(found, InvalidToken) else found from None
        finally:
            self.ready.clear()

    async def _serve(self, app: App, ports: TelegramPorts, works: Works) -> None:
        talk = Talk(app, self._sender, self._rights, ports, self._clock)
        rooms = self._rooms = Rooms(self._sender, self._rights, ports, self._clock, talk.door)
        await rooms.wake_up()
        life = Life(talk, self._sender, self._rights, ports, rooms)
        self._intake = Intake(self.line, ports, self._clock, talk.now, rooms.has)

        async def handle(waiting: Waiting) -> None:
            try:
                update = read(waiting.body)
            except msgspec.MsgspecError:
                log.error("telegram.update_unreadable")
                return
            await perform(update, waiting.ref, talk, life, rooms)

        if self._hook:
            await self._hook.open(self.line)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(works(handle))
            if not self._hook:
                tasks.create_task(self._intake.run())
            self.ready.set()
            await offer(app, self.line, ports)

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        """The receipt is its messages, as the sender calls them."""
        before = [sent for sent in standing.split(",") if sent]
        where = await self._where(place, deed)
        try:
            return await self._do(key, where, deed, before)
        except Moved as moved:
            await self._moved(moved)
            where = await self._where(place, deed)
            return await self._do(key, where, deed, [])

    async def hold(
        self, key: str, place: Place, deed: RoomDeed, standing: str, *, again: bool
    ) -> str:
        if self._rooms is None:
            raise Later(SOON, everywhere=True)
        chat, topic = await self._whereabouts(place)
        return await self._rooms.hold(shared(chat, topic or 0), deed, standing)

    async def hold_back(self, place: Place, deed: HoldBack) -> str:
        if self._rooms is None:
            raise Later(SOON, everywhere=True)
        chat, topic = await self._whereabouts(place)
        return await self._rooms.hold_back(shared(chat, topic or 0), deed)

    async def examine(self, place: Place, *, meets: bool = False) -> list[Trouble]:
        """Its rights are for the whole chat, whatever a topic is for."""
        return await self._rooms.examine(place) if self._rooms else []

    def beside(self, place: Place, other: Place) -> bool:
        """Topics of one chat, or the same chat."""
        here, there = (each.platform == NAME and not each.private for each in (place, other))
        return here and there and place.id.partition("/")[0] == other.id.partition("/")[0]

    def called(self, place: Place) -> str:
        """A bot is not told what topics are called."""
        return ""

    def adds(self, secret: str) -> str:
        """Telegram asks which group, adds the bot with these rights, and says /start there."""
        if not self.ready.is_set():
            return ""
        return f"https://t.me/{self.line.username}?startgroup={secret}&admin={ASKED}"

    async def _do(self, key: str, where: Where, deed: Deed, before: list[Sent]) -> str:
        if isinstance(deed, Remove):
            left = await self._sender.remove(where, before)
            if deed.instead and left:
                await self._sender.cover(deed.instead, where, left)
            return ""
        if before:
            return ",".join(await self._sender.change(deed.card, where, before))
        sent = self._partly.setdefault(key, [])
        await self._sender.post(deed.card, where, sent)
        self._partly.pop(key, None)
        for old in [*self._partly][:-PARTLY]:
            del self._partly[old]
        return ",".join(sent)

    async def _where(self, place: Place, deed: Deed) -> Where:
        """Where it is by now, and how loud: at night a person is not woken by it."""
        chat, topic = await self._whereabouts(place)
        card = deed.card if not isinstance(deed, Remove) else Card(())
        to = deed.to if isinstance(deed, Post | Replace) else None
        quietly = isinstance(to, Person) and asleep(to, self._now())
        return Where(chat, topic, quietly, kept=place.private and personal(card))

    async def _whereabouts(self, place: Place) -> tuple[int, int | None]:
        chat, topic = target(place)
        if self._ports and can_move(chat) and (moved := await self._ports.kept.moved(place)):
            # A group may be founded under its old number by somebody who began before the move.
            await self._ports.units.commit(self._ports.kept.move(place, moved))
            return target(moved)
        return chat, topic

    async def _moved(self, moved: Moved) -> None:
        if self._rooms:
            await self._rooms.moved(shared(moved.chat), shared(moved.to))

    def _now(self) -> datetime:
        return self._clock.now()
