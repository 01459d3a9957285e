"""A server from its start to its end, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import pytest

from bot import cellar, control
from bot.doctor import WHOLE, examine
from bot.process import aloud
from storage import engine
from tests.browser import Browser
from tests.life import ROOT, TOKEN, Process, Types, configured, living, move_in, running
from tests.life import types as types
from tests.room import HOME

FOUND = "To found your group"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server with somebody in it."""
    folder = tmp_path_factory.mktemp("house") / "data"
    asyncio.run(move_in(configured(folder)))
    with running(folder) as process:
        yield process
        assert asyncio.run(ends(process)) < 5  # two, and a busy machine
        assert (process.life.wait(), process.errors()) == (0, "")
    left = {file.name for file in folder.iterdir()}
    assert not {name for name in left if name.endswith(("sock", "-wal", "-shm", ".restoring"))}


async def ends(process: Process) -> float:
    """Seconds until it has, though one page is open and another request has come halfway."""
    _, halfway = await asyncio.open_connection("127.0.0.1", int(process.base.rpartition(":")[2]))
    halfway.write(b"POST /say HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nli")
    async with (
        aiohttp.ClientSession(cookies={"homegroup": TOKEN}) as client,
        client.get(f"{process.base}/events?room={HOME.ref}") as page,
    ):
        assert await page.content.readline() == b"retry: 2000\n"
        begun = monotonic()
        process.life.send_signal(signal.SIGTERM)
        await page.content.read()
    await asyncio.to_thread(process.life.wait, 20)
    halfway.close()
    return monotonic() - begun


def test_killed_in_the_middle_it_starts_again_as_if_nothing_had_been(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as process:
        older = process.says(FOUND).split()[-1]
        assert asyncio.run(opens(older)) == 200
        assert not [f for f in (folder, *folder.rglob("*")) if f.stat().st_mode & 0o077]
        for _ in range(5):  # what is tidied at the start may have emptied it once
            asyncio.run(tries(process.base))
            if (folder / "homegroup.db-wal").stat().st_size:
                break
        process.life.kill()
        process.life.wait()
    left = contents(folder)
    assert left["homegroup.db-wal"]
    assert WHOLE in asyncio.run(examine(configured(folder), {}))
    assert contents(folder) == left, "the doctor leaves it as it is"
    assert (folder / "homegroup.sock").exists()
    with running(folder) as process:
        newer = process.says(FOUND).split()[-1]
        assert asyncio.run(opens(newer)) == 200
        assert asyncio.run(opens(f"{process.base}/enter/{older.rpartition('/')[2]}")) == 410
        process.life.send_signal(signal.SIGINT)
        assert (process.life.wait(20), process.errors()) == (0, "")


async def test_with_a_group_a_link_is_printed_only_when_it_is_asked_for(tmp_path: Path) -> None:
    config = configured(tmp_path / "data")
    await move_in(config)
    async with living(config, until=FOUND, founding_link=True) as life:
        link = life.lines[-1].rpartition("/")[2]
        assert (await life.opens(f"/enter/{link}")).status == 200
    async with living(config) as life:
        assert (await life.opens(f"/enter/{link}")).status == 410
    assert len(life.lines) == 1


def test_twice_in_one_folder_is_a_sentence(house: Process, types: Types) -> None:
    said = f"Homegroup is running already in {house.folder}.\n"
    assert types(house.folder, "run") == (1, "", said)


@pytest.mark.parametrize("wrong", ["", "not a key"], ids=["with the database", "without it"])
def test_a_port_that_is_in_use_is_a_sentence(
    wrong: str, house: Process, tmp_path: Path, types: Types
) -> None:
    port = house.base.rpartition(":")[2]
    environ = {"HOMEGROUP__WEB__PORT": port, "HOMEGROUP_KEY": wrong}
    code, said, aside = types(tmp_path / "data", "run", **environ)
    assert (code, said) == (1, "")
    assert aside.startswith(f"The web room cannot listen on 127.0.0.1, port {port}: another")
    assert aside.count("\n") == 1


def test_without_a_door_it_does_not_start(tmp_path: Path, types: Types) -> None:
    code, said, aside = types(tmp_path / "data", "run", HOMEGROUP__WEB__ENABLED="false")
    assert (code, said) == (1, "")
    assert "set web.enabled to true" in aside


def test_a_terminal_that_was_closed_takes_nothing_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = os.fdopen(writing, "w", closefd=False)
    monkeypatch.setattr(sys, "stdout", gone)
    aloud("Homegroup is open")
    monkeypatch.undo()
    aloud("Homegroup is still open")
    assert capsys.readouterr().out == "Homegroup is still open\n"
    with open(os.devnull) as nowhere:
        os.dup2(nowhere.fileno(), writing)  # else it fails once more when it is closed
    os.close(writing)


def test_the_command_line_opens_no_database_beside_a_server(
    house: Process, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to write, and not to read either: it asks. A copy of the keys is nobody's to use."""
    bare = engine.bare

    def opens_copies(path: Path, *how: Any) -> Any:
        assert path.parent.name == "copies", "a database was opened beside the server"
        return bare(path, *how)

    monkeypatch.setattr(engine, "bare", opens_copies)
    code, made, _ = types(house.folder, "backup")
    [backup] = (house.folder / "backups").glob("homegroup-*.db")
    assert code == 0
    assert f"Backup: {backup}" in made
    code, said, _ = types(house.folder, "doctor")
    assert code == 0
    assert "The server is running." in said
    assert "The newest backup is 0 hours old." in said
    assert types(house.folder, "restore", str(backup))[0] == 0
    assert asyncio.run(opens(f"{house.base}/", TOKEN)) == 200


def test_a_server_that_does_not_listen_is_left_alone(
    house: Process, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where there are no Unix sockets: then it is to be stopped first."""

    def none_here() -> None:
        raise OSError("there are no Unix sockets here")

    monkeypatch.setattr(control, "_new", none_here)
    monkeypatch.setattr(cellar, "ENDING", 0.0)
    for verb in (["backup"], ["restore", "any.db"]):
        code, _, aside = types(house.folder, *verb)
        assert (code, "Stop it, then try again" in aside) == (1, True)
    code, said, _ = types(house.folder, "doctor")
    assert code == 0
    assert "The database opens and is whole." in said
    assert "A server is running, and does not answer here." in said


def test_a_version_is_told_before_a_web_server_is_loaded() -> None:
    look = "import sys; from bot.cli import main; main(['version']); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True)
    version, modules = said.stdout.splitlines()
    assert version.startswith("homegroup 0.")
    assert not {"aiohttp", "jinja2", "rich", "discord", "bot.core.app"} & {*modules.split()}


async def opens(url: str, cookie: str = "") -> int:
    """The status of that page."""
    base, _, path = url.partition("/enter")
    async with Browser(base.rstrip("/")) as browser:
        browser.cookie = cookie
        await browser.opens(f"/enter{path}" if path else "/")
        return browser.status


async def tries(base: str) -> None:
    """A passphrase, so that something is written."""
    async with Browser(base) as browser:
        await browser.opens("/")
        await browser.requests("POST", "/signin", [("word", "nobody"), ("passphrase", "wrong")])


def contents(folder: Path) -> dict[str, bytes]:
    """What connections share while a file is open is nobody's words."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.name: file.read_bytes() for file in files if not file.name.endswith("-shm")}
