"""Coming in and going out of the web room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.model import Group
from storage import Storage
from tests.browser import Browser
from tests.room import HOME
from tests.web_house import PASS, WORD, House, comes_in, open_house, signs_in

OTHER = Group("other-group", "Mill Lane")


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def test_an_invitation_opens_the_room_of_its_group(house: House) -> None:
    zoe = await comes_in(house)
    assert zoe.sees("Harbour Street")
    again = await house.stranger()
    await signs_in(again)
    assert again.sees("Harbour Street")


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


def marked(browser: Browser) -> tuple[str, str]:
    """The name of the field that is said to be wrong, and what describes it."""
    field = next(n for n in browser.page.all("input") if n.attrs.get("aria-invalid") == "true")
    words = field.attrs["aria-describedby"].split()
    return field.attrs["name"], next(
        n.text for n in browser.page.all() if n.attrs.get("id") == words[0]
    )


async def test_what_is_wrong_is_said_at_the_field_that_it_is_about(house: House) -> None:
    await comes_in(house)
    bo = await house.stranger()
    await bo.opens(await house.link("invite", HOME.ref))
    assert not [n for n in bo.page.all("input") if "aria-invalid" in n.attrs]
    await bo.presses("Come in", word=WORD, new=PASS)
    assert marked(bo) == ("word", "Somebody has that word already. Here is another.")
    await bo.presses("Come in", new="too short")
    assert marked(bo)[0] == "new"
    await bo.presses("Come in", new=PASS)
    await bo.opens("/account")
    await bo.presses("Change it", passphrase="not the one at all", new=PASS)
    assert marked(bo) == ("passphrase", "That is not the passphrase you have now.")
    await bo.presses("Change it", passphrase=PASS, new="too short")
    assert marked(bo)[0] == "new"


async def test_the_passphrase_that_was_suggested_stays(house: House) -> None:
    await comes_in(house)
    bo = await house.stranger()
    await bo.opens(await house.link("invite", HOME.ref))
    before = next(bo.page.all("strong")).text
    for fields in ({"word": WORD, "new": PASS}, {"word": "abc", "new": PASS}, {"new": "short"}):
        await bo.presses("Come in", **fields)
        assert next(bo.page.all("strong")).text == before
    await bo.presses("Come in", suggested="words that we never suggest", new="short")
    assert not bo.sees("words that we never suggest")
    await bo.presses("Come in", word="other-word-1", new=before)
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
        await thief.opens("/room")
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


async def test_a_house_is_not_locked_out_by_one_who_tries_words(house: House) -> None:
    await comes_in(house)
    thief, ana = await house.stranger(), await house.stranger()
    for n in range(10):
        await signs_in(thief, word=f"some-word-{n}")
        assert thief.status == 403
    await signs_in(ana)
    assert ana.cookie


async def test_an_address_has_a_hundred_tries_whatever_the_word(house: House) -> None:
    await comes_in(house)
    for n in range(100):
        _, tried = house.storage.web.tried(f"word {n}", "address 127.0.0.1", house.storage.now())
        await house.storage.units.commit(tried)
    thief = await house.stranger()
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


async def test_an_invitation_adds_a_room_for_somebody_who_is_here(house: House) -> None:
    ana = await house.member("Ana")
    await house.founded(OTHER)
    await ana.opens(await house.link("invite", OTHER.ref))
    await ana.presses("Open it")
    assert ana.sees("Mill Lane")
    await ana.presses("Harbour Street")
    assert ana.sees("Harbour Street")
    await ana.requests("POST", "/room", [("room", "no-group-of-hers")])
    assert ana.sees("Harbour Street")


async def test_somebody_may_sign_in_on_the_page_of_a_link(house: House) -> None:
    await comes_in(house)
    await house.founded(OTHER)
    zoe = await house.stranger()
    await zoe.opens(await house.link("invite", OTHER.ref))
    await zoe.presses("Sign in", word=WORD, passphrase=PASS)
    assert zoe.sees("Mill Lane")
    assert zoe.sees("Harbour Street")


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
