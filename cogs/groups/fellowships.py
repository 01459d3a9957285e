"""Fellowships: what is called what, marked when and done in which order, read from their files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert

from bot.core.cards import Choice

FILES = Path(__file__).parents[1] / "data" / "fellowships"

Span = Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,3}[hdmy])?\Z")]
Word = Annotated[str, Meta(max_length=40)]


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """A job in the group. `time` is suggested, "" where none is asked."""

    name: Word
    time: Span
    term: Span


class Fellowship(Struct, frozen=True, forbid_unknown_fields=True):
    """What the comments in `general.toml` say."""

    name: Word
    date_word: Word
    milestones: tuple[Span, ...]
    leader_word: Word
    crosstalk: Literal["no", "after check-in", "yes"]
    prayer: bool
    money: bool
    peer_help: Literal["sponsor", "mentor", "wise friends", "none"]
    suggested: Annotated[str, Meta(max_length=200)]
    literature: Literal["link", "paragraph", "own"]
    length: Annotated[int, Meta(ge=5, le=600)]
    attendance: Literal["open", "closed"]
    blocks: tuple[Word, ...]
    role: tuple[Service, ...]


@cache
def fellowships(folder: Path = FILES) -> dict[str, Fellowship]:
    """By the name of the file. ValueError says which file is wrong, and where in it."""
    return {file.stem: _read(file) for file in sorted(folder.glob("*.toml"))}


def peer_help(profile: str) -> tuple[str, str]:
    """What one calls whoever helps over time on a path, and what is suggested to them; none where
    there is no such path any more."""
    one = fellowships().get(profile)
    return (one.peer_help, one.suggested) if one else ("none", "")


def choices() -> tuple[Choice, ...]:
    return tuple(Choice(ref, one.name) for ref, one in fellowships().items())


def _read(file: Path) -> Fellowship:
    try:
        return convert(tomllib.loads(file.read_text("utf-8")), Fellowship)
    except (ValidationError, tomllib.TOMLDecodeError) as wrong:
        raise ValueError(f"{file.name}: {wrong}") from None
