"""The demo as whoever starts it meets it: a process, a browser, and a folder that goes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import ConfigError
from bot.demo.clock import MovedClock
from bot.demo.folder import LOCK, MARK, made
from bot.demo.settings import HOST, free, settings
from bot.locks import Lock
from tests.browser import Browser

ROOT = Path(__file__).parents[1]
WATCHED = """
import os, sys
def watch(event, args):
    if event == "socket.connect":
        with open(os.environ["WENT"], "a") as went:
            print(args[1], file=went)
    if event == "socket.getaddrinfo":
        with open(os.environ["WENT"], "a") as went:
            print(args[0], file=went)
sys.addaudithook(watch)
from bot.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""It notes every address that something is sent to, and every name that is looked up."""
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STARTS = 60.0
"""Seconds; it takes two, on a machine that does nothing else."""


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "HOMEGROUP" not in name}
    here = {"TMPDIR": str(folder), "WENT": str(folder.parent / "went"), "PYTHONPATH": str(ROOT)}
    return kept | here | {"HOMEGROUP__WEB__PORT": "0"} | more


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A demo that keeps its things in that folder, and its address."""
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WATCHED, "demo"),
        env=surroundings(folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert demo.stdout
    try:
        async with asyncio.timeout(STARTS):
            said = (await demo.stdout.readline()).decode()
        assert "made up" in said
        yield demo, said.split()[-1]
    finally:
        if demo.returncode is None:
            demo.send_signal(signal.SIGTERM)
        told = await demo.communicate()
        assert not told[1], told[1].decode()


def refused(folder: Path, *words: str, **more: str) -> str:
    """The one sentence that somebody reads who starts it like this."""
    demo = subprocess.run(
        [sys.executable, "-m", "bot", "demo", *words],
        env=surroundings(folder, **more),
        capture_output=True,
        text=True,
    )
    assert (demo.returncode, demo.stdout) == (2, "")
    assert not inside(folder)
    assert demo.stderr.count("\n") == 1
    return demo.stderr


def inside(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


async def test_a_newcomer_sees_a_day_in_the_group_and_leaves_nothing(temporary: Path) -> None:
    """One after the other in one process, which takes a while to begin."""
    async with started(temporary) as (demo, address):
        async with Browser(address) as browser:
            await chooses_somebody(browser)
            await moves_the_clock(browser)
            await is_somebody_else(browser)
            await is_forgotten(browser)
            await puts_it_away(browser)
        [folder] = inside(temporary)
        assert folder / "homegroup.db" in inside(folder)
        demo.send_signal(signal.SIGTERM)
        assert await demo.wait() == 0
    assert not inside(temporary)
    assert temporary.parent / "went" not in inside(temporary.parent)


async def chooses_somebody(browser: Browser) -> None:
    await browser.opens("/")
    assert browser.sees("Whom would you like to be?")
    assert browser.sees("Everything here is made up.")
    assert len([*browser.page.all("li")]) == 12
    assert browser.sees("Where she lives it is tomorrow already.")
    await browser.requests("POST", "/demo/be", [("who", "mara"), ("back", "/")])
    assert browser.status == 200
    assert browser.sees("Mara")
    await browser.opens("/room")
    assert browser.sees("Aquí estoy. Un día más, y café.")
    assert browser.page.text.count("How is today? What you answer stays with you.") == 1
    await browser.opens("/")
    assert not browser.sees("A note from your group. How is today?"), "she answered that one"
    await browser.opens("/checkins")
    assert browser.sees("Only you see these.")


async def moves_the_clock(browser: Browser) -> None:
    await browser.opens("/")
    await browser.presses("To tomorrow 07:30")
    assert browser.sees("07:30")
    assert browser.page.text.count("I read it") == 1
    await browser.presses("To the next check-in")
    assert browser.sees("How is today?")
    assert browser.sees("18:00")
    await browser.presses("Good")
    assert browser.sees("Thank you for telling me.")
    await browser.presses("To the next check-in")
    assert browser.sees("21:00"), "with Joel, before the group's"
    assert browser.sees("A note from your group. How is today?")


async def is_somebody_else(browser: Browser) -> None:
    await browser.opens("/me")
    before = browser.cookie
    await browser.presses("Be them", who="inés")
    assert browser.sees("Todo lo que hay aquí es inventado.")
    assert browser.sees("Inés, ")
    assert browser.cookie != before
    await browser.opens("/demo/cards")
    assert browser.sees("How is today?")  # the group speaks English
    assert browser.sees("Tus registros")
    shown = [*browser.page.all("figcaption")]
    assert [one.text for one in shown[:3]] == ["Discord", "Telegram", "Aquí"]
    await browser.opens(next(img.attrs["src"] for img in browser.page.all("img")))
    assert browser.body.startswith(b"\x89PNG")
    await browser.requests("POST", "/demo/be", [("who", "nobody")])
    assert browser.status == 400
    await browser.requests("POST", "/demo/be", [("who", "bo")], Origin="https://evil.example")
    assert browser.status == 403
    await browser.requests("POST", "/demo/clock", [("to", "hour"), ("back", "//evil.example/")])
    assert browser.sees("Inés")


async def is_forgotten(browser: Browser) -> None:
    await browser.requests("POST", "/demo/be", [("who", "wren")])
    await browser.opens("/forgetme")
    await browser.presses("Yes, forget me")
    await browser.opens("/")
    await browser.requests("POST", "/demo/be", [("who", "wren"), ("back", "/room")])
    assert browser.status == 200
    assert browser.sees("If you want to belong here, join")
    assert not browser.sees("Exam at two.")


async def puts_it_away(browser: Browser) -> None:
    await browser.presses("Put away")
    await browser.opens("/room")
    assert "demo" not in browser.html
    assert "Wren" not in browser.html


def test_a_token_is_refused(temporary: Path) -> None:
    said = refused(temporary, HOMEGROUP__TELEGRAM__TOKEN="1:secret")
    assert "HOMEGROUP__TELEGRAM__TOKEN is set" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[discord]\ntoken = "secret"\n', "discord.token"),
        ('[telegram]\ntoken_file = "mine"\n', "telegram.token_file"),
        ('[database]\nfile = "mine.db"\n', "database.file"),
        ('data = "mine"\n', "data"),
        ('[web]\nhost = "0.0.0.0"\n', "web.host"),
    ],
)
def test_what_is_not_its_own_is_refused(temporary: Path, text: str, named: str) -> None:
    file = temporary.parent / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=f"does not take {named};") as why:
        settings(file, {}, temporary)
    assert "secret" not in str(why.value)


def test_what_it_takes_stays_on_this_machine(temporary: Path) -> None:
    file = temporary.parent / "config.toml"
    file.write_text('language = "es"\n[web]\nport = 9000\n')
    config = settings(file, {}, temporary)
    assert (config.language, config.web.port, config.web.host) == ("es", 9000, "127.0.0.1")
    assert not config.discord.token + config.telegram.token + config.web.public_url
    kept = (config.data, config.database.file, config.keys.file, config.backup.folder)
    assert all(path.is_relative_to(temporary) for path in kept)


def test_what_a_demo_left_that_was_killed_goes_and_nothing_else(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    left, lives, other = (temporary / f"homegroup-demo-{n}" for n in ("left", "lives", "other"))
    for folder in (left, lives, other):
        folder.mkdir()
        (folder / LOCK).touch()
    for folder in (left, lives):
        (folder / MARK).touch()
    lock = Lock(lives / LOCK)
    lock.take()
    try:
        with made() as folder:
            assert {*inside(temporary)} == {folder, lives, other}
    finally:
        lock.release()
    assert {*inside(temporary)} == {lives, other}


async def test_who_sleeps_by_the_clock_wakes_when_it_is_moved() -> None:
    clock = MovedClock(AT)
    sleeps = [asyncio.create_task(clock.sleep(hours * 3600)) for hours in (1, 2, 30)]
    await asyncio.sleep(0)  # until all three sleep
    clock.put(AT + timedelta(hours=3))
    async with asyncio.timeout(5):
        await asyncio.wait(sleeps[:2])
    assert not sleeps[2].done()
    clock.put(AT)
    assert clock.now() >= AT + timedelta(hours=3)
    sleeps[2].cancel()


def test_two_demos_at_once_find_a_port_each() -> None:
    with socket.create_server((HOST, free())) as first:
        assert free() != first.getsockname()[1]
