"""Guides: what a notebook asks, read from their files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError, convert

FILES = Path(__file__).parents[1] / "data" / "steps"

Key = Annotated[str, Meta(pattern=r"^[a-z0-9]{1,12}\Z")]
"""Stands in buttons and in what is kept, so it stays when the words are mended."""
Word = Annotated[str, Meta(min_length=1, max_length=40)]
"""Fits a button."""
Sentence = Annotated[str, Meta(min_length=1, max_length=200)]
Asked = Annotated[dict[Key, Sentence], Meta(min_length=6, max_length=10)]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the things to write about; all its words are catalogue keys."""

    key: Key
    name: Word
    about: Sentence
    questions: Asked
    daily: bool = False
    """Asked anew every day."""


class Guide(Struct, frozen=True):
    """What the comments in `twelve.toml` say."""

    key: str
    """The name of its file."""
    name: str
    about: str
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)


class _Head(Struct, frozen=True, forbid_unknown_fields=True):
    name: Word
    about: Sentence
    step: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=12)]


@cache
def guides(folder: Path = FILES) -> dict[str, Guide]:
    """By the name of the file, the one of twelve steps first. ValueError says which file is
    wrong, and in which step."""
    files = sorted(folder.glob("*.toml"), key=lambda file: (file.stem != "twelve", file.stem))
    return {file.stem: _read(file) for file in files}


def _read(file: Path) -> Guide:
    try:
        head = convert(tomllib.loads(file.read_text("utf-8")), _Head)
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"{file.name}: {wrong}") from None
    steps = tuple(_step(file, n, entry) for n, entry in enumerate(head.step, 1))
    keys = [step.key for step in steps]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"{file.name}: two steps have the key {twice}")
    return Guide(file.stem, head.name, head.about, steps)


def _step(file: Path, number: int, entry: dict[str, Any]) -> Step:
    try:
        return convert(entry, Step)
    except ValidationError as wrong:
        called = entry.get("name") or entry.get("key") or "without a name"
        raise ValueError(f"{file.name}, step {number} ({called}): {wrong}") from None
