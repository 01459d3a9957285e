"""Sessions of the web room: how they begin and end, and with whom they go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.model import Account, Group, Place
from storage import Storage
from tests.web_house import PASS, WORD, House, comes_in, open_house, signs_in

OTHER = Group("other-group", "Mill Lane")


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def test_every_sign_in_is_a_new_session(house: House) -> None:
    planted = "A" * 43
    zoe = await comes_in(house)
    first = zoe.cookie
    thief = await house.stranger()
    thief.cookie = planted
    await signs_in(thief)
    assert thief.cookie not in (planted, first)
    await zoe.opens("/room")
    await zoe.requests("POST", "/signin", [("word", WORD), ("passphrase", PASS)])
    assert zoe.cookie not in (first, thief.cookie)
    old = await house.stranger()
    old.cookie = first
    await old.opens("/room")
    assert old.sees("You have been here before"), "the session before is over"


async def test_signing_out_ends_the_session_here_or_everywhere(house: House) -> None:
    one = await comes_in(house)
    other, third = await house.stranger(), await house.stranger()
    await signs_in(other)
    await signs_in(third)
    kept = one.cookie
    await one.opens("/account")
    await one.presses("Sign out")
    assert not one.cookie
    one.cookie = kept
    await one.opens("/room")
    assert one.sees("You have been here before")
    await other.opens("/account")
    await other.presses("Sign out everywhere")
    await third.opens("/room")
    assert third.sees("You have been here before")


async def test_a_session_ends_after_a_month_without_use(house: House) -> None:
    ana = await house.member("Ana")
    for _ in range(3):
        house.later(timedelta(days=20))
        await ana.opens("/room")
        assert ana.sees("Check in with yourself")
        assert "Max-Age=2592000" in ana.headers["Set-Cookie"]
    house.later(timedelta(days=30, minutes=1))
    await ana.opens("/room")
    assert ana.sees("You have been here before")


async def test_a_passphrase_is_changed_by_whoever_knows_it(house: House) -> None:
    ana, elsewhere = await comes_in(house), await house.stranger()
    await signs_in(elsewhere)
    await ana.opens("/account")
    await ana.presses("Change it", passphrase="not this one at all", new="another one for me")
    assert ana.sees("That is not the passphrase you have now.")
    await ana.presses("Change it", passphrase=PASS, new="short")
    assert ana.sees("Please use 12 characters")
    await ana.presses("Change it", passphrase=PASS, new="another one for me")
    assert ana.sees("Your new passphrase is good from now on.")
    await elsewhere.opens("/room")
    assert elsewhere.sees("You have been here before")
    await signs_in(elsewhere)
    assert elsewhere.status == 403
    await signs_in(elsewhere, secret="another one for me")
    assert elsewhere.cookie


async def test_who_has_left_a_group_is_no_guest_of_its_room(house: House) -> None:
    ana = await house.member("Ana")
    place = await house.own(ana)
    await house.storage.units.commit(house.storage.groups.forget("ref-Ana"))
    assert not await house.storage.web.rooms(Account("web", place.id))
    await house.posts_card("For those who are here")
    await ana.opens("/room")
    assert not ana.sees("For those who are here")
    assert ana.sees("You are in no room at the moment.")


async def test_an_account_whose_owner_did_not_join_goes_after_a_day(house: House) -> None:
    guest, ana = await comes_in(house), await house.member("Ana")
    house.later(timedelta(hours=23))
    await house.storage.tidy(house.storage.now())
    await guest.opens("/room")
    assert guest.sees("Nobody has said anything today")
    house.later(timedelta(hours=2))
    await house.storage.tidy(house.storage.now())
    await guest.opens("/room")
    assert guest.sees("You have been here before")
    await ana.opens("/room")
    assert ana.sees("Check in with yourself"), "who has joined stays"


async def test_who_is_forgotten_is_nowhere_here(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    own = await house.own(ana)
    await house.posts_card("For Ana alone", own)
    await house.posts_card("For all")
    await house.storage.units.commit(house.storage.forget("ref-Ana"))
    await ana.opens("/room")
    assert ana.sees("You have been here before")
    rows = await house.storage.db.read("SELECT account FROM web_events WHERE account IS NOT NULL")
    assert not rows
    assert len(await house.storage.db.read("SELECT * FROM web_sessions")) == 1
    await bo.opens("/room")
    assert bo.sees("For all")
    with pytest.raises(Exception, match="gone"):
        await house.posts_card("Too late", own)


async def test_who_asks_to_be_forgotten_gets_a_receipt_and_is_signed_out(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/forgetme")
    await ana.presses("Yes, forget me")
    assert ana.sees("Done. What I kept about you is gone, and so is the key to it.")
    assert ana.sees("You have been here before")
    assert not ana.cookie
    assert not await house.storage.db.read("SELECT * FROM web_accounts")


async def test_what_is_kept_of_signing_in_is_told(house: House) -> None:
    ana = await house.member("Ana")
    [kept] = await house.storage.web.mine("ref-Ana")
    assert kept["since"] == "2026-03-01T08:00:00+00:00"
    assert kept["sessions"] == [{"last_used": "2026-03-01T08:00:00+00:00"}]
    await ana.types("/mydata")
    assert ana.sees("Where you are signed in")


async def test_nothing_that_opens_a_door_lies_in_the_database(house: House) -> None:
    zoe = await comes_in(house)
    token = zoe.cookie
    account = (await house.own(zoe)).id
    await house.posts_card("A card in the room")
    rows: list[object] = []
    for table in ("web_accounts", "web_sessions", "web_tries", "web_events", "web_rooms"):
        for row in await house.storage.db.read(f"SELECT * FROM {table}"):
            rows += map(row.__getitem__, row.keys())
    for planted in (token, account, WORD, PASS, "A card in the room"):
        assert planted.encode() not in repr(rows).encode()
    assert Place("web", account).id == account
