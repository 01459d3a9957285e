"""`python -m benchmarks.telegram.hearing`: an update, from its JSON to the answer.

First only what lies between the bytes and `App.perform`, beside the library's own way to a handler.
Then all of it: kept, claimed, performed, answered; beside a bare handler that runs the statements
that we made, word for word, through aiosqlite, and sends the same answer.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from shutil import copytree
from time import process_time
from typing import Any, TypeAlias

import aiosqlite
from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes

from benchmarks.house import FILE, MORNING, house, settle_in
from benchmarks.table import Figures, Promise, arguments, interleaved, middle, show
from bot import outbox
from bot.config.settings import Telegram as Config
from bot.core.app import App
from bot.core.cards import Answer, Call
from bot.core.model import Origin
from bot.core.work import Value, Write
from bot.platforms.telegram.door import Telegram
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.life import Life
from bot.platforms.telegram.perform import perform
from bot.platforms.telegram.rooms import Rooms
from bot.platforms.telegram.sending import Sender
from bot.platforms.telegram.talk import Talk
from bot.platforms.telegram.updates import read
from bot.platforms.telegram.wire import Wire
from cogs.checkins import CheckInCog
from storage import Storage, engine
from storage.database import Database, Row

TOKEN = "7000001:benchmark"
ME = {"id": 7000001, "is_bot": True, "first_name": "Door", "username": "the_door_bot"}
ENTRY, WHOLE = "to the handler, CPU, µs", "to the answer's request, CPU, µs"
Op: TypeAlias = tuple[str, dict[str, Value]] | list[Write]


class Deaf(Wire):
    """Answers like the server, from memory."""

    sent = 0

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, method: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        if url.endswith("/getMe"):
            return 200, json.dumps({"ok": True, "result": ME}).encode()
        Deaf.sent += 1
        return 200, SENT


SENT = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 5,
            "date": 1_770_000_000,
            "chat": {"id": 10**9, "type": "private", "first_name": "A"},
            "from": ME,
            "text": "Thank you.",
        },
    }
).encode()


def raw(n: int, text: str = "/checkin 4") -> bytes:
    """As Telegram sends it: more than is looked at."""
    user = {"id": 10**9 + n, "is_bot": False, "first_name": "Ana", "last_name": "K"}
    user |= {"username": f"ana{n}", "language_code": "en"}
    chat = {"id": 10**9 + n, "type": "private", "first_name": "Ana", "username": f"ana{n}"}
    message = {"message_id": 100 + n, "from": user, "chat": chat, "date": 1_770_000_000}
    command = {"type": "bot_command", "offset": 0, "length": text.index(" ")}
    message |= {"text": text, "entities": [command]}
    return json.dumps({"update_id": 5000 + n, "message": message}).encode()


class Clock:
    def now(self) -> Any:
        return MORNING

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def silent(door: Telegram) -> None:
    """Its requests go nowhere."""
    door.line._request = (Deaf(1, 5.0), Deaf(1, 5.0))


class Counts:
    """In the place of App: what comes to `perform` is counted."""

    def __init__(self, app: App) -> None:
        self.commands, self.actions, self.came = app.commands, app.actions, 0

    async def perform(self, call: Call, origin: Origin) -> Answer:
        self.came += 1
        return None


async def our_entry(many: int) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        async with house(Path(name)) as storage:
            counts = Counts(App([CheckInCog(storage)], storage.ports))
            door = Telegram(Config(token=TOKEN), storage.telegram_ports, None, Clock())
            silent(door)
            async with door.line:
                talk = _talk(counts, door, storage)
                updates = [raw(n) for n in range(many)]
                worked = process_time()
                for n, each in enumerate(updates):
                    message = read(each).message
                    assert message
                    await talk.typed(message, 5000 + n, "")
                worked = process_time() - worked
    assert counts.came == many
    return {ENTRY: 1e6 * worked / many}


async def their_entry(many: int) -> Figures:
    came = 0

    async def checkin(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        nonlocal came
        came += 1

    application = _application(checkin)
    async with application:
        updates = [raw(n) for n in range(many)]
        worked = process_time()
        for each in updates:
            update = Update.de_json(json.loads(each), application.bot)
            await application.process_update(update)
        worked = process_time() - worked
    assert came == many
    return {ENTRY: 1e6 * worked / many}


class Heard(Database):
    """Remembers what it is told, in order."""

    def __init__(self, path: Path, key: str | None) -> None:
        super().__init__(path, key)
        self.said: list[Op] = []

    async def read(self, sql: str, /, **values: Value) -> Sequence[Row]:
        self.said.append((sql, values))
        return await super().read(sql, **values)

    async def commit(self, unit: Sequence[Write]) -> None:
        self.said.append([*unit])
        await super().commit(unit)


async def our_whole(folder: Path, many: int, heard: list[list[Op]] | None = None) -> Figures:
    async with house(folder, MORNING, Heard if heard is not None else Database) as storage:
        app = App([CheckInCog(storage)], storage.ports)
        door = Telegram(Config(token=TOKEN), storage.telegram_ports, None, Clock())
        silent(door)
        async with door.line:
            talk = _talk(app, door, storage)
            ports, sender = storage.telegram_ports, Sender(door.line)
            rooms = Rooms(sender, talk._rights, ports, Clock(), talk.door)
            life = Life(talk, sender, talk._rights, ports, rooms)
            intake = Intake(door.line, storage.telegram_ports, Clock(), talk.now)
            updates, before = [raw(n) for n in range(many)], Deaf.sent
            worked = process_time()
            for each in updates:
                await intake.take([(read(each), each)])
                for waiting in await storage.inbox.claim(MORNING, 16):
                    await perform(read(waiting.body), waiting.ref, talk, life, rooms)
                    await storage.inbox.settle(waiting.ref)
                await outbox.deliver(app, storage.outbox, {door.name: door}, MORNING)
                if heard is not None:
                    assert isinstance(storage.db, Heard)
                    heard.append(storage.db.said)
                    storage.db.said = []
            worked = process_time() - worked
    return {WHOLE: 1e6 * worked / many, "unanswered": many - (Deaf.sent - before)}


async def their_whole(folder: Path, said: list[list[Op]], key: str) -> Figures:
    db = await aiosqlite.Connection(lambda: engine.connect(folder / FILE, key), 64)
    turn = iter(said)

    async def checkin(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        for op in next(turn):
            if isinstance(op, tuple):
                await db.execute_fetchall(*op)
            else:
                await db.execute("BEGIN IMMEDIATE")
                for write in op:
                    await db.execute(write.sql, write.values)
                await db.execute("COMMIT")
        assert update.message
        await update.message.reply_text("Thank you.")

    application = _application(checkin)
    try:
        async with application:
            updates, before = [raw(n) for n in range(len(said))], Deaf.sent
            worked = process_time()
            for each in updates:
                update = Update.de_json(json.loads(each), application.bot)
                await application.process_update(update)
            worked = process_time() - worked
    finally:
        await db.close()
    unanswered = len(said) - (Deaf.sent - before)
    return {WHOLE: 1e6 * worked / len(said), "unanswered": unanswered}


def _talk(app: Any, door: Telegram, storage: Storage) -> Talk:
    return Talk(app, Sender(door.line), door._rights, storage.telegram_ports, Clock())


def _application(handler: Callable[..., Awaitable[None]]) -> Any:
    made = Application.builder().token(TOKEN).request(Deaf(1, 5.0)).updater(None)
    application = made.get_updates_request(Deaf(1, 5.0)).build()
    application.add_handler(CommandHandler("checkin", handler))  # type: ignore[arg-type]
    return application


async def prepared(folder: Path, many: int) -> tuple[list[list[Op]], str]:
    """A house with people in it, and a rehearsal in a copy of it."""
    before, rehearsal = folder / "before", folder / "rehearsal"
    before.mkdir()
    async with house(before) as storage:
        await settle_in(storage, many)
    copytree(before, rehearsal)
    said: list[list[Op]] = []
    await our_whole(rehearsal, many, said)
    async with house(before) as storage:
        return said, storage.db.key or ""


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.telegram.hearing", __doc__)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said, key = asyncio.run(prepared(folder, options.people))

        def whole(side: Callable[[Path], Awaitable[Figures]]) -> Figures:
            with tempfile.TemporaryDirectory(dir=folder) as copy:
                copytree(folder / "before", copy, dirs_exist_ok=True)
                return asyncio.run(side(Path(copy)))  # type: ignore[arg-type]

        us = partial(our_whole, many=options.people)
        them = partial(their_whole, said=said, key=key)
        sides: dict[str, Callable[[int], Figures]] = {
            "ours": lambda _: {**asyncio.run(our_entry(options.updates)), **whole(us)},
            "the library": lambda _: {**asyncio.run(their_entry(options.updates)), **whole(them)},
        }
        ours, theirs = interleaved(options.rounds, sides).values()
    entry = middle(ours, ENTRY) / middle(theirs, ENTRY)
    all_of_it = middle(ours, WHOLE) / middle(theirs, WHOLE)
    promises = [
        Promise("to the handler, ours to theirs", entry, 1.25),
        Promise("to the answer's request, ours to theirs", all_of_it, 2),
        Promise("unanswered", max(middle(side, "unanswered") for side in (ours, theirs)), 0),
    ]
    title = (
        f"One update after the other; {sum(map(len, said)) / len(said):.1f} trips to the database"
    )
    return show(title, options.seed, dict(zip(sides, (ours, theirs), strict=True)), promises)


if __name__ == "__main__":
    raise SystemExit(main())
