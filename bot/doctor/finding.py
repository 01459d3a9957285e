"""What the doctor finds: how bad it is, one sentence, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.config import Config


class Mark(Enum):
    FINE = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor saw, in a sentence for the host."""

    mark: Mark
    sentence: str
    mend: str = ""
    """What to do, where there is something to do."""


Part = Callable[[Config, Mapping[str, str]], Iterable[Finding]]
"""Looks at one thing, given the settings and the environment. Makes and changes nothing."""
