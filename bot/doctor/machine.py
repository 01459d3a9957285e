"""What a house stands on: room on the disks, a clock that is right, and the zones of the world."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.doctor.finding import Finding, Mark
from storage.files import dated, stamp

LOW = 500 * 1024 * 1024
"""Bytes of disk below which it says so, beside what a backup needs: as much as the database."""
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""
AHEAD = timedelta(minutes=5)
"""So much later than now a file may have been written: disks of other machines differ a little."""
SUMMERS = (("Europe/Berlin", 7), ("America/New_York", 7), ("Australia/Sydney", 1))
"""Zones whose clocks are put forward, and a month of their summer."""


def disks(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Each disk once, with the first folder that is on it."""
    file, seen = config.database.file, set[int]()
    need = LOW + (file.stat().st_size if file.exists() else 0)
    for folder in (file.parent, config.keys.store.parent, config.backup.folder):
        there = next(p for p in (folder, *folder.parents) if p.exists())
        if (disk := there.stat().st_dev) in seen:
            continue
        seen.add(disk)
        free = shutil.disk_usage(there).free
        where = "the disk" if len(seen) == 1 else f"the disk of {folder}"
        said = f"{free // 1024**2} MiB are free on {where}."
        if free < need:
            mend = "Make room: a full disk keeps nothing that people write."
            yield Finding(Mark.BROKEN, said, mend)
        else:
            yield Finding(Mark.FINE, said)


def clock(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    now, mend = (
        datetime.now(UTC),
        "Set the clock, or let the system keep it: timedatectl set-ntp true",
    )
    if now < BUILT:
        said = (
            f"The clock of this machine says {now:%Y-%m-%d}; meetings would come at a wrong time."
        )
        yield Finding(Mark.BROKEN, said, mend)
        return
    later = [(at, file) for file in _written(config) if (at := _when(file)) > now + AHEAD]
    if later:
        at, file = max(later)
        said = (
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, and {file.name} is of {at:%Y-%m-%d %H:%M}."
        )
        yield Finding(Mark.BROKEN, f"{said} One of them is wrong.", mend)
    else:
        yield Finding(Mark.FINE, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def zones(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the hours of the world are known, with their summers."""
    mend = "Install the Python package tzdata into the environment that runs Homegroup."
    try:
        ZoneInfo(config.zone)
        wrong = [name for name, month in SUMMERS if not _has_summer(ZoneInfo(name), month)]
    except (KeyError, ValueError) as missing:
        said = f"The time zones of the world are not here ({missing.args[0]})."
        yield Finding(Mark.BROKEN, f"{said} No hour could be told.", mend)
        return
    if wrong:
        said = f"By the time zones of this machine there is no summer time in {', '.join(wrong)}."
        yield Finding(Mark.BROKEN, said, mend)
    else:
        yield Finding(Mark.FINE, "Time zones are known, with their summer times.")


def _has_summer(zone: ZoneInfo, month: int) -> bool:
    summer, winter = (datetime(2026, m, 15, tzinfo=zone).utcoffset() for m in (month, 8 - month))
    return summer is not None and winter is not None and summer > winter


def _written(config: Config) -> list[Path]:
    """What changes while the server runs, and the copies that carry a moment in their name."""
    file, store = config.database.file, config.keys.store
    beside = [each.with_name(f"{each.name}-wal") for each in (file, store)]
    copies = (*dated(config.backup.folder, "homegroup"), *dated(config.keys.copies, "keys"))
    return [each for each in (file, store, *beside, *copies) if each.exists()]


def _when(file: Path) -> datetime:
    written = datetime.fromtimestamp(os.stat(file).st_mtime, UTC)
    return max(written, stamp(file) or written)
