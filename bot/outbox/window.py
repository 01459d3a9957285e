"""What was claimed: parcels that wait for their slot, and parcels on their way."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

from bot.core.ports import Clock, Outbox, Parcel
from bot.outbox.desk import Desk
from bot.outbox.line import HELD, Held, Line

log = logging.getLogger(__name__)

WINDOW = 256
"""Deeds claimed at once: as many places may wait for their own slot while another is served.
Telegram lets out 28 a second and a group takes one in five seconds, so 140 would do."""
LOOK = 1.0
"""Seconds after which is looked again though nobody was woken: a wait may have ended."""
MANY = WINDOW // 4
OFTEN, SELDOM = 0.05, 0.2
"""Seconds between two claims while others wait, for so many and for fewer: many rows cost hardly
more than one. What is queued meanwhile does not wait for it, nor what nobody waits before."""
ENDING = 5.0
"""Seconds that attempts under way are given when the process is told to end."""


@dataclass(slots=True)
class Window:
    """It claims beside its work, so that the disk holds up nobody whose turn it is."""

    desk: Desk
    outbox: Outbox
    clock: Clock
    time: Callable[[], float]
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is something to do."""
    asked: bool = True
    """Something was queued that is not looked for yet."""
    waiting: dict[str, Held] = field(default_factory=dict)
    going: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    _oldest: deque[Held] = field(default_factory=deque)
    _claimed: int = 0
    _claiming: asyncio.Task[None] | None = None
    _looked: float = 0.0
    _freed: bool = False

    def fill(self) -> float:
        """Begin to claim, if it is time; returns how long it is not. Raises what went wrong the
        last time. The pause between two claims is for the database, so it is real time."""
        if self._claiming:
            if not self._claiming.done():
                return LOOK
            task, self._claiming = self._claiming, None
            task.result()
        room = WINDOW - len(self.waiting) - len(self.going)
        if room <= 0:
            return LOOK
        rest = 0.0 if self.asked else self._looked + self._pause(room) - monotonic()
        if rest > 0:
            return rest
        self.asked = self._freed = False
        self._looked = monotonic()
        self._claiming = asyncio.create_task(self._claim(room))
        return LOOK

    def start(self) -> float:
        """Send off what may go, the most urgent first; returns how long nothing more can."""
        soonest, now = LOOK, self.time()
        self._put_back_old(now)
        open_lines = [line for line in self.lines.values() if not line.full]
        while firsts := [(held, line) for line in open_lines if (held := line.first(now))]:
            held, line = min(firsts)
            wait = line.wait(held, now)
            if not wait:
                self._go(held, line, self.desk.take(held.parcel, self.clock.now()))
            elif now + wait - held.since > HELD:
                self._put_back(held, line, wait)
            else:
                soonest = min(soonest, wait)
                open_lines.remove(line)
            if line.full:
                open_lines.remove(line)
        return min(soonest, *(line.next(now) for line in self.lines.values()), LOOK)

    async def end(self) -> None:
        """A moment for what is on its way, since half an attempt is an uncertain one."""
        if self._claiming:
            self._claiming.cancel()
            await asyncio.gather(self._claiming, return_exceptions=True)
        if self.going:
            await asyncio.wait(self.going.values(), timeout=ENDING)
        for task in self.going.values():
            task.cancel()
        await asyncio.gather(*self.going.values(), return_exceptions=True)

    def _pause(self, room: int) -> float:
        if not self._freed:
            return LOOK
        if not self.waiting:
            return 0.0
        return OFTEN if room >= MANY else SELDOM

    async def _claim(self, room: int) -> None:
        try:
            for parcel in await self.outbox.claim(self.clock.now(), room):
                if parcel.key not in self.going:  # a clock that was set ends leases too early
                    self._hold(parcel)
        finally:
            self.bell.set()

    def _hold(self, parcel: Parcel) -> None:
        if before := self.waiting.get(parcel.key):
            before.waits = False
        self._claimed += 1
        held = self.waiting[parcel.key] = Held(parcel, self.time(), self._claimed)
        self._oldest.append(held)
        self._line(parcel).add(held)

    def _line(self, parcel: Parcel) -> Line:
        name = parcel.to.platform if parcel.to else ""
        if (line := self.lines.get(name)) is None:
            line = self.lines[name] = Line(self.desk.gates.get(name))
        return line

    def _put_back_old(self, now: float) -> None:
        """Others before them took all the slots: they have no time left for one of their own."""
        while self._oldest:
            held = self._oldest[0]
            if held.waits:
                line = self._line(held.parcel)
                if now - held.since <= HELD or line.full:
                    return
                self._put_back(held, line, 1.0)
            self._oldest.popleft()

    def _put_back(self, held: Held, line: Line, wait: float) -> None:
        at = self.clock.now() + timedelta(seconds=wait)
        self._go(held, line, self.outbox.retry(held.parcel, at, uncertain=False))

    def _go(self, held: Held, line: Line, doing: Coroutine[Any, Any, object]) -> None:
        parcel = self.waiting.pop(held.parcel.key).parcel
        line.goes(held)
        self.going[parcel.key] = asyncio.create_task(self._see_off(parcel, line, doing))

    async def _see_off(
        self, parcel: Parcel, line: Line, doing: Coroutine[Any, Any, object]
    ) -> None:
        try:
            await doing
        except Exception:  # not the door but the database: the row is there, and its lease ends
            log.exception("outbox.row_left")
        finally:
            self.going.pop(parcel.key, None)
            line.is_back(parcel.to)
            self._freed = True
            self.bell.set()
