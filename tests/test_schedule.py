"""What is due: in one pair of hands at a time, closed once, and never made up for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.cards import Call
from bot.core.errors import Conflict
from bot.core.model import Account, Group, Person, Place
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.work import Lane, Must, Value, Write
from storage import Storage, schedule
from storage.groups import Settings
from storage.schedule import LEASE, Schedule
from tests.post import a_day_passes
from tests.room import MORNING

ROOM = Place("door", "room")
DAILY = Rule("FREQ=DAILY", "UTC", "2026-03-01T08:00")
BELL = Due("bell", Call("bells.ring", ("loud", "a:b")), ROOM, MORNING)


def later(**span: float) -> datetime:
    return MORNING + timedelta(**span)


async def plan(storage: Storage, *dues: Due) -> None:
    await storage.units.commit(tuple(map(storage.schedule.add, dues)))


async def close(storage: Storage, due: Due) -> None:
    await storage.units.commit((storage.schedule.close(due),))


async def ana_joins(storage: Storage) -> Person:
    ana = Person("ref-ana", "Ana", "Europe/Berlin", "es")
    await storage.units.commit(storage.people.join(Account("door", "ana"), ana))
    return ana


async def test_what_was_planned_comes_back_whole(storage: Storage) -> None:
    ana = await ana_joins(storage)
    group = Group("g1", "Harbour Street", "Europe/Rome", "es")
    settings = Settings("g1", group.name, group.zone, group.language)
    await storage.units.commit(storage.groups.found(settings, Place("web", "g1"), MORNING))
    given = (
        BELL,
        replace(BELL, ref="b2", to=ana, rule=DAILY, group=group, lane=Lane.NOW),
        replace(BELL, ref="b3", grace=timedelta(minutes=9), must=Must.ARRIVE),
    )
    await plan(storage, *given)
    claimed = await storage.schedule.claim(MORNING)
    assert {due.ref: due for due in claimed} == {due.ref: due for due in given}


async def test_nothing_is_claimed_before_it_is_due(storage: Storage) -> None:
    await plan(storage, BELL)
    assert not await storage.schedule.claim(later(milliseconds=-1))
    assert await storage.schedule.claim(MORNING)


async def test_whom_it_is_for_is_looked_up_when_it_is_due(storage: Storage) -> None:
    ana = await ana_joins(storage)
    await plan(storage, replace(BELL, to=replace(ana, name="An older name")))
    [due] = await storage.schedule.claim(MORNING)
    assert due.to == ana


async def test_what_belongs_to_nobody_any_more_is_deleted(storage: Storage) -> None:
    gone = replace(BELL, ref="b2", to=Person("ref-ana", "Ana"))
    ana = await ana_joins(storage)
    no_group = replace(BELL, ref="b3", group=Group("g9", "Gone"))
    await plan(storage, gone, no_group)
    await storage.units.commit(storage.people.forget(ana.ref))
    assert not await storage.schedule.claim(MORNING)
    assert await storage.schedule.earliest() is None


async def test_one_pair_of_hands_until_the_lease_ends(storage: Storage) -> None:
    await plan(storage, BELL)
    assert await storage.schedule.claim(MORNING)
    assert not await storage.schedule.claim(MORNING + LEASE - timedelta(seconds=1))
    assert await storage.schedule.earliest() == MORNING + LEASE
    assert await storage.schedule.claim(MORNING + LEASE)


async def test_a_process_that_is_alone_takes_back_what_the_last_one_had(storage: Storage) -> None:
    await plan(storage, BELL)
    assert await storage.schedule.claim(MORNING)
    await storage.schedule.take_back(later(seconds=1))
    assert await storage.schedule.claim(later(seconds=1)) == [BELL]


async def test_what_failed_waits_for_its_turn_after_a_restart_too(storage: Storage) -> None:
    await plan(storage, BELL)
    await storage.schedule.fail(BELL, MORNING)
    await storage.schedule.take_back(later(seconds=1))
    assert not await storage.schedule.claim(later(seconds=29))
    assert await storage.schedule.claim(later(seconds=30)) == [BELL]


async def test_two_claimers_at_once_never_get_the_same(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "BATCH", 7)
    await plan(storage, *(replace(BELL, ref=f"b{n}") for n in range(60)))
    s = storage
    clocks = [s.schedule, Schedule(s.db, s.units, s.vault, s.people, s.groups)]
    got: list[str] = []
    for _ in range(30):
        claims = await asyncio.gather(*(clock.claim(MORNING) for clock in clocks))
        got += [due.ref for claim in claims for due in claim]
    assert len(got) == len(set(got)) == 60


async def test_the_oldest_come_first_in_batches(storage: Storage) -> None:
    many = schedule.BATCH + 100
    dues = [replace(BELL, ref=f"b{n}", at=later(seconds=-n % many)) for n in range(many)]
    await plan(storage, *dues)
    first = await storage.schedule.claim(later(hours=1))
    assert [due.at for due in first] == [later(seconds=n) for n in range(schedule.BATCH)]
    assert len(await storage.schedule.claim(later(hours=1))) == 100


async def test_an_occurrence_is_closed_once_and_the_next_one_stands(storage: Storage) -> None:
    await plan(storage, replace(BELL, rule=DAILY))
    [due] = await storage.schedule.claim(MORNING)
    await close(storage, due)
    with pytest.raises(Conflict):
        await close(storage, due)
    assert await storage.schedule.earliest() == later(days=1)


async def test_what_comes_once_is_gone_when_it_is_closed(storage: Storage) -> None:
    await plan(storage, BELL)
    [due] = await storage.schedule.claim(MORNING)
    await close(storage, due)
    assert await storage.schedule.earliest() is None
    await storage.schedule.skip(due)  # somebody else was faster, and that is all right


async def test_a_clock_that_was_slow_cannot_close_what_another_has(storage: Storage) -> None:
    await plan(storage, replace(BELL, rule=DAILY))
    [slow] = await storage.schedule.claim(MORNING)
    [quick] = await storage.schedule.claim(MORNING + LEASE)
    await close(storage, quick)
    with pytest.raises(Conflict):
        await close(storage, slow)
    await storage.schedule.fail(slow, later(hours=1))
    assert await storage.schedule.earliest() == later(days=1)


async def test_the_next_occurrence_is_the_first_that_is_still_to_come(storage: Storage) -> None:
    hours = "FREQ=DAILY;BYHOUR=8,9,10,11"
    await plan(storage, replace(BELL, rule=Rule(hours, "UTC", "2026-03-01T08:00")))
    [due] = await storage.schedule.claim(later(hours=2.5))
    await close(storage, due)
    assert await storage.schedule.earliest() == later(hours=3)


async def test_after_what_is_too_late_comes_what_is_only_a_little_late(storage: Storage) -> None:
    hours = "FREQ=DAILY;BYHOUR=8,9,10,11"
    await plan(storage, replace(BELL, rule=Rule(hours, "UTC", "2026-03-01T08:00")))
    [due] = await storage.schedule.claim(later(hours=2.5))
    await storage.schedule.skip(due)
    assert await storage.schedule.earliest() == later(hours=2)


async def test_what_is_planned_anew_while_it_waits_for_its_turn_is_not_lost(
    storage: Storage,
) -> None:
    await plan(storage, replace(BELL, rule=DAILY))
    [held] = await storage.schedule.claim(MORNING)
    tomorrow = replace(BELL, at=later(days=1), rule=DAILY)
    await storage.units.commit((storage.schedule.renew(tomorrow, MORNING),))
    with pytest.raises(Conflict):
        await close(storage, held)
    [due] = await storage.schedule.claim(later(seconds=1))
    await close(storage, due)
    await storage.units.commit((storage.schedule.renew(tomorrow, later(hours=1)),))
    assert await storage.schedule.earliest() == later(days=1)


async def test_what_fails_waits_twice_as_long_each_time_and_then_rests(storage: Storage) -> None:
    now = MORNING
    await plan(storage, BELL)
    for wait in (30, 60, 120, 240):
        [due] = await storage.schedule.claim(now)
        await storage.schedule.fail(due, now)
        assert not await storage.schedule.claim(now + timedelta(seconds=wait - 1))
        now += timedelta(seconds=wait)
        assert await storage.schedule.earliest() == now
        assert await storage.schedule.resting() == []
    [due] = await storage.schedule.claim(now)
    await storage.schedule.fail(due, now)
    assert await storage.schedule.earliest() is None
    assert await storage.schedule.resting() == [("bells.ring", 1)]


async def test_a_success_forgets_earlier_failures(storage: Storage) -> None:
    await plan(storage, replace(BELL, rule=DAILY))
    for day in range(7):
        [due] = await storage.schedule.claim(later(days=day))
        await storage.schedule.fail(due, later(days=day))
        [due] = await storage.schedule.claim(later(days=day, seconds=30))
        await close(storage, due)
    assert await storage.schedule.resting() == []


async def rest(storage: Storage) -> None:
    await plan(storage, BELL)
    for hour in range(5):
        [due] = await storage.schedule.claim(later(hours=hour))
        await storage.schedule.fail(due, later(hours=hour))
    assert await storage.schedule.resting()


async def test_what_rests_is_tried_again_after_a_restart(storage: Storage) -> None:
    await rest(storage)
    await storage.schedule.rouse()
    assert await storage.schedule.resting() == []
    [due] = await storage.schedule.claim(later(days=1))
    assert due.at == MORNING


async def test_what_rests_is_moved_like_anything_else(storage: Storage) -> None:
    await rest(storage)
    moved = replace(BELL, at=later(days=1), call=Call("bells.hum"))
    await storage.units.commit((storage.schedule.change(moved),))
    assert await storage.schedule.claim(later(days=1)) == [moved]


async def test_a_change_takes_an_occurrence_out_of_our_hands(storage: Storage) -> None:
    await plan(storage, BELL)
    [due] = await storage.schedule.claim(MORNING)
    await storage.units.commit((storage.schedule.change(replace(BELL, at=later(days=1))),))
    with pytest.raises(Conflict):
        await close(storage, due)


async def test_what_is_not_there_cannot_be_changed(storage: Storage) -> None:
    with pytest.raises(Conflict):
        await storage.units.commit((storage.schedule.change(BELL),))


async def test_what_is_removed_does_not_come(storage: Storage) -> None:
    await plan(storage, BELL, replace(BELL, ref="b2"))
    await storage.units.commit((storage.schedule.remove("bell"),))
    assert [due.ref for due in await storage.schedule.claim(MORNING)] == ["b2"]


async def test_forgetting_somebody_removes_what_is_planned_for_them(storage: Storage) -> None:
    ana = await ana_joins(storage)
    await plan(storage, BELL, replace(BELL, ref="b2", to=ana))
    await storage.units.commit(storage.schedule.forget(ana.ref))
    rows = await storage.db.read("SELECT ref FROM schedule")
    assert [row["ref"] for row in rows] == ["bell"]


async def test_a_plan_outlives_the_day_and_shows_nobody_what_it_says(storage: Storage) -> None:
    ana = await ana_joins(storage)
    await plan(storage, BELL, replace(BELL, ref="b2", to=ana))
    for row in await storage.db.read("SELECT * FROM schedule"):
        shown = str({**row})
        assert "loud" not in shown
        assert "room" not in shown
        assert "Ana" not in shown
    await a_day_passes(storage)
    assert len(await storage.schedule.claim(MORNING)) == 2


async def test_whoever_waits_is_woken_by_a_new_plan(storage: Storage) -> None:
    wake = storage.units.wakes["clock"]
    assert not wake.is_set()
    await plan(storage, BELL)
    assert wake.is_set()


async def test_thousands_that_wait_are_not_looked_at(storage: Storage) -> None:
    far = replace(BELL, at=later(days=300))
    await plan(storage, BELL, *(replace(far, ref=f"b{n}") for n in range(2000)))
    await storage.units.commit((Write("ANALYZE", {}),))
    looks: dict[str, dict[str, Value]] = {
        schedule.READY: {"now": 0, "most": 1},
        schedule.TAKE.format(refs=":r0"): {"r0": "x", "lease": 0, "now": 0},
        schedule.MOVE: {"next": 0, "ref": "x", "at": 0},
        schedule.END: {"ref": "x", "at": 0},
    }
    for sql, values in looks.items():
        rows = await storage.db.read(f"EXPLAIN QUERY PLAN {sql}", **values)
        assert all(row["detail"].startswith("SEARCH") for row in rows)
    assert await storage.schedule.earliest() == MORNING
    assert await storage.schedule.claim(MORNING) == [BELL]
