"""The tokens of doors: read from files of their own, and never repeated."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.config.error import quoted
from bot.config.given import MOST_BYTES, Given, Wrong
from bot.config.settings import BY_TOKEN, Config, Token


def tokens(config: Config, givens: Mapping[tuple[str, ...], Given], wrong: list[Wrong]) -> Config:
    """With the token of each door that has none yet and a file for it; a file that cannot be used
    is added to `wrong`. One that is empty or not there is no token: the doctor says so."""
    for door in BY_TOKEN:
        section: Any = getattr(config, door)
        named = givens.get((door, "token_file"))
        if section.token or not (named or os.path.exists(section.token_file)):
            continue
        try:
            changed: dict[str, Any] = {door: replace(section, token=_read(section.token_file))}
            config = replace(config, **changed)
        except ValueError as trouble:
            where = f"{named.where}: {door}.token_file" if named else f"{door}.token_file"
            order = named.order if named else (2, 0)
            wrong.append(Wrong(order, f"{where} ({quoted(str(section.token_file))}) {trouble}."))
    return config


def _read(file: Path) -> str:
    """ValueError ends a sentence that has named the file."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES).decode().strip()
        return msgspec.convert(text, Token)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ValueError(f"cannot be read ({(error.strerror or 'no access').lower()})") from None
    except ValueError:
        raise ValueError("holds no token: it is one line, without blanks") from None
