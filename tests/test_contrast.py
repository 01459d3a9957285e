"""Every pair of colours that says something can be told apart, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "bot" / "platforms" / "web" / "static"
TEXT, CONTROL = 4.5, 3.0
"""WCAG 2.2: 1.4.3 for words, 1.4.11 for what is pressed or drawn to be understood."""
PAIRS = {
    TEXT: (
        *("ink table", "ink paper", "ink glow"),
        *("ink-soft table", "ink-soft paper", "ink-soft glow"),
        *("wall-ink wall", "wall-ink wall-lit", "wall-ink wall-near"),
        *("link table", "link paper", "link glow"),
        *("on-act act", "on-act act-press", "table ink"),
        *("good table", "good glow", "careful table", "careful glow", "careful paper"),
    ),
    CONTROL: (
        *("edge table", "edge paper", "edge glow"),
        *("lamp-edge table", "lamp-edge paper", "lamp-edge glow"),
        *("focus table", "focus paper", "focus glow"),
        *("focus wall", "focus wall-near", "focus focus-halo"),
        *("tea cup", "cup-line table", "cup-line glow", "cup-line cup", "cup-line paper"),
    ),
}
"""By the contrast that is needed: what lies on what."""


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): *(#[0-9a-f]{6})\b", block))


def themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "tokens.css").read_text()
    day = re.search(r"^:root \{(.*?)^\}", css, re.DOTALL | re.MULTILINE)
    night = re.search(r":root:not\(\[data-theme=.light.\]\) \{(.*?)\}", css, re.DOTALL)
    chosen = re.search(r"^:root\[data-theme=.dark.\] \{(.*?)\}", css, re.DOTALL | re.MULTILINE)
    assert day
    assert night
    assert chosen
    by_day = colours(day[1])
    nights = {"night": night[1], "night, chosen": chosen[1]}
    return {"day": by_day} | {name: by_day | colours(block) for name, block in nights.items()}


def light(colour: str) -> float:
    """Relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    less, more = sorted((light(one), light(other)))
    return (more + 0.05) / (less + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["day", "night", "night, chosen"])
def test_every_pair_is_told_apart(theme: str) -> None:
    found = themes()[theme]
    low = []
    for needed, pairs in PAIRS.items():
        for pair in pairs:
            over, under = pair.split()
            if (seen := contrast(found[over], found[under])) < needed:
                low.append(f"{pair}: {seen:.2f}, and {needed} is needed")
    assert not low


def test_a_night_that_was_chosen_is_the_night_of_the_device() -> None:
    found = themes()
    assert found["night"] == found["night, chosen"]
