"""A process from its start to its end: the lock, the loop, the signals, and the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from bot import logs
from bot.cellar import ENDING, RUNNING, CannotStart, lock_of
from bot.config import Config
from bot.core.ports import Clock
from bot.doors import OPENERS, Openers
from bot.host import Host, Say
from bot.locks import Held, Lock
from bot.supervise import ended_by_signal
from storage import utcnow

LOOK_AGAIN = 30.0
"""Seconds after which a database that could not be used is tried again."""


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        return utcnow()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(config: Config, environ: Mapping[str, str], *, founding_link: bool = False) -> None:
    """Open every door that is configured, until a signal ends it. Raises CannotStart.

    The lock is held until the last thread is done, and so longer than the loop.
    """
    lock = lock_of(config)
    try:
        with suppress(OSError):  # no place for it: /now is answered, and the host is told
            lock.take(ENDING)
        asyncio.run(serve(config, environ, lock, founding_link=founding_link))
    except Held:
        raise CannotStart(RUNNING.format(folder=config.data)) from None
    finally:
        lock.release()


async def serve(
    config: Config,
    environ: Mapping[str, str],
    lock: Lock,
    *,
    clock: Clock | None = None,
    say: Say | None = None,
    founding_link: bool = False,
    look_again: float = LOOK_AGAIN,
    openers: Openers = OPENERS,
) -> None:
    """Until cancelled, or ended by a signal. Raises CannotStart. `say` gets what the host reads
    on the terminal, a line at a time."""
    asyncio.get_running_loop().set_exception_handler(logs.handler)
    time, tell = clock or SystemClock(), say or aloud
    host = Host(
        config,
        environ,
        time,
        tell,
        lock,
        found=founding_link,
        look_again=look_again,
        openers=openers,
    )
    with ended_by_signal():
        await host.serve()


def aloud(line: str) -> None:
    """A terminal that was closed takes nothing down with it."""
    with suppress(OSError, ValueError):
        print(line, flush=True)
