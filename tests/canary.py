"""A life with planted words in it, for the test that looks for them on the disk.

    python -m tests.canary FOLDER

It leaves a draft open, a deed pending, a code and a private date, says `ready`, and waits to be
killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from bot import logs
from bot.core.actions import Cog, command
from bot.core.app import App
from bot.core.cards import Answer, Call, Card, Field
from bot.core.model import Account, Context, Group, Person, Place, Via
from bot.core.ports import Draft, Due
from bot.core.rooms import Line, Post
from bot.core.text import t
from bot.core.work import Sending
from cogs import build
from cogs.steps import Company
from storage import Storage
from storage.database import Database
from storage.keys import Keys
from storage.pings import first
from tests.pair_room import agree, person
from tests.room import PURPOSES, TELEGRAM, Actor, Hour, Room, ref_of

KEY = bytes(range(32))
NAME = "Wilhelmina-canary"
NOTE = "canary-note: I used last night"
DRAFT = "canary-draft: half a sentence"
DEED = "canary-deed on its way"
LINE = "canary-line in an inbox"
CLOCK = "canary-clock"
BLOCKED = "canary-blocked"
REPORT = "canary-report: he waited at the stop"
SINCE = "canary-added: and again on Thursday"
REFLECTION = "canary-reflection on a bus"
OFFERED, ASKED = "canary-offered ten years", "canary-asked on Sundays"
ANSWERED = "canary-answered by the lamp"
ANSWER = "canary-answer from a tram"
SAID = "canary-said to everybody in the room"
STEP = "canary-step in a notebook"
ADVICE = "canary-suggestion about it"
REPLY = "canary-answer to that"
DAY = "1987-06-05"
GROUP = "canary-house"
ACCOUNT = "8123456789012"
CRASH = "canary-crash"
WORD, PASSPHRASE = "canary-lamp-42", "canary horse battery staple"
ROOM = "-1009876543210"
PLANTED = (
    NAME,
    NOTE,
    DRAFT,
    DEED,
    LINE,
    CLOCK,
    BLOCKED,
    REFLECTION,
    OFFERED,
    ASKED,
    ANSWERED,
    ANSWER,
    REPORT,
    SINCE,
    SAID,
    STEP,
    ADVICE,
    REPLY,
    DAY,
    GROUP,
    ACCOUNT,
    CRASH,
    WORD,
    PASSPHRASE,
    ROOM,
)


class Fragile(Cog):
    """Breaks with what somebody typed in its hands."""

    name = "fragile"

    @command("Break")
    async def smash(self, ctx: Context, what: Annotated[str, Field("What?")]) -> Answer:
        raise RuntimeError(f"{what} broke in the hands of {ctx.person.name}")


async def live(folder: Path) -> None:
    """Everything that a person may leave behind, through the real road."""
    logs.setup("debug", "json")
    keys = Keys(folder / "keys.db", KEY)
    await keys.open()
    db = Database(folder / "home.db", keys.main)
    await db.open()
    storage = Storage(db, keys, Hour(datetime.now(UTC)))
    await storage.wake_up(storage.now())
    room = Room(App([*build(storage), Fragile()], storage.ports), storage, TELEGRAM)
    room.group, room.id = Group("canary-group", GROUP), ROOM
    ana = await _joins(room)
    await ana.types(f"/checkin 2 {NOTE}")
    await ana.types("/gather")
    await ana.presses("I will open it sometimes")
    await ana.types(f"/checkin 2 {NOTE}")
    await ana.presses("Share it")
    await ana.presses("Everyone")
    await ana.presses("With my note")
    await ana.presses("Send it")
    await _reports(room, ana)
    await ana.types(f"/smash {CRASH}")
    await ana.types("/checkin")
    await ana.fills("4")
    await ana.presses("None")
    await ana.is_asked(room.app.actions["checkins.checkin"].form(Call("checkins.checkin", ("3",))))
    await room.app.perform(Call("time.add", (CLOCK, "days", DAY)), ana.origin(Via.FILLED))
    await ana.types(f"/block {BLOCKED}")
    read = ("first", room.now.date().isoformat())
    written = Call("readings.write", (*read, REFLECTION))
    await room.app.perform(written, ana.origin(Via.FILLED))
    await room.app.perform(Call("readings.favourite", read), ana.origin(Via.PRESSED))
    await room.app.perform(Call("bringing.set_hour", ("07:15",)), ana.origin(Via.FILLED))
    await _asks(room, ana)
    await ana.types("/link")
    await _agrees(storage, room, ana)
    await _notebook(room, ana)
    await _waits(storage, room, ana)
    await storage.db.checkpoint()
    await ana.types(f"/checkin 1 {NOTE}")


async def _reports(room: Room, ana: Actor) -> None:
    """One on its way to two of the group, and one that is only begun."""
    until = room.now + timedelta(days=9)
    for name in ("Dora", "Emil"):
        await room.person(name)
        assert room.group
        term = room.storage.roles.give(room.group.ref, ref_of(name), "servant", room.now, until)
        await room.storage.units.commit((term,))
    await ana.types(f"/report {REPORT}")
    for label in ("Go on", "Dora", "Emil", "Go on", "Show my name", "Send it to both"):
        await ana.presses(label)
    [sent] = await room.storage.reports.of("canary-ref-1")
    await room.app.perform(Call("adding.add", (sent.ref, SINCE)), ana.origin(Via.FILLED))
    await ana.types(f"/report {REPORT}")


async def _joins(room: Room) -> Actor:
    await room.opens()
    ana = Actor(Account("telegram", ACCOUNT), room)
    ana.here = ana.own
    room.actors[ACCOUNT] = ana
    person = Person("canary-ref-1", NAME, consents=PURPOSES)
    assert room.group
    await room.storage.units.commit(
        (
            *room.storage.people.join(ana.account, person),
            *room.storage.groups.enter(room.group, person, room.now),
        )
    )
    return ana


async def _asks(room: Room, ana: Actor) -> None:
    """Ana can be found; somebody asks her, and she would like to talk first."""
    offer = Call("offers.make", ("friend", "1", "any", "en", OFFERED, OFFERED))
    await room.app.perform(offer, ana.origin(Via.FILLED))
    bea = await room.person("Bea")
    bea.here = bea.own
    [made] = await room.storage.offers.of("canary-ref-1")
    asks = Call("sponsorship.ask", (made.ref, "open", ASKED, ASKED))
    await room.app.perform(asks, bea.origin(Via.FILLED))
    [asked] = await room.storage.requests.to("canary-ref-1", "canary-group")
    talks = Call("requests.talk", (asked.ref, ANSWERED))
    await room.app.perform(talks, ana.origin(Via.FILLED))


async def _agrees(storage: Storage, room: Room, ana: Actor) -> None:
    """With somebody, who is about to hear of an answer."""
    bo = await person(room, "Bo")
    await agree(ana, bo, shows="2")
    [one] = await storage.agreements.of("canary-ref-1")
    asked = first(one.ref, "canary-ref-1", room.now, room.now.date())
    ended = storage.parted.note(one, one.belongs_to)
    await storage.units.commit((storage.pings.ask(asked), *ended))
    given = (asked.ref, asked.day.isoformat(), "2", "lonely", ANSWER)
    await room.app.perform(Call("pings.changed", given), ana.origin(Via.FILLED))


async def _notebook(room: Room, ana: Actor) -> None:
    """A page, about which he suggests something, and what she says to that."""
    storage, me, bo = room.storage, "canary-ref-1", room.guest("Bo")
    for call in ("steps.begin", "steps.choose:twelve"):
        await ana.sends(call)
    [book] = await storage.steps.notebooks.of(me)
    for question in ("cost", "rules"):
        await ana.sends(f"pages.write:{book.ref}:1:{question}:{STEP}")
    [page, _] = await storage.steps.entries.of(me)
    other = Company(storage.steps, storage.agreements, storage.people, storage.blocks)
    [bo_known] = await other.of(me)
    await ana.sends(f"letting.let_page:{page.ref}:{bo_known.tag(page.ref)}")
    await bo.sends("people.allow:steps")
    await bo.sends(f"suggesting.suggest:{page.ref}:{ADVICE}")
    [made] = await storage.steps.suggestions.on(page.ref)
    await ana.sends(f"suggesting.answer:{made.ref}:{REPLY}")


async def _waits(storage: Storage, room: Room, ana: Actor) -> None:
    """What is on its way in and out, and what is due."""
    person, later = Person("canary-ref-1", NAME), storage.now() + timedelta(hours=1)
    card = Card(t(DEED), private=True)
    web = Account("web", ACCOUNT)
    await storage.units.commit(
        (
            *storage.outbox.queue("canary/1", Sending(Post(person, card)), later),
            *storage.outbox.queue("canary/2", Sending(Post(room.place, Card(t(DEED)))), later),
            *storage.inbox.store("telegram", [("1", ACCOUNT, LINE)], storage.now()),
            storage.schedule.add(Due("canary-due-1", Call("checkins.invite"), person, later)),
            storage.schedule.add(Due("canary-due-2", Call("checkins.invite"), room.place, later)),
            storage.web.make(web, WORD, PASSPHRASE, storage.now()),
            storage.people.add_account(web, person.ref),
        )
    )
    own = Place("web", ACCOUNT, private=True)
    await storage.web.feed.keep("canary/3", own, card, storage.now())
    line, there = Line(NAME, SAID), Place("web", "canary-group")
    await storage.web.feed.keep("canary/4", there, line, storage.now(), author=person.ref)
    await ana.is_asked(room.app.actions["fragile.smash"].form(Call("fragile.smash")))
    half = Draft(Call("checkins.checkin", ("4", "", DRAFT)))
    errand = storage.errands.make(ana.origin(), "checkins.checkin", storage.errands.place())[1]
    await storage.units.commit((storage.drafts.save(ana.origin(), half), errand))


async def _wait(folder: Path) -> None:
    await live(folder)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_wait(Path(sys.argv[1])))
    finally:
        os._exit(1)  # a database that was left open would keep the process
