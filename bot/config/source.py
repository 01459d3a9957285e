"""Reads a TOML file so that whatever is wrong in it can be named with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config.error import ConfigError

_TOKEN = re.compile(
    r"""
      (?P<text> \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5}
              | " (?:\\.|[^"\\\n])* " | ' [^'\n]* ' )
    | (?P<blank> [ \t]+ | \#[^\n]* )
    | (?P<line> \n )
    | (?P<mark> [\[\]{}=,.] )
    | (?P<bare> [^\s\[\]{}=,.#"']+ )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's values, and the offset in its text at which each key first stands."""

    name: str
    text: str
    tree: dict[str, Any]
    at: Mapping[tuple[str, ...], int]

    def line(self, offset: int) -> str:
        return _line(self.name, self.text.count("\n", 0, offset) + 1)


def read(path: Path) -> Source:
    """The file, which must be there, UTF-8 and TOML; else ConfigError."""
    text = _text(path)
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_toml(str(path), text, error) from None
    return Source(str(path), text, tree, positions(text))


def positions(text: str) -> dict[tuple[str, ...], int]:
    """Where each key of valid TOML first stands: its whole path → offset.

    Keys of tables inside arrays are left out: no setting is an array."""
    return _Scan().over(text)


class _Scan:
    """One pass over the tokens. `opened` holds the path of each inline table that is open, and
    None for an array and all that is in it; `naming` is true where a key may stand."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, ...], int] = {}
        self.opened: list[tuple[str, ...] | None] = []
        self.header: tuple[str, ...] = ()
        self.path: tuple[str, ...] = ()
        self.key: list[tuple[str, int]] = []
        self.naming = True

    def over(self, text: str) -> dict[tuple[str, ...], int]:
        for token in _TOKEN.finditer(text):
            if token.lastgroup == "line":
                if not self.opened:
                    self.naming, self.key = True, []
            elif token.lastgroup == "mark":
                self._name(token[0]) if self.naming else self._value(token[0])
            elif self.naming and token.lastgroup == "text":
                self.key.append((tomllib.loads(f"key = {token[0]}")["key"], token.start()))
            elif self.naming and token.lastgroup == "bare":
                self.key.append((token[0], token.start()))
        return self.found

    def _name(self, mark: str) -> None:
        if mark == "=":
            around = self.opened[-1] if self.opened else self.header
            self.path, self.naming = self._found(around or ()), False
        elif mark == "]" and self.key:
            self.header = self._found(())
        elif mark == "}":
            self.opened.pop()
            self.naming = False

    def _value(self, mark: str) -> None:
        in_array = bool(self.opened) and self.opened[-1] is None
        if mark == "{" and not in_array:
            self.opened.append(self.path)
            self.naming = True
        elif mark in "[{":
            self.opened.append(None)
        elif mark in "]}":
            self.opened.pop()
        elif mark == "," and not in_array:
            self.naming = True

    def _found(self, around: tuple[str, ...]) -> tuple[str, ...]:
        """Note the key that was just read, and each table that it passes through."""
        for part, offset in self.key:
            around = (*around, part)
            self.found.setdefault(around, offset)
        self.key = []
        return around


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = _line(str(path), raw.count(b"\n", 0, error.start) + 1)
        raise ConfigError(f"{line}: this is not UTF-8; save the file as UTF-8.") from None
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(f"{path}: the file cannot be read ({why.lower()}).") from None


def _not_toml(name: str, text: str, error: Exception) -> ConfigError:
    """tomllib gives the place as words at the end of its message (3.11 to 3.13 nothing else)."""
    said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.S)
    if said is None:
        why = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
        return ConfigError(f"{name}: the file cannot be read ({why}).")
    number = int(said[2] or text.rstrip().count("\n") + 1)
    line = text.split("\n")[number - 1]
    hint = "; a path with \\ in it goes between single quotes" if "\\" in line else ""
    return ConfigError(f"{_line(name, number)}: this is not TOML ({said[1]}){hint}.")


def _line(name: str, number: int) -> str:
    return f"{name}, line {number}"
