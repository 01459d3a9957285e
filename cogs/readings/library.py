"""The packs that there are: ours, and those that the host has added."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.config import ConfigError
from bot.config.source import read
from cogs.readings.packs import Fault, Pack, Reading, look

FOLDER = Path(__file__).parents[1] / "data" / "readings"
FIRST = "first"
"""The pack of whoever has chosen none."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A reading, in the pack that it is from, on a day."""

    pack: Pack
    reading: Reading
    day: date


class Library:
    """`files` are the host's, read with ours when the first reading is asked for."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files = tuple(files)

    def names(self, locale: str) -> Mapping[str, str]:
        """What there is to choose from: what each track is called, ours first."""
        return {ident: _in(spoken, locale).name for ident, spoken in self._packs.items()}

    def reading(self, track: str, locale: str, day: date) -> Read | None:
        """What is read that day, in that language where the track has it; of a track that is
        not there, or not any more, our own."""
        spoken = self._packs.get(track) or self._packs[FIRST]
        pack = _in(spoken, locale)
        reading = pack.on(day)
        return Read(pack, reading, day) if reading else None

    @property
    def _packs(self) -> Mapping[str, Mapping[str, Pack]]:
        return packs(self._files)


@lru_cache(8)
def packs(files: tuple[Path, ...]) -> Mapping[str, Mapping[str, Pack]]:
    """Ours and those in the files, by their tracks, and in each by their languages; read once.

    A year of readings takes a third of a second: a server has a thread do it at its start. A
    file that is wrong is left out: the log says so, and `homegroup doctor` says why.
    """
    found: dict[str, dict[str, Pack]] = {FIRST: {}}
    for file in (*sorted(FOLDER.glob("*/*.toml")), *files):
        if pack := checked(file)[0]:
            found.setdefault(pack.ident, {}).setdefault(pack.language, pack)
        else:
            log.error("readings.pack_left_out")
    return found


def checked(file: Path) -> tuple[Pack | None, list[str]]:
    """The pack in a file, where it can be used, and a sentence for each fault in the file."""
    try:
        found = look(read(file))
    except ConfigError as wrong:
        return None, [str(wrong)]
    return found.pack, [_said(file, fault) for fault in found.faults]


def _said(file: Path, fault: Fault) -> str:
    """On one line, whatever stands in the file."""
    where = f"{file}, line {fault.line}" if fault.line else str(file)
    return str(ConfigError(f"{where}: {fault.sentence}"))


def _in(spoken: Mapping[str, Pack], locale: str) -> Pack:
    return spoken.get(locale) or spoken.get("en") or next(iter(spoken.values()))
