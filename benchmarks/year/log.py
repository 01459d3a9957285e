"""What people did, as it is told afterwards: from this alone it follows who had to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum, auto
from typing import Any, TypeAlias

Terms: TypeAlias = tuple[frozenset[int], str]
"""The days of the week, and the hour."""


class Phase(IntEnum):
    """Of one instant, in order."""

    BEFORE = auto()
    ASKED = auto()
    """What is due is asked: the question is on its way."""
    BETWEEN = auto()
    BROUGHT = auto()


class What(StrEnum):
    AGREE = auto()
    """`value` is what each of both agrees to."""
    END = auto()
    FORGET = auto()
    """Somebody else is in their place from then on: a `Someone`."""
    REST = auto()
    """Until `value`."""
    RESUME = auto()
    SETTLE = auto()
    """`value` are terms, of which what is more waits for the other's yes."""
    GRANT = auto()
    """The other's wish."""
    REFUSE = auto()
    TAKE_BACK = auto()
    ZONE = auto()
    QUIET = auto()
    """`value` is from when until when."""
    ALLOW = auto()
    WITHDRAW = auto()


@dataclass(frozen=True, slots=True)
class Someone:
    """Where they live, and when they sleep."""

    zone: str
    quiet: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Deed:
    """Done by one of two (0 or 1)."""

    at: datetime
    phase: Phase
    who: int
    what: What
    value: Any = None


@dataclass(frozen=True, slots=True)
class Question:
    """Of two people's nth agreement, to one of them, for a day of theirs."""

    agreement: int
    who: int
    day: date
    at: datetime
    """When it was brought."""


@dataclass(slots=True)
class Log:
    """What happened to two people."""

    people: tuple[Someone, Someone]
    deeds: list[Deed] = field(default_factory=list)
