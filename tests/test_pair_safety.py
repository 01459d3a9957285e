"""What nobody can do to two who agreed: press for them, ask twice, slip in between, or write in
their name."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from bot import clock, outbox
from bot.core.app import App
from bot.core.cards import Call
from bot.core.model import Place
from bot.core.rooms import Deed, Post
from bot.core.text import plain
from cogs import build
from storage.pings import Ping
from tests.pair_kills import opened, works
from tests.pair_room import (
    agree,
    agreement,
    anywhere,
    at,
    goes_to,
    heard,
    opens,
    pair,
    person,
    questions,
    sends,
)
from tests.room import TELEGRAM, Actor, Room, ref_of, words

EVENING = at("2026-03-01T20:00")
GONE = "That button is no longer in use."
OURS = {"pairs", "proposals", "wishes", "rests", "pings", "calls", "replies", "reviews"}


async def last(room: Room, name: str) -> Ping:
    one = await agreement(room, name)
    found = await room.storage.pings.last(one.ref, ref_of(name))
    assert found
    return found


async def kept(room: Room) -> list[list[object]]:
    """Every row of this feature, as it is on the disk."""
    tables = ("agreements", "parts", "pings", "schedule", "outbox")
    found = [await room.storage.db.read(f"SELECT * FROM {table}") for table in tables]
    return [[tuple(row) for row in rows] for rows in found]


@pytest.mark.parametrize("door", [TELEGRAM], indirect=True, ids=["telegram"])
async def test_each_action_is_for_those_whose_it_is(room: Room) -> None:
    """Every action of ours, tried by each: one of the two, somebody else, a guest."""
    ana, _ = await pair(room, "Ana", "Bo")
    cy, dee = await person(room, "Cy"), room.guest("Dee")
    dee.here = dee.own
    await goes_to(room, EVENING)
    one, ping = await agreement(room), await last(room, "Ana")
    actions = [a for name, a in room.app.actions.items() if name.partition(".")[0] in OURS]
    named = {"agreement": one.ref, "ping": ping.ref}
    assert len(actions) > 25
    before = await kept(room)
    for action, (who, mine) in product(actions, ((cy, False), (dee, False), (ana, True))):
        field = action.spec.object
        if field is None and action.spec.who != "clock":
            continue
        args = (named[field.name],) if field else (one.ref, "x")[: len(action.spec.fields)]
        rest = {"day": "2026-03-01", "terms": "x", "wish": "x"}
        fields = action.spec.fields[len(args) :]
        args += tuple(rest[f.name] for f in fields if f.name in rest)
        if mine and action.spec.who != "clock":
            continue
        await who.sends(str(Call(action.id, args)))
        assert plain(who.seen[-1].text) in (
            GONE,
            "That is for people who have joined. It takes a minute.",
        ), action.id
        assert await kept(room) == before, action.id


async def test_an_answer_pressed_twice_is_told_once(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    good = str(questions(ana)[0].buttons[3].call)
    await asyncio.gather(ana.sends(good), ana.sends(good))
    await room.passes()
    assert heard(bo) == ["Ana: Good"]
    assert len(await room.storage.checkins.latest(ref_of("Ana"), 9)) == 1


@anywhere
@pytest.mark.parametrize("number", range(4))
async def test_an_end_while_the_clock_asks_leaves_no_question(room: Room, number: int) -> None:
    """Both at once: either the question was first and is taken back, or there is none."""
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    room.now = EVENING

    async def ends() -> None:
        for _ in range(number * 3):
            await asyncio.sleep(0)
        await sends(bo, "pairs.end", one.ref, "yes")

    await asyncio.gather(clock.tick(room.app, room.storage.schedule, room.now), ends())
    assert await room.storage.agreements.load(one.ref) is None
    await goes_to(room, EVENING)
    assert questions(ana) == questions(bo) == []
    [rows] = await room.storage.db.read("SELECT count(*) AS n FROM schedule")
    assert rows["n"] == 0


@anywhere
async def test_two_who_are_asked_at_the_same_hour_are_both_asked_at_once(room: Room) -> None:
    people = await pair(room, "Ana", "Bo", "Cy", "Dee", "Eve")
    await goes_to(room, EVENING)
    assert [len(questions(who)) for who in people] == [1] * 5


@anywhere
async def test_a_process_that_dies_after_it_asked_asks_no_second_time(room: Room) -> None:
    """It is kept as one: the question, the row for the next, and the message on its way."""
    ana, _ = await pair(room, "Ana", "Bo")
    room.now = EVENING
    due = await room.storage.schedule.claim(room.now)
    assert due
    await room.storage.schedule.take_back(room.now)  # died before anything was kept
    await clock.tick(room.app, room.storage.schedule, room.now)
    room.app = App(build(room.storage), room.storage.ports)  # died before anything was sent
    await room.storage.wake_up(room.now)
    await goes_to(room, EVENING, EVENING)
    assert len(questions(ana)) == 1


class Torn:
    """A door that is down for a while, and a cable that is cut after a message has arrived."""

    def __init__(self, room: Room, errors: list[BaseException | None]) -> None:
        self._room, self._errors, self.name = room, errors, room.name
        self.limits = room.limits

    async def serve(self, app: App) -> None: ...

    async def do(
        self, key: str, place: Place, deed: Deed, standing: str = "", about: tuple[str, ...] = ()
    ) -> str:
        question = isinstance(deed, Post) and "How is today" in plain(deed.card.text)
        error = self._errors.pop(0) if question and self._errors else None
        if isinstance(error, OSError):
            raise error
        receipt = await self._room.do(key, place, deed, standing, about)
        if error:
            raise error
        return receipt


async def test_an_uncertain_question_is_not_asked_again(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", asked="me")
    torn = Torn(room, [RuntimeError("cut")])
    room.now = EVENING
    await clock.tick(room.app, room.storage.schedule, room.now)
    for minutes in (0, 3, 6, 15):
        room.now = at(f"2026-03-01T20:{minutes:02}")
        await outbox.deliver(room.app, room.storage.outbox, {room.name: torn}, room.now)
    assert (
        len(questions(ana)) == (2 if room.limits.deduplicates > 1000 else 1) or room.name == "web"
    )
    assert questions(bo) == []


@pytest.mark.parametrize(
    "name",
    ["*Ana* _b_", "<b>Ana</b>", "[Ana](http://x)", "{name}", "@everyone", "\u05d0\u05e0\u05d4"],
)
async def test_a_name_is_letters_whatever_it_looks_like(room: Room, name: str) -> None:
    ana, bo = await person(room, name), await person(room, "Bo")
    await agree(ana, bo, shows="2")
    await goes_to(room, EVENING)
    await ana.presses("Good")
    await ana.presses("Add a note")
    await ana.fills("<script>{note}</script> *so* :~")
    await room.passes()
    assert heard(bo)[-1] == f"{name}: Good"
    await bo.types("/pairs")
    assert f"{name}, 2026-03-01: Good\n<script>{{note}}</script> *so* :~" in words(bo.seen[-1])


@pytest.mark.parametrize(
    "forged",
    [
        *("pings.answer", "pings.answer:x:y:z", "pings.answer:{ping}:2026-03-01:9"),
        *("pings.answer:{ping}:2026-13-01:3", "proposals.accept:{ref}:00000000", "pairs.end:{ref}"),
        *("wishes.grant:{ref}:00000000", "calls.called:{ref}:x", "pings.ask:{ref}"),
        *(
            "reviews.over:{ref}",
            "proposals.code:{ref}",
            "wishes.take_back:{ref}",
            "pairs.pairs:x:y",
        ),
    ],
)
@pytest.mark.parametrize("door", [TELEGRAM], indirect=True, ids=["telegram"])
async def test_what_is_made_up_changes_nothing(room: Room, forged: str) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    one, ping = await agreement(room), await last(room, "Ana")
    before = await kept(room)
    await bo.sends(forged.format(ref=one.ref, ping=ping.ref))
    assert "Something went wrong" not in words(bo.seen[-1])
    assert await kept(room) == before
    assert isinstance(ana, Actor)


@anywhere
async def test_two_doors_of_one_pair(room: Room) -> None:
    """Nothing in an agreement knows which door somebody comes by."""
    ana, bo = await pair(room, "Ana", "Bo")
    one = await agreement(room)
    assert room.name not in repr(one)
    assert ana.account.id not in repr(one)
    assert bo.account.id not in repr(one)


@pytest.mark.parametrize("until", ["claimed", "asked", "sent"])
async def test_a_kill_in_the_middle_of_asking_asks_once(tmp_path: Path, until: str) -> None:
    run = [sys.executable, "-m", "tests.pair_kills", str(tmp_path), until]
    life = await asyncio.create_subprocess_exec(*run, cwd=Path(__file__).parents[1])
    assert await life.wait() == -signal.SIGKILL
    async with opened(tmp_path, EVENING + timedelta(minutes=2)) as room:
        room.guest("Ana")
        for minutes in (2, 4, 20):
            room.now = EVENING + timedelta(minutes=minutes)
            await works(room)
    assert room.file.read_text().splitlines() == ["A note from your group. How is today?"]


@anywhere
async def test_somebody_is_kept_away_with_one_press_from_what_was_agreed_on(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await opens(bo)
    await bo.presses("Pause or end it")
    await bo.presses("Keep Ana away from me")
    await opens(ana)
    await ana.presses("Call me")
    await room.passes()
    assert not [said for said in heard(bo) if "get in touch" in said]
    await opens(bo)
    assert bo.sees("Nothing passes between you now.")


@anywhere
@pytest.mark.parametrize("way", ["blocks.block:Ana", "people.set_adult:no"])
async def test_what_waits_for_the_morning_does_not_come_to_who_is_kept_apart_by_then(
    room: Room, way: str
) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="23:30")
    room.now = at("2026-03-01T23:00")
    await opens(ana)
    await ana.presses("Call me")
    await goes_to(room, at("2026-03-01T23:30"))
    await bo.sends(way)
    seen = len(bo.seen)
    await goes_to(room, at("2026-03-02T07:00"))
    assert [words(card) for card in bo.seen[seen:]] == [words(questions(bo)[-1])]
