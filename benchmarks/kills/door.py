"""A door to the platform of the script: updates are stored before they are confirmed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from benchmarks.kills.wire import Line
from bot import inbox
from bot.core.app import App
from bot.core.cards import Call, Card, Form, Page
from bot.core.errors import Later
from bot.core.fit import fit
from bot.core.model import Account, Origin, Place, Via
from bot.core.ports import Clock
from bot.core.rooms import Deed, Limits, Remove, Replace
from bot.core.text import plain
from storage import Storage

LIMITS = Limits(text=4096, title=256, buttons_per_row=5, rows=8)
KEYED = replace(LIMITS, deduplicates=90)
"""The platform knows a key for 120 s; as with Discord's, we stay well inside."""

Keep = Callable[[list[tuple[str, str, str]]], Awaitable[None]]


class Door:
    """One that can neither know a key again nor be looked through."""

    def __init__(self, name: str, limits: Limits, line: Line, keep: Keep, clock: Clock) -> None:
        self.name, self.limits = name, limits
        self._line, self._keep, self._clock = line, keep, clock
        self._app: App | None = None

    async def serve(self, app: App) -> None:
        self._app = app
        while True:
            handed = await self._line.ask("poll", door=self.name)
            if handed:
                await self.take(handed)

    async def take(self, handed: list[list[object]]) -> None:
        kept = [(str(number), str(said[1]), json.dumps(said)) for number, *said in handed]
        await self.keep(kept)
        await self.confirm(int(kept[-1][0]))

    async def keep(self, updates: list[tuple[str, str, str]]) -> None:
        await self._keep(updates)

    async def confirm(self, number: int) -> None:
        await self._line.ask("confirm", door=self.name, number=number)

    async def handle(self, waiting: inbox.Waiting) -> None:
        """Perform an update, and show the answer the way it came."""
        assert self._app
        account, chat, text, pressed = json.loads(waiting.body)
        own = Place(self.name, account, private=True)
        place = own if chat == account else Place(self.name, chat)
        via = Via.PRESSED if pressed else Via.TYPED
        who, now = Account(self.name, account), self._clock.now()
        origin = Origin(who, place, now, waiting.ref, via, update=waiting.ref)
        answer = await self._answer(self._app, text, origin)
        if isinstance(answer, Form):
            answer = await self._app.ask(answer, replace(origin, place=own))
        card = answer.card if isinstance(answer, Page) else answer
        if card:
            number = int(waiting.ref.partition(":")[2])
            shown = {"account": account, "number": number, **_shown(card)}
            await self._line.ask("reply", door=self.name, **shown)

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        assert not isinstance(deed, Remove)
        answer = await self._line.ask(
            "do",
            door=self.name,
            key=key,
            place=_called(place),
            panel=deed.name if isinstance(deed, Replace) else "",
            at=standing,
            **_shown(deed.card),
        )
        if "later" in answer:
            raise Later(answer["later"])
        return str(answer["receipt"])

    async def _answer(self, app: App, text: str, origin: Origin) -> Card | Form | Page | None:
        if origin.via is Via.PRESSED:
            return await app.perform(Call.parse(text), origin)
        if not text.startswith("/"):
            return await app.hear(text, origin)
        name, _, rest = text.removeprefix("/").partition(" ")
        action = next(a for a in app.commands if a.spec.name == name)
        return await app.perform(action.call(rest), origin)


class Keyed(Door):
    """One that knows a key again, and can be looked through for a while longer."""

    async def find(self, key: str, place: Place) -> str | None:
        found = await self._line.ask("find", door=self.name, key=key, place=_called(place))
        return None if found is None else str(found)


def doors(storage: Storage, line: Line, clock: Clock) -> dict[str, Door]:
    def keeping(name: str) -> Keep:
        async def keep(updates: list[tuple[str, str, str]]) -> None:
            await storage.units.commit(storage.inbox.store(name, updates, clock.now()))

        return keep

    return {
        "keyed": Keyed("keyed", KEYED, line, keeping("keyed"), clock),
        "plain": Door("plain", LIMITS, line, keeping("plain"), clock),
    }


def _called(place: Place) -> str:
    return f"own {place.id}" if place.private else place.id


def _shown(card: Card) -> dict[str, object]:
    """As one message: the script keeps what it says short."""
    [only] = fit(card, LIMITS)
    return {"text": plain(only.text), "buttons": [str(button.call) for button in only.buttons]}
