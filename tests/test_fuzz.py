"""Whatever is typed, pressed or made up: it is answered or refused, and nothing breaks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.app import App
from bot.core.cards import NOW, Button, Call, Card, Field, Form, Page
from bot.core.fit import fit
from bot.core.model import Account, Origin, Place, Via
from bot.core.questions import AGREE, SAY
from bot.core.text import Day, Link, Moment, Name, Plain, Strong, Text, plain
from bot.core.which import WHICH
from bot.core.work import Unit
from cogs import build
from cogs.now import LINES, NowCog
from tests.fuzz import (
    ARGS,
    KNOWN,
    NAMES,
    NASTY,
    PLACED,
    REAL,
    TEXTS,
    TYPED,
    check_answer,
    check_card,
    check_whole,
    examples,
    good,
    refs,
    silence,
    town,
)
from tests.room import DISCORD, DOORS, MORNING, TELEGRAM, Door, Room

LOCALES = st.sampled_from(["en", "es", "", "pt-br", "xx", "../../etc", "\ud800"])
PRESSED = st.sampled_from(["", "0", "1", "2", "3", "done", "cancel"])
LONG = st.builds(
    lambda words, times: words * times,
    st.text("*_|`\N{GRINNING FACE}a \n", min_size=1, max_size=5),
    st.integers(1, 900),
)
SPANS = st.one_of(
    *(st.text(max_size=60).map(kind) for kind in (Plain, Strong, Name)),
    *(LONG.map(kind) for kind in (Plain, Strong)),
    st.builds(Link, st.text(max_size=60), st.just("https://example.org")),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(Day),
    st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)).map(Moment),
)
SAID = st.lists(SPANS, max_size=8).map(tuple)


@dataclass(frozen=True)
class Sent:
    """A call as it comes from somebody who may have made it up."""

    who: str
    via: Via
    action: str
    args: tuple[str | int, ...]
    alone: bool
    host: bool
    locale: str
    group: str


def sent(action: st.SearchStrategy[tuple[str, tuple[str | int, ...]]]) -> st.SearchStrategy[Sent]:
    return st.builds(
        lambda who, via, call, *where: Sent(who, via, *call, *where),
        st.sampled_from(NAMES),
        st.sampled_from([Via.TYPED, Via.PRESSED, Via.FILLED]),
        action,
        st.booleans(),
        st.booleans(),
        LOCALES,
        st.sampled_from(["", "home-group", "x"]),
    )


ANSWERS = st.tuples(REAL | TEXTS, st.integers(0, 7).map(str) | TEXTS, PRESSED | TEXTS)
AGREED = st.tuples(st.sampled_from(["", "checkins", "dates"]) | TEXTS, REAL | TEXTS)
FORGED = st.one_of(
    st.tuples(st.just(SAY), ANSWERS),
    st.tuples(st.just(AGREE), AGREED),
    st.tuples(st.just(WHICH), st.tuples(REAL, st.just("home-group") | TEXTS)),
    st.tuples(st.sampled_from([SAY, AGREE, WHICH]), st.lists(TEXTS, max_size=5).map(tuple)),
)
FOUND = st.tuples(TEXTS, st.lists(TEXTS | PLACED, max_size=3).map(tuple))


def origin_of(one: Sent, room: Room) -> Origin:
    actor = room.guest(one.who)
    where = replace(actor.origin(one.via), host=one.host, locale=one.locale, group=one.group)
    return replace(where, place=actor.own, overheard=False) if one.alone else where


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@examples(12)
@given(st.lists(sent(KNOWN | KNOWN | FORGED | FOUND), min_size=5, max_size=30))
def test_whatever_a_button_says_is_answered_or_refused(door: Door, calls: list[Sent]) -> None:
    async def happens() -> None:
        async with town(door) as room:
            names = await refs(room)
            for one in calls:
                args = (names[a % len(names)] if isinstance(a, int) else a for a in one.args)
                origin, call = origin_of(one, room), Call(one.action, tuple(args))
                answer = await room.app.perform(Call.parse(str(call)), origin)
                check_answer(answer)
                if isinstance(answer, Form):
                    check_answer(await room.app.ask(answer, origin))
            await check_whole(room)

    with silence():
        asyncio.run(happens())


def lines(fields: tuple[Field, ...]) -> st.SearchStrategy[str]:
    words = st.one_of(TEXTS, *(good(field) for field in fields))
    return st.lists(words, max_size=5).map(" ".join)


@dataclass(frozen=True)
class Typed:
    """A line; without a command it is free text, and answers what was asked."""

    command: str
    rest: str
    where: Sent


SPOKEN = st.builds(
    lambda typed, where: Typed(typed[0], typed[1], where),
    st.sampled_from(sorted(TYPED)).flatmap(lambda c: st.tuples(st.just(c), lines(TYPED[c])))
    | st.tuples(st.just(""), TEXTS)
    | st.tuples(st.just("cancel"), TEXTS),
    sent(st.just(("", ()))),
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@examples(12)
@given(st.lists(SPOKEN, min_size=5, max_size=30))
def test_whatever_is_typed_is_answered_or_refused(door: Door, typed: list[Typed]) -> None:
    async def happens() -> None:
        async with town(door) as room:
            commands = {action.spec.name: action for action in room.app.commands}
            for one in typed:
                origin = replace(origin_of(one.where, room), via=Via.TYPED)
                if action := commands.get(one.command):
                    call = action.call(one.rest, origin.locale or "en")
                    answer = await room.app.perform(call, origin)
                elif one.command:
                    answer = await room.app.cancel(origin)
                else:
                    answer = await room.app.hear(one.rest, origin)
                check_answer(answer)
                if isinstance(answer, Form):
                    check_answer(await room.app.ask(answer, origin))
            await check_whole(room)

    with silence():
        asyncio.run(happens())


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
async def test_every_question_bears_whatever_is_typed(door: Door) -> None:
    with silence():
        async with town(door) as room:
            names, ana = await refs(room), room.guest("Ana")
            for id, fields in ARGS.items():
                known = tuple(names[3] for field in fields if field.names_object)
                if len(known) == len(fields):
                    continue
                form = Form("A title", Call(id, known), fields[len(known) :])
                check_answer(await room.app.ask(form, ana.origin()))
                for nasty in (*NASTY[:12], *NASTY[-5:]):
                    check_answer(await room.app.hear(nasty, ana.origin()))
                check_answer(await room.app.cancel(ana.origin()))


@pytest.mark.parametrize("nasty", ["\ud800", "x\udfff", "\0", "a" * 10_000])
async def test_nothing_goes_by_a_name_that_no_row_can_have(room: Room, nasty: str) -> None:
    ana = await room.person("Ana")
    with silence():
        for id, fields in ARGS.items():
            call = Call(id, tuple(nasty if f.names_object else "1" for f in fields))
            for via in (Via.PRESSED, Via.FILLED):
                check_answer(await room.app.perform(call, ana.origin(via)))
        for call in (Call(SAY, (nasty, "0", "0")), Call(AGREE, ("", nasty))):
            check_answer(await room.app.perform(call, ana.origin()))


async def test_more_than_is_asked_for_is_refused(room: Room) -> None:
    ana = await room.person("Ana")
    for action in room.app.commands:
        if not action.spec.always:
            call = Call(action.id, ("",) * (len(action.spec.fields) + 1))
            refused = await room.app.perform(call, ana.origin())
            assert isinstance(refused, Card)
            assert plain(refused.text) == "That button is no longer in use."


@dataclass
class Interrupted:
    """Units, but just before the first of them somebody is forgotten."""

    room: Room
    origin: Origin
    done: bool = False

    async def commit(self, unit: Unit) -> None:
        if not self.done:
            self.done = True
            await self.room.app.perform(Call("keeping.forgotten"), self.origin)
        await self.room.storage.units.commit(unit)


@pytest.mark.parametrize(
    "call",
    [
        *("accounts.link", "blocks.block:Somebody", "checkins.checkin:3"),
        *("groups.set_name:home-group:Other", "people.set_name:Other", "roles.hand:home-group"),
        *("time.add:another:days:2020-01-01", "people.withdraw:dates", "keeping.left:home-group"),
    ],
)
async def test_who_is_forgotten_in_the_middle_of_something_is_refused(call: str) -> None:
    with silence():
        async with town(DISCORD) as room:
            ana = room.guest("Ana")
            units = Interrupted(room, ana.origin(Via.PRESSED))
            app = App(build(room.storage), replace(room.storage.ports, units=units))
            check_answer(await app.perform(Call.parse(call), ana.origin(Via.PRESSED)))
            assert units.done
            await check_whole(room)


async def test_a_guest_is_not_asked_for_what_would_be_refused(room: Room) -> None:
    eve = room.guest("Eve")
    await room.person("Ana")
    await eve.types("/checkin 4 tired a note that others can hear")
    assert eve.sees("That is for people who have joined.")


@pytest.mark.parametrize("locale", ["pt-br", "zh-hans", "xx", "", "../../etc", "\ud800"])
async def test_help_now_is_shown_in_whatever_language_a_platform_names(
    tmp_path: Path, room: Room, locale: str
) -> None:
    checked = tmp_path / "crisis.toml"
    lines = LINES.read_text("utf-8").replace('checked = ""', 'checked = "2026-03-01"')
    checked.write_text(lines, "utf-8")
    app = App([NowCog(checked)], room.storage.ports)
    place = Place(room.name, "room")
    origin = Origin(Account(room.name, "eve"), place, MORNING, "a cause", locale=locale)
    page = await app.perform(NOW, origin)
    assert isinstance(page, Page)
    check_card(page.card)


@examples(150)
@given(SAID, st.text(max_size=300), st.lists(st.tuples(st.text("aZ", max_size=99), SAID)))
def test_whatever_a_card_says_it_is_shown_whole(
    text: Text, title: str, facts: list[tuple[str, Text]]
) -> None:
    card = Card(text, title, tuple(facts), (Button("ok", Call("a.b")),), locale="es")
    for door in (DISCORD, TELEGRAM):
        cards = fit(card, door.limits)
        assert "".join(plain(one.text) for one in cards) == plain(text)
        said = [plain(value) for one in cards for _, value in one.facts]
        assert "".join(said) == "".join(plain(value) for _, value in facts)
        assert [len(one.buttons) for one in cards] == [0] * (len(cards) - 1) + [1]
        assert all(len(one.title) <= 256 for one in cards)
