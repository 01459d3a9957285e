"""From a group into the chat with the bot: what is done there is still about the group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.actions import Action
from bot.core.cards import JOIN, Button, Call, Card
from bot.core.decide import Who
from bot.core.model import Account, Place
from bot.core.work import Write
from bot.platforms.telegram.heard import Heard
from bot.platforms.telegram.ports import Code, TelegramPorts

DOOR, FROM = "telegram", "telegram from"
"""Kinds of codes: one leads in by a link, once; the other stands in a button of what is shown
there."""
OPEN, SHOWN = timedelta(hours=1), timedelta(days=1)
THERE = "there"
"""What a button names that is about another place, and its secret."""


class Threshold:
    """A code knows whose it is, and of which place: nobody else can come in by it, and what they
    may do there is looked at anew."""

    def __init__(self, ports: TelegramPorts, actions: Mapping[str, Action[...]]) -> None:
        self._ports, self._actions = ports, actions

    async def link(self, call: Call, heard: Heard) -> str:
        """A secret that leads in, to that call."""
        secret, kept = self._kept(DOOR, call, heard, await self._person(heard), OPEN)
        await self._ports.units.commit((kept,))
        return secret

    async def carried(self, card: Card, heard: Heard) -> Card:
        """Shown in the chat of their own, its buttons do what they would do where they came from:
        let somebody in there, or set that place up."""
        if not any(map(self._hangs, card.buttons)):
            return card
        person, kept, buttons = await self._person(heard), list[Write](), list[Button]()
        for each in card.buttons:
            if self._hangs(each):
                secret, write = self._kept(FROM, each.call, heard, person, SHOWN)
                each = replace(each, call=Call(THERE, (secret,)))
                kept.append(write)
            buttons.append(each)
        await self._ports.units.commit(tuple(kept))
        return replace(card, buttons=tuple(buttons))

    async def comes_in(self, secret: str, heard: Heard) -> tuple[Call, Place] | None:
        """What somebody came for by a link, and where they wanted it; once, and nobody else."""
        found, code = await self._found(DOOR, secret, heard)
        if found and code:
            await self._ports.units.commit((self._ports.codes.use(code),))
        return found

    async def pressed(self, call: Call, heard: Heard) -> tuple[Call, Place] | None:
        """What a button is for, and where; None when that is long ago."""
        if heard.shared or len(call.args) != 1:
            return None
        return (await self._found(FROM, call.args[0], heard))[0]

    async def _found(
        self, kind: str, secret: str, heard: Heard
    ) -> tuple[tuple[Call, Place] | None, Code | None]:
        given, origin = secret if secret.isascii() else "", heard.origin
        code: Code | None = await self._ports.codes.find(kind, given, origin.now)
        if code is None:
            return None, None
        who, place, call = code.note.split("\n", 2)
        if Account(origin.account.platform, who) != origin.account:
            return None, None
        return (Call.parse(call), Place(origin.place.platform, place)), code

    def _kept(
        self, kind: str, call: Call, heard: Heard, person: str, lifetime: timedelta
    ) -> tuple[str, Write]:
        origin = heard.origin
        note = "\n".join((origin.account.id, origin.place.id, str(call)))
        return self._ports.codes.make(kind, person, "", origin.now, lifetime, note=note)

    def _hangs(self, button: Button) -> bool:
        action = self._actions.get(button.call.action)
        return action is not None and (action.spec.who is Who.HOSTS or button.call == JOIN)

    async def _person(self, heard: Heard) -> str:
        return await self._ports.people.known(heard.origin.account)
