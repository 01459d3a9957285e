"""The outbox at work: woken, at a pace, many places at once, and a way to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import outbox
from bot.core.errors import Later
from bot.core.model import Place
from bot.core.pacing import Gate, Pace
from bot.core.rooms import Post
from bot.core.work import Lane, Must, Write
from bot.outbox import desk, window
from storage import Storage, deeds
from tests.post import ATTENTIVE, FORGETFUL, Ledger, Mail
from tests.room import MORNING

QUICK = 5.0
"""Seconds after which a test has waited too long."""


@dataclass
class Watch:
    """A clock for the loop under test, and a time that only the test moves. Nobody sleeps by it:
    whoever would lets the others go first."""

    at: datetime = MORNING
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class Nosy:
    """An outbox that tells what is asked of it."""

    outbox: Any
    calls: list[str] = field(default_factory=list)
    then: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens right after a call."""
    first: dict[str, Callable[[], None]] = field(default_factory=dict)
    """And right before."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    claimed: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Awaitable[Any]] = getattr(self.outbox, name)

        async def watched(*args: Any, **named: Any) -> Any:
            self.first.get(name, lambda: None)()
            result = await call(*args, **named)
            self.calls.append(name)
            self.claimed += [parcel.key for parcel in result] if name == "claim" else []
            self.then.get(name, lambda: None)()
            self.moved.set()
            return result

        return watched

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(QUICK):
            while not there():
                await self.moved.wait()
                self.moved.clear()


@pytest.fixture
def office(storage: Storage) -> Mail:
    return Mail(storage, Ledger(), outbox=Nosy(storage.outbox))


@asynccontextmanager
async def open_office(
    office: Mail, watch: Watch | None = None, gate: Gate | None = None
) -> AsyncIterator[asyncio.Event]:
    """The loop itself, until the block ends."""
    watch, wake = watch or Watch(), office.storage.units.wakes["outbox"]
    doors, gates = {"door": office.ledger}, {"door": gate} if gate else None
    loop = asyncio.create_task(
        outbox.run(office.app, office.outbox, doors, watch, wake, gates=gates, time=watch.monotonic)
    )
    try:
        yield wake
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def test_what_is_queued_is_sent_at_once(
    office: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "LOOK", 3600.0)
    async with open_office(office):
        await office.outbox.until(lambda: office.outbox.calls == ["claim"])
        await office.takes("a: one", "b: one", "a: two")
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 3)
    assert sorted(office.ledger.shows) == ["a: one", "a: two", "b: one"]


async def test_with_nothing_to_do_nothing_is_done(office: Mail) -> None:
    async with open_office(office):
        await office.outbox.until(lambda: office.outbox.calls == ["claim"])
        for _ in range(200):
            await asyncio.sleep(0)
    assert office.outbox.calls == ["claim"]


async def test_what_is_to_be_tried_again_is_looked_for_without_a_call(
    office: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "LOOK", 0.01)
    watch, office.ledger.trouble = Watch(), [Later(60)]
    await office.takes("a: one")
    async with open_office(office, watch):
        await office.outbox.until(lambda: "retry" in office.outbox.calls)
        watch.seconds = 61
        await office.outbox.until(lambda: "settle" in office.outbox.calls)
    assert office.ledger.shows == ["a: one"]


async def test_one_at_a_time_to_a_place_and_many_places_at_once(office: Mail) -> None:
    await office.takes(*(f"{place}: {n}" for n in range(5) for place in "abcdefgh"))
    async with open_office(office):
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 40)
    assert not office.ledger.crowded
    for place in "abcdefgh":
        got = [line for line in office.ledger.shows if line[0] == place]
        assert got == [f"{place}: {n}" for n in range(5)]


async def test_a_place_that_is_slow_holds_up_no_other(office: Mail) -> None:
    office.ledger.slow["a"] = asyncio.Event()
    await office.takes("a: one", "b: one", "b: two")
    async with open_office(office):
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 2)
        assert office.ledger.shows == ["b: one", "b: two"]
        office.ledger.slow["a"].set()
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 3)


async def test_the_pace_is_the_gates_and_what_is_needed_now_goes_first(office: Mail) -> None:
    watch, gate = Watch(), Gate(Pace(per_second=1))
    await office.takes("a: one", "b: two", lane=Lane.READINGS)
    async with open_office(office, watch, gate) as wake:
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 1)
        office.outbox.calls.clear()
        await office.takes("c: help", lane=Lane.NOW)
        await office.outbox.until(lambda: "test/c: help" in office.outbox.claimed)
        for sent in (1, 2):
            assert len(office.ledger.shows) == sent
            watch.seconds += 1
            wake.set()
            await office.outbox.until(lambda n=sent: office.outbox.calls.count("settle") == n)
    assert office.ledger.shows == ["a: one", "c: help", "b: two"]


async def test_many_that_wait_are_not_all_asked_for_at_every_turn(office: Mail) -> None:
    class Asked(Gate):
        times = 0

        def there(self, place: str, now: float, urgent: bool = False) -> float:
            self.times += 1
            return super().there(place, now, urgent)

    gate, watch = Asked(Pace(per_second=1, per_place=5)), Watch()
    await office.takes(*(f"{n}: x" for n in range(200)))
    async with open_office(office, watch, gate) as wake:
        for sent in range(1, 31):
            await office.outbox.until(lambda n=sent: office.outbox.calls.count("settle") == n)
            watch.seconds += 1
            wake.set()
    assert gate.times < 30 * 50, "of the two hundred"


async def test_of_those_that_are_begun_together_only_the_one_that_was_taken_back_is_not(
    office: Mail,
) -> None:
    await office.takes("a: one", "b: one", "c: one")
    parcels = await office.storage.outbox.claim(MORNING, 9)
    await office.storage.units.commit(
        (Write("DELETE FROM outbox WHERE key = :key", {"key": "test/b: one"}),)
    )
    begun = [office.storage.outbox.sending(parcel, MORNING) for parcel in parcels]
    assert await asyncio.gather(*begun) == [True, False, True]
    await asyncio.gather(*(office.storage.outbox.settle(p, "sent") for p in parcels))
    assert await office.states() == ["sent", "sent"]


async def test_two_doors_have_their_slots_for_themselves(office: Mail) -> None:
    office.ledger.slow |= {str(n): asyncio.Event() for n in range(40)}
    other = Ledger(name="other")
    await office.takes(*(f"{n}: x" for n in range(40)))
    await office.sends("b", Post(Place("other", "b"), office.card("hello")))
    wake, doors = office.storage.units.wakes["outbox"], {"door": office.ledger, "other": other}
    loop = asyncio.create_task(
        outbox.run(office.app, office.outbox, doors, Watch(), wake, gates={})
    )
    await office.outbox.until(lambda: "settle" in office.outbox.calls)
    assert other.shows == ["b: hello"]
    for event in office.ledger.slow.values():
        event.set()
    await office.outbox.until(lambda: office.outbox.calls.count("settle") == 41)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_nothing_is_sent_into_a_pause_that_began_after_the_slot_was_taken(
    office: Mail,
) -> None:
    watch, gate = Watch(), Gate(Pace(per_second=1))
    office.outbox.then["sending"] = lambda: gate.pause(60, watch.seconds)
    await office.takes("a: one", must=Must.ONCE)
    async with open_office(office, watch, gate):
        await office.outbox.until(lambda: "retry" in office.outbox.calls)
    assert office.ledger.asked == 0
    [row] = await office.storage.db.read("SELECT state, tried_at FROM outbox")
    assert (row["state"], row["tried_at"]) == ("pending", None)


async def test_a_place_that_asks_for_quiet_gets_it_and_a_door_too(office: Mail) -> None:
    watch, gate = Watch(), Gate(Pace(per_second=0))
    office.ledger.trouble = [Later(20), None, Later(60, everywhere=True)]
    await office.takes("a: one")
    async with open_office(office, watch, gate):
        await office.outbox.until(lambda: office.outbox.calls.count("retry") == 1)
        assert gate.slot("door:a", 0) == 20
        assert gate.slot("door:b", 0) == 0
        await office.takes("b: one")
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 1)
        await office.takes("b: two")
        await office.outbox.until(lambda: office.outbox.calls.count("retry") == 2)
        assert gate.slot("door:z", 0) == 60
        await office.takes("c: one")
        await office.outbox.until(lambda: office.outbox.calls.count("retry") == 3)
    assert office.ledger.asked == 3, "nobody knocks during a ban"


async def test_what_waits_long_for_its_slot_is_put_back(office: Mail) -> None:
    gate = Gate(Pace(per_second=0, per_place=100))
    gate.took("door:a", 0)
    await office.takes("a: one")
    async with open_office(office, Watch(), gate):
        await office.outbox.until(lambda: "retry" in office.outbox.calls)
    assert office.ledger.asked == 0
    assert await office.states() == ["pending"]


async def test_an_attempt_on_its_way_is_ended_before_the_process_is(office: Mail) -> None:
    office.ledger.slow["a"] = asyncio.Event()
    await office.takes("a: one", must=Must.ONCE)
    loop = asyncio.get_running_loop()
    async with open_office(office):
        await office.ledger.came.wait()
        loop.call_soon(office.ledger.slow["a"].set)
    assert await office.states() == ["sent"]


async def test_a_deed_that_never_can_be_done_is_given_up_while_others_arrive(
    storage: Storage,
) -> None:
    class Picky(Ledger):
        def _do(self, key: str, place: Place, deed: Any, standing: str) -> str:
            if "broken" in key:
                raise ValueError
            return super()._do(key, place, deed, standing)

    office = Mail(storage, Picky(FORGETFUL))
    door: Any = {"door": office.ledger}
    at_work = outbox.Desk(office.app, storage.outbox, door, {}, lambda: 0.0)
    await office.takes("a: broken", "a: two")
    for minute in range(30):
        await office.takes(f"b: {minute}")
        while parcels := await storage.outbox.claim(office.now, 9):
            for parcel in parcels:
                await at_work.take(parcel, office.now)
        office.seconds += 60
    assert "a: two" in office.ledger.shows
    assert (await office.states())[:2] == ["unknown", "sent"]


async def test_a_platform_that_is_away_for_hours_costs_no_deed(storage: Storage) -> None:
    office = Mail(storage, Ledger(ATTENTIVE, trouble=[TimeoutError()] * 50))
    door: Any = {"door": office.ledger}
    at_work = outbox.Desk(office.app, storage.outbox, door, {}, lambda: 0.0)
    await office.takes("a: one")
    for _ in range(240):
        for parcel in await storage.outbox.claim(office.now, 9):
            await at_work.take(parcel, office.now)
        office.seconds += 60
    assert office.ledger.shows == ["a: one"]


async def test_an_answer_that_never_comes_is_given_up_as_uncertain(
    office: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PATIENCE", 0.01)
    office.ledger.slow["a"] = asyncio.Event()
    await office.takes("a: one", "b: one")
    async with open_office(office):
        await office.outbox.until(lambda: "retry" in office.outbox.calls)
    assert await office.states() == ["sending", "sent"]


async def test_what_the_database_would_not_settle_is_left_to_its_lease(office: Mail) -> None:
    def refuse() -> None:
        office.outbox.first.clear()
        raise OSError

    office.outbox.first["settle"] = refuse
    await office.takes("a: one", "b: one")
    async with open_office(office):
        await office.outbox.until(lambda: office.outbox.calls.count("settle") == 1)
    assert sorted(await office.states()) == ["sending", "sent"]
    assert "retry" not in office.outbox.calls


@pytest.mark.parametrize("places", [1, 3000])
async def test_three_thousand_that_wait_are_not_all_looked_at(office: Mail, places: int) -> None:
    lines = [f"{n % places}: {n}" for n in range(3000)]
    await office.takes(*lines)
    db, box = office.storage.db, office.storage.outbox
    plan = await db.read(f"EXPLAIN QUERY PLAN {deeds.READY}", now=0, most=9)
    looks = [row["detail"] for row in plan if "outbox" in row["detail"]]
    assert looks
    assert all(look.startswith("SEARCH") for look in looks)
    parcels = await box.claim(office.now, 20)
    first = lines[: min(places, 20)]
    assert [parcel.key for parcel in parcels] == [f"test/{line}" for line in first]
    settled = (deeds.NOT_ABOUT, deeds.DONE, *deeds.PROMOTE)
    others = (deeds.QUEUE, deeds.BEGIN, deeds.TAKE, deeds.HOLD, deeds.LOOK_AGAIN)
    for sql in (*settled, *deeds.SUPERSEDE, *others):
        names = dict.fromkeys(("key", "to", "state", "lease", "panel"), "x")
        numbers = ("now", "latest", "at", "until", "lane", "passes", "seen")
        given: dict[str, Any] = {**names, **dict.fromkeys(numbers, 0), "must": "x", "body": b""}
        filled = sql.format(keys=":key", places="VALUES (:to)")
        used = {name: value for name, value in given.items() if f":{name}" in filled}
        plan = await db.read(f"EXPLAIN QUERY PLAN {filled}", **used)
        scans = {row["detail"] for row in plan if row["detail"].startswith("SCAN")}
        assert scans <= {"SCAN theirs", "SCAN CONSTANT ROW"}


async def test_of_a_thousand_that_expired_together_none_is_sent(office: Mail) -> None:
    soon = MORNING + timedelta(seconds=1)
    await office.takes(*(f"{n % 7}: {n}" for n in range(300)), until=soon)
    await office.takes("a: hello")
    await office.waits(2)
    assert office.ledger.shows == ["a: hello"]
    assert set(await office.states()) == {"expired", "sent"}


async def test_limits_make_the_gate() -> None:
    gate = outbox.gate(replace(FORGETFUL, per_second=10))
    gate.took("door:a", 0)
    assert gate.slot("door:b", 0) == pytest.approx(0.1, abs=0.06)
