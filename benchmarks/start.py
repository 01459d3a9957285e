"""How soon the web room is ready and how much memory it has, beside a program that has only its two
libraries: aiohttp and aiosqlite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeAlias
from urllib.request import urlopen

from benchmarks.process import resident
from benchmarks.table import (
    ROOT,
    Figures,
    Promise,
    arguments,
    interleaved,
    middle,
    number,
    show,
)
from run import is_ready

ADDRESS = re.compile(r"http://[\w.:]+")
IDLE = 1.5
"""Seconds until the memory of a process that does nothing is looked at."""
READY, MEMORY = "ready, ms", "memory, MB"
WORK = "CPU to its end, ms"
OURS = (sys.executable, "-m", "bot", "run")
BARE = (sys.executable, "-m", "benchmarks.bare")


Command: TypeAlias = tuple[Sequence[str], Mapping[str, str]]
"""What is typed, and the settings in its environment."""


def ours(folder: Path, command: Sequence[str] = OURS) -> Command:
    """The first start makes keys and a database; later ones find them."""
    return command, {"HOMEGROUP__DATA": str(folder), "HOMEGROUP__WEB__PORT": "0"}


def bare(folder: Path) -> Command:
    return (*BARE, str(folder)), {}


def started(
    command: Sequence[str], settings: Mapping[str, str], compiled: Path, idle: float
) -> Figures:
    """From the command to the first answer; raises RuntimeError when it does not get there.

    `compiled` is where Python keeps what it has compiled, as it does beside an installed program.
    """
    environ = {**os.environ, **settings, "PYTHONPYCACHEPREFIX": str(compiled)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    begun, worked = perf_counter(), _work()
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            with urlopen(f"{_address(process)}/now", timeout=10) as answer:
                answer.read()
            took = perf_counter() - begun
            time.sleep(idle)
            memory = resident(process.pid)
        finally:
            process.terminate()
    return {READY: 1000 * took, WORK: 1000 * (_work() - worked), MEMORY: memory}


def _work() -> float:
    """Seconds of CPU of all processes that were started here and have ended: what else the
    machine does disturbs this less than the time."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _address(process: subprocess.Popen[str]) -> str:
    """What the first line says that names one."""
    for line in process.stdout or ():
        if found := ADDRESS.search(line):
            return found[0]
    raise RuntimeError("it ended without having said where it listens")


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.start", __doc__)
    parser.add_argument("--idle", type=float, default=IDLE)
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as name:
        return compare(Path(name), options.rounds, options.idle, options.seed)


def compare(folder: Path, rounds: int, idle: float, seed: int) -> int:
    again, compiled = folder / "again", folder / "compiled"

    def new(side: Callable[[Path], Command]) -> Figures:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            return started(*side(Path(name)), compiled, idle)

    sides: dict[str, Callable[[int], Figures]] = {
        "ours, first start": lambda _: new(ours),
        "bare": lambda _: new(bare),
    }
    if is_ready("run"):
        later = ours(again, (sys.executable, str(ROOT / "run.py")))
        sides["run.py, later start"] = lambda _: started(*later, compiled, idle)
    for side in sides.values():  # once for what Python compiles, and what a later start finds
        side(0)
    found = interleaved(rounds, sides)
    us, them, *warm = found.values()
    promises = [
        Promise("start, ours to bare", middle(us, READY) / middle(them, READY), 1.5),
        Promise("memory, ours to bare", middle(us, MEMORY) / middle(them, MEMORY), 1.4),
        *(Promise("later start by run.py, s", middle(one, READY) / 1000, 2) for one in warm),
    ]
    notes = [f"CPU, ours to bare: {number(middle(us, WORK) / middle(them, WORK))}", ""]
    notes += [] if warm else ["`python3 run.py version` has to install first: run.py left out.", ""]
    return show("The web room, from the command to its first answer", seed, found, promises, notes)


if __name__ == "__main__":
    raise SystemExit(main())
