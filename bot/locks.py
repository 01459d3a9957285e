"""One process at a time: locks on files, which end with the process that holds them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

AGAIN = 0.05


class Held(Exception):
    """Another process has it."""


class Lock:
    """The first file says that somebody is here. Each further one is locked as well as soon as
    its folder is there; the folder may be on a disk that comes later."""

    def __init__(self, first: Path, *more: Path) -> None:
        self.files = (first, *more)
        self._taken: dict[Path, int] = {}

    @property
    def held(self) -> bool:
        return self.files[0] in self._taken

    def take(self, patience: float = 0.0) -> None:
        """Nothing where it is held already. Raises Held when another process has it for so many
        seconds more, and OSError when no file can be made there.

        The files stay: a removal would let two processes hold two files of one name.
        """
        until = time.monotonic() + patience
        self.files[0].parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (path for path in self.files if path.parent.is_dir()):
            while path not in self._taken:
                try:
                    self._take(path)
                except Held:
                    if time.monotonic() >= until:
                        raise
                    time.sleep(AGAIN)

    def release(self) -> None:
        while self._taken:
            os.close(self._taken.popitem()[1])

    def _take(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except BaseException:
            os.close(handle)
            raise
        self._taken[path] = handle


def is_held(path: Path) -> bool:
    """Whether a process has this file. Makes nothing. Raises OSError when it cannot be told."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _lock(handle)
    except Held:
        return True
    finally:
        os.close(handle)
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise Held from None

else:
    import fcntl

    def _lock(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
