"""Stand-ins around the outbox: a platform that keeps its own book, and a process that can die."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import outbox
from bot.core.actions import Cog
from bot.core.app import App
from bot.core.cards import Card
from bot.core.model import Account, Context, Person, Place
from bot.core.rooms import FOR_EVER, Deed, Done, Event, Limits, Post, Remove, Replace
from bot.core.text import plain, t
from bot.core.work import Lane, Must, Sending, Unit
from storage import Storage
from tests.room import MORNING, PURPOSES

FORGETFUL = Limits(4000, 100, 5, 5)
"""Of a platform that cannot tell a repeat."""
ATTENTIVE = Limits(4000, 100, 5, 5, deduplicates=120)
"""Of one that can, for two minutes."""


async def a_day_passes(storage: Storage) -> None:
    """For the keys alone: what was sealed before cannot be read any more."""
    now = datetime.now(UTC)
    for hours in (30, 32):
        await storage.keys.turn(now + timedelta(hours=hours))


class PowerCut(BaseException):
    """The process is gone; nothing in it may catch this."""


@dataclass(frozen=True)
class Lost:
    """The message was shown; what comes back to us is this."""

    error: BaseException


@dataclass
class Ledger:
    """A platform that keeps its own book of what people saw."""

    limits: Limits = FORGETFUL
    name: str = "door"
    shows: list[str] = field(default_factory=list)
    """Every message and every change of one, as `place: words`."""
    asked: int = 0
    known: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    trouble: list[BaseException | Lost | None] = field(default_factory=list)
    """What happens at the next deeds; an error alone comes before anything was shown."""
    now: datetime = MORNING
    here: dict[str, int] = field(default_factory=dict)
    """How many deeds are on their way to a place at this moment."""
    crowded: bool = False
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    """Places that answer only when their event is set."""
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, app: App) -> None: ...

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        self.asked += 1
        self.came.set()
        self.here[place.id] = self.here.get(place.id, 0) + 1
        self.crowded |= self.here[place.id] > 1
        try:
            if place.id in self.slow:
                await self.slow[place.id].wait()
            return self._do(key, place, deed, standing)
        finally:
            self.here[place.id] -= 1

    def _do(self, key: str, place: Place, deed: Deed, standing: str) -> str:
        trouble = self.trouble.pop(0) if self.trouble else None
        if isinstance(trouble, BaseException):
            raise trouble
        since = (self.now - self.known[key][0]).total_seconds() if key in self.known else FOR_EVER
        if key in self.known and since <= self.limits.deduplicates:
            receipt = self.known[key][1]
        else:
            self.shows.append(f"{place.id}: {_words(deed, standing)}")
            receipt = standing or f"message {len(self.shows)}"
            self.known[key] = (self.now, receipt)
        if isinstance(trouble, Lost):
            raise trouble.error
        return receipt


@dataclass
class Searchable(Ledger):
    """One that can be asked whether a deed has arrived."""

    async def find(self, key: str, place: Place) -> str | None:
        return self.known[key][1] if key in self.known else None


def _words(deed: Deed, standing: str) -> str:
    match deed:
        case Post(card=card):
            return plain(card.text)
        case Replace(name=name, card=card):
            return f"{name} {standing or 'new'} {plain(card.text)}"
        case Remove(name=name):
            return f"{name} {standing} gone"


class Listener(Cog):
    name = "listener"

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def notice(self, ctx: Context, event: Event) -> None:
        self.heard.append(event)


@dataclass
class Frail:
    """An outbox whose process dies right before or right after one of its calls."""

    outbox: Any
    call: str
    after: bool

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Awaitable[Any]] = getattr(self.outbox, name)
        if name != self.call:
            return call

        async def cut(*args: Any, **named: Any) -> None:
            if self.after:
                await call(*args, **named)
            raise PowerCut

        return cut


@dataclass
class Mail:
    """An office, its platform, and the time of day."""

    storage: Storage
    ledger: Ledger
    listener: Listener = field(default_factory=Listener)
    seconds: float = 0
    outbox: Any = None
    names: int = 0
    others: tuple[Ledger, ...] = ()

    def __post_init__(self) -> None:
        self.outbox = self.outbox or self.storage.outbox

    @property
    def now(self) -> datetime:
        return MORNING + timedelta(seconds=self.seconds)

    @property
    def app(self) -> App:
        return App([self.listener], self.storage.ports)

    def card(self, text: str) -> Card:
        return Card(t(text))

    async def takes(self, *lines: str, **how: Any) -> None:
        """`place: words`, one post each; the line is the key. They are kept together."""
        unit: Unit = ()
        for line in lines:
            to, _, text = line.partition(": ")
            sending = Sending(Post(Place("door", to), self.card(text)), **how)
            unit += self.storage.outbox.queue(f"test/{line}", sending, self.now)
        await self.storage.units.commit(unit)

    async def sends(self, key: str, deed: Deed, **how: Any) -> None:
        unit = self.storage.outbox.queue(key, Sending(deed, **how), self.now)
        await self.storage.units.commit(unit)

    async def shows_panel(self, text: str, place: str = "a", name: str = "floor") -> None:
        self.names += 1
        deed = Replace(Place("door", place), name, self.card(text))
        await self.sends(f"panel/{self.names}", deed, lane=Lane.FLOOR, must=Must.ONCE)

    async def works(self) -> int:
        """Until nothing more can be done at this moment."""
        self.ledger.now = self.now
        doors = {door.name: door for door in (self.ledger, *self.others)}
        return await outbox.deliver(self.app, self.outbox, doors, self.now)

    async def waits(self, seconds: float) -> int:
        self.seconds += seconds
        return await self.works()

    async def dies(self) -> None:
        """Somewhere in its work; the next process comes when the leases have ended."""
        try:
            await self.works()
        except PowerCut:
            self.outbox = self.storage.outbox
            self.seconds += 91
        else:
            raise AssertionError("it was to die")

    async def states(self) -> list[str]:
        rows = await self.storage.db.read("SELECT state FROM outbox ORDER BY seq")
        return [row["state"] for row in rows]

    def done(self) -> list[str]:
        return [event.key for event in self.listener.heard if isinstance(event, Done)]

    async def joins(self, name: str, *doors: str) -> Person:
        """A person who can be written to at these doors, the first one best."""
        person = Person(f"ref-{name}", name.title(), "Europe/Berlin", consents=PURPOSES)
        accounts = [Account(door, name) for door in doors]
        unit = self.storage.people.join(accounts[0], person)
        unit += tuple(self.storage.people.add_account(a, person.ref) for a in accounts[1:])
        await self.storage.units.commit(unit)
        people, now = self.storage.people, self.storage.people.now
        people.now = lambda: now() + timedelta(days=2)
        await people.meet(accounts[0], Place(doors[0], "anywhere"))  # the last that was used
        people.now = now
        return person
