"""What anybody may send, a town where it arrives, and what must hold whatever it was."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from bot.core.app import App
from bot.core.cards import MAX_CALL_BYTES, Answer, Card, Field, Form, Page
from bot.core.fit import fit, size
from bot.core.text import LANGUAGES
from bot.platforms import discord, telegram
from bot.platforms.web.reader import Reader
from bot.platforms.web.render import renderer
from cogs import build
from storage import Storage
from storage.database import Database
from storage.keys import Keys
from tests import instance
from tests.room import DISCORD, TELEGRAM, WEB, Door, Room, ref_of

OFTEN = int(os.environ.get("FUZZ", "1"))
"""So many times as many examples; from 2 on other ones in each run."""
NAMES = ("Ana", "Ben", "Cleo", "Dag")
"""Ana has founded the group, Ben is in it, Cleo has joined and left it, Dag is a guest."""
ANY = st.characters(exclude_categories=())
"""Halves of characters, too: JSON carries them."""
NASTY = (
    *("", " ", "\0", "a\0b", "\ud800", "x\udfff", "\u202e", "\u200b", "\ufeff", "e\u0301" * 9),
    *("~", "~1", ":", "::::", "%s", "%(x)s", "{", "{name}", "{0.__class__}", "*so*", "\\", "'"),
    *("' OR 1=1 --", "<script>", "@everyone", "<@1>", "../../x", "٣", "²", "½", "1" * 5000),
    *("-1", "0", "1e3", "NaN", "9999999999999999999", "0001-01-01", "9999-12-31", "2026-02-30"),
    *("24:00", "+2", "Factory", "localtime", "CET", "/now", "say", "cancel", "yes,no", ",,,"),
    *("a" * 10_000, "\N{GRINNING FACE}" * 5_000, "ﷺ" * 4_000, "\n" * 3_000, "a b " * 2_500),
)
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "new york")
TEXTS = st.sampled_from(NASTY) | st.text(ANY, max_size=40) | st.text(max_size=400)
PLACED = st.integers(0, 99)
"""Stands for something in the town that has a name."""
COGS = build(Storage(Database(Path("none"), None), Keys(Path("none"), bytes(32))))
ARGS = {action.id: action.spec.fields for cog in COGS for action in cog.actions()}
"""What each action takes."""
TYPED = {a.spec.name: a.spec.fields for cog in COGS for a in cog.actions() if a.spec.typed}


def examples(number: int) -> settings:
    return settings(max_examples=number * OFTEN, deadline=None, derandomize=OFTEN == 1)


class Heard(logging.Handler):
    """Every line of the log that says that something went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@contextmanager
def silence() -> Iterator[None]:
    """Fails when anything in it logs an error."""
    heard, root = Heard(), logging.getLogger()
    root.addHandler(heard)
    try:
        yield
    finally:
        root.removeHandler(heard)
    assert not heard.lines, "\n\n".join(heard.lines)


@asynccontextmanager
async def fresh() -> AsyncIterator[Storage]:
    """A database of its own, for each example."""
    with TemporaryDirectory() as made:
        async with instance.fresh(Path(made)) as storage:
            yield storage


@asynccontextmanager
async def town(door: Door) -> AsyncIterator[Room]:
    """The four of `NAMES`, with something of each kind that a button can name."""
    async with fresh() as storage:
        room = Room(App(build(storage), storage.ports), storage, door)
        ana, ben = await room.person("Ana"), await room.person("Ben", "Asia/Tokyo", "es")
        cleo, _ = await room.person("Cleo"), room.guest("Dag")
        give, until = storage.roles.give, room.now.replace(year=room.now.year + 1)
        founder = give("home-group", ref_of("Ana"), "founder", room.now, until)
        servant = give("home-group", ref_of("Ben"), "servant", room.now, until)
        await storage.units.commit((founder, servant))
        for actor in (ana, ben, cleo):
            await actor.types("/checkin 2 lonely")
            await actor.sends("time.add:my day:days:2020-02-29")
            await actor.sends("blocks.block:Nobody")
            await actor.sends("readings.write:first:2026-03-01:A word")
            await actor.sends("readings.favourite:first:2026-02-27")
            await actor.sends("bringing.set_hour:07~115")
        await cleo.sends("keeping.left:home-group")
        await ana.sends("groups.set_name:home-group:Another name")
        for actor in room.actors.values():
            await actor.types("/join")
        ana.hosts = True
        await ana.types("/setup")
        yield room


async def refs(room: Room) -> list[str]:
    """All that can be named, by whoever found out: rows, codes from buttons, persons."""
    found: list[str] = ["home-group", "clock", "x" * 12]
    for table in ("checkins", "clocks", "blocks", "reflections", "roles", "changes", "people"):
        rows = await room.storage.db.read(f"SELECT ref FROM {table} ORDER BY rowid")
        found += [row["ref"] for row in rows]
    cards = [card for actor in room.actors.values() for card in actor.seen]
    return found + [arg for card in cards for button in card.buttons for arg in button.call.args]


def good(field: Field) -> st.SearchStrategy[str]:
    """What a field takes, and here and there what it nearly takes."""
    if field.choices:
        words = [str(choice.value) for choice in field.choices] + [c.label for c in field.choices]
        word = st.sampled_from(words)
        return st.lists(word, max_size=3).map(",".join) if field.many else word
    if field.kind is int:
        return st.integers(-2, 12).map(str)
    if field.kind is ZoneInfo:
        return st.sampled_from(ZONES)
    kinds = {"date": st.dates().map(str), "time": st.times().map(lambda at: f"{at:%H:%M}")}
    return kinds.get(field.kind.__name__, st.text(max_size=60))


def arguments(fields: tuple[Field, ...]) -> st.SearchStrategy[tuple[str | int, ...]]:
    """Good ones, bad ones, other people's; too few and too many."""
    each = [(PLACED if field.names_object else good(field)) | TEXTS | PLACED for field in fields]
    full = st.tuples(*(PLACED if f.names_object else good(f) for f in fields))
    few = st.integers(0, len(fields)).flatmap(lambda n: st.tuples(*each[:n]))
    many = st.tuples(*each, TEXTS, TEXTS)
    return full | full | st.tuples(*each) | few | many


REAL = st.sampled_from(sorted(ARGS))
KNOWN = REAL.flatmap(lambda id: st.tuples(st.just(id), arguments(ARGS[id])))
"""An action that there is, and what it might be given."""


def check_answer(answer: Answer) -> None:
    """It is one of the things a door can show, and each of the doors can show it."""
    match answer:
        case None:
            return
        case Form() | Card():
            _check_seen(answer)
        case Page(card=card):
            check_card(card)
            _check_web(answer)
        case _:
            raise AssertionError(f"{type(answer).__name__} is no answer")


@lru_cache(512)
def _check_seen(answer: Form | Card) -> None:
    """Nearly all that is made up has the same few answers: each is looked at once."""
    if isinstance(answer, Form):
        check_form(answer)
    else:
        check_card(answer)
    _check_web(answer)


def _check_web(answer: Form | Card | Page) -> None:
    for locale in LANGUAGES:
        assert renderer().answer(answer, Reader(locale)).strip()


def check_card(card: Card) -> None:
    """What the platforms' own documents say of a message."""
    calls = [str(button.call) for button in card.buttons]
    assert len(calls) == len(set(calls)), "Discord refuses the same id twice in a message"
    assert all(0 < len(call.encode()) <= MAX_CALL_BYTES for call in calls)
    assert all(button.label.strip() for button in card.buttons), "a button says nothing"
    for one in fit(card, DISCORD.limits):
        shown = discord.container(one)
        said = [part["content"] for part in shown["components"] if "content" in part]
        assert all(words.strip() for words in said), "a message says nothing"
        assert sum(map(len, said)) <= 4000
    for one in fit(card, TELEGRAM.limits):
        text, entities = telegram.message(one)
        assert text.strip()
        assert size(text) <= 4096
        assert all(e.offset + e.length <= size(text) for e in entities)
        telegram.keyboard(one)
    for one in fit(card, WEB.limits):
        WEB.render(one)


def check_form(form: Form) -> None:
    assert form.fields
    assert form.title
    if len(form.fields) <= DISCORD.limits.dialog_fields:
        discord.dialog(form, form.locale)


async def check_whole(room: Room) -> None:
    """The database holds together, and everything in it can be read by whoever may."""
    db, storage = room.storage.db, room.storage
    assert not await db.read("PRAGMA foreign_key_check")
    [found] = await db.read("PRAGMA quick_check")
    assert found["quick_check"] == "ok"
    for ref in await storage.people.refs():
        for keeper in storage.keepers.values():
            await keeper.mine(ref)
    for row in await db.read("SELECT ref FROM groups"):
        assert await storage.groups.settings(row["ref"])
        await storage.groups.places(row["ref"])
