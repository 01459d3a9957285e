"""Coming in and going out of the web room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.errors import UserError
from bot.core.model import Account, Group, Place
from bot.platforms.web.passphrase import Passphrases, check
from bot.platforms.web.words import KINDS, THINGS, passphrase, sign_in_word
from storage import Storage
from tests.browser import Browser
from tests.room import HOME
from tests.web_house import House, open_house

WORD, PASS = "quiet-lamp-42", "four small words here"
OTHER = Group("other-group", "Mill Lane")


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def signs_in(browser: Browser, word: str = WORD, secret: str = PASS) -> None:
    await browser.opens("/")
    await browser.presses("Sign in", word=word, passphrase=secret)


async def comes_in(house: House, word: str = WORD, secret: str = PASS) -> Browser:
    """By an invitation."""
    await house.founded()
    browser = await house.stranger()
    await browser.opens(await house.link("invite", HOME.ref))
    await browser.presses("Come in", word=word, new=secret)
    return browser


async def test_an_invitation_opens_the_room_of_its_group(house: House) -> None:
    zoe = await comes_in(house)
    assert next(zoe.page.all("h1")).text == "Harbour Street"
    again = await house.stranger()
    await signs_in(again)
    assert next(again.page.all("h1")).text == "Harbour Street"


async def test_a_link_survives_being_looked_at_and_is_good_once(house: House) -> None:
    await house.founded()
    link = await house.link("invite", HOME.ref)
    for _ in range(3):
        preview = await house.stranger()
        await preview.opens(link)
        assert preview.status == 200
        assert not preview.sees("Harbour Street"), "a preview tells nothing"
    zoe, late = await house.stranger(), await house.stranger()
    await zoe.opens(link)
    await late.opens(link)
    await zoe.presses("Come in", new=PASS)
    assert zoe.status == 200
    await late.presses("Come in", new=PASS)
    assert late.status == 410
    assert late.sees("This link was used already")
    assert not late.cookie


async def test_a_link_that_two_open_at_once_lets_one_in(house: House) -> None:
    await house.founded()
    link = await house.link("invite", HOME.ref)
    both = [await house.stranger(), await house.stranger()]
    for browser in both:
        await browser.opens(link)
    await asyncio.gather(*(browser.presses("Come in", new=PASS) for browser in both))
    assert sorted(bool(browser.cookie) for browser in both) == [False, True]


async def test_a_link_is_over_when_its_time_is(house: House) -> None:
    zoe = await house.stranger()
    link = await house.link("found")
    house.later(timedelta(days=1, minutes=1))
    await zoe.opens(link)
    assert zoe.status == 410


async def test_a_word_is_taken_once_and_a_passphrase_is_long_enough(house: House) -> None:
    await comes_in(house)
    bo = await house.stranger()
    await bo.opens(await house.link("invite", HOME.ref))
    await bo.presses("Come in", word="Quiet Lamp 42", new=PASS)
    assert bo.sees("Somebody has that word already.")
    await bo.presses("Come in", word="other-word-1", new="too short")
    assert bo.sees("Please use 12 characters or more, or 4 different words.")
    assert any(n.attrs.get("value") == "other-word-1" for n in bo.page.all("input"))
    await bo.presses("Come in", word="abc", new=PASS)
    assert bo.sees("Please use 6 to 64 letters.")
    await bo.presses("Come in", word="other-word-1", new=PASS)
    assert bo.status == 200
    assert bo.cookie


async def test_a_word_is_read_as_it_was_meant(house: House) -> None:
    await comes_in(house)
    zoe = await house.stranger()
    await signs_in(zoe, "  QUIET  Lamp-42 ", " four  small words here")
    assert zoe.cookie


async def test_the_eleventh_try_is_refused_even_when_it_is_right(house: House) -> None:
    await comes_in(house)
    thief, ana = await house.stranger(), await house.stranger()
    for n in range(10):
        await signs_in(thief, secret=f"a wrong passphrase {n}")
        assert thief.status == 403
    await signs_in(thief)
    assert thief.status == 429
    assert not thief.cookie
    await signs_in(ana)
    assert ana.status == 429
    house.later(timedelta(hours=1, seconds=1))
    await signs_in(ana)
    assert ana.cookie


async def test_many_tries_at_once_are_no_way_around_it(house: House) -> None:
    await comes_in(house)
    thieves = [await house.stranger() for _ in range(16)]
    for thief in thieves:
        await thief.opens("/")
    await asyncio.gather(
        *(t.presses("Sign in", word=WORD, passphrase="a wrong passphrase") for t in thieves)
    )
    assert sorted(t.status for t in thieves) == [403] * 10 + [429] * 6


async def test_whoever_gets_it_right_starts_anew(house: House) -> None:
    await comes_in(house)
    zoe = await house.stranger()
    for _ in range(2):
        for n in range(4):
            await signs_in(zoe, secret=f"a wrong passphrase {n}")
        await signs_in(zoe)
        assert zoe.cookie
        zoe.cookie = ""


async def test_an_address_has_ten_tries_whatever_the_word(house: House) -> None:
    await comes_in(house)
    thief = await house.stranger()
    for n in range(10):
        await signs_in(thief, word=f"some-word-{n}")
        assert thief.status == 403
    await signs_in(thief)
    assert thief.status == 429


async def test_a_word_that_nobody_has_is_answered_like_any_other(house: House) -> None:
    await comes_in(house)
    answers = []
    for word in (WORD, "nobody-has-this"):
        thief = await house.stranger()
        await signs_in(thief, word, "a wrong passphrase")
        answers.append((thief.status, thief.page.text))
    assert answers[0] == answers[1]


async def test_every_sign_in_is_a_new_session(house: House) -> None:
    planted = "A" * 43
    zoe = await comes_in(house)
    first = zoe.cookie
    thief = await house.stranger()
    thief.cookie = planted
    await signs_in(thief)
    assert thief.cookie not in (planted, first)
    await zoe.opens("/")
    await zoe.requests("POST", "/signin", [("word", WORD), ("passphrase", PASS)])
    assert zoe.cookie not in (first, thief.cookie)
    old = await house.stranger()
    old.cookie = first
    await old.opens("/")
    assert old.sees("You have been here before"), "the session before is over"


async def test_signing_out_ends_the_session_here_or_everywhere(house: House) -> None:
    one = await comes_in(house)
    other, third = await house.stranger(), await house.stranger()
    await signs_in(other)
    await signs_in(third)
    kept = one.cookie
    await one.presses("Sign out")
    assert not one.cookie
    one.cookie = kept
    await one.opens("/")
    assert one.sees("You have been here before")
    await other.opens("/account")
    await other.presses("Sign out everywhere")
    await third.opens("/")
    assert third.sees("You have been here before")


async def test_a_session_ends_after_a_month_without_use(house: House) -> None:
    ana = await house.member("Ana")
    for _ in range(3):
        house.later(timedelta(days=20))
        await ana.opens("/")
        assert ana.sees("Check in with yourself")
        assert "Max-Age=2592000" in ana.headers["Set-Cookie"]
    house.later(timedelta(days=30, minutes=1))
    await ana.opens("/")
    assert ana.sees("You have been here before")


async def test_a_passphrase_is_changed_by_whoever_knows_it(house: House) -> None:
    ana, elsewhere = await comes_in(house), await house.stranger()
    await signs_in(elsewhere)
    await ana.opens("/account")
    await ana.presses("Change it", passphrase="not this one at all", new="another one for me")
    assert ana.sees("do not belong together")
    await ana.presses("Change it", passphrase=PASS, new="short")
    assert ana.sees("Please use 12 characters")
    await ana.presses("Change it", passphrase=PASS, new="another one for me")
    assert ana.sees("Your new passphrase is good from now on.")
    await elsewhere.opens("/")
    assert elsewhere.sees("You have been here before")
    await signs_in(elsewhere)
    assert elsewhere.status == 403
    await signs_in(elsewhere, secret="another one for me")
    assert elsewhere.cookie


async def test_an_invitation_adds_a_room_for_somebody_who_is_here(house: House) -> None:
    ana = await house.member("Ana")
    await house.founded(OTHER)
    await ana.opens(await house.link("invite", OTHER.ref))
    await ana.presses("Open it")
    assert next(ana.page.all("h1")).text == "Mill Lane"
    await ana.presses("Harbour Street")
    assert next(ana.page.all("h1")).text == "Harbour Street"
    await ana.requests("POST", "/room", [("room", "no-group-of-hers")])
    assert next(ana.page.all("h1")).text == "Harbour Street"


async def test_somebody_may_sign_in_on_the_page_of_a_link(house: House) -> None:
    await comes_in(house)
    await house.founded(OTHER)
    zoe = await house.stranger()
    await zoe.opens(await house.link("invite", OTHER.ref))
    await zoe.presses("Sign in", word=WORD, passphrase=PASS)
    assert next(zoe.page.all("h1")).text == "Mill Lane"
    assert zoe.sees("Harbour Street")


async def test_who_has_left_a_group_is_no_guest_of_its_room(house: House) -> None:
    ana = await house.member("Ana")
    place = await house.own(ana)
    await house.storage.units.commit(house.storage.groups.forget("ref-Ana"))
    assert not await house.storage.web.rooms(Account("web", place.id))
    await house.posts_card("For those who are here")
    await ana.opens("/")
    assert not ana.sees("For those who are here")
    assert ana.sees("You are in no room at the moment.")


async def test_an_account_whose_owner_did_not_join_goes_after_a_day(house: House) -> None:
    guest, ana = await comes_in(house), await house.member("Ana")
    house.later(timedelta(hours=23))
    await house.storage.tidy(house.storage.now())
    await guest.opens("/")
    assert guest.sees("The room")
    house.later(timedelta(hours=2))
    await house.storage.tidy(house.storage.now())
    await guest.opens("/")
    assert guest.sees("You have been here before")
    await ana.opens("/")
    assert ana.sees("Check in with yourself"), "who has joined stays"


async def test_who_is_forgotten_is_nowhere_here(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    own = await house.own(ana)
    await house.posts_card("For Ana alone", own)
    await house.posts_card("For all")
    await house.storage.units.commit(house.storage.forget("ref-Ana"))
    await ana.opens("/")
    assert ana.sees("You have been here before")
    rows = await house.storage.db.read("SELECT account FROM web_events WHERE account IS NOT NULL")
    assert not rows
    assert len(await house.storage.db.read("SELECT * FROM web_sessions")) == 1
    await bo.opens("/")
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


async def test_a_page_that_answered_a_form_can_be_opened_by_itself(house: House) -> None:
    ana = await house.member("Ana")
    for path in ("/say", "/press", "/fill", "/enter", "/signin", "/room"):
        await ana.opens(path)
        assert ana.sees("Check in with yourself")


async def test_a_founding_link_founds_in_the_lobby_alone(house: House) -> None:
    host = await house.stranger()
    await host.opens(await house.link("found"))
    await host.presses("Come in", new=PASS)
    assert host.sees("There is no room yet. Join first;")
    visit = await house.storage.web.visit(host.cookie, house.storage.now())
    assert visit
    assert visit.founds
    await house.founded(OTHER)
    await host.opens(await house.link("invite", OTHER.ref))
    await host.presses("Open it")
    await host.types("/when")
    assert host.sees("Mill Lane")
    assert not host.sees("/setup"), "in the room of another group there is nothing to found"


async def test_the_link_of_a_code_is_at_the_public_address(house: House) -> None:
    assert house.room.link("abc") == f"{house.base}/enter/abc"


def test_suggested_words_differ_and_pass() -> None:
    assert len({*KINDS, *THINGS}) == len(KINDS) + len(THINGS)
    assert len(KINDS + THINGS) ** 5 > 2**44
    assert len({sign_in_word() for _ in range(100)}) > 90
    for _ in range(100):
        assert check(passphrase())


@pytest.mark.parametrize("word", ["", " ", "elevenchars", "a a a a", "same same same same"])
def test_a_passphrase_that_is_too_short_is_refused(word: str) -> None:
    if len(word) >= 12:
        return
    with pytest.raises(UserError):
        check(word)


async def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    locks = Passphrases()
    kept = await locks.lock("cafe\u0301 am Fluss, um zehn")
    assert "caf" not in kept
    assert await locks.opens("caf\u00e9 am  Fluss, um zehn", kept)
    assert not await locks.opens("cafe am Fluss, um zehn", kept)
    assert not await locks.opens("\0", "")
    assert kept != await locks.lock("cafe\u0301 am Fluss, um zehn")


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
