"""The reading of the day: read, written about for oneself, kept, and brought to nobody unasked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.cards import Call, Page
from bot.core.errors import Forgotten
from bot.core.model import Person, Via
from bot.core.text import Link
from cogs.readings import Library
from tests.reading_room import pack, with_packs
from tests.room import HOME, Actor, Room, ref_of, words

TERM = timedelta(days=365)
TODAY = date(2026, 3, 1)
FIRST, LAST = "The spare key", "Two opinions"
WRITTEN = "The nail in my own cupboard."


def title(day: date, language: str = "en") -> str:
    read = Library().reading("first", language, day)
    assert read
    return read.reading.title


async def reader(room: Room, name: str = "Ana", **how: str) -> Actor:
    """Somebody in a chat of their own."""
    ana = await room.person(name, **how)
    ana.here = ana.own
    return ana


async def page(room: Room, who: Actor, action: str, *args: str) -> Page:
    answer = await room.app.perform(Call(action, args), who.origin(Via.PRESSED))
    assert isinstance(answer, Page)
    return answer


async def test_the_reading_of_the_day_is_shown_to_whoever_asks_alone(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/today")
    said = words(ana.seen[-1])
    assert FIRST in said
    assert "A key hangs on a nail" in said
    assert "In front of whose door would I stand" in said
    assert ana.seen[-1].private
    assert room.door.name == "telegram" or not room.posted


async def test_it_is_that_of_ones_own_day_in_ones_own_language(room: Room) -> None:
    ana = await reader(room, zone="Pacific/Kiritimati")
    bo = await reader(room, "Bo", zone="Pacific/Pago_Pago", language="es")
    room.now = room.now.replace(hour=10, minute=30)
    await ana.types("/today")
    assert ana.sees(title(date(2026, 3, 2)))
    await bo.types("/today")
    assert bo.sees(title(date(2026, 2, 28), "es"))


async def test_a_page_has_all_that_a_page_shows(room: Room) -> None:
    ana = await reader(room)
    shown = await page(room, ana, "readings.today")
    assert shown.name == "today"
    assert isinstance(shown.data, dict)
    assert shown.data["title"] == FIRST
    assert shown.data["day"] == TODAY
    assert shown.data["paragraphs"][0].startswith("A key hangs")
    assert shown.data["question"].endswith("?")
    assert (shown.data["licence"], shown.data["kept"], shown.data["written"]) == ("MIT", False, "")
    await ana.types("/today")
    await ana.presses("Keep this one")
    assert isinstance((await page(room, ana, "readings.today")).data, dict)
    assert (await page(room, ana, "readings.today")).data["kept"] is True  # type: ignore[index]


async def test_having_read_it_counts_nothing(room: Room) -> None:
    ana = await reader(room)
    await ana.types("/today")
    before = await room.storage.db.read("SELECT count(*) AS n FROM reading_hours")
    await ana.presses("I read it")
    assert ana.sees("It stays here if you want to come back to it.")
    assert ana.seen[-1].replaces
    assert await room.storage.db.read("SELECT count(*) AS n FROM reading_hours") == before
    assert not await room.storage.readings.count(ref_of("Ana"))
    await ana.presses("Read it again")
    assert ana.sees(FIRST)


async def test_a_reflection_is_kept_read_changed_and_deleted(room: Room) -> None:
    ana = await reader(room)
    await ana.types("/today")
    await ana.presses("Reflect")
    await ana.fills(WRITTEN)
    assert ana.sees("It is kept, for you alone.")
    await ana.types("/today")
    assert not ana.can_press("Reflect")
    await ana.presses("What I wrote")
    assert ana.sees(WRITTEN)
    await ana.presses("Change it")
    assert not ana.form or ana.form.given == (WRITTEN,)
    await ana.fills("Another nail.")
    assert ana.sees("Another nail.")
    assert not ana.sees(WRITTEN)
    await ana.types("/readings reflections")
    assert ana.sees("1. 2026-03-01: The spare key")
    assert ana.sees("Another nail.")
    await ana.presses("1. The spare key")
    await ana.presses("Delete it")
    await ana.presses("Yes, delete it")
    assert not await room.storage.readings.count(ref_of("Ana"))


async def test_there_is_one_reflection_for_each_reading_and_day(room: Room) -> None:
    ana = await reader(room)
    for note in (WRITTEN, WRITTEN, "And later."):
        await ana.sends(f"readings.write:first:2026-03-01:{note}")
    [entry] = await room.storage.readings.latest(ref_of("Ana"), 9)
    assert entry.note == f"{WRITTEN}\n\nAnd later."
    await ana.types("/today")
    await ana.sends("readings.reflect:first:2026-03-01")
    assert ana.sees("And later."), "what is there is shown first"
    await ana.sends("readings.write:first:2026-02-28:The day before.")
    assert len(await room.storage.readings.latest(ref_of("Ana"), 9)) == 2


async def test_a_reflection_that_has_grown_too_long_says_so(room: Room) -> None:
    ana = await reader(room)
    for n in (1, 2):
        call = Call("readings.write", ("first", "2026-03-01", str(n) * 1500))
        await ana._receive(await room.app.perform(call, ana.origin(Via.PRESSED)))
    assert ana.sees("It has 3002 characters by now, and 2000 fit.")
    [entry] = await room.storage.readings.latest(ref_of("Ana"), 9)
    assert entry.note == "1" * 1500


async def test_nobody_else_reads_a_reflection(room: Room) -> None:
    ana, eve = await reader(room), await reader(room, "Eve")
    await ana.sends(f"readings.write:first:2026-03-01:{WRITTEN}")
    [entry] = await room.storage.readings.latest(ref_of("Ana"), 9)
    for action in ("mine", "change", "changed", "delete"):
        await eve.sends(f"readings.{action}:{entry.ref}:yes")
        assert eve.sees("That button is no longer in use.")
    await eve.types("/readings reflections")
    assert eve.sees("There are none here.")
    assert (await room.storage.readings.load(entry.ref)) == entry


async def test_nothing_is_kept_without_a_yes(room: Room) -> None:
    guest, joined = room.guest("Dee"), Person(ref_of("Dee"), "Dee")
    await room.opens()
    await room.storage.units.commit(room.storage.people.join(guest.account, joined))
    guest.here = guest.own
    await guest.types("/today")
    assert guest.sees(FIRST)
    await guest.presses("Keep this one")
    assert guest.sees("May I keep this?")
    assert not await room.storage.readings.count(joined.ref)
    await guest.presses("Yes, keep it")
    assert await room.storage.readings.count(joined.ref) == 1
    await guest.sends("people.withdraw:readings")
    await guest.presses("Delete what is kept")
    await guest.presses("Yes, delete all")
    assert not await room.storage.readings.count(joined.ref)


async def test_a_favourite_is_kept_found_again_and_let_go(room: Room) -> None:
    ana = await reader(room)
    await ana.types("/today")
    await ana.presses("Keep this one")
    assert ana.seen[-1].replaces
    assert ana.can_press("Kept")
    await ana.sends("readings.favourite:first:2026-03-01")
    assert await room.storage.readings.count(ref_of("Ana")) == 1
    room.now += timedelta(days=3)
    await ana.types("/readings favourites")
    await ana.presses("1. The spare key")
    assert ana.sees("A key hangs on a nail")
    await ana.presses("Kept")
    assert ana.can_press("Keep this one")
    assert not await room.storage.readings.count(ref_of("Ana"))


async def test_the_list_shows_the_last_days_and_what_one_keeps(room: Room) -> None:
    ana = await reader(room)
    await ana.sends("readings.favourite:first:2026-02-28")
    await ana.sends(f"readings.write:first:2026-03-01:{WRITTEN}")
    await ana.types("/readings")
    said = words(ana.seen[-1])
    assert said.index("1. 2026-03-01: The spare key") < said.index("7. 2026-02-23: Grass")
    assert f"My favourites 1. {LAST}" in said
    assert "My reflections 1. 2026-03-01: The spare key" in said
    await ana.presses("7. Grass")
    assert ana.sees("It made a noise like somebody eating.")


async def test_lists_are_paged(room: Room) -> None:
    ana = await reader(room)
    for n in range(1, 20):
        await ana.sends(f"readings.write:first:2026-02-{n:02}:Note {n:02}")
        room.now += timedelta(minutes=1)
    await ana.types("/readings reflections")
    assert ana.sees("Note 19")
    assert not ana.sees("Note 11")
    await ana.presses("Earlier")
    await ana.presses("Earlier")
    assert ana.sees("Note 03")
    assert not ana.can_press("Earlier")
    await ana.presses("Later")
    assert ana.sees("Note 11")


async def test_it_is_taken_along_and_deleted(room: Room) -> None:
    ana = await reader(room)
    await ana.sends("readings.favourite:first:2026-02-28")
    await ana.sends(f"readings.write:first:2026-03-01:{WRITTEN}")
    taken = await page(room, ana, "shelf.export")
    assert WRITTEN in json.dumps(taken.data)
    await ana.types("/mydata")
    assert any(WRITTEN in words(card) for card in ana.seen)
    await ana.types("/readings delete")
    assert ana.sees("All your favourites and reflections would go")
    await ana.presses("Yes, delete all")
    assert not await room.storage.readings.count(ref_of("Ana"))
    await ana.sends("shelf.delete_all")
    assert ana.sees("You keep nothing of them here.")


async def test_whoever_is_forgotten_leaves_nothing_of_it(room: Room) -> None:
    ana, storage = await reader(room), room.storage
    await ana.sends("readings.favourite:first:2026-02-28")
    await ana.sends(f"readings.write:first:2026-03-01:{WRITTEN}")
    await ana.sends("bringing.set_hour:06~115")
    kept = {
        f"{table}.body/{row['ref']}": row["body"]
        for table in ("reflections", "favourites", "reading_hours")
        for row in await storage.db.read(f"SELECT * FROM {table}")
    }
    assert len(kept) == 3
    assert not [sealed for sealed in kept.values() if WRITTEN.encode() in sealed]
    await ana.sends("keeping.forgotten")
    for row, sealed in kept.items():
        with pytest.raises(Forgotten):
            storage.vault.open(ref_of("Ana"), row, sealed)
    for table in ("reflections", "favourites", "reading_hours", "schedule"):
        assert not await storage.db.read(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "args", ["first:2024-03-01", "first:2026-03-03", "first:1-1-1", ":", "x:y", "first:0001-01-01"]
)
async def test_a_day_that_cannot_be_opened_is_refused(args: str, room: Room) -> None:
    ana = await reader(room)
    for action in ("one", "read", "favourite", "reflect"):
        await ana.sends(f"readings.{action}:{args}")
        assert not ana.sees("went wrong")
    assert not await room.storage.readings.count(ref_of("Ana"))


async def test_a_guest_is_invited_to_join(room: Room) -> None:
    zoe = room.guest("Zoe")
    await zoe.types("/today")
    assert zoe.sees("for people who have joined")


@pytest.mark.unwired(
    discord="the door was opened before the packs came",
    telegram="the door was opened before the packs came",
)
async def test_of_a_pack_that_may_only_be_linked_to_nobody_sees_the_text(
    room: Room, tmp_path: Path
) -> None:
    with_packs(room, pack(tmp_path, show="link"))
    ana = await reader(room)
    await ana.sends("bringing.set_track:quiet")
    await ana.types("/today")
    assert ana.sees("It can be read where it was published: Quiet 1")
    assert Link("Quiet 1", "https://example.org/1") in ana.seen[-1].text
    shown = await page(room, ana, "readings.today")
    assert "Words of" not in json.dumps(shown.data, default=str)
    assert not any("Words of" in words(card) for card in ana.seen)


@pytest.mark.unwired(
    discord="the door was opened before the packs came",
    telegram="the door was opened before the packs came",
)
async def test_somebody_reads_what_their_group_reads_until_they_choose(
    room: Room, tmp_path: Path
) -> None:
    with_packs(room, pack(tmp_path))
    ana = await reader(room)
    await ana.types("/today")
    assert ana.sees(FIRST)
    settings = await room.storage.groups.settings(HOME.ref)
    assert settings
    term = room.storage.roles.give(HOME.ref, ref_of("Ana"), "founder", room.now, room.now + TERM)
    await room.storage.units.commit((term,))
    await ana.sends(f"groups.set_pack:{HOME.ref}:quiet")
    await ana.types("/today")
    assert ana.sees("Quiet 1")
    await ana.sends("bringing.own")
    assert ana.sees("You read: Quiet.")
    await ana.presses("Read: First light")
    await ana.types("/today")
    assert ana.sees(FIRST)
    await ana.sends("bringing.set_track:nothing")
    assert ana.sees("Please choose one of: First light, Quiet.")
