"""A table of what was measured, with what is needed to measure it again, and what it promises."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TypeAlias

ROOT = Path(__file__).parents[1]
ROUNDS = 5
"""Each side is measured as often, in turn, and the median is what counts."""

Figures: TypeAlias = Mapping[str, float]
"""What one side measured in one round, by the name that the table shows."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a figure must be: `limit` at most, or at least."""

    what: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Not by a figure that is none: nothing was measured then."""
        if self.at_least:
            return self.measured >= self.limit
        return self.measured <= self.limit

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        end = "kept" if self.kept else "NOT KEPT"
        return f"{self.what}: {number(self.measured)}, {word} {number(self.limit)}: {end}"


def arguments(module: str, description: str | None) -> argparse.ArgumentParser:
    """The arguments that all of them take."""
    parser = argparse.ArgumentParser(f"python -m {module}", description=description)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser


def interleaved(
    rounds: int, sides: Mapping[str, Callable[[int], Figures]]
) -> dict[str, list[Figures]]:
    """Every side in every round, in turn: whatever else the machine does meets them all. Each
    is told the number of the round; who goes first changes."""
    found: dict[str, list[Figures]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            found[name].append(sides[name](number))
    return found


def middle(found: Sequence[Figures], name: str) -> float:
    return median(figures[name] for figures in found)


def show(
    title: str,
    seed: int,
    found: Mapping[str, Sequence[Figures]],
    promises: Sequence[Promise],
    notes: Sequence[str] = (),
) -> int:
    """Print the table; returns the exit status, which is 1 when a promise was not kept."""
    rounds = max(len(side) for side in found.values())
    spread = f", median of {rounds} (least to most)" if rounds > 1 else ""
    print(f"{title}\n{circumstances(seed)}{spread}\n")
    names = list(dict.fromkeys(name for side in found.values() for one in side for name in one))
    rows = [["", *found]]
    rows += [[name, *(_cell(side, name) for side in found.values())] for name in names]
    print(_laid_out(rows))
    for line in ("", *notes, *map(str, promises), ""):
        print(line)
    return 0 if all(promise.kept for promise in promises) else 1


def circumstances(seed: int) -> str:
    """Which code on which machine, in one line."""
    day = datetime.now(UTC).date().isoformat()
    cores = f"{os.cpu_count()} cores"
    python = f"Python {platform.python_version()}"
    return f"{day}, commit {commit()}, seed {seed}, {cores}, {python}, {platform.machine()}"


def commit(root: Path = ROOT) -> str:
    """With a + where what was measured is not what was committed."""
    try:
        short = _git(root, "rev-parse", "--short", "HEAD")
        return short + ("+" if _git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def number(value: float) -> str:
    """With three digits that count, and all of those before the point."""
    if value != value or abs(value) == float("inf"):
        return "none"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def _cell(side: Sequence[Figures], name: str) -> str:
    values = [figures[name] for figures in side if name in figures]
    if not values:
        return ""
    least, most = min(values), max(values)
    if least == most:
        return number(least)
    return f"{number(median(values))} ({number(least)} to {number(most)})"


def _laid_out(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def _git(root: Path, *command: str) -> str:
    asked = ("git", "-C", str(root), *command)
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
