"""A community survives the killing of its process, and whoever measures that would see if not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.kills.ledgers import Findings, broken_promises, compare
from benchmarks.kills.points import POINTS, RANDOM
from benchmarks.kills.supervise import KINDS, Run, kill

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process forks here")


async def of_kills(
    folder: Path, count: int, *kinds: str, countdown: int = 5, broken: str = ""
) -> tuple[Run, Findings]:
    run = await kill(folder, count, 1, kinds=kinds, countdown=countdown, broken=broken)
    return run, await compare(run)


async def test_kills_of_every_kind_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    run, found = await of_kills(tmp_path, len(KINDS), *KINDS)
    assert broken_promises(found, run) == []
    assert set(run.kills) == {RANDOM, *POINTS}
    assert sum(run.kills.values()) == len(KINDS)
    assert run.jumps == 1
    assert found.updates.came > 50
    assert found.checkins.came > 10
    assert {(door, must) for door, must, _ in found.deeds} == {
        ("keyed", "arrive"),
        ("keyed", "once"),
        ("plain", "arrive"),
        ("plain", "once"),
    }


async def test_an_outbox_that_settles_before_it_sends_is_seen_to_lose(tmp_path: Path) -> None:
    run, found = await of_kills(tmp_path, 5, "before send", broken="settles-first")
    assert any("deeds lost" in wrong for wrong in broken_promises(found, run))


async def test_an_outbox_that_drops_what_is_uncertain_is_seen_to_lose(tmp_path: Path) -> None:
    run, found = await of_kills(tmp_path, 5, "before send", broken="drops")
    assert any("deeds lost" in wrong for wrong in broken_promises(found, run))


async def test_an_outbox_that_repeats_what_must_not_is_seen_to_double(tmp_path: Path) -> None:
    run, found = await of_kills(tmp_path, 6, "after send", broken="repeats")
    doubled = "once, at a door that knows no key"
    assert any("deeds doubled" in w and doubled in w for w in broken_promises(found, run))


async def test_an_inbox_that_confirms_before_it_stores_is_seen_to_lose(tmp_path: Path) -> None:
    kinds = "after acknowledge", "before commit"
    run, found = await of_kills(tmp_path, 8, *kinds, broken="confirms-first")
    assert found.updates.lost
    assert any("updates lost" in wrong for wrong in broken_promises(found, run))


async def test_an_inbox_that_marks_too_late_is_seen_to_double(tmp_path: Path) -> None:
    """A kill at random has to fall between the two: in six it nearly always does."""
    for attempt in "first", "second", "third":
        (folder := tmp_path / attempt).mkdir()
        run, found = await of_kills(folder, 6, RANDOM, broken="marks-later")
        if found.updates.doubled:
            break
    assert found.updates.doubled
    assert run.kills
