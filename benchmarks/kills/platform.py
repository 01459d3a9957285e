"""The platform: a process of its own, with people at it, that writes down what it saw."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from typing import TextIO

from benchmarks.kills.people import DOORS, Script, Update
from benchmarks.kills.wire import Lines, Verbs, serve

KNOWN = 120.0
"""Seconds for which a key is known again."""
LOOKED_THROUGH = 50
"""Messages of a place in which is looked for a key."""
BATCH = 20
"""Updates that wait to be handed over; people who see nobody answer type no more."""
AT_ONCE = 100
"""Updates and deeds that people wait for; after `PATIENCE` seconds they do not."""
PATIENCE = 5.0
SLOW = 0.006
"""Seconds at most before a message is shown, and again before whoever sent it is told."""
BUSY = 0.01
"""How often it asks to wait instead."""
TICK = 0.005
LONG_POLL = 0.1


@dataclass(frozen=True)
class Shown:
    place: str
    key: str
    """Empty for a reply."""
    text: str
    receipt: str
    panel: str = ""
    """The name of the standing card that it is."""
    at: float = 0.0


@dataclass
class Side:
    """One door, as the platform knows it."""

    script: Script
    knows: bool
    updates: list[Update] = field(default_factory=list)
    confirmed: int = 0
    """The number of the last update that whoever asks for them says it has."""
    shown: list[Shown] = field(default_factory=list)
    places: dict[str, deque[Shown]] = field(default_factory=dict)
    edits: list[tuple[str, str]] = field(default_factory=list)
    """Receipts, and what was then written there."""
    keys: dict[str, tuple[str, float]] = field(default_factory=dict)
    replies: dict[int, int] = field(default_factory=dict)
    """How often each update was answered."""
    known: int = 0
    """How often a key was known again, and nothing shown."""
    found: int = 0
    """How often a message was found by its key when nobody knew the key any more."""
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)
        self.places.setdefault(shown.place, deque(maxlen=LOOKED_THROUGH)).append(shown)


class Platform:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed} platform")
        self._sides = {door: Side(Script(door, seed), door == "keyed") for door in DOORS}
        self._offset = 0.0
        self._quiet = False
        self.lines: Lines = set()
        self._awaited: dict[str, float] = {}

    @property
    def verbs(self) -> Verbs:
        ours = (self.poll, self.confirm, self.do, self.find, self.reply)
        theirs = (self.jump, self.quiet, self.left, self.write_down)
        return {verb.__name__: verb for verb in (*ours, *theirs)}

    async def live(self) -> None:
        """People do things, as long as they see that somebody is there."""
        while not self._quiet:
            now = time.time()
            self._awaited = {k: at for k, at in self._awaited.items() if now - at < PATIENCE}
            for side in self._sides.values():
                waiting = len(side.updates) - side.confirmed
                if waiting < BATCH and len(self._awaited) < AT_ONCE:
                    self._act(side, now)
            await asyncio.sleep(TICK)

    async def poll(self, door: str) -> list[list[object]]:
        """What was not confirmed, again and again."""
        side = self._sides[door]
        if len(side.updates) == side.confirmed:
            side.more.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LONG_POLL):
                    await side.more.wait()
        waiting = side.updates[side.confirmed : side.confirmed + BATCH]
        return [[u.number, u.account, u.chat, u.text, u.pressed] for u in waiting]

    async def confirm(self, door: str, number: int) -> None:
        side = self._sides[door]
        side.confirmed = max(side.confirmed, number)

    async def do(
        self, door: str, key: str, place: str, text: str, buttons: list[str], panel: str, at: str
    ) -> dict[str, object]:
        """`at` is the receipt of the message that is written over, or empty."""
        await asyncio.sleep(self._chance.uniform(0, SLOW))
        if self._chance.random() < BUSY:
            return {"later": 0.05}
        side, now = self._sides[door], time.time() + self._offset
        known = side.keys.get(key) if side.knows else None
        if known and now - known[1] <= KNOWN:
            receipt = known[0]
            side.known += 1
        else:
            receipt = at or f"{door} {len(side.shown)}"
            side.keys[key] = receipt, now
            if at:
                side.edits.append((at, text))
            else:
                side.show(Shown(place, key, text, receipt, panel, now))
            if buttons and not place.startswith("own "):
                side.script.moods[place] = buttons
        self._awaited.pop(text, None)
        await asyncio.sleep(self._chance.uniform(0, SLOW))
        return {"receipt": receipt}

    async def find(self, door: str, key: str, place: str) -> str | None:
        side = self._sides[door]
        there = [shown for shown in side.places.get(place, ()) if shown.key == key]
        side.found += bool(there)
        return there[0].receipt if there else None

    async def reply(
        self, door: str, number: int, account: str, text: str, buttons: list[str]
    ) -> None:
        side = self._sides[door]
        side.replies[number] = side.replies.get(number, 0) + 1
        side.show(Shown(f"own {account}", "", text, ""))
        side.script.sees(account, number, buttons)
        self._awaited.pop(f"{door}:{number}", None)

    async def jump(self, offset: float) -> None:
        """When nobody else is there: minutes do not pass while a request is on its way."""
        while len(self.lines) > 1:  # noqa: ASYNC110  # a hundred times, for some milliseconds
            await asyncio.sleep(TICK)
        self._offset = offset

    async def quiet(self) -> None:
        self._quiet = True

    async def left(self) -> int:
        return sum(len(side.updates) - side.confirmed for side in self._sides.values())

    async def write_down(self, path: str) -> None:
        ledger = {door: _ledger(side) for door, side in self._sides.items()}
        await asyncio.to_thread(Path(path).write_text, json.dumps(ledger))

    def _act(self, side: Side, now: float) -> None:
        update = side.script.next(now + self._offset)
        if update is None:
            return
        side.updates.append(update)
        side.more.set()
        self._awaited[update.ref] = now
        soon = (deed for deed in update.deeds if deed.how in ("room", "person"))
        self._awaited |= {deed.mark: now for deed in soon}


def _ledger(side: Side) -> dict[str, object]:
    return {
        "updates": [asdict(update) for update in side.updates],
        "confirmed": side.confirmed,
        "shown": [asdict(shown) for shown in side.shown],
        "edits": side.edits,
        "replies": side.replies,
        "known": side.known,
        "found": side.found,
    }


async def main(socket: str, seed: str) -> None:
    platform = Platform(int(seed))
    async with await serve(Path(socket), platform.verbs, platform.lines) as server:
        print("open", flush=True)
        await asyncio.gather(server.serve_forever(), platform.live())


def _end_with(pipe: TextIO) -> None:
    """When nobody holds its other end any more."""
    pipe.read()
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it has nothing to tidy up
    Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    asyncio.run(main(*sys.argv[1:]))
