"""What people write is shown on Discord letter for letter, whatever it looks like."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.render import escaped

SEEN = re.compile(r"\\([^0-9A-Za-z\s])")
"""Discord takes a backslash away before a sign, and shows it before anything else."""
LIVE = re.compile(r"(?m)[*_~|`\[\]<]|^\s*(?:-|>(?:>>)?[^\S\n]|#)")
"""A quotation begins with a space behind its sign; at the end of a line the sign is a letter."""
HOSTILE = st.text(st.sampled_from("ab 1\n\\*_~|`[]()<>@#-:"), max_size=40)


def shown(text: str) -> str:
    return SEEN.sub(r"\1", text).replace("\u200b", "")


@pytest.mark.parametrize(
    "text",
    ["Open:\n- one\n  - two", "a\n\n- b", "¯\\_(ツ)_/¯", "\\<t:0:R>", "\\*so\\*", "> a\n# b"],
)
def test_no_backslash_of_ours_is_to_be_seen(text: str) -> None:
    assert shown(escaped(text)) == text


@given(HOSTILE)
def test_what_is_written_is_what_is_read(text: str) -> None:
    assert shown(escaped(text)) == text


@given(HOSTILE)
def test_nothing_of_it_is_markup(text: str) -> None:
    left = SEEN.sub("a", escaped(text))
    assert not LIVE.search(left), left
