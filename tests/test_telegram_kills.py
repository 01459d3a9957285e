"""A backlog on Telegram survives the killing of the process, and a loss would be seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.telegram.kills import kill

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process forks here")


async def test_kills_behind_the_door_lose_no_update_and_double_no_effect(tmp_path: Path) -> None:
    ledgers = await kill(tmp_path, 5, 1, backlog=80)
    assert sum(ledgers.kills.values()) == 5
    assert len(ledgers.typed) >= 80
    assert (ledgers.lost, ledgers.doubled, ledgers.unanswered) == (0, 0, 0)


async def test_the_librarys_own_poller_is_seen_to_lose(tmp_path: Path) -> None:
    ledgers = await kill(tmp_path, 2, 1, backlog=300, stock=True)
    assert ledgers.lost
