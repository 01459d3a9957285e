"""The folder in which a demo keeps everything, which goes with it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.locks import Lock, is_held

NAME = "homegroup-demo-"
MARK = "made-by-the-demo"
"""A file that says so: nothing without it is ever deleted."""
LOCK = "homegroup.lock"
"""Held by the demo that lives there."""


@contextmanager
def made() -> Iterator[Path]:
    """A new one, of this user alone; gone at the end. Those that others left behind go first."""
    for left in Path(tempfile.gettempdir()).glob(f"{NAME}*"):
        _clear(left)
    folder = Path(tempfile.mkdtemp(prefix=NAME))
    lock = Lock(folder / LOCK)
    try:
        lock.take()
        (folder / MARK).touch()
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _clear(left: Path) -> None:
    """What a demo left that was killed: it bears our mark, and nobody holds its lock."""
    try:
        if left.is_symlink() or not (left / MARK).is_file() or is_held(left / LOCK):
            return
    except OSError:  # another user's
        return
    shutil.rmtree(left, ignore_errors=True)
