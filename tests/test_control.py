"""What the command line asks of a running server, over a socket in its data folder."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.control import Control, Refused, Told, ask, connected


@dataclass
class Kettle:
    """A server's verbs, which take as long as the test wants."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    boiled: asyncio.Event = field(default_factory=asyncio.Event)
    cups: int = 0

    async def boil(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        told(1, 2)
        self.begun.set()
        await self.boiled.wait()
        self.cups += 1
        return {"for": given["who"]}

    async def refuse(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        raise Refused("There is no water.")

    async def burst(self, given: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        return {}[given["who"]]


@asynccontextmanager
async def on_the_stove(path: Path) -> AsyncIterator[tuple[Kettle, asyncio.Task[None]]]:
    kettle = Kettle()
    verbs = {"boil": kettle.boil, "refuse": kettle.refuse, "burst": kettle.burst}
    serving = asyncio.create_task(Control(path, verbs).serve())
    await asyncio.sleep(0)
    try:
        yield kettle, serving
    finally:
        kettle.boiled.set()
        serving.cancel()
        await asyncio.wait({serving})
    assert path.name not in os.listdir(path.parent)


async def asks(path: Path, verb: str, told: Told | None = None) -> Mapping[str, Any]:
    said = told or (lambda done, all: None)
    return await asyncio.to_thread(ask, path, verb, {"who": "Ana"}, said)


async def test_a_verb_tells_how_far_it_is_and_then_what_came_of_it(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    async with on_the_stove(tmp_path / "sock") as (kettle, _):
        kettle.boiled.set()
        told = await asks(tmp_path / "sock", "boil", lambda done, all: seen.append((done, all)))
    assert told == {"for": "Ana"}
    assert seen == [(1, 2)]


async def test_a_refusal_a_fault_and_an_unknown_word_are_sentences(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with on_the_stove(tmp_path / "sock"):
        with pytest.raises(Refused, match="There is no water"):
            await asks(tmp_path / "sock", "refuse")
        assert not caplog.records
        with pytest.raises(Refused, match="its log has the reason"):
            await asks(tmp_path / "sock", "burst")
        assert [r.message for r in caplog.records] == ["control.verb_failed"]
        with pytest.raises(Refused, match="does not know that word"):
            await asks(tmp_path / "sock", "brew")


@pytest.mark.parametrize(
    "line", [b"\n", b"tea please\n", b"[]\n", b"7\n", b'{"verb": "boil"}\n', b"x" * 200_000, b""]
)
async def test_what_is_no_question_harms_nobody(line: bytes, tmp_path: Path) -> None:
    async with on_the_stove(tmp_path / "sock") as (kettle, _):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "sock")
        writer.write(line)
        writer.write_eof()
        assert "refused" in json.loads(await reader.readline())
        writer.close()
        kettle.boiled.set()
        assert await asks(tmp_path / "sock", "boil")


async def test_only_who_runs_the_server_can_ask(tmp_path: Path) -> None:
    async with on_the_stove(tmp_path / "sock"):
        mode = (tmp_path / "sock").stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert not mode & 0o077


async def test_what_a_killed_server_left_is_in_nobodys_way(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "sock"))
    with pytest.raises(ConnectionRefusedError):
        await asks(tmp_path / "sock", "boil")
    async with on_the_stove(tmp_path / "sock") as (kettle, _):
        kettle.boiled.set()
        assert await asks(tmp_path / "sock", "boil")


async def test_a_path_may_be_longer_than_a_sockets(tmp_path: Path) -> None:
    folder = tmp_path / ("ä" * 60) / ("b" * 120)
    folder.mkdir(parents=True)
    handles = len(os.listdir("/proc/self/fd"))
    async with on_the_stove(folder / "sock") as (kettle, _):
        kettle.boiled.set()
        assert await asks(folder / "sock", "boil")
        assert (folder / "sock").exists()
    assert len(os.listdir("/proc/self/fd")) == handles


async def test_what_was_begun_is_finished_and_told_when_the_server_ends(tmp_path: Path) -> None:
    async with on_the_stove(tmp_path / "sock") as (kettle, serving):
        idle = await asyncio.open_unix_connection(tmp_path / "sock")
        asked = asyncio.create_task(asks(tmp_path / "sock", "boil"))
        await kettle.begun.wait()
        serving.cancel()
        assert await idle[0].read() == b""  # who has not asked is sent away
        assert not serving.done()
        kettle.boiled.set()
        assert await asked == {"for": "Ana"}
        idle[1].close()


async def test_who_hangs_up_takes_nothing_back(tmp_path: Path) -> None:
    async with on_the_stove(tmp_path / "sock") as (kettle, _):
        _, writer = await asyncio.open_unix_connection(tmp_path / "sock")
        writer.write(json.dumps({"verb": "boil", "with": {"who": "Bo"}}).encode() + b"\n")
        await kettle.begun.wait()
        writer.close()
        await writer.wait_closed()
        kettle.boiled.set()
        assert await asks(tmp_path / "sock", "boil")
        assert kettle.cups == 2


@pytest.mark.parametrize("last", [b"", b'{"done": 1, "all"', b'{"done": 1, "all": 2}\n'])
async def test_a_server_that_is_killed_in_between_is_a_sentence(
    last: bytes, tmp_path: Path
) -> None:
    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(last)
        writer.close()

    async with await asyncio.start_unix_server(dies, tmp_path / "sock"):
        with pytest.raises(Refused, match="stopped before it had answered"):
            await asks(tmp_path / "sock", "boil")


async def test_a_server_that_hangs_is_a_sentence(tmp_path: Path) -> None:
    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until whoever asked has gone
        writer.close()
        over.set()

    over = asyncio.Event()
    async with await asyncio.start_unix_server(hangs, tmp_path / "sock"):
        with pytest.raises(Refused, match="does not answer"):
            await asyncio.to_thread(ask, tmp_path / "sock", "boil", {}, patience=0.05)
        await over.wait()


async def test_without_unix_sockets_nobody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    await Control(tmp_path / "sock", {}).serve()
    assert [r.message for r in caplog.records] == ["control.no_socket_here"]


def test_where_no_server_is_there_is_an_oserror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OSError, match="No such file"), connected(tmp_path / "sock"):
        pass
    with pytest.raises(OSError, match="No such file"), connected(tmp_path / "a" / ("b" * 150)):
        pass
    monkeypatch.delattr(socket, "AF_UNIX")  # as on Windows
    with pytest.raises(OSError, match="no Unix sockets"), connected(tmp_path / "sock"):
        pass
