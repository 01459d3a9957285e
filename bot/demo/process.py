"""A demo from its start to its end: its folder, its loop, and what the terminal says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bot import logs
from bot.cellar import CannotStart, opened
from bot.config import Config
from bot.demo.clock import MovedClock
from bot.demo.folder import made
from bot.demo.house import Demo
from bot.demo.settings import settings
from bot.demo.village import long_ago, morning
from bot.supervise import ended_by_signal, innermost
from storage import utcnow

OPEN = "Homegroup, with people in it who are made up: {address}"
END = "Nothing leaves this machine, and all of it is gone when you end this with Ctrl+C."


def run(file: Path | None, environ: Mapping[str, str]) -> None:
    """Until a signal ends it. Raises ConfigError, and CannotStart."""
    with made() as folder:
        config = settings(file, environ, folder)
        logs.setup(config.log.level, config.log.format)
        asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    asyncio.get_running_loop().set_exception_handler(logs.handler)
    today = morning(utcnow())
    clock = MovedClock(long_ago(today))
    with ended_by_signal():
        try:
            async with opened(config, {}, clock.now) as storage:
                demo = Demo(config, storage, clock)
                await demo.serve(today, aloud)
        except BaseExceptionGroup as failed:
            trouble = innermost(failed)
            if isinstance(trouble, CannotStart):
                raise trouble from None
            raise


def aloud(address: str) -> None:
    """A terminal that was closed takes nothing down with it."""
    with suppress(OSError, ValueError):
        print(OPEN.format(address=address), END, sep="\n", flush=True)
