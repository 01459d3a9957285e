"""Whatever is wrong, there is someone to talk to now, and the host is told what it is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy, copytree

import pytest

from bot.cellar import opened
from bot.config import Config
from bot.doctor import Finding, Mark, examine
from storage import engine, utcnow
from storage.database import Database
from storage.keys import Keys
from storage.migrate import migrate
from tests.life import ONLY, OPEN, configured, living, move_in
from tests.storage_floor import OTHER

Harm = Callable[[Config], Callable[[], object]]
"""Does it, and gives what mends it."""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a house with somebody in it; it is copied, never used."""
    folder = tmp_path_factory.mktemp("lived-in") / "data"
    asyncio.run(move_in(configured(folder)))
    return folder


@pytest.fixture
def config(lived_in: Path, tmp_path: Path) -> Config:
    copytree(lived_in, tmp_path / "data")
    return configured(tmp_path / "data")


def away(file: Path) -> Callable[[], object]:
    put = file.with_name(f"{file.name}.elsewhere")
    file.rename(put)
    return lambda: put.rename(file)


def changed(file: Path, held: bytes) -> Callable[[], object]:
    put = Path(copy(file, file.with_name(f"{file.name}.elsewhere")))
    file.write_bytes(held)
    return lambda: put.replace(file)


def newer(config: Config) -> Callable[[], object]:
    back = changed(config.database.file, config.database.file.read_bytes())
    keys = Keys(config.keys.store, bytes.fromhex(config.keys.file.read_text()))
    with closing(engine.connect(config.database.file, keys.look()[0])) as db:
        db.execute("INSERT INTO migrations VALUES (999, 'tomorrow', 0)")
    return back


def anothers(config: Config) -> Callable[[], object]:
    back = away(config.database.file)
    migrate(config.database.file, OTHER)
    return back


def locked(config: Config) -> Callable[[], object]:
    keys = Keys(config.keys.store, bytes.fromhex(config.keys.file.read_text()))
    other = engine.connect(config.database.file, keys.look()[0])
    other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    other.execute("BEGIN EXCLUSIVE")
    other.execute("COMMIT")
    return other.close


def readable(config: Config) -> Callable[[], object]:
    config.keys.file.chmod(0o640)
    return lambda: config.keys.file.chmod(0o600)


def no_place(config: Config) -> Callable[[], object]:
    (config.data / "homegroup.lock").unlink(missing_ok=True)
    (config.data / "homegroup.lock").mkdir()
    return (config.data / "homegroup.lock").rmdir


HARMS: dict[str, tuple[str, Harm]] = {
    "the database is gone": (
        "is not there. Put it back, or restore a backup",
        lambda c: away(c.database.file),
    ),
    "it is empty": ("is not there", lambda c: changed(c.database.file, b"")),
    "it is newer": ("written by a newer Homegroup", newer),
    "it is cut off": ("is damaged", lambda c: changed(c.database.file, b"x" * 99)),
    "half of it is gone": (
        "is damaged",
        lambda c: changed(c.database.file, c.database.file.read_bytes()[: 20 * engine.PAGE]),
    ),
    "it is no database": (
        "does not open the database",
        lambda c: changed(c.database.file, b"Dear diary. " * 4096),
    ),
    "it is another's": ("does not open the database", anothers),
    "somebody has it open": ("Another program is using", locked),
    "the key is another's": (
        "The instance key does not open",
        lambda c: changed(c.keys.file, b"ab" * 32),
    ),
    "the key is no key": ("holds no key", lambda c: changed(c.keys.file, b"please")),
    "the key is gone": ("is not there, but keys that it opens are", lambda c: away(c.keys.file)),
    "others can read the key": ("chmod 600", readable),
    "the keys are gone": ("are not there, but a database", lambda c: away(c.keys.store)),
    "all keys are gone": ("instance.key is not there", lambda c: away(c.keys.file.parent)),
    "the keys are noise": (
        "The instance key does not open",
        lambda c: changed(c.keys.store, os.urandom(8192)),
    ),
    "nothing can be written": ("cannot be used: Is a directory", no_place),
}


@pytest.mark.parametrize(("said", "harm"), HARMS.values(), ids=HARMS)
async def test_whatever_is_wrong_now_answers_and_it_mends_by_itself(
    said: str, harm: Harm, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT", 0.05)
    mend = harm(config)
    before = listed(config.data)
    async with living(config, until=ONLY) as life:
        assert said in life.lines[0]
        for path, status in (("/now", 200), ("/", 503), ("/account", 503)):
            page = await life.opens(path)
            assert (page.status, page.sees("116 123")) == (status, True), path
        assert said in broken(await life.sees())
        assert listed(config.data) - before <= {"homegroup.sock", "homegroup.lock"}
        opened = asyncio.ensure_future(life.says(OPEN))
        mend()
        await opened
        assert life.base in life.lines[0], "it is found where it was"
        assert (await life.opens("/")).status == 200
        assert not broken(await life.sees())
        assert len(life.lines) == 2


@pytest.mark.parametrize(("said", "harm"), HARMS.values(), ids=HARMS)
async def test_the_doctor_says_it_too_and_touches_nothing(
    said: str, harm: Harm, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT", 0.05)
    mend = harm(config)
    before = contents(config.data)
    assert said in broken(await examine(config, {}))
    assert contents(config.data) == before
    mend()
    assert not broken(await examine(config, {}))


async def test_a_key_from_the_environment_is_taken_and_a_wrong_one_is_told(
    config: Config,
) -> None:
    environ = {"HOMEGROUP_KEY": config.keys.file.read_text()}
    away(config.keys.file)
    async with living(config, environ) as life:
        assert (await life.opens("/")).status == 200
    assert not broken(await examine(config, environ))
    async with living(config, {"HOMEGROUP_KEY": "ab" * 32}, until=ONLY) as life:
        assert "The instance key does not open" in life.lines[0]
        assert (await life.opens("/now")).sees("116 123")
    assert not config.keys.file.exists()


async def test_what_nobody_thought_of_is_no_end_either(
    config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crumbles(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("storage.keys.turned", crumbles)
        async with living(config, until=ONLY) as life:
            assert "nobody thought of" in life.lines[0]
            assert (await life.opens("/now")).sees("116 123")
            opened = asyncio.ensure_future(life.says(OPEN))
            patched.undo()
            await opened
    [record] = [r for r in caplog.records if r.message == "house.help_only"]
    assert record.exc_info


async def test_while_keys_say_there_was_somebody_no_new_database_is_made(config: Config) -> None:
    config.database.file.unlink()
    async with living(config, until=ONLY):
        assert not config.database.file.exists()
    with pytest.raises(engine.CannotUse, match="restore"):
        async with opened(config, {}, utcnow):
            pass
    assert not config.database.file.exists()


async def test_a_first_start_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    """Keys without anybody's among them are not worth a question."""
    config = configured(tmp_path / "data")
    async with opened(config, {}, utcnow):
        pass
    for left in ("gone", "empty"):
        config.database.file.unlink()
        if left == "empty":
            config.database.file.touch(0o600)
        async with living(config) as life:
            assert (await life.opens("/")).status == 200


async def test_now_answers_when_the_disk_goes_while_it_runs(config: Config) -> None:
    async with living(config) as life:
        with closed_below(config):
            page = await life.opens("/now", "x" * 43)
            assert (page.status, page.sees("116 123")) == (200, True)


@contextmanager
def closed_below(config: Config) -> Iterator[None]:
    """Every read fails, as when a disk has gone."""

    async def gone(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "read", gone)
        patched.setattr(Database, "commit", gone)
        yield


def broken(findings: list[Finding]) -> str:
    return " ".join(f"{f.sentence} {f.mend}" for f in findings if f.mark is Mark.BROKEN)


def listed(folder: Path) -> set[str]:
    """Without what SQLite puts beside a file while it looks."""
    found = (str(file.relative_to(folder)) for file in folder.rglob("*"))
    return {name for name in found if not name.endswith(("-wal", "-shm"))}


def contents(folder: Path) -> dict[str, bytes | None]:
    files = {str(file.relative_to(folder)): file for file in folder.rglob("*")}
    return {name: f.read_bytes() if f.is_file() else None for name, f in files.items()}
