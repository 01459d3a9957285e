"""`python -m benchmarks.telegram.fanout`: one card to 5,000 chats, against a server with a limit.

The server allows 30 messages in any second and bans for 5 s whoever sends more. Beside our outbox
stands the library's own limiter, as it comes and tuned to an even 28 a second; for these aiolimiter
has to be installed, without it they are left out. Then once more with a ban in the middle that has
nothing to do with the rate. It takes some minutes for each side.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, process_time
from typing import Any
from urllib.request import urlopen

from telegram.ext import ExtBot

from benchmarks.house import house
from benchmarks.process import listening
from benchmarks.table import Figures, Promise, arguments, show
from benchmarks.telegram.stub import NOTE
from benchmarks.telegram.transport import TOKEN, stub
from bot import outbox
from bot.cli import collect_seldom
from bot.config.settings import Telegram as Config
from bot.core.app import App
from bot.core.cards import Card
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Lane, Sending
from bot.platforms.telegram.door import Telegram
from bot.platforms.telegram.places import own, shared
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.sending import Sender, Where
from bot.platforms.telegram.talk import Talk
from bot.platforms.telegram.updates import Chat, Message, User
from bot.platforms.telegram.wire import Wire
from cogs.now import NowCog
from storage import Storage, utcnow

LIMIT, PAID = 30, 1000
EVEN = 28
BAN_AFTER, BAN = 200, 5.0
LATEST = 900.0
NOW_EVERY = 1.0


class Clock:
    def now(self) -> Any:
        return utcnow()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def ours(address: str, chats: int, *, paid: bool = False) -> Figures:
    """Queued in one go; delivered as a server does it. Meanwhile a /now is sent every second."""
    with tempfile.TemporaryDirectory() as name:
        async with house(Path(name), utcnow()) as storage:
            storage.now.at = utcnow()  # type: ignore[attr-defined]  # the hour of a house
            config = Config(token=TOKEN, address=address, paid=paid)
            door = Telegram(config, storage.telegram_ports, None, Clock())
            app, doors = App([NowCog()], storage.ports), {door.name: door}
            async with door.line:
                wake = storage.units.wakes["outbox"]
                run = outbox.run(app, storage.outbox, doors, Clock(), wake)
                async with listening() as heart:
                    await _queue(storage, chats)
                block = heart.longest
                running, worked = asyncio.create_task(run), process_time()
                waits: list[float] = []
                urgent = asyncio.create_task(_now_and_then(app, door, storage, waits))
                async with listening() as heart:
                    await _until_sent(storage)
                longest, worked = heart.longest, process_time() - worked
                for task in (urgent, running):
                    task.cancel()
                await asyncio.gather(urgent, running, return_exceptions=True)
    waits = sorted(waits) or [0.0]  # so few chats that nobody asked in between
    return {
        "CPU a message, ms": 1000 * worked / chats,
        "longest block while queueing, ms": 1000 * block,
        "longest block while sending, ms": 1000 * longest,
        "/now p99 beyond its sending, ms": 1000 * waits[int(0.99 * (len(waits) - 1))],
    }


async def queueing(groups: int) -> Figures:
    """As many groups, in one go, with nobody to send anything yet."""
    with tempfile.TemporaryDirectory() as name:
        async with house(Path(name), utcnow()) as storage, listening() as heart:
            await _queue(storage, groups, groups=True)
    return {
        "longest block while queueing, ms": 1000 * heart.longest,
        "its own work in one turn, at most, ms": 1000 * heart.busiest,
    }


async def _queue(storage: Storage, chats: int, *, groups: bool = False) -> None:
    card, now = Card((Plain(NOTE),)), utcnow()
    for n in range(chats):
        place = shared(-(10**6) - n) if groups else own(10**6 + n)
        sending = Sending(Post(place, card), Lane.READINGS)
        await storage.units.commit(storage.outbox.queue(f"fan/{n}", sending, now))


async def _until_sent(storage: Storage) -> None:
    async with asyncio.timeout(LATEST):
        while True:
            [row] = await storage.db.read("SELECT count(*) AS n FROM outbox WHERE turn IS NOT NULL")
            if not row["n"]:
                return
            await asyncio.sleep(0.2)


async def _now_and_then(app: App, door: Telegram, storage: Storage, waits: list[float]) -> None:
    """What somebody waits who asks for help, beyond the way to the server and back."""
    sender, number = Timed(door.line), 0
    talk = Talk(app, sender, Rights(door.line, Clock()), storage.telegram_ports, Clock())
    while True:
        await asyncio.sleep(NOW_EVERY)
        number += 1
        asks, begun = User(5 * 10**6 + number), monotonic()
        message = Message(Chat(asks.id, "private"), number, sender=asks, text="/now")
        await talk.now(message, None, number)
        waits.append(monotonic() - begun - sender.took)


class Timed(Sender):
    """Knows how long the last message took to be sent."""

    took = 0.0

    async def post(self, card: Card, where: Where, sent: list[str]) -> None:
        begun = monotonic()
        await super().post(card, where, sent)
        self.took = monotonic() - begun


async def theirs(address: str, chats: int, *, even: bool) -> Figures:
    """All at once, as its page shows it; what it gives up is lost."""
    from telegram.ext import AIORateLimiter

    rates: dict[str, float] = {"overall_max_rate": 1, "overall_time_period": 1 / EVEN}
    limiter = AIORateLimiter(max_retries=5, **(rates if even else {}))
    bot: ExtBot[Any] = ExtBot(
        TOKEN,
        f"{address}/bot",
        request=Wire(32, 20),
        get_updates_request=Wire(1, 5),
        rate_limiter=limiter,
    )

    async def one(n: int) -> None:
        with suppress(Exception):
            await bot.send_message(10**6 + n, NOTE)

    async with bot, listening() as heart:
        await asyncio.gather(*(one(n) for n in range(chats)))
    return {"longest block while sending, ms": 1000 * heart.longest}


def measured(
    side: Callable[[str], Awaitable[Figures]], chats: int, limit: int, *, banned: bool
) -> Figures:
    with stub(limit) as address:
        if banned:
            urlopen(f"{address}/ban?after={BAN_AFTER}&seconds={BAN}", timeout=5).close()
        figures: dict[str, float] = dict(asyncio.run(side(address)))  # type: ignore[arg-type]
        with urlopen(f"{address}/ledger", timeout=5) as answer:
            told = json.load(answer)
    seconds = told["seconds"] - (BAN if banned else 0)
    return {
        "of the limit, %": 100 * (chats - 1) / seconds / limit,
        "lost": chats - told["different"],
        "doubled": told["all"] - told["different"],
        "429": told["refused"],
        "requests into a ban": told["in_ban"],
        **figures,
    }


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.telegram.fanout", __doc__)
    parser.add_argument("--chats", type=int, default=5000)
    parser.add_argument("--paid-chats", type=int, default=20_000)
    parser.add_argument("--groups", type=int, default=10_000)
    options = parser.parse_args(given)
    logging.disable(logging.ERROR)  # the library says at length what it gives up
    collect_seldom()  # as ours does when it runs: it helps every side
    few = min(options.chats, 1000)

    def us(address: str) -> Awaitable[Figures]:
        return ours(address, options.chats)

    def paying(address: str) -> Awaitable[Figures]:
        return ours(address, options.paid_chats, paid=True)

    found = {"ours": measured(us, options.chats, LIMIT, banned=False)}
    found["ours, banned"] = measured(lambda a: ours(a, few), few, LIMIT, banned=True)
    found["groups queued"] = asyncio.run(queueing(options.groups))
    found["ours, paid"] = measured(paying, options.paid_chats, PAID, banned=False)
    if importlib.util.find_spec("aiolimiter"):
        for name, even in (("stock", False), ("even 28/s", True)):
            for banned in (False, True):
                many = few if banned else options.chats
                side = partial(theirs, chats=many, even=even)
                shown = f"{name}, banned" if banned else name
                found[shown] = measured(side, many, LIMIT, banned=banned)
    free, stopped, paid = found["ours"], found["ours, banned"], found["ours, paid"]
    promises = [
        Promise("of the limit, %", free["of the limit, %"], 90, at_least=True),
        Promise("lost", free["lost"] + stopped["lost"] + paid["lost"], 0),
        Promise("429 without a ban", free["429"], 0),
        Promise("requests into a ban, beyond those in flight", stopped["requests into a ban"], 16),
        Promise("paid, messages a second", 10 * paid["of the limit, %"], 900, at_least=True),
        Promise(
            f"{options.groups:,} group sends queued, longest block in ms",
            found["groups queued"]["longest block while queueing, ms"],
            50,
        ),
        Promise("/now, p99 in ms", free["/now p99 beyond its sending, ms"], 70),
    ]
    sides = {name: [figures] for name, figures in found.items()}
    return show("One card to many chats", options.seed, sides, promises)


if __name__ == "__main__":
    raise SystemExit(main())
