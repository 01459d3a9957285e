"""Pairs live a year: every question that they agreed to comes once, and none after an end.

Zones change and people move between them, they pause, end, begin anew, wish, are forgotten; the
process is killed, is gone for hours, and does everything twice. It is the real app, clock and
outbox over a real database, at a time that is made up.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from benchmarks.table import Promise, arguments, show
from benchmarks.year.live import Found, Setting, Year
from bot.cli import collect_seldom
from storage import together

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there for the database: no power fails here, so no disk is needed."""


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.year", __doc__)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=365)
    options = parser.parse_args(given)
    setting = Setting(options.pairs, options.days, options.seed)
    collect_seldom()
    together.APART = 0.0  # of time that is made up there is enough
    begun = process_time()
    with tempfile.TemporaryDirectory(dir=_memory()) as name:
        found = asyncio.run(Year(Path(name), setting).live())
    return _show(setting, found, process_time() - begun)


def _memory() -> Path | None:
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else None


def _show(setting: Setting, found: Found, worked: float) -> int:
    figures = {
        "pairs": setting.pairs,
        "days": setting.days,
        "what they did": found.deeds,
        "starts of the process": found.starts,
        "questions expected": found.expected,
        "questions that came": found.came,
        "CPU per question, asked and sent, µs": 1e6 * found.working / max(found.came, 1),
        "CPU of it all, s": worked,
    }
    promises = [
        Promise("missing", found.missing, 0),
        Promise("doubled", found.doubled, 0),
        Promise("not agreed to", found.not_agreed, 0),
        Promise("after an end", found.after_end, 0),
        Promise("at another time", found.late, 0),
        Promise("expected at all", found.expected, 1, at_least=True),
    ]
    title = f"{setting.pairs:,} pairs live {setting.days} days from {setting.begun:%d %B %Y} on"
    return show(title, setting.seed, {"": [figures]}, promises, found.examples)


if __name__ == "__main__":
    raise SystemExit(main())
