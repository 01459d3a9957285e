"""A disk in memory under SQLite, that knows what was flushed and what a power cut would take."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

import apsw

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""
POWERSAFE = 0x1000
"""SQLITE_IOCAP_POWERSAFE_OVERWRITE, which SQLite's own disk under Unix claims too."""

Files: TypeAlias = Mapping[str, bytes]
numbers = itertools.count()


class Ask(Enum):
    """What SQLite asks of a disk that changes something."""

    WRITE = "write"
    CUT = "cut"
    FLUSH = "flush"


@dataclass(frozen=True, slots=True)
class Step:
    file: str
    ask: Ask
    at: int = 0
    """Where it is written; what the file is cut to."""
    data: bytes = b""


class Disk(apsw.VFS):
    """Files by name. `steps` is all that was asked since the last `begin`."""

    def __init__(self, files: Files | None = None) -> None:
        self.name = f"disk-{next(numbers)}"
        self.files = {name: bytearray(data) for name, data in (files or {}).items()}
        self.steps: list[Step] = []
        self.full_at: int | None = None
        """The number of the step from which on nothing more can be written."""
        super().__init__(self.name, "")

    def begin(self) -> Files:
        """Everything is flushed and watched from now on; returns what is there."""
        self.steps.clear()
        return {name: bytes(data) for name, data in self.files.items()}

    def ask(self, step: Step) -> None:
        full = self.full_at is not None and len(self.steps) >= self.full_at
        self.steps.append(step)
        if full and step.ask is Ask.WRITE:
            raise apsw.FullError("the disk is full")
        apply(self.files, step)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        path = path or f"unnamed-{next(numbers)}"
        self.files.setdefault(path, bytearray())
        return File(self, path)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xFullPathname(self, name: str) -> str:
        return name


class File(apsw.VFSFile):
    """One of its files, opened by the only connection there is."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk, self.name = disk, name

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.disk.files[self.name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.ask(Step(self.name, Ask.WRITE, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self.disk.ask(Step(self.name, Ask.CUT, newsize))

    def xSync(self, flags: int) -> None:
        self.disk.ask(Step(self.name, Ask.FLUSH))

    def xFileSize(self) -> int:
        return len(self.disk.files[self.name])

    def xClose(self) -> None: ...

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return POWERSAFE


def apply(files: dict[str, bytearray], step: Step) -> None:
    data = files.setdefault(step.file, bytearray())
    if step.ask is Ask.WRITE:
        if len(data) < step.at:
            data.extend(bytes(step.at - len(data)))
        data[step.at : step.at + len(step.data)] = step.data
    elif step.ask is Ask.CUT:
        del data[step.at :]


def after_cuts(
    before: Files, steps: Sequence[Step], chance: random.Random
) -> Iterator[tuple[int, str, Files]]:
    """What a disk holds when the power fails during each step: the step's number, how bad it
    was, and the files.

    What was flushed is there. Of the rest nothing survives (`lost`), or what came first and a
    part of one more (`torn`), or any parts at all (`mixed`).
    """
    flushed = {name: bytearray(data) for name, data in before.items()}
    loose: list[Step] = []
    for number, step in enumerate(steps):
        if step.ask is not Ask.FLUSH:
            loose.append(step)
        yield number, "lost", _surviving(flushed, [])
        if loose:
            whole = chance.randrange(len(loose))
            torn = [*loose[:whole], *_parts(loose[whole], chance, from_start=True)]
            yield number, "torn", _surviving(flushed, torn)
            mixed = [part for one in loose for part in _parts(one, chance, from_start=False)]
            yield number, "mixed", _surviving(flushed, mixed)
        if step.ask is Ask.FLUSH:
            for one in loose:
                if one.file == step.file:
                    apply(flushed, one)
            loose = [one for one in loose if one.file != step.file]


def _parts(step: Step, chance: random.Random, *, from_start: bool) -> list[Step]:
    """Sectors of it: the first ones, or any; half of the steps survive whole or not at all."""
    if step.ask is Ask.CUT or (not from_start and chance.random() < 0.5):
        return [step] if chance.random() < 0.5 else []
    sectors = [
        replace(step, at=step.at + at, data=step.data[at : at + SECTOR])
        for at in range(0, len(step.data), SECTOR)
    ]
    if from_start:
        return sectors[: chance.randrange(len(sectors) + 1)]
    return [sector for sector in sectors if chance.random() < 0.5]


def _surviving(flushed: Mapping[str, bytearray], steps: Sequence[Step]) -> Files:
    if not steps:
        return {name: bytes(data) for name, data in flushed.items()}
    files = {name: bytearray(data) for name, data in flushed.items()}
    for step in steps:
        apply(files, step)
    return {name: bytes(data) for name, data in files.items()}
