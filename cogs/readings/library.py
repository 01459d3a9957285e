"""The packs that there are: ours, and those that the host has added."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from bot.config import ConfigError
from bot.config.source import read
from cogs.readings.packs import Pack, Reading, look

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
    """Files are read when the first reading is asked for. One that is wrong is left out: the
    log says so, and `homegroup doctor` says why."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files = (*sorted(FOLDER.glob("*/*.toml")), *files)

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

    @cached_property
    def _packs(self) -> Mapping[str, Mapping[str, Pack]]:
        """By their tracks, and in each by their languages."""
        found: dict[str, dict[str, Pack]] = {FIRST: {}}
        for pack in self._read():
            found.setdefault(pack.ident, {}).setdefault(pack.language, pack)
        return found

    def _read(self) -> Iterator[Pack]:
        for file in self._files:
            if pack := checked(file)[0]:
                yield pack
            else:
                log.error("readings.pack_left_out")


def checked(file: Path) -> tuple[Pack | None, list[str]]:
    """The pack in a file, where it can be used, and a sentence for each fault in the file."""
    try:
        found = look(read(file))
    except ConfigError as wrong:
        return None, [str(wrong)]
    said = [
        f"{f'{file}, line {fault.line}' if fault.line else file}: {fault.sentence}"
        for fault in found.faults
    ]
    return found.pack, said


def _in(spoken: Mapping[str, Pack], locale: str) -> Pack:
    return spoken.get(locale) or spoken.get("en") or next(iter(spoken.values()))
