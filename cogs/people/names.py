"""Names people are called here: what one may be, and ones to suggest."""

from __future__ import annotations

import secrets
import tomllib
from functools import cache
from pathlib import Path

from bot.core.errors import UserError
from storage.groups import Groups
from storage.names import likeness, seen

WORDS = Path(__file__).parents[1] / "data" / "names.toml"
AT_ONCE = 8
"""Suggestions that are looked up together."""


def checked(name: str) -> str:
    """The name as it will be shown. Raises UserError when there is nothing in it to call by."""
    shown = seen(name)
    if not likeness(shown):
        raise UserError("A name needs a letter or a figure in it, so that people can call you.")
    return shown


async def suggested(groups: Groups, group: str, language: str) -> str:
    """A name nobody in the group could be taken for; `group` is "" before there is one."""
    names = [_drawn(language) for _ in range(AT_ONCE)]
    free = await groups.free(group, names) if group else names
    if free:
        return free[0]
    return f"{names[0]} {secrets.randbelow(9000) + 1000}"  # hardly anything is left in a full room


def _drawn(language: str) -> str:
    words = _words()
    one = words.get(language, words["en"])
    first, second = secrets.choice(one["first"]), secrets.choice(one["second"])
    return str(one["pattern"]).format(first=first, second=second)


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(WORDS.read_text("utf-8"))
