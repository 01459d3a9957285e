"""What the door must remember when the process is gone: its starts, and the commands it told."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

DAY = timedelta(days=1)
FREELY, MOST = 20, 400
"""Starts in a day that are not held back, and all that there may be: Discord resets the token of
who makes 1,000, and there may be others with the same one."""
STEP = DAY / (MOST - FREELY)
"""What lies between two starts beyond those: a process that dies at once comes back as often."""


class Notebook:
    """A small file in the data folder, and no word in it about anybody."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._starts, self._commands = self._read()

    def wait(self, now: datetime) -> float:
        """Seconds until another start (IDENTIFY) is right."""
        recent = self._recent(now)
        if len(recent) < FREELY:
            return 0.0
        until = recent[-1] + STEP
        if len(recent) >= MOST:
            until = max(until, recent[-MOST] + DAY)
        return max(0.0, (until - now).total_seconds())

    def start(self, now: datetime) -> None:
        """Counted before it is made, so that dying of it counts as well."""
        self._starts = [*self._recent(now), now]
        self._write()

    def told(self, commands: str) -> bool:
        """Whether these are the commands that Discord has, by their fingerprint."""
        return self._commands == commands

    def tell(self, commands: str) -> None:
        self._commands = commands
        self._write()

    def _recent(self, now: datetime) -> list[datetime]:
        """None lie in the future, unless the clock was set back: then they do not count."""
        return [at for at in self._starts if now - DAY < at <= now]

    def _read(self) -> tuple[list[datetime], str]:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            starts = [datetime.fromtimestamp(at, UTC) for at in kept["starts"]]
            return sorted(starts), str(kept["commands"])
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or somebody wrote into it
            return [], ""

    def _write(self) -> None:
        starts = [at.timestamp() for at in self._starts]
        new = self._file.with_suffix(".new")
        with suppress(OSError):  # a folder that cannot be written to is told elsewhere
            new.write_text(json.dumps({"starts": starts, "commands": self._commands}), "utf-8")
            os.replace(new, self._file)
