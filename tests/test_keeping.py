"""What is kept of somebody: taken along, left behind, forgotten."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.cards import Card, Page
from bot.core.errors import Forgotten
from bot.core.model import Account
from bot.core.rooms import Post
from bot.core.text import t
from bot.core.work import Lane, Must, Sending
from cogs.keeping.words import NAMES
from storage.clocks import Clock, Shows
from tests.room import HOME, Actor, Room, ref_of, words


async def settled(room: Room) -> Actor:
    """Somebody with a little of everything."""
    ana = await room.person("Ana")
    await room.person("Bo")
    ana.here = ana.own
    await ana.types("/checkin 2 lonely a long night")
    await ana.types("/block Bo")
    await ana.types("/link")
    until = room.now + timedelta(days=9)
    role = room.storage.roles.give(HOME.ref, ref_of("Ana"), "servant", room.now, until)
    await room.storage.units.commit((role,))
    return ana


async def test_everything_is_shown_to_its_owner_and_as_json(room: Room) -> None:
    ana = await settled(room)
    await ana.types("/mydata")
    shown = " ".join(map(words, ana.seen))
    for kept in ("name: Ana", "a long night", "Harbour Street", "servant", "Bo", ana.account.id):
        assert kept in shown
    origin = ana.origin()
    page = await room.app.perform(room.app.actions["keeping.mydata"].call(""), origin)
    assert isinstance(page, Page)
    assert json.loads(json.dumps(page.file)) == page.file
    assert ref_of("Ana") not in json.dumps(page.file)
    assert page.card.private


async def test_it_is_written_in_words_and_hours(room: Room) -> None:
    ana = await settled(room)
    ana.here = ana.own
    await ana.types("/mydata")
    shown = " ".join(map(words, ana.seen))
    for kept in ("mood: Hard", "- Lonely", "quiet: 22:00 to 07:00", "role: trusted servant"):
        assert kept in shown
    assert "language: English" in shown
    assert "Write to me first: 2026-03-01 08:00" in shown
    assert not re.search(r"1320|T08:00|mood: 2", shown)
    page = await room.app.perform(room.app.actions["keeping.mydata"].call(""), ana.origin())
    assert isinstance(page, Page)
    kept = json.loads(json.dumps(page.file))
    assert kept["people"]["quiet"] == [1320, 420]
    assert [entry["mood"] for entry in kept["checkins"]] == [2]


async def test_a_yes_that_was_taken_back_and_a_new_start_are_in_words(room: Room) -> None:
    ana = await settled(room)
    await ana.sends("people.withdraw:messages")
    started = replace(
        Clock("clock-ref___", ref_of("Ana"), "Smoke", room.now.date() - timedelta(days=9)),
        shows=Shows.ALL,
    ).started_again(room.now.date(), room.now)
    await room.storage.units.commit(room.storage.clocks.add(started))
    ana.here = ana.own
    await ana.types("/mydata")
    shown = " ".join(map(words, ana.seen))
    assert "shows: The longest and all together too" in shown
    assert "again at: 2026-03-01 08:00 UTC" in shown
    assert "since: 2026-02-20" in shown
    assert "Write to me first:\n      since: 2026-03-01" in shown


async def test_nobody_sees_the_data_of_another(room: Room) -> None:
    await settled(room)
    bo = room.guest("Bo")
    bo.here = bo.own
    await bo.types("/mydata")
    assert not bo.sees("a long night")
    assert bo.sees("name: Bo")


async def test_very_much_data_still_fits_in_a_card(room: Room) -> None:
    ana = await room.person("Ana")
    for n in range(12):
        room.now += timedelta(hours=1)
        ana.here = ana.own
        await ana.types(f"/checkin 3 {n}{'x' * 1500}")
    await ana.types("/mydata")
    assert ana.sees("The rest is in that file.")


async def test_leaving_a_group_keeps_what_is_ones_own(room: Room) -> None:
    ana = await settled(room)
    await ana.types("/leave")
    assert ana.sees("What you keep for yourself stays")
    await ana.presses("Leave Harbour Street")
    assert ana.sees("You have left Harbour Street.")
    assert ana.can_press("Forget me")
    assert not await room.storage.groups.has(HOME.ref, ref_of("Ana"))
    assert not await room.storage.roles.held(ref_of("Ana"), room.now)
    assert len(await room.storage.checkins.latest(ref_of("Ana"), 9, 0)) == 1
    await ana.presses("Leave Harbour Street")
    assert ana.sees("You are not in this group.")


async def test_who_has_left_can_come_back(room: Room) -> None:
    ana = await settled(room)
    await ana.types("/leave")
    await ana.presses("Leave Harbour Street")
    ana.here = None
    await ana.types("/join")
    assert ana.sees("You are known here as Ana.")
    await ana.presses("Join")
    assert await room.storage.groups.has(HOME.ref, ref_of("Ana"))


@pytest.mark.unwired(discord="no button can say that", telegram="no button can say that")
async def test_a_group_that_was_made_up_cannot_be_left(room: Room) -> None:
    ana = await settled(room)
    for ref in ("", "x" * 12, "x" * 300, ref_of("Bo")):
        await ana.sends(f"keeping.left:{ref}")
        assert not ana.sees("went wrong")
    assert await room.storage.groups.has(HOME.ref, ref_of("Ana"))


async def rows_with(room: Room, secret: str) -> list[str]:
    """The tables in which this stands."""
    tables = await room.storage.db.read("SELECT name FROM sqlite_master WHERE type = 'table'")
    found = []
    for table in (row["name"] for row in tables):
        for row in await room.storage.db.read(f'SELECT * FROM "{table}"'):
            if secret in str([row[name] for name in row.keys()]):  # noqa: SIM118 a Row
                found.append(table)
    return found


async def test_who_is_forgotten_is_gone_from_everywhere(room: Room) -> None:
    ana = await settled(room)
    storage, ref = room.storage, ref_of("Ana")
    sealed = storage.vault.seal(ref, "test/1", "a secret")
    mark = storage.vault.mark(f"account {ana.account}")
    await ana.types("/forgetme")
    assert ana.sees("in all your accounts, for good")
    assert ana.can_press("Someone to talk to now")
    await ana.presses("Yes, forget me")
    assert ana.sees("Done. What I kept about you is gone, and so is the key to it.")
    assert ana.sees("After 2026-03-08 nobody can bring it back")
    assert ana.sees("Hold a message of yours: Delete")
    assert ana.sees("The door stays open.")
    assert not await rows_with(room, ref)
    assert not await rows_with(room, mark)
    assert await storage.people.reach(ref) is None
    try:
        storage.vault.open(ref, "test/1", sealed)
    except Forgotten:
        return
    raise AssertionError("the key is still there")


@pytest.mark.unwired(discord="of presses at once one message shows the last")
async def test_forgetting_twice_and_at_once_is_kind(room: Room) -> None:
    ana = await settled(room)
    await asyncio.gather(ana.sends("keeping.forgotten"), ana.sends("keeping.forgotten"))
    await ana.sends("keeping.forgotten")
    assert ana.sees("Nothing of you is kept here. Go well. The door stays open.")
    assert not any("went wrong" in words(card) for card in ana.seen)


async def test_any_linked_account_forgets_for_all_of_them(room: Room) -> None:
    ana = await settled(room)
    phone = Account("telegram", "77")
    added = room.storage.people.add_account(phone, ref_of("Ana"))
    await room.storage.units.commit((added,))
    await ana.types("/forgetme")
    await ana.presses("Yes, forget me")
    assert await room.storage.people.known(phone) == ""
    assert await room.storage.people.known(ana.account) == ""


@pytest.mark.unwired(telegram="what was on its way is delivered by then")
async def test_what_was_on_its_way_to_the_forgotten_is_not_sent(room: Room) -> None:
    ana = await settled(room)
    storage, ref = room.storage, ref_of("Ana")
    [person] = (await storage.people.many([ref])).values()
    bo = (await storage.people.many([ref_of("Bo")]))[ref_of("Bo")]
    to_her = Sending(Post(person, Card(t("A note"), private=True)), Lane.PINGS, Must.ARRIVE)
    about = Sending(
        Post(bo, Card(t("About her"), private=True)), Lane.PINGS, Must.ARRIVE, about=(ref,)
    )
    for n, sending in enumerate((to_her, about)):
        await storage.units.commit(storage.outbox.queue(f"test/{n}", sending, room.now))
    await ana.types("/forgetme")
    await ana.presses("Yes, forget me")
    seen = len(ana.seen)
    await room.passes()
    assert len(ana.seen) == seen
    assert not any("About her" in words(c) for a in room.actors.values() for c in a.seen)


async def test_who_was_forgotten_can_join_anew_and_is_somebody_else(room: Room) -> None:
    ana = await settled(room)
    await ana.sends("keeping.forgotten")
    ana.here = None
    await ana.types("/join")
    await ana.presses("Join")
    await ana.fills("yes", "en", "UTC", "checkins", "Ana")
    assert ana.sees("Welcome, Ana.")
    ref = await room.storage.people.known(ana.account)
    assert ref not in ("", ref_of("Ana"))
    assert not await room.storage.checkins.latest(ref, 9, 0)


def test_what_is_kept_has_a_name_for_everything_that_keeps(room: Room) -> None:
    assert NAMES.keys() == room.storage.keepers.keys()
