"""The house that is lived in: the real app and clock over real storage, a door that only listens,
and everything that can come in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic, process_time
from typing import Any

from benchmarks.house import Hour, house
from bot import clock
from bot.core.app import App
from bot.core.cards import Answer, Call, Card, Page, Tone
from bot.core.model import Account, Origin, Place, Via
from bot.core.ports import Parcel
from bot.core.rooms import Deed, Limits, Post
from bot.core.text import plain
from bot.outbox import Desk
from cogs import build
from storage import Storage

DOOR = "year"
AT_ONCE = 256
"""Parcels that are taken at once, as by the outbox's own loop."""
NEXT = """
    SELECT min(at) AS at FROM (
        SELECT min(look_at) AS at FROM schedule WHERE look_at IS NOT NULL
        UNION ALL SELECT min(next_at) FROM outbox WHERE turn = 1)"""


class How(Enum):
    """In what way the clock gets through what is due."""

    PLAIN = auto()
    TWICE = auto()
    """Everything is performed twice at the same time."""
    KILLED = auto()
    """The process is gone when all is claimed, and starts again."""
    CUT = auto()
    """It is gone in the middle of performing."""
    LEFT = auto()
    """What is claimed lies there until its lease is over."""
    DROPPED = auto()
    """It is gone when what is to be sent is claimed."""


@dataclass(frozen=True, slots=True)
class Came:
    """A question that reached somebody."""

    agreement: str
    account: str
    day: date
    at: datetime


class Ear:
    """A door: it hears who is asked what."""

    name, limits = DOOR, Limits(4096, 256, 8, 100)

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.came: list[Came] = []
        self.last: dict[str, Card] = {}
        """The last question, by account."""

    async def serve(self, app: App) -> None: ...

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        calls = [b.call for b in deed.card.buttons] if isinstance(deed, Post) else []
        answers = [call for call in calls if call.action == "pings.answer"]
        if answers and isinstance(deed, Post):
            [under] = (call.args[0] for call in calls if call.action == "rests.week")
            day = date.fromisoformat(answers[0].args[1])
            self.came.append(Came(under, place.id, day, self._now()))
            self.last[place.id] = deed.card
        return key


class Handing:
    """A port of which one call hands over, with something that happens right after it."""

    def __init__(self, port: Any, then: Callable[[], Awaitable[None]], times: int = 1) -> None:
        self._port, self._then, self._times = port, then, times

    async def claim(self, *asked: Any) -> Sequence[Any]:
        batch = await self._port.claim(*asked)
        await self._then()
        return [one for one in batch for _ in range(self._times)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class World:
    def __init__(self, folder: Path, begun: datetime, random: Random) -> None:
        self._folder, self._random = folder, random
        self._open, self._causes = AsyncExitStack(), count()
        self.hour, self.working, self.starts = Hour(begun), 0.0, 0
        """`working` is the CPU that asking and sending took where nothing went wrong."""
        self.ear = Ear(self.hour)
        self.storage: Storage
        self.app: App

    @property
    def now(self) -> datetime:
        return self.hour.at

    async def start(self) -> None:
        """Opened, or closed and opened again."""
        await self.stop()
        self.storage = await self._open.enter_async_context(house(self._folder, self.now))
        self.storage.now = self.hour
        self.app = App(build(self.storage), self.storage.ports)
        await self.storage.wake_up(self.now)
        self.starts += 1

    async def stop(self) -> None:
        await self._open.aclose()

    async def next(self) -> datetime | None:
        """When there is something to do."""
        [row] = await self.storage.db.read(NEXT)
        return (
            None if row["at"] is None else datetime.fromtimestamp(row["at"] / 1000, self.now.tzinfo)
        )

    async def performs(self, account: Account, call: Call) -> Card:
        """As this person; RuntimeError where they are refused."""
        own = Place(account.platform, account.id, private=True)
        cause = f"{DOOR}:{next(self._causes)}"
        answer = await self.app.perform(call, Origin(account, own, self.now, cause, Via.PRESSED))
        card = _card(answer)
        if card is None or card.tone is Tone.CAREFUL:
            said = plain(card.text) if card else "a form"
            raise RuntimeError(f"{call.action} was refused: {said}")
        return card

    async def ask(self, how: How, claimed: Callable[[], Awaitable[None]]) -> None:
        """What is due is asked; `claimed` is done when the first of it is in hand."""
        begun, schedule = process_time(), self.storage.schedule
        if how in (How.KILLED, How.LEFT):
            await schedule.claim(self.now)
            await claimed()
            if how is How.LEFT:
                return
            await self.start()
        elif how is How.CUT:
            await self._cut(Handing(schedule, claimed))
            await self.start()
        else:
            handing = Handing(schedule, claimed, 2 if how is How.TWICE else 1)
            await clock.tick(self.app, handing, self.now)
        while await clock.tick(self.app, self.storage.schedule, self.now):
            pass
        self.working += (process_time() - begun) * (how is How.PLAIN)

    async def send(self, how: How, taken: Callable[[], Awaitable[None]]) -> None:
        """What is on its way is brought; `taken` is done when the first of it is in hand."""
        begun = process_time()
        if how is How.DROPPED:
            await self.storage.outbox.claim(self.now, AT_ONCE)
            await self.start()
        desk = Desk(self.app, self.storage.outbox, {DOOR: self.ear}, {}, monotonic)
        parcels: Sequence[Parcel] = await Handing(self.storage.outbox, taken).claim(
            self.now, AT_ONCE
        )
        while parcels:
            await asyncio.gather(*(desk.take(parcel, self.now) for parcel in parcels))
            parcels = await self.storage.outbox.claim(self.now, AT_ONCE)
        self.working += (process_time() - begun) * (how is How.PLAIN)

    async def _cut(self, schedule: Handing) -> None:
        ticking = asyncio.create_task(clock.tick(self.app, schedule, self.now))
        for _ in range(self._random.randrange(60)):
            await asyncio.sleep(0)
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking


def _card(answer: Answer) -> Card | None:
    if isinstance(answer, Page):
        return answer.card
    return answer if isinstance(answer, Card) else None
