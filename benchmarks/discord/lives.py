"""Lives of the server: forked from a parent that has imported all of it, and opened nothing.

`python -m benchmarks.discord.lives` reads a life a line, `{"data": …, "address": …, "offset": …}`,
and says its process id; that is the real `homegroup run`, with Discord as its only door and a clock
that is ahead by `offset` seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

import bot.host
import bot.platforms.discord
from bot import logs
from bot.cellar import ENDING, lock_of
from bot.config import Config, load
from bot.process import serve
from tests.fakes.discord.world import TOKEN

assert bot.host
assert bot.platforms.discord


@dataclass(frozen=True)
class AheadClock:
    offset: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def settings(data: str, address: str) -> Config:
    given = {
        "HOMEGROUP__DATA": data,
        "HOMEGROUP__WEB__ENABLED": "false",
        "HOMEGROUP__DISCORD__TOKEN": TOKEN,
        "HOMEGROUP__DISCORD__ADDRESS": address,
    }
    return load(None, given)


def live(orders: Mapping[str, Any]) -> NoReturn:
    config = settings(orders["data"], orders["address"])
    logs.setup("error", "json")
    lock = lock_of(config)
    lock.take(ENDING)
    clock = AheadClock(orders["offset"])
    asyncio.run(serve(config, {}, lock, clock=clock, say=lambda line: None))
    os._exit(0)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the system
    for line in sys.stdin:
        child = os.fork()
        if not child:
            live(json.loads(line))
        print(child, flush=True)


if __name__ == "__main__":
    main()
