"""What all drawings share: a sheet as wide as a narrow phone shows, filled from the top."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.pictures.shapes import LINE, Ink, Letters, Path, Sheet, lines

WIDE = 336.0
ENTRY = 29.0
"""What one line of the legend takes."""
BESIDE = 34.0
"""What is shown in it takes so much before its words."""


@dataclass
class Desk:
    """Where the shapes are laid; `y` is how far down it is full."""

    y: float = 0
    paths: list[Path] = field(default_factory=list)
    letters: list[Letters] = field(default_factory=list)

    def explain(self, shown: list[Path], words: str) -> None:
        """One entry of the legend: what was drawn for it, and beside it what that means."""
        said = lines(words, WIDE - BESIDE)
        self.paths += shown
        self.write(said, BESIDE, self.y + 18)
        self.y += ENTRY + LINE * (len(said) - 1)

    def write(self, said: list[str], x: float, y: float) -> None:
        self.letters += (Letters(line, x, y + LINE * at) for at, line in enumerate(said))

    def sheet(self) -> Sheet:
        return Sheet(WIDE, self.y, tuple(self.paths), tuple(self.letters))


def mark(x: float, y: float, r: float = 2.6) -> Path:
    """That a box was ticked."""
    return Path(Ink.BOX, (x, y - r), ((x + r, y), (x, y + r), (x - r, y)))
