"""The process may die at any moment: what was kept is told once, and a loss would be seen."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.discord.kills import Ledgers, kill

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process forks here")


def test_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    found = kill(tmp_path, 4, 1, jump=2)
    assert (found.kills, found.jumps) == (4, 2)
    assert (found.lost, found.doubled, found.from_nothing, found.wrong) == ([], [], [], [])
    assert len(found.kept) >= 4


def test_what_is_lost_or_doubled_is_seen() -> None:
    rows = {f"discord:{it}/groups.set_name/0": "sent" for it in "abc"}
    pressed = dict(enumerate("abcd"))
    found = Ledgers(rows, Counter({0: 1, 1: 2, 3: 1}), {"a", "b"}, pressed)
    assert (found.lost, found.doubled, found.from_nothing, found.silent) == ([2], [1], [3], 1)
