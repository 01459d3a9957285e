"""The same room behind the real Telegram door: the library, sockets, and the fake at the end.

What a test sees are the cards whose messages that person is shown.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot import outbox
from bot.core.app import App
from bot.core.cards import Card, Form
from bot.core.model import Account, Origin, Place
from bot.core.rooms import Deed, RoomDeed
from bot.platforms.telegram import sending
from bot.platforms.telegram.render import Message, messages
from storage import Storage
from tests.fakes.telegram_people import Someone
from tests.fakes.telegram_world import BOT, Chat, Given, World
from tests.room import TELEGRAM, Actor, Room
from tests.telegram_house import TelegramHouse, telegram_house, words
from tests.wired import cannot

TELEGRAM_WIRED = replace(TELEGRAM)
"""Telegram's limits, and its door."""
_menus: dict[str, str] = {}
"""What was kept of the menus by the room before: Telegram has them, and is not told again."""


@dataclass
class TelegramRoom(Room):
    house: TelegramHouse = field(kw_only=True)
    chat: Chat = field(kw_only=True)
    cards: dict[str, Card] = field(default_factory=dict)
    known: dict[tuple[int, int], str] = field(default_factory=dict)
    """Each message that somebody has seen, as it looked then."""

    def guest(self, name: str) -> Actor:
        for actor in self.actors.values():
            if isinstance(actor, TelegramActor) and actor.name == name:
                return actor
        someone = self.house.guest(name)
        self.chat.members[someone.id] = "member"
        account = Account(self.name, str(someone.id))
        return self.actors.setdefault(
            account.id, TelegramActor(account, self, name=name, hand=someone)
        )

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        if place.private:
            self.house.world.started.add(int(place.id))
        receipt = await self.house.door.do(key, place, deed, standing, about)
        self.look()
        return receipt

    async def hold(
        self, key: str, place: Place, deed: RoomDeed, standing: str, *, again: bool
    ) -> str:
        receipt = await self.house.door.hold(key, place, deed, standing, again=again)
        self.look()
        return receipt

    async def settles(self) -> None:
        """All that came is performed, and what it led to at once is delivered."""
        await self.house.rests()
        doors = {self.name: self}
        while await outbox.deliver(self.app, self.storage.outbox, doors, self.now):
            continue

    def drawn(self, card: Card) -> tuple[Message, ...]:
        made = messages(card)
        for one in made:
            markup = one.keyboard.to_dict() if one.keyboard else None
            self.cards[_shape(one.text, markup)] = card
        return made

    def look(self, by: Actor | None = None) -> None:
        """What is new or has changed comes before those who see it."""
        found = [
            (chat, message)
            for chat in self.house.world.chats.values()
            for message in chat.messages.values()
            if message["from"] == BOT
        ]
        for chat, message in sorted(found, key=lambda each: int(each[1]["message_id"])):
            shape = _shape(words(message), message.get("reply_markup"))
            name = (chat.id, int(message["message_id"]))
            if self.known.get(name) == shape or shape not in self.cards:
                continue
            self.known[name] = shape
            if chat.kind == "private":
                self.actors[str(chat.id)].seen.append(self.cards[shape])
            else:
                self.posted.append(self.cards[shape])
                if by:
                    by.seen.append(self.cards[shape])


@dataclass
class TelegramActor(Actor):
    name: str = ""
    hand: Someone = field(kw_only=True)

    @property
    def wire(self) -> TelegramRoom:
        assert isinstance(self.room, TelegramRoom)
        return self.room

    async def types(self, text: str) -> None:
        self._stands()
        self.hand.types(text)
        await self._looks()

    async def sends(self, data: str) -> None:
        """As a button of a message that is there says, or somebody made up."""
        self._stands()
        if not 0 < len(data.encode("utf-8", "replace")) <= 64:
            cannot("no data of a button is like that")
        if not (shown := self.hand.sees()):
            await self.types("/help")
            shown = self.hand.sees()
        there = [m for m in reversed(shown) if data in _data(m)]
        self.hand.sends(there[0] if there else shown[-1], data)
        await self._looks()

    async def is_asked(self, form: Form) -> None:
        await self.sends(str(form.call))

    async def cancels(self) -> None:
        await self.types("/cancel")

    def _stands(self) -> None:
        """Where they are, and what they may, at this moment."""
        world, chat, here = self.wire.house.world, self.wire.chat, self.here or self.room.place
        own = here.private
        if not own and here != self.room.place:
            cannot("there is no such place on Telegram")
        if own and self.hosts:
            cannot("in a chat of one's own Telegram vouches for nobody")
        (world.started.add if self.started else world.started.discard)(self.hand.id)
        self.hand.here = None if own else chat
        self.hand.language = self.locale
        chat.members[self.hand.id] = "administrator" if self.hosts else "member"

    async def _looks(self) -> None:
        await self.wire.settles()
        self.wire.look(self)


def _shape(text: str, markup: Given | None) -> str:
    rows = (markup or {}).get("inline_keyboard", [])
    return json.dumps([text, [[(b["text"], b.get("callback_data")) for b in row] for row in rows]])


def _data(message: Given) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [str(button.get("callback_data")) for row in rows for button in row]


@asynccontextmanager
async def telegram_room(app: App, storage: Storage) -> AsyncIterator[TelegramRoom]:
    """A group on a server without ephemeral messages: private answers go to the own chat."""
    kept = storage.telegram
    await storage.units.commit(tuple(kept.tell(name, menu) for name, menu in _menus.items()))
    async with telegram_house(
        storage, app=app, delivers=False, world=World(ephemeral=False)
    ) as house:
        chat = await house.group(founded=None)
        room = TelegramRoom(app, storage, TELEGRAM_WIRED, id=str(chat.id), house=house, chat=chat)
        asks: Callable[[Form, Origin], Awaitable[Card]] = app.ask

        async def asked(form: Form, origin: Origin) -> Card:
            """Who was asked in their own chat answers there."""
            if origin.place.private and (actor := room.actors.get(origin.account.id)):
                actor.here = origin.place
            return await asks(form, origin)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sending, "messages", room.drawn)
            patched.setattr(app, "ask", asked)
            yield room
        name = f"telegram menu {house.door.line.id}"
        _menus.update({name: menu} if (menu := await kept.told(name)) else {})
