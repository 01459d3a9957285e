"""Somebody who makes up buttons, with everybody's references in hand."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from bot.core.cards import Call
from storage.offers import For
from tests.offering import asks, offered
from tests.room import HOME, Room, ref_of, words

FEATURES = {
    "people",
    "accounts",
    "blocks",
    "keeping",
    "groups",
    "changes",
    "roles",
    "invites",
    "offers",
    "requests",
    "sponsorship",
    "sharing",
    "gathering",
    "reports",
    "hearing",
    "help",
}
ODD: tuple[str, ...] = (
    "",
    "yes",
    "no",
    "en",
    "es",
    "UTC",
    "x",
    "\0",
    "9" * 30,
    "-1",
    "1",
    "2",
    "07:00",
    "25:00",
)
ODD += ("checkins", "checkins,dates", "messages", "general", "question", "agreement", "Ana", "Bo")
ODD += ("a" * 5000, "🌸", "<b>", "%s", "{name}", "' OR 1=1 --", "\u202eabc", HOME.ref)
ODD += (ref_of("Ana"), ref_of("Bo"), "friend", "pair", "any", "open")


async def known(room: Room) -> list[str]:
    """Every reference that a button of this group could hold."""
    found: list[str] = []
    tables = ("roles", "changes", "blocks", "checkins", "shares", "offers", "requests")
    for table in (*tables, "gatherings", "reports", "report_copies"):
        found += [row["ref"] for row in await room.storage.db.read(f"SELECT ref FROM {table}")]
    return found


@pytest.mark.parametrize("joined", [True, False], ids=["a member", "a guest"])
async def test_forged_buttons_are_refused_and_change_nothing_of_others(
    room: Room, joined: bool
) -> None:
    storage, chance = room.storage, random.Random(7)
    ana, bo = await room.person("Ana"), await room.person("Bo")
    for name, role in (("Ana", "founder"), ("Bo", "servant")):
        until = room.now + timedelta(days=90)
        given = storage.roles.give(HOME.ref, ref_of(name), role, room.now, until)
        await storage.units.commit((given,))
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await bo.sends("blocks.block:Ana")
    await bo.types("/checkin 4 share:group")
    cy = await room.person("Cy")
    offer = await offered(room, "Ana", For.FRIEND)
    await asks(room, cy, offer)
    asked = await storage.requests.to(ref_of("Ana"), HOME.ref)
    eve = await room.person("Eve") if joined else room.guest("Eve")
    pool = [*ODD, *await known(room)]
    before = [await storage.people.profile(ref_of(name)) for name in ("Ana", "Bo")]
    settings = await storage.groups.load(HOME.ref)
    actions = [name for name in room.app.actions if name.partition(".")[0] in FEATURES]
    for _ in range(250):
        eve.hosts, eve.here = chance.random() < 0.3, chance.choice([None, eve.own])
        args = tuple(chance.choice(pool) for _ in range(chance.randrange(8)))
        await eve.sends(str(Call(chance.choice(actions), args)))
        eve.form = None
    assert not [card for card in eve.seen if "went wrong" in words(card)]
    assert [await storage.people.profile(ref_of(name)) for name in ("Ana", "Bo")] == before
    assert await storage.groups.load(HOME.ref) == settings
    assert len(await storage.roles.of(HOME.ref, room.now)) == 2
    assert await storage.blocks.between(ref_of("Bo"), ref_of("Ana"))
    assert len(await storage.db.read("SELECT * FROM changes")) == 1
    [shared] = await storage.shares.of(ref_of("Bo"))
    assert not shared.sent
    assert await storage.offers.of(ref_of("Ana")) == [offer]
    still = await storage.requests.to(ref_of("Ana"), HOME.ref)
    assert [one for one in still if one.person != ref_of("Eve")] == asked
    assert len(asked) == 1
