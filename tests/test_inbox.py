"""What platforms hand over is performed once, in order for each chat, through any crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot import inbox
from bot.core.actions import Cog, command
from bot.core.app import App
from bot.core.cards import Answer, Call, Card
from bot.core.decide import Who
from bot.core.errors import Conflict
from bot.core.model import Account, Context, Origin, Person, Place
from storage import Storage
from storage.inbox import Inbox, Waiting
from tests.post import a_day_passes
from tests.room import MORNING

QUICK = 5.0
Handle = Callable[[Waiting], Awaitable[None]]


class Watch:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@asynccontextmanager
async def working(storage: Storage, handle: Handle, watch: Watch) -> AsyncIterator[None]:
    wake = storage.units.wakes["inbox"]
    loop = asyncio.create_task(inbox.run(storage.inbox, handle, watch, wake))
    try:
        async with asyncio.timeout(QUICK):
            yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def stored(storage: Storage, *lines: str) -> None:
    """`chat number words`, as Telegram hands them over."""
    updates = [(n, chat, text) for chat, n, text in (line.split(" ", 2) for line in lines)]
    await storage.units.commit(storage.inbox.store("telegram", updates, MORNING))


async def states(storage: Storage) -> list[str]:
    return [row["state"] for row in await storage.db.read("SELECT * FROM inbox ORDER BY seq")]


async def until(storage: Storage, there: Callable[[], bool]) -> None:
    """Reading is waiting: meanwhile the loop under test goes on."""
    while not there():
        await states(storage)


async def all_done(storage: Storage) -> None:
    while set(await states(storage)) != {"done"}:
        continue


async def test_each_chat_is_performed_in_order_and_several_at_once(
    storage: Storage, watch: Watch
) -> None:
    seen: list[str] = []
    gates = {"a": asyncio.Event()}

    async def handle(waiting: Waiting) -> None:
        if waiting.body == "a1":
            await gates["a"].wait()
        seen.append(waiting.body)

    await stored(storage, "a 1 a1", "a 2 a2", "b 3 b1", "b 4 b2", "c 5 c1")
    async with working(storage, handle, watch):
        await until(storage, lambda: len(seen) == 3)
        assert sorted(seen) == ["b1", "b2", "c1"], "a slow chat holds up no other"
        gates["a"].set()
        await all_done(storage)
    assert [line for line in seen if line[0] == "a"] == ["a1", "a2"]
    assert [line for line in seen if line[0] == "b"] == ["b1", "b2"]


async def test_what_comes_is_performed_at_once(
    storage: Storage, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK", 3600.0)
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def handle(waiting: Waiting) -> None:
        seen.put_nowait(waiting.body)

    async with working(storage, handle, watch):
        await stored(storage, "a 1 hello")
        assert await seen.get() == "hello"
        await all_done(storage)
    assert await states(storage) == ["done"]


async def test_an_update_handed_over_twice_is_performed_once(
    storage: Storage, watch: Watch
) -> None:
    seen: list[str] = []

    async def handle(waiting: Waiting) -> None:
        seen.append(waiting.body)

    await stored(storage, "a 1 hello", "a 1 hello")
    async with working(storage, handle, watch):
        await all_done(storage)
        await stored(storage, "a 1 hello", "a 2 more")
        await all_done(storage)
    assert seen == ["hello", "more"]


async def test_one_platforms_number_is_not_anothers(storage: Storage) -> None:
    for door in ("telegram", "other"):
        await storage.units.commit(storage.inbox.store(door, [("1", "a", "hello")], MORNING))
    claimed = await storage.inbox.claim(MORNING, 9)
    assert [(waiting.ref, waiting.door) for waiting in claimed] == [
        ("telegram:1", "telegram"),
        ("other:1", "other"),
    ]


async def test_what_was_done_has_no_body_and_no_chat(storage: Storage) -> None:
    await stored(storage, "a 1 hello")
    await storage.inbox.settle("telegram:1")
    [row] = await storage.db.read("SELECT * FROM inbox")
    assert (row["state"], row["body"], row["subject"]) == ("done", None, "")


async def test_nobody_reads_in_a_row_what_was_said_or_where(storage: Storage) -> None:
    await stored(storage, "somewhere 1 hello")
    [row] = await storage.db.read("SELECT * FROM inbox")
    assert "somewhere" not in str({**row})
    assert "hello" not in str({**row})


async def test_who_was_performing_and_died_leaves_it_to_be_performed_again(
    storage: Storage,
) -> None:
    await stored(storage, "a 1 hello", "a 2 more")
    assert [w.body for w in await storage.inbox.claim(MORNING, 9)] == ["hello"]
    assert not await storage.inbox.claim(MORNING + timedelta(seconds=89), 9)
    later = MORNING + timedelta(seconds=90)
    assert [w.body for w in await storage.inbox.claim(later, 9)] == ["hello"]


async def test_a_process_that_is_alone_takes_back_what_the_last_one_had(storage: Storage) -> None:
    await stored(storage, "a 1 hello")
    await storage.inbox.claim(MORNING, 9)
    await storage.inbox.take_back(MORNING)
    assert [w.body for w in await storage.inbox.claim(MORNING, 9)] == ["hello"]


async def test_two_claimers_at_once_never_get_the_same(storage: Storage) -> None:
    await stored(storage, *(f"chat{n % 9} {n} hello" for n in range(45)))
    boxes = [storage.inbox, Inbox(storage.db, storage.units, storage.vault)]
    got: list[str] = []
    for _ in range(45):
        claims = await asyncio.gather(*(box.claim(MORNING, 4) for box in boxes))
        for waiting in (one for claim in claims for one in claim):
            got.append(waiting.ref)
            await storage.inbox.settle(waiting.ref)
    assert len(got) == len(set(got)) == 45


async def test_what_fails_is_tried_again_in_order_and_given_up_after_five(
    storage: Storage, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK", 0.001)
    seen: list[str] = []

    async def handle(waiting: Waiting) -> None:
        seen.append(waiting.body)
        watch.at += timedelta(minutes=3)
        if waiting.body == "bad":
            raise RuntimeError

    await stored(storage, "a 1 bad", "a 2 good")
    async with working(storage, handle, watch):
        while "good" not in seen:
            watch.at += timedelta(seconds=30)
            await asyncio.sleep(0.001)  # the inbox looks again by the loop's clock, not by ours
    assert seen == ["bad"] * 5 + ["good"]
    assert (await states(storage))[0] == "failed"
    assert await storage.inbox.failed() == 1
    [row] = await storage.db.read("SELECT body FROM inbox WHERE ref = 'telegram:1'")
    assert row["body"] is None


async def test_what_takes_too_long_is_tried_again(
    storage: Storage, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PATIENCE", 0.01)
    monkeypatch.setattr(inbox, "LOOK", 0.001)
    seen: list[str] = []

    async def handle(waiting: Waiting) -> None:
        seen.append(waiting.body)
        if len(seen) == 1:
            await asyncio.Event().wait()

    await stored(storage, "a 1 hello")
    async with working(storage, handle, watch):
        while len(seen) < 2:
            watch.at += timedelta(seconds=5)
            await asyncio.sleep(0.001)  # as above
        await all_done(storage)
    assert (seen, await states(storage)) == (["hello", "hello"], ["done"])


async def test_what_was_performed_twice_fails_the_second_time(storage: Storage) -> None:
    await stored(storage, "a 1 hello")
    await storage.units.commit((storage.inbox.done("telegram:1"),))
    with pytest.raises(Conflict):
        await storage.units.commit((storage.inbox.done("telegram:1"),))


async def test_what_is_older_than_its_key_is_given_up_and_in_time_deleted(
    storage: Storage,
) -> None:
    await stored(storage, "a 1 hello", "b 2 more")
    await storage.inbox.settle("telegram:2")
    await storage.units.commit(storage.inbox.tidy(MORNING + timedelta(hours=21)))
    assert await states(storage) == ["failed", "done"]
    [row] = await storage.db.read("SELECT body FROM inbox WHERE ref = 'telegram:1'")
    assert row["body"] is None
    await storage.units.commit(storage.inbox.tidy(MORNING + timedelta(hours=48)))
    assert await states(storage) == []


async def test_what_can_no_longer_be_read_stands_in_nobodys_way(storage: Storage) -> None:
    await stored(storage, "a 1 hello")
    await a_day_passes(storage)
    await stored(storage, "a 2 more")
    assert not await storage.inbox.claim(MORNING, 9)
    assert await states(storage) == ["failed", "waiting"]


async def test_forgetting_somebody_takes_what_their_own_chat_still_holds(
    storage: Storage,
) -> None:
    ana = Person("ref-ana", "Ana")
    await storage.units.commit(storage.people.join(Account("telegram", "7"), ana))
    await stored(storage, "7 1 /forgetme", "7 2 hello", "8 3 hello")
    await storage.inbox.claim(MORNING, 1)
    unit = (*storage.inbox.forget(ana.ref), *storage.people.forget(ana.ref))
    await storage.units.commit((storage.inbox.done("telegram:1"), *unit))
    rows = await storage.db.read("SELECT ref FROM inbox ORDER BY seq")
    assert [row["ref"] for row in rows] == ["telegram:1", "telegram:3"]


class Bell(Cog):
    name = "bell"

    def __init__(self) -> None:
        self.rung = 0
        self.broken = False

    @command("Ring the bell", who=Who.ANYONE)
    async def ring(self, ctx: Context) -> Answer:
        self.rung += 1
        if self.broken:
            raise RuntimeError
        return Card(ctx.t("How was your day?"))


@pytest.mark.parametrize("broken", [False, True])
async def test_the_unit_that_performs_an_update_marks_it_and_so_does_a_refusal(
    storage: Storage, watch: Watch, broken: bool
) -> None:
    bell = Bell()
    bell.broken = broken
    app = App([bell], storage.ports)

    async def handle(waiting: Waiting) -> None:
        place = Place("telegram", "7", private=True)
        origin = Origin(Account("telegram", "7"), place, MORNING, waiting.ref, update=waiting.ref)
        await app.perform(Call("bell.ring"), origin)

    await stored(storage, "7 1 /ring", "7 2 /ring")
    async with working(storage, handle, watch):
        await all_done(storage)
    assert bell.rung == 2
