"""Who listens to which room: each happening is read once, and given to all who may see it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.core.model import Account, Place
from bot.platforms.web.ports import Feed, Happening, Web

log = logging.getLogger(__name__)

BATCH = 200
WAITING = 1000
"""Happenings that may wait for one listener; who is slower comes back and reads them again."""


@dataclass(slots=True)
class Told:
    """A happening, and how it was rendered: once for each way of reading."""

    happening: Happening
    rendered: dict[object, bytes] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Listener:
    """One open page. It waits on `bell`; when `ended` it is told nothing more, and its browser
    comes back to see whether it still may."""

    session: str
    account: Account
    group: str
    """The ref of the group whose room it shows; "" for none."""
    there: Callable[[], bool]
    """Whether somebody still listens: a page that was closed says nothing by itself."""
    joined: int = 0
    """The number of the last happening before it came; later ones it is told here."""
    waiting: deque[Told] = field(default_factory=deque)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def end(self) -> None:
        self.ended = True
        self.bell.set()

    def tell(self, told: Told) -> None:
        if told.happening.seq <= self.joined or self.ended:
            return
        if len(self.waiting) >= WAITING:
            return self.end()
        self.waiting.append(told)
        self.bell.set()


class Streams:
    """One reader for all listeners, so that they all see the same order with nothing left out."""

    def __init__(self, feed: Feed, web: Web) -> None:
        self._feed, self._web = feed, web
        self._places: defaultdict[str, set[Listener]] = defaultdict(set)
        self._top = 0
        self._rung = False
        self._reading: asyncio.Task[None] | None = None

    async def join(
        self, listener: Listener, room: Place, own: Place, after: int
    ) -> Sequence[Happening]:
        """What it has missed since that number; from then on it is told. Numbers that we have
        not given out yet are from before a backup was put back: then all is shown again."""
        last = await self._feed.last()
        if not self._places:
            self._top = max(self._top, last)
        listener.joined = self._top
        for place in (room, own):
            self._places[self._feed.mark(place)].add(listener)
        after = after if after <= last else 0
        return await self._feed.between(room, own, after, listener.joined)

    def leave(self, listener: Listener) -> None:
        for mark in [m for m, there in self._places.items() if listener in there]:
            self._places[mark].discard(listener)
            if not self._places[mark]:
                del self._places[mark]

    def count(self, session: str) -> int:
        """How many pages of this session are open."""
        mine = [one for one in self._all() if one.session == session]
        for gone in (one for one in mine if not one.there()):
            gone.end()
        return sum(not one.ended for one in mine)

    def ring(self) -> None:
        """Something was kept: it is read now, together with all that is kept meanwhile."""
        self._rung = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())

    def end(self, sessions: Iterable[str]) -> None:
        """These sessions are over."""
        over = frozenset(sessions)
        for listener in self._all():
            if listener.session in over:
                listener.end()

    def confine(self, account: Account, groups: Iterable[str]) -> None:
        """This account may see the rooms of these groups, and no other."""
        open_to = frozenset(groups)
        for listener in self._all():
            if listener.account == account and listener.group and listener.group not in open_to:
                listener.end()

    async def stop(self) -> None:
        """Everybody goes; their browsers will look for us again."""
        for listener in self._all():
            listener.end()
        if self._reading:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _read(self) -> None:
        try:
            while self._rung:
                self._rung = False
                while batch := await self._feed.since(self._top, BATCH):
                    await self._tell(batch)
                    self._top = max(self._top, batch[-1].seq)
        except Exception:
            log.exception("web.stream_failed")
            for listener in self._all():  # they come back, and miss nothing
                listener.end()

    async def _tell(self, batch: Sequence[Happening]) -> None:
        """Only those who may see it at this moment: who has left since they came is sent away."""
        heard = {h.place for h in batch if h.place in self._places}
        admitted = {mark: await self._admitted(mark) for mark in heard}
        for happening in batch:
            told, mark = Told(happening), happening.place
            for listener in self._places.get(mark, ()):
                if listener.session in admitted.get(mark, ()):
                    listener.tell(told)
                else:
                    listener.end()

    async def _admitted(self, mark: str) -> frozenset[str]:
        """The sessions that may see this place. All who listen to one are of one group or are
        one account, so any of them tells which it is."""
        one = next(iter(self._places.get(mark, ())), None)
        if one is None:
            return frozenset()
        if mark == self._feed.mark(Place(one.account.platform, one.account.id, private=True)):
            return await self._web.sessions(one.account)
        return await self._web.present(one.group)

    def _all(self) -> list[Listener]:
        return list({listener for there in self._places.values() for listener in there})
