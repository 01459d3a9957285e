"""What is said when a configuration cannot be used: one sentence on one line."""

from __future__ import annotations

LONGEST = 120  # characters of somebody else's text in one sentence: a path may be long, a line not


class ConfigError(Exception):
    """Its text is one printable line, ready to be shown to the host."""

    def __init__(self, sentence: str) -> None:
        super().__init__(_printable(sentence))


def quoted(text: str) -> str:
    """The text in quotation marks, cut where it is long."""
    return f'"{text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"}"'


def near(word: str, words: list[str]) -> str | None:
    """The one of `words` that was probably meant, whatever the case of the letters."""
    from difflib import get_close_matches  # only when something is wrong

    table = {each.lower(): each for each in words}
    found = get_close_matches(word.lower()[:LONGEST], table, 1)
    return table[found[0]] if found else None


def _printable(text: str) -> str:
    """Line breaks, control and direction marks are written out: they could hide what is wrong."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
