"""Agreements as they are kept: with both, without one, and gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.cards import Call, Card
from bot.core.model import Person
from bot.core.ports import Due
from bot.core.recurrence import Rule
from bot.core.rooms import Post
from bot.core.text import t
from bot.core.work import Sending
from storage.agreements import PING, WAITS, Agreement, Kind, planned
from storage.parts import Part, Role, Shows, Terms
from tests.room import MORNING, Room, ref_of

DAILY = Terms(tuple(range(7)), "07:30", Shows.ALL, calls=True)
MONTH = timedelta(days=30)


def between(*names: str, kind: Kind = Kind.PAIR) -> Agreement:
    parts = tuple(Part(ref_of(name), DAILY, agreed=True) for name in names)
    return Agreement("agreed-12345"[:12], kind, parts, MORNING, MORNING + MONTH)


async def agreed(room: Room, agreement: Agreement) -> None:
    """With a question to each that is planned, and one that is on its way."""
    store = room.storage
    unit = store.agreements.add(agreement)
    for part in agreement.parts:
        ref = planned(PING, agreement.ref, part.person)
        rule = Rule.daily("UTC", MORNING.replace(tzinfo=None))
        to = Person(part.person, "")
        unit += (store.schedule.add(Due(ref, Call("now.now"), to, MORNING + MONTH, rule)),)
        about = (agreement.ref, *(other.person for other in agreement.others(part.person)))
        sending = Sending(Post(to, Card(t("A note.", "en"))), about=about)
        unit += store.outbox.queue(f"{ref}/0", sending, MORNING)
    await store.units.commit(unit)


async def left(room: Room) -> dict[str, int]:
    counts = {}
    for table in ("agreements", "parts", "schedule", "outbox"):
        [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
        counts[table] = row["n"]
    return counts


async def people(room: Room, *names: str) -> None:
    for name in names:
        await room.person(name)


async def test_what_was_agreed_is_read_as_it_was_written(room: Room) -> None:
    await people(room, "Ana", "Bo")
    wish = Terms((0, 6), "23:59", Shows.MOOD, tells=True)
    one = between("Ana", "Bo", kind=Kind.SPONSOR)
    sponsor = replace(one.parts[0], role=Role.SPONSOR, rests=MORNING + MONTH, muted=True)
    sponsee = replace(one.parts[1], role=Role.SPONSEE, wish=wish, yes=frozenset({ref_of("Ana")}))
    one = replace(one, parts=(sponsor, sponsee), until=MORNING + 3 * MONTH)
    await agreed(room, one)
    assert await room.storage.agreements.load(one.ref) == one
    assert await room.storage.agreements.of(ref_of("Bo")) == [one]
    assert one.live


async def test_a_change_is_kept_and_nothing_else(room: Room) -> None:
    await people(room, "Ana", "Bo", "Cy")
    one = between("Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    await agreed(room, one)
    store = room.storage
    after = replace(one, parts=(replace(one.parts[0], muted=True), one.parts[1]))
    await store.units.commit(store.agreements.change(one, after))
    assert await store.agreements.load(one.ref) == replace(after, version=2)
    assert (await left(room))["schedule"] == 2


async def test_an_end_takes_along_what_is_planned_and_what_is_queued(room: Room) -> None:
    await people(room, "Ana", "Bo")
    one = between("Ana", "Bo")
    await agreed(room, one)
    await room.storage.units.commit(room.storage.agreements.end(one))
    assert await left(room) == {"agreements": 0, "parts": 0, "schedule": 0, "outbox": 0}


async def test_of_two_nothing_is_left_when_one_is_forgotten(room: Room) -> None:
    await people(room, "Ana", "Bo")
    await agreed(room, between("Ana", "Bo"))
    await room.storage.units.commit(room.storage.forget(ref_of("Ana")))
    assert await left(room) == {"agreements": 0, "parts": 0, "schedule": 0, "outbox": 0}


async def test_a_circle_goes_on_without_somebody_who_is_forgotten(room: Room) -> None:
    await people(room, "Ana", "Bo", "Cy")
    one = between("Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    await agreed(room, one)
    await room.storage.units.commit(room.storage.forget(ref_of("Ana")))
    kept = await room.storage.agreements.load(one.ref)
    assert kept
    assert kept.belongs_to == {ref_of("Bo"), ref_of("Cy")}
    assert (await left(room))["schedule"] == 2


async def test_a_proposal_that_nobody_took_up_is_gone_after_two_weeks(room: Room) -> None:
    await people(room, "Ana", "Bo")
    one = between("Ana", "Bo")
    one = replace(one, parts=(one.parts[0], replace(one.parts[1], agreed=False)))
    store = room.storage
    await store.units.commit(store.agreements.add(one))
    await store.units.commit(store.agreements.tidy(MORNING + WAITS))
    assert await store.agreements.of(ref_of("Bo")) == [one]
    await store.units.commit(store.agreements.tidy(MORNING + WAITS + timedelta(seconds=1)))
    assert await store.agreements.of(ref_of("Bo")) == []


async def test_everybody_can_read_their_own_part_of_it(room: Room) -> None:
    await people(room, "Ana", "Bo")
    await agreed(room, between("Ana", "Bo"))
    [told] = await room.storage.agreements.mine(ref_of("Ana"))
    assert told["asked"]["shown"] == "all"  # type: ignore[index]
    assert ref_of("Bo") not in str(told)
