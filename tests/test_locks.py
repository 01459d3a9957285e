"""Only one process writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.locks import Held, Lock, is_held
from tests.life import ROOT

HOLD = """
import sys
from pathlib import Path
from bot.locks import Lock
Lock(*map(Path, sys.argv[1:])).take()
print("held", flush=True)
sys.stdin.read()
"""


def other(*files: Path) -> subprocess.Popen[str]:
    """Another process that holds them, until it is killed."""
    run = [sys.executable, "-c", HOLD, *map(str, files)]
    process = subprocess.Popen(
        run, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "new" / "one.lock")
    with other(*lock.files) as process:
        assert is_held(lock.files[0])
        with pytest.raises(Held):
            lock.take()
        assert not lock.held
        os.kill(process.pid, signal.SIGKILL)
    assert not is_held(lock.files[0])
    lock.take()
    lock.take()
    assert lock.held
    lock.release()
    assert not is_held(lock.files[0])


def test_who_lets_go_soon_is_waited_for(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "one.lock")
    with other(*lock.files) as process:
        assert process.stdin
        process.stdin.close()
        lock.take(patience=10)
    assert lock.held
    lock.release()


def test_one_database_in_two_data_folders_is_one_database(tmp_path: Path) -> None:
    shared = tmp_path / "disk" / "homegroup.db.lock"
    mine, theirs = (Lock(tmp_path / name / "homegroup.lock", shared) for name in ("a", "b"))
    mine.take()  # the disk is not there yet
    theirs.take()
    theirs.release()
    shared.parent.mkdir()
    mine.take()
    with pytest.raises(Held):
        theirs.take()
    mine.release()
    theirs.release()


def test_to_look_makes_nothing(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none" / "one.lock")
    assert not [*tmp_path.iterdir()]
