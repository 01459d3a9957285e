"""The process that is killed: the real door on the real disk; or the library's own poller.

A parent imports everything once and forks for each life, so that the kills meet lives.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import aiosqlite
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from benchmarks.kills.house import AheadClock, opened
from benchmarks.kills.points import Points
from bot import inbox, outbox
from bot.config.settings import Telegram as Config
from bot.core.actions import Cog, command
from bot.core.app import App
from bot.core.cards import Answer, Card
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.text import Plain
from bot.core.work import Write
from bot.platforms.telegram.door import Handle, Telegram
from cogs.help import HelpCog
from storage import Storage

PERFORMED = "INSERT INTO performed (mark) VALUES (:mark)"
TABLE = "CREATE TABLE IF NOT EXISTS performed (seq INTEGER PRIMARY KEY, mark TEXT NOT NULL)"
"""The application's ledger: one row each time that something was performed."""
LONGEST = 300
LOOK, STILL = 0.1, 10
"""Seconds between two looks, and how many in a row must find nothing to do."""
STOCK_STILL = 20
"""The same of the library, of which only what it has performed is seen."""
OPEN = """
    SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed'))
        + (SELECT count(*) FROM outbox WHERE turn IS NOT NULL) AS n"""


class Notes(Cog):
    """Keeps no two apart: what is performed twice is there twice."""

    name = "notes"

    @command("Note", who=Who.ANYONE)
    async def note(self, ctx: Context, mark: str) -> Answer:
        ctx.work.write(Write(PERFORMED, {"mark": mark}))
        return Card((Plain(mark),))


async def live(orders: dict[str, Any]) -> None:
    """Until it is killed; with `last` until there is nothing left to do."""
    clock = AheadClock(0.0)
    async with opened(Path(orders["folder"]), clock) as storage:
        await storage.units.commit((Write(TABLE, {}),))
        await storage.wake_up(clock.now())
        app = App([Notes(), HelpCog(list, storage.roles, storage.people)], storage.ports)
        door, doing = _door(orders, storage, clock)
        _put_points(orders, storage, door)
        wake = storage.units.wakes["outbox"]
        parts = [
            asyncio.create_task(door.serve(app)),
            asyncio.create_task(
                outbox.run(app, storage.outbox, {door.name: door}, clock, wake, gates={})
            ),
        ]
        watch = asyncio.create_task(_rests(storage, door, doing, orders["last"]))
        ended, _ = await asyncio.wait({watch, *parts}, return_when=asyncio.FIRST_COMPLETED)
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        for task in ended:
            task.result()


def _door(orders: dict[str, Any], storage: Storage, clock: AheadClock) -> tuple[Telegram, set[str]]:
    doing: set[str] = set()

    async def works(handle: Handle) -> None:
        async def seen(waiting: inbox.Waiting) -> None:
            doing.add(waiting.ref)
            try:
                await handle(waiting)
            finally:
                doing.discard(waiting.ref)

        await inbox.run(storage.inbox, seen, clock, storage.units.wakes["inbox"])

    config = Config(token=orders["token"], address=orders["address"])
    return Telegram(config, storage.telegram_ports, works, clock), doing


def _put_points(orders: dict[str, Any], storage: Storage, door: Telegram) -> None:
    points = Points(orders["point"], orders["countdown"])
    points.put_around(storage.units, "commit", "commit")
    for box in (storage.inbox, storage.outbox):
        points.put_around(box, "claim", "claim")
    points.put_around(storage.outbox, "settle", "acknowledge")
    points.put_around(door, "do", "send")


async def _rests(storage: Storage, door: Telegram, doing: set[str], last: bool) -> None:
    """Looked at often: what was handed over is confirmed by the next question."""
    still = 0
    while not last or still < STILL:
        await asyncio.sleep(LOOK)
        [row] = await storage.db.read(OPEN)
        still = 0 if row["n"] or doing or not door.ready.is_set() else still + 1


async def stock(orders: dict[str, Any]) -> None:
    """The same by the library alone: its poller, its queue, a row and an answer."""
    async with aiosqlite.connect(Path(orders["folder"]) / "stock.db") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute(TABLE)
        await db.commit()

        async def note(update: Update, _: object) -> None:
            assert update.message
            assert update.message.text
            mark = update.message.text.split()[-1]
            await db.execute(PERFORMED, {"mark": mark})
            await db.commit()
            await update.message.reply_text(mark)

        made = Application.builder().token(orders["token"]).base_url(f"{orders['address']}/bot")
        application = made.build()
        application.add_handler(MessageHandler(filters.TEXT, note))
        async with application:
            assert application.updater
            await application.start()
            await application.updater.start_polling(poll_interval=0)
            await (_stands_still(db) if orders["last"] else asyncio.sleep(LONGEST))
            await application.updater.stop()
            await application.stop()


async def _stands_still(db: aiosqlite.Connection) -> None:
    """Until nothing more is performed; after two kills little is left."""
    still, before = 0, -1
    while still < STOCK_STILL:
        await asyncio.sleep(LOOK)
        [row] = await db.execute_fetchall("SELECT count(*) FROM performed")
        still, before = (still + 1 if row[0] == before else 0), row[0]


def main() -> None:
    for line in sys.stdin:
        orders = json.loads(line)
        pid = os.fork()
        if not pid:
            _born(orders)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _born(orders: dict[str, Any]) -> NoReturn:
    ended = 1
    signal.alarm(LONGEST)
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        asyncio.run(stock(orders) if orders["stock"] else live(orders))
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


if __name__ == "__main__":
    main()
