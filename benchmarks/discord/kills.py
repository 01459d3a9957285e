"""`python -m benchmarks.discord.kills --count N --seed S`: kills of the process at this door."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.discord.lives import settings
from benchmarks.table import ROOT, circumstances
from bot.cellar import opened, socket_of
from bot.control import ask
from bot.core.model import Account, Person, Place
from storage import utcnow
from storage.roles import FOUNDER
from tests.room import HOME, PURPOSES

EACH = 6
"""Presses in one life; each queues a message that the channel is told."""
JUMP = 600.0
"""Seconds by which the clocks go on before every tenth life: nonces are forgotten by then."""
ANA = Person("ref-Ana_____", "Ana", consents=PURPOSES)
NAMED = re.compile(r"Round (\d+) \(it was")


@dataclass
class Ledgers:
    """Ours, theirs, and what the script did."""

    rows: Mapping[str, str]
    """The state of each outbox row, by its key."""
    posted: Counter[int]
    answered: set[str]
    pressed: dict[int, str]
    """The interaction of each press, by the number in the name it settled."""
    kills: int = 0
    jumps: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def kept(self) -> dict[int, str]:
        """The state of the row of each press that was kept."""
        keys = {n: f"discord:{it}/groups.set_name/0" for n, it in self.pressed.items()}
        return {n: self.rows[key] for n, key in keys.items() if key in self.rows}

    @property
    def lost(self) -> list[int]:
        return [n for n in self.kept if not self.posted[n]]

    @property
    def doubled(self) -> list[int]:
        return [n for n in self.pressed if self.posted[n] > 1]

    @property
    def from_nothing(self) -> list[int]:
        return [n for n in self.pressed if self.posted[n] and n not in self.kept]

    @property
    def silent(self) -> int:
        """Replies that were not delivered though what they tell was kept."""
        return sum(self.pressed[n] not in self.answered for n in self.kept)


class Script:
    """What the fake is told."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def tell(self, verb: str, **given: Any) -> Any:
        asked = Request(f"{self.address}/_script/{verb}", json.dumps(given).encode(), method="POST")
        with urlopen(asked, timeout=90) as answer:
            return json.loads(answer.read())


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str], *lines: str) -> str:
    assert process.stdin
    assert process.stdout
    for line in lines:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


async def move_in(data: Path, address: str, ana: str, channel: str) -> None:
    """A group with one person in it, who may settle what it is called."""
    now = utcnow()
    async with opened(settings(str(data), address), {}, utcnow) as storage:
        await storage.units.commit(
            (
                *storage.groups.found(HOME, Place("discord", channel), now),
                *storage.people.join(Account("discord", ana), ANA),
                *storage.groups.enter(HOME, ANA, now),
                storage.roles.give(HOME.ref, ANA.ref, FOUNDER, now, now.replace(year=2099)),
            )
        )


def kill(folder: Path, count: int, seed: int, jump: int = 10) -> Ledgers:
    """Every so many lives the clocks have gone on before (`jump`)."""
    rng, data, began = random.Random(seed), folder / "data", time.monotonic()
    with (
        running("tests.fakes.discord") as fake,
        running("benchmarks.discord.lives") as lives,
    ):
        script = Script(int(said(fake)))
        ana = script.tell("person", name="Ana")
        asyncio.run(move_in(data, script.address, ana["id"], ana["channel"]))
        pressed: dict[int, str] = {}
        offset, jumps = 0.0, 0
        for number in range(count):
            if number % jump == jump - 1:
                offset, jumps = offset + JUMP, jumps + 1
                script.tell("advance", seconds=JUMP)
            child = _begin(lives, data, script, offset)
            for _ in range(EACH):
                pressed[len(pressed)] = _press(script, len(pressed))
                time.sleep(rng.uniform(0, 0.03))
            time.sleep(rng.uniform(0, 0.15))
            os.kill(child, signal.SIGKILL)
        child = _begin(lives, data, script, offset)
        _until_done(data, script)
        told = script.tell("ledger")
        os.kill(child, signal.SIGTERM)
    found = Counter(int(n) for words in told["posted"] for n in NAMED.findall(words))
    rows = asyncio.run(_rows(data, script.address))
    took = time.monotonic() - began
    return Ledgers(
        rows, found, {*told["answered"]}, pressed, count, jumps, took, list(told["wrong"])
    )


def _begin(lives: subprocess.Popen[str], data: Path, script: Script, offset: float) -> int:
    """A life that is connected. Its starts are not counted: so many in a day are not right."""
    book = data / "discord.json"
    if book.exists():
        book.write_text(json.dumps({**json.loads(book.read_text()), "starts": []}))
    orders = {"data": str(data), "address": script.address, "offset": offset}
    child = int(said(lives, json.dumps(orders)))
    script.tell("connected")
    return child


def _press(script: Script, number: int) -> str:
    custom_id = f"groups.set_name:{HOME.ref}:Round {number}"
    return str(script.tell("press", name="Ana", custom_id=custom_id)["id"])


def _until_done(data: Path, script: Script) -> None:
    socket = socket_of(settings(str(data), script.address))
    for _ in range(600):
        time.sleep(0.1)
        told = ask(socket, "status", {}, lambda done, all: None, 30)
        if told["open"] and not told["waiting"]:
            return
    raise SystemExit("there is still something waiting after a minute")


async def _rows(data: Path, address: str) -> dict[str, str]:
    for _ in range(100):
        try:
            async with opened(settings(str(data), address), {}, utcnow, create=False) as storage:
                rows = await storage.db.read("SELECT key, state FROM outbox")
                return {row["key"]: row["state"] for row in rows}
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the database stays closed")


def main() -> int:
    parser = argparse.ArgumentParser("python -m benchmarks.discord.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        found = kill(Path(folder), given.count, given.seed)
    states = Counter(found.kept.values())
    print(f"Kills through the Discord door\n{circumstances(given.seed)}\n")
    print(f"{found.kills} kills in {found.seconds:.0f} s, {found.jumps} after 10 minutes")
    print(f"presses {len(found.pressed)}, kept {len(found.kept)}, by state {dict(states)}")
    print(f"posted {sum(found.posted.values())}, lost {len(found.lost)}, ", end="")
    print(f"doubled {len(found.doubled)}, from nothing {len(found.from_nothing)}")
    print(f"replies not delivered though kept: {found.silent}")
    print(f"requests that do not fit the description: {len(found.wrong)}")
    whole = not (found.lost or found.doubled or found.from_nothing)
    print("kept" if whole else "NOT KEPT")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
