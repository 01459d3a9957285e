"""What a layout is made of: paths and letters on a sheet, in units that are pixels at 360 wide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from unicodedata import east_asian_width


class Ink(StrEnum):
    """What a shape is painted with; also its class in a browser. In this order, from below."""

    RULE = "rule"
    BLANK = "blank"
    HANDLE = "handle"
    BODY = "body"
    FILL = "fill"
    BOX = "box"
    TODAY = "today"


Point: TypeAlias = tuple[float, float]
Bend: TypeAlias = tuple[float, float, float, float, float, float]
"""Two control points and where it ends, as in SVG's C."""
Step: TypeAlias = Point | Bend


@dataclass(frozen=True, slots=True)
class Path:
    """A line, and what it is drawn with."""

    ink: Ink
    start: Point
    steps: tuple[Step, ...]
    closed: bool = True

    def moved(self, x: float, y: float, scale: float = 1) -> Path:
        """Scaled about its origin, then moved."""
        start = (x + self.start[0] * scale, y + self.start[1] * scale)
        return Path(self.ink, start, tuple(_moved(s, x, y, scale) for s in self.steps), self.closed)

    def points(self, fine: int = 8) -> Iterator[Point]:
        """Its corners, with every bend cut into that many straight pieces."""
        at = self.start
        yield at
        for step in self.steps:
            if len(step) == 2:
                at = step
                yield at
                continue
            for piece in range(1, fine + 1):
                yield _along(at, step, piece / fine)
            at = step[4], step[5]


class Anchor(StrEnum):
    """Which end of some letters stands at x; also their class in a browser."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Letters:
    """A word, and where it stands."""

    text: str
    x: float
    y: float
    """Of the line they stand on."""
    anchor: Anchor = Anchor.START
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing: all that is on it, in one order for every way to show it."""

    width: float
    height: float
    paths: tuple[Path, ...]
    letters: tuple[Letters, ...]


SIZE = 15
"""Of all letters; nothing here is smaller."""
LINE = 20


def width(text: str) -> float:
    """About what letters take, on the wide side: no font is known where a layout is made."""
    return sum(SIZE if east_asian_width(letter) in "WF" else SIZE * 0.56 for letter in text)


def lines(text: str, room: float) -> list[str]:
    """As many as are needed; a word that is longer than a line is cut."""
    made = [""]
    for word in text.split():
        longer = f"{made[-1]} {word}".lstrip()
        if width(longer) <= room:
            made[-1] = longer
            continue
        made += [word] if made[-1] else []
        made[-1] = word
        while width(made[-1]) > room and len(made[-1]) > 1:
            whole, fits = made[-1], _fitting(made[-1], room)
            made[-1:] = [whole[:fits], whole[fits:]]
    return made


def _fitting(word: str, room: float) -> int:
    """How many of its letters fit, at least one."""
    return next((n for n in range(len(word), 1, -1) if width(word[:n]) <= room), 1)


def _moved(step: Step, x: float, y: float, scale: float) -> Step:
    if len(step) == 2:
        return x + step[0] * scale, y + step[1] * scale
    a, b, c, d, e, f = (value * scale for value in step)
    return x + a, y + b, x + c, y + d, x + e, y + f


def _along(at: Point, bend: Bend, t: float) -> Point:
    """Where a cubic Bézier curve is when that part of it is done."""
    u = 1 - t
    weights = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    xs, ys = (at[0], *bend[::2]), (at[1], *bend[1::2])
    return (
        sum(w * x for w, x in zip(weights, xs, strict=True)),
        sum(w * y for w, y in zip(weights, ys, strict=True)),
    )
