"""The figures' commands work, in a tiny size; how fast anything is, is never asserted here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words: str) -> str:
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_a_power_cut_loses_nothing_that_was_acknowledged_and_a_loss_would_be_seen() -> None:
    said = run("benchmarks.power_cuts", "--units", "6", "--rounds", "1")
    assert "acknowledged rows lost, FULL: 0, at most 0: kept" in said
    assert "half units, FULL: 0, at most 0: kept" in said
    assert re.search(r"lost with NORMAL, so that a loss is seen: [1-9]", said)


@pytest.mark.parametrize(
    ("command", "nothing"),
    [
        (("units", "--people", "4", "--each", "3"), "lost by either: 0, at most 0: kept"),
        (("checkin", "--people", "6"), "check-ins missing: 0, at most 0: kept"),
        (
            ("room", "--people", "3", "--pages", "2", "--messages", "2"),
            "messages lost: 0, at most 0: kept",
        ),
        (("telegram.hearing", "--people", "4", "--updates", "9"), "unanswered: 0, at most 0: kept"),
        (("schedules", "--rows", "200", "--due", "40"), "doubled: 0, at most 0: kept"),
        (("pings", "--pairs", "40", "--jobs", "20"), "not sent: 0, at most 0: kept"),
        (("year", "--pairs", "2", "--days", "9"), "after an end: 0, at most 0: kept"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_measured_is_whole(command: tuple[str, ...], nothing: str) -> None:
    said = run(f"benchmarks.{command[0]}", *command[1:], "--rounds", "1")
    assert nothing in said
    assert re.search(r"commit [0-9a-f]{7,}", said)
