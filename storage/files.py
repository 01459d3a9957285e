"""Files that must be on the disk: flushed, and named by the moment they were made."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"


def stamped(prefix: str, now: datetime) -> str:
    """`prefix-20261122T070000Z.db`, by UTC."""
    return f"{prefix}-{now.astimezone(UTC):{STAMP}}.db"


def stamp(path: Path) -> datetime | None:
    """When the file was made, by its name."""
    found = re.fullmatch(r"\w+-(\d{8}T\d{6}Z)\.db", path.name)
    try:
        return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def dated(folder: Path, prefix: str) -> list[Path]:
    """The files of this prefix that carry a moment in their name, oldest first."""
    return sorted(file for file in folder.glob(f"{prefix}-*.db") if stamp(file))


def flush_file(path: Path) -> None:
    _flush(path, os.O_RDWR)


def flush_folder(folder: Path) -> None:
    """Put the names in a folder on the disk; Windows does so by itself."""
    if os.name == "posix":
        _flush(folder, os.O_RDONLY)


def _flush(path: Path, mode: int) -> None:
    descriptor = os.open(path, mode)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
