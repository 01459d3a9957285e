"""`python -m benchmarks.kills --count N --seed S`: what was lost and what came twice."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.kills.broken import WAYS
from benchmarks.kills.ledgers import KINDS, Findings, Tally, broken_promises, compare
from benchmarks.kills.people import MUSTS
from benchmarks.kills.points import POINTS, RANDOM
from benchmarks.kills.supervise import Fell, Run, kill
from benchmarks.table import circumstances

HOW = {
    "room": "to a room",
    "person": "to a person",
    "planned": "planned",
    "hourly": "every hour",
    "panel": "standing cards",
}
CLASSES = {"arrive": "must arrive", "once": "must not repeat"}


async def main(count: int, seed: int, broken: str) -> int:
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        try:
            run = await kill(Path(folder), count, seed, broken=broken)
        except Fell as fell:
            print(fell, *_tail(Path(folder)), sep="\n")
            return 1
        found = await compare(run)
        wrong = broken_promises(found, run)
        print(f"Kills of a community's process\n{circumstances(seed)}\n")
        print("\n".join([*_deaths(run), "", *_table(found), "", *_notes(found, run), ""]))
        print("\n".join([f"NOT KEPT: {one}" for one in wrong] or ["kept"]))
        print(*_tail(Path(folder)), sep="\n", end="")
        return 1 if wrong else 0


def _deaths(run: Run) -> Iterator[str]:
    total = sum(run.kills.values())
    yield f"{total:,} kills in {run.seconds:,.0f} s, {run.jumps} restarts after 10 minutes"
    yield ", ".join(f"{run.kills[point]} {point}" for point in (RANDOM, *POINTS))


def _table(found: Findings) -> Iterator[str]:
    yield _row("", "promised", "came", "lost", "doubled", "unknown")
    yield _counted("updates performed", found.updates)
    yield _counted("planned calls performed", found.planned)
    yield _counted("changes of check-ins", found.checkins)
    for door, knows in KINDS.items():
        for must in MUSTS:
            yield f"{knows}, {CLASSES[must]}"
            for how, named in HOW.items():
                if (door, must, how) in found.deeds:
                    yield _counted(f"  {named}", found.deeds[door, must, how])


def _notes(found: Findings, run: Run) -> Iterator[str]:
    yield f"replies: {found.unanswered:,} not delivered, {found.answered_twice:,} twice (allowed)"
    yield f"repeats: {found.known:,} known by their key, {found.found:,} found by a look"
    yield f"planned calls: at most {found.latest / 60:.0f} minutes late by the houses' clock"
    yield f"messages out of order: {found.disordered}"
    yield f"logged: {', '.join(f'{n} {code}' for code, n in run.events.items()) or 'nothing'}"
    yield f"warnings and errors logged: {len(run.complaints)} lines"


def _counted(name: str, tally: Tally) -> str:
    numbers = (tally.promised, tally.came, tally.lost, tally.doubled, tally.unknown)
    return _row(name, *(f"{number:,}" for number in numbers))


def _row(name: str, *cells: str) -> str:
    return name.ljust(42) + "".join(cell.rjust(10) for cell in cells)


def _tail(folder: Path) -> list[str]:
    return (folder / "complaints").read_text().splitlines()[-40:]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", choices=sorted(WAYS), default="", help="with this fault in it")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    sys.exit(asyncio.run(main(given.count, given.seed, given.broken)))
