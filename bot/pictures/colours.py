"""The web room's colours, for where its style sheet does not reach."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.pictures.shapes import Ink

THICK = {
    Ink.RULE: 1.0,
    Ink.BLANK: 1.5,
    Ink.HANDLE: 1.6,
    Ink.BODY: 1.6,
    Ink.TODAY: 2.5,
}
"""Units of the lines that are drawn."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Names are those of the style sheet's properties; a test holds the two together."""

    table: str
    ink: str
    soft: str
    line: str
    lamp_edge: str
    tea: str
    cup: str
    cup_line: str

    def of(self, ink: Ink) -> tuple[str, str]:
        """What fills it and what its line is drawn with; "" for nothing."""
        return {
            Ink.RULE: ("", self.line),
            Ink.BLANK: ("", self.line),
            Ink.HANDLE: ("", self.cup_line),
            Ink.BODY: (self.cup, self.cup_line),
            Ink.FILL: (self.tea, ""),
            Ink.BOX: (self.ink, ""),
            Ink.TODAY: ("", self.lamp_edge),
        }[ink]

    def sixteen(self) -> list[tuple[int, int, int]]:
        """All of them, and steps between those that meet: half a byte for each pixel."""
        plain = [getattr(self, field.name) for field in fields(self)]
        meet = [
            *((self.table, self.soft, part) for part in (0.25, 0.5, 0.75)),
            (self.table, self.ink, 0.5),
            (self.table, self.cup_line, 0.5),
            (self.table, self.lamp_edge, 0.5),
            (self.cup, self.cup_line, 0.5),
            (self.cup, self.tea, 0.5),
        ]
        return [_mixed(one, one, 0) for one in plain] + [_mixed(*pair) for pair in meet]


def _mixed(one: str, other: str, part: float) -> tuple[int, int, int]:
    of, to = bytes.fromhex(one[1:]), bytes.fromhex(other[1:])
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(of, to, strict=True))
    return red, green, blue


DAY = Paint("#faf8f2", "#25231e", "#5b564b", "#ddd7c8", "#9a6a0c", "#a8612c", "#fffdf6", "#6b6353")
NIGHT = Paint(
    "#1a1815", "#ece4d4", "#b7ad9b", "#37322a", "#dca648", "#c98a4b", "#2b2720", "#a89d89"
)
