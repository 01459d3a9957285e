"""A server as `homegroup run` starts it, in this process or in one of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest

from bot import cli, logs
from bot.cellar import lock_of, opened
from bot.config import Config, load
from bot.core.model import Account, Person, Place
from bot.core.ports import Clock
from bot.doctor import Finding, examine
from bot.doors import OPENERS, Openers
from bot.process import serve
from storage import utcnow
from tests.browser import Browser
from tests.room import HOME, PURPOSES

ROOT = Path(__file__).parents[1]
ANA = Person("ana-ref", "Ana", consents=PURPOSES)
ANAS = Account("web", "ana-account")
TOKEN = "ana" + "x" * 40
"""What the cookie of Ana's browser holds."""
OPEN, ONLY = "Homegroup is open: ", "Only "

Types: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Types:
    """What a host types about this folder: the exit status, and what it said on either side."""
    monkeypatch.setattr(logs, "setup", lambda *_: None)  # it is for a whole process

    def typed(folder: Path, *words: str, **environ: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patched:
            for name, value in {"HOMEGROUP__DATA": str(folder), **environ}.items():
                patched.setenv(name, value)
            code = cli.main(words)
        return (code, *capsys.readouterr())

    return typed


def configured(folder: Path, environ: Mapping[str, str] | None = None) -> Config:
    """As with a config.toml that names a folder and any free port."""
    given = {"HOMEGROUP__DATA": str(folder), "HOMEGROUP__WEB__PORT": "0", **(environ or {})}
    return load(None, given)


async def move_in(config: Config, environ: Mapping[str, str] | None = None) -> None:
    """A group with one person in it, who is signed in."""
    now, room = utcnow(), Place("web", HOME.ref)
    async with opened(config, environ or {}, utcnow) as storage:
        await storage.units.commit(
            (
                *storage.groups.found(HOME, room, now),
                storage.web.make(ANAS, "anas-word", "anas passphrase", now),
                storage.web.begin(TOKEN, ANAS, HOME.ref, now),
                *storage.people.join(ANAS, ANA),
                *storage.groups.enter(HOME, ANA, now),
            )
        )


@dataclass
class Life:
    """A server in this process, and what its host reads on the terminal."""

    config: Config
    environ: Mapping[str, str]
    lines: list[str] = field(default_factory=list)
    serving: asyncio.Task[None] = field(init=False)
    _waiting: list[tuple[str, asyncio.Future[str]]] = field(default_factory=list)

    @property
    def base(self) -> str:
        return address([line for line in self.lines if line.startswith((OPEN, ONLY))][-1])

    def say(self, line: str) -> None:
        self.lines.append(line)
        for words, told in self._waiting:
            if words in line and not told.done():
                told.set_result(line)

    async def says(self, words: str) -> str:
        """From now on."""
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append((words, told))
        async with asyncio.timeout(20):
            return await told

    async def opens(self, path: str, cookie: str = "") -> Browser:
        async with Browser(self.base) as browser:
            browser.cookie = cookie
            await browser.opens(path)
        return browser

    async def sees(self) -> list[Finding]:
        """What the doctor says beside it: from another thread, as from another process."""
        return await asyncio.to_thread(asyncio.run, examine(self.config, self.environ))


@asynccontextmanager
async def living(
    config: Config,
    environ: Mapping[str, str] | None = None,
    *,
    until: str = OPEN,
    clock: Clock | None = None,
    founding_link: bool = False,
    openers: Openers = OPENERS,
) -> AsyncIterator[Life]:
    """Running, and so far that it has said this."""
    life, lock = Life(config, environ or {}), lock_of(config)
    with suppress(OSError):
        lock.take()
    told = asyncio.ensure_future(life.says(until))
    life.serving = serving = asyncio.create_task(
        serve(
            config,
            life.environ,
            lock,
            clock=clock,
            say=life.say,
            founding_link=founding_link,
            look_again=0.05,
            openers=openers,
        )
    )
    try:
        await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        await told
        yield life
    finally:
        told.cancel()
        serving.cancel()
        await asyncio.wait({serving})
        lock.release()
    assert serving.cancelled() or serving.exception() is None


@dataclass
class Process:
    """A server in a process of its own."""

    folder: Path
    life: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def says(self, words: str) -> str:
        """Reads on until it does."""
        assert self.life.stdout
        for line in self.life.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return line.rstrip("\n")
        raise AssertionError(f"it ended: {self.lines} {self.errors()}")

    @property
    def base(self) -> str:
        return address(self.lines[0])

    def ends(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """The exit status, and what it said on stderr."""
        self.life.send_signal(number)
        return self.life.wait(20), self.errors()

    def errors(self) -> str:
        assert self.life.stderr
        return self.life.stderr.read()


def address(line: str) -> str:
    found = re.search(r"http://[\d.]+:\d+", line)
    assert found
    return found[0]


def command(folder: Path, *words: str, port: int = 0) -> subprocess.Popen[str]:
    environ = {
        **{name: value for name, value in os.environ.items() if "HOMEGROUP" not in name},
        "HOMEGROUP__DATA": str(folder),
        "HOMEGROUP__WEB__PORT": str(port),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Process]:
    with command(folder, "run", *words) as life:
        process = Process(folder, life)
        try:
            process.says(OPEN)
            yield process
        finally:
            life.kill()
