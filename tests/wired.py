"""The same room behind the real Discord door: its own client, sockets, and the fake at the end.

What a test sees are the cards whose messages that person is shown. What Discord lets nobody do
(type a wrong option, say something to a bot that does not listen) fails, until the test says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import pytest

from bot.config.settings import Discord as Config
from bot.core.app import App
from bot.core.cards import Card, Form
from bot.core.fit import fit
from bot.core.model import Account, Place
from bot.core.questions import MORE
from bot.core.rooms import Deed, RoomDeed
from bot.platforms.discord import LIMITS, DiscordDoor, client, deeds, talk
from bot.platforms.discord.dialog import dialog, named
from bot.platforms.discord.render import Message, messages
from storage import Storage
from tests.fakes.discord import TOKEN, FakeDiscord, Someone, fake_discord
from tests.fakes.discord.world import DM, Json, every
from tests.room import DISCORD, Actor, Room
from tests.web_house import Watch

client.STILL = 0.01  # the fake tells of all its servers at once

WIRED = replace(DISCORD)
"""Discord's limits, and its door."""
PATIENCE = 20.0


def cannot(why: str) -> NoReturn:
    """Ends a test that nobody can make at this door."""
    pytest.fail(f"{why}; such a test says so, as in @pytest.mark.unwired(discord=...)")


@dataclass
class WiredRoom(Room):
    fake: FakeDiscord = field(kw_only=True)
    real: DiscordDoor = field(kw_only=True)
    guild: Json = field(kw_only=True)
    cards: dict[str, Card] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Each message that somebody has seen, as it looked then."""

    def guest(self, name: str) -> Actor:
        for actor in self.actors.values():
            if isinstance(actor, WiredActor) and actor.name == name:
                return actor
        someone = self.fake.person(name, self.guild)
        account = Account(self.name, someone.id)
        made = WiredActor(account, self, name=name, hand=someone)
        return self.actors.setdefault(account.id, made)

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        receipt = await self.real.do(key, place, deed, standing, about)
        self.look()
        return receipt

    async def hold(
        self, key: str, place: Place, deed: RoomDeed, standing: str, *, again: bool
    ) -> str:
        receipt = await self.real.hold(key, place, deed, standing, again=again)
        self.look()
        return receipt

    def look(self, by: Actor | None = None) -> None:
        """What is new or has changed comes before those who see it."""
        for message in [*self.fake.world.messages.values()]:
            shape = _shape(message)
            now = f"{message['edited_timestamp']} {shape}"
            if self.known.get(message["id"]) == now or shape not in self.cards:
                continue
            self.known[message["id"]] = now
            card = self.cards[shape]
            channel = self.fake.world.channels[message["channel_id"]]
            alone = self.fake.world.seen_by.get(message["id"], "")
            if channel["type"] == DM:
                alone = channel["recipients"][0]["id"]
            if alone:
                self.actors[alone].seen.append(card)
            else:
                self.posted.append(card)
                if by:
                    by.seen.append(card)

    def drawn(self, card: Card, mark: int = 0) -> list[Message]:
        made = messages(card, mark)
        for one, said in zip(fit(card, LIMITS), made, strict=True):
            self.cards[_shape(said.body)] = one
        return made

    def asked(self, form: Form, locale: str) -> Json:
        self.forms[str(named(form))] = form
        return dialog(form, locale)


@dataclass
class WiredActor(Actor):
    name: str = ""
    hand: Someone = field(kw_only=True)
    going_on: bool = False
    clicking: bool = False

    @property
    def wire(self) -> WiredRoom:
        assert isinstance(self.room, WiredRoom)
        return self.room

    async def types(self, text: str) -> None:
        if not text.startswith("/"):
            cannot("nothing that is said is heard on Discord")
        name, _, rest = text.removeprefix("/").partition(" ")
        action = next(a for a in self.room.app.commands if a.spec.name == name)
        fields = [f for f in action.spec.fields if not f.names_object]
        given: dict[str, str | int] = {}
        for option, word in zip(fields, action.call(rest, self.locale).args, strict=False):
            if not word:
                continue
            chosen = None if option.many else option.choice(word, self.locale)
            value = str(chosen.value) if chosen else word
            if (option.choices and not option.many and not chosen) or (
                option.kind is int and not value.lstrip("-").isdigit()
            ):
                cannot("Discord lets nobody type that")
            given[option.name] = int(value) if option.kind is int else value
        self._stands()
        await self.hand.types(name, **given)
        await self._looks()

    async def presses(self, label: str) -> None:
        self._stands()
        found = [(m, p) for m in reversed(self._messages()) for p in _buttons(m)]
        same = [each for each in found if each[1]["label"] == label]
        same = same or [each for each in found if label in each[1]["label"]]
        if not same:  # what they look at is older than what stands there by now
            return await super().presses(label)
        message, button = same[0]
        await self._clicks(message, button["custom_id"])

    async def sends(self, data: str) -> None:
        """As a button of a message that is there says, or somebody made up."""
        self._stands()
        if not 0 < len(data) <= 100:
            cannot("no id of a button is like that")
        shown = self._messages()
        if not shown:
            await self.hand.types("now")
            shown = self._messages()
        there = [m for m in reversed(shown) if any(p["custom_id"] == data for p in _buttons(m))]
        await self._clicks(there[0] if there else shown[-1], data)

    async def fills(self, *values: str) -> None:
        left = list(values)
        while True:
            assert self.hand.dialog, "no dialog is open"
            step = len(self.hand.dialog["components"])
            self.form = None
            await self.hand.fills(*left[:step])
            left = left[step:]
            await self._looks()
            if not left:
                return

    async def is_asked(self, form: Form) -> None:
        await self.sends(str(form.call))

    async def cancels(self) -> None:
        cannot("there is no /cancel on Discord: a dialog is closed")

    async def _clicks(self, message: Json, data: str) -> None:
        if self.clicking:
            cannot("of presses at once one message shows the last")
        self.clicking = True
        self.hand.channel = message["channel_id"]
        await self.hand.clicks(message, data)
        self.clicking = False
        await self._looks()

    def _stands(self) -> None:
        """Where they are, and what they may, at this moment."""
        world, here = self.wire.fake.world, self.here or self.room.place
        if here.private and self.hosts:
            cannot("in a chat of one's own Discord vouches for nobody")
        if here.private:
            self.hand.channel = world.direct(self.account.id)["id"]
        elif here.id in world.channels:
            self.hand.channel = here.id
        else:
            cannot("there is no such place on Discord")
        self.hand.host = self.hosts
        self.hand.locale = {"en": "en-US", "es": "es-ES"}.get(self.locale, self.locale)

    async def _looks(self) -> None:
        await self.wire.real.quiet()
        self.wire.look(self)
        opened = self.hand.dialog
        self.form = self.wire.forms.get(opened["custom_id"]) if opened else None
        buttons = self.seen[-1].buttons if self.seen and not opened else ()
        if (goes_on := [b for b in buttons if b.call.action == MORE]) and not self.going_on:
            self.going_on = True
            await self.presses(goes_on[0].label)
            self.going_on = False

    def _messages(self) -> list[Json]:
        """All that they can see, wherever it is; those in their own chat first."""
        world, me = self.wire.fake.world, self.account.id
        own = world.direct(me)["id"]
        mine = (own, *(c["id"] for c in world.channels.values() if c["type"] != DM))
        shown = [m for channel in mine for m in world.shown(channel, me)]
        return sorted(shown, key=lambda message: int(message["id"]))


@asynccontextmanager
async def wired_room(app: App, storage: Storage, folder: Path) -> AsyncIterator[WiredRoom]:
    async with fake_discord() as fake:
        fake.check_replies = False
        guild = fake.world.guild()
        channel = fake.world.channel(guild["id"], "general")
        config = Config(token=TOKEN, address=fake.address)
        real = DiscordDoor(config, storage.discord_ports, Watch(storage), folder)
        room = WiredRoom(app, storage, WIRED, id=channel["id"], fake=fake, real=real, guild=guild)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(talk, "messages", room.drawn)
            patched.setattr(deeds, "messages", room.drawn)
            patched.setattr(talk, "dialog", room.asked)
            serving = asyncio.create_task(real.serve(app))
            try:
                async with asyncio.timeout(PATIENCE):
                    await real.opened()
                yield room
            finally:
                serving.cancel()
                await asyncio.wait({serving})
        assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


def _shape(message: Json) -> str:
    """What is to be seen of it, without the numbers of its parts."""
    parts = [
        {name: part.get(name) for name in ("type", "content", "label", "custom_id")}
        for part in every(message["components"])
    ]
    return json.dumps(parts)


def _buttons(message: Json) -> list[Json]:
    return [part for part in every(message["components"]) if "custom_id" in part]
