"""Names: what of them can be seen, and which ones eyes take for one another. Pure."""

from __future__ import annotations

import unicodedata

LONGEST = 32
"""Characters in a name; a button or a line of a list has room for no more."""
MARKS = 3
"""Accents on one letter: more only climb into other people's lines."""
JOINERS = "\u200c\u200d"
"""They shape letters of Persian and Hindi and hold emoji together; elsewhere they only hide."""
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u034f")
"""Letters and marks that show nothing."""
HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs")

ALIKE = {
    "a": "аα",  # noqa: RUF001 the point of it
    "b": "вβ",
    "c": "сϲ",  # noqa: RUF001
    "d": "ԁ",  # noqa: RUF001
    "e": "еεє",
    "h": "нһ",
    "j": "ј",  # noqa: RUF001
    "k": "кκ",
    "l": "i1|!ıіιӏ",  # noqa: RUF001
    "m": "мμ",
    "n": "η",
    "o": "0оοօ",  # noqa: RUF001
    "p": "рρ",  # noqa: RUF001
    "s": "ѕ",  # noqa: RUF001
    "t": "тτ",
    "u": "υ",  # noqa: RUF001
    "v": "ν",  # noqa: RUF001
    "w": "ω",
    "x": "хχ",
    "y": "уγ",  # noqa: RUF001
}
"""Small letters that look like Latin ones, themselves or as capitals."""
_ALIKE = str.maketrans({other: letter for letter, others in ALIKE.items() for other in others})


def seen(name: str) -> str:
    """The name without what cannot be seen, or would turn the line around it; spaces are one."""
    kept: list[str] = []
    marks = 0
    for here, c in enumerate(name):
        marks = marks + 1 if unicodedata.category(c) == "Mn" else 0
        if c.isspace():
            c = " "
        elif marks > MARKS or not (_shows(c) or _joins(name, here)):
            continue
        kept.append(c)
    return " ".join("".join(kept).split())


def likeness(name: str) -> str:
    """The same for two names that could be mistaken for one another; "" where there is no
    letter in it. Marks of scripts that need them stay: two Hindi names are not one."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    alike = folded.translate(_ALIKE)
    letters = "".join(c for c in alike if c.isalnum() or _spells(c))
    return letters.replace("rn", "m").replace("vv", "w") if _lettered(letters) else ""


def _shows(c: str) -> bool:
    return c not in BLANK and unicodedata.category(c) not in HIDDEN


def _joins(name: str, here: int) -> bool:
    around = name[here - 1 : here] + name[here + 1 : here + 2]
    return name[here] in JOINERS and len(around) == 2 and not any(c.isascii() for c in around)


def _spells(c: str) -> bool:
    """Whether it is a mark that makes another letter, as accents on Latin letters do not."""
    return unicodedata.category(c) in ("Mn", "Mc") and not (
        "\u0300" <= c <= "\u036f" or "\ufe00" <= c <= "\ufe0f" or c in BLANK
    )


def _lettered(letters: str) -> bool:
    return any(c.isalnum() and c not in BLANK for c in letters)
