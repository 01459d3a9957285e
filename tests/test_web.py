"""The web room, as somebody without JavaScript uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.cards import Card
from bot.core.model import Place
from bot.core.rooms import Remove, Replace
from bot.core.text import Plain
from storage import Storage
from tests.room import HOME
from tests.web_house import House, open_house

Filled = dict[str, str | list[str]]


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def test_a_stranger_with_a_founding_link_founds_a_group_and_checks_in(house: House) -> None:
    host = await house.stranger()
    await host.opens(await house.link("found"))
    await host.presses("Come in", new="four words of mine, only mine")
    assert host.sees("There is no room yet. Join first;")
    await host.presses("Join")
    assert host.sees("No command shows it to them")
    await host.presses("Join")
    joining: Filled = {
        "Are you 18 or over?": "yes",
        "Which language": "en",
        "Your time zone": "Europe/Dublin",
        "What may I do for you?": ["checkins"],
        "What shall we call you?": "Mara K.",
    }
    await host.presses("Send", **joining)
    assert host.sees("Welcome, Mara K.")
    await host.presses("Found a group")
    await host.presses("Found a group here")
    founding: Filled = {
        "What is the group called?": "Harbour Street",
        "Which language": "en",
        "The group's time zone": "America/Halifax",
        "Which path": "general",
    }
    await host.presses("Send", **founding)
    assert host.sees("Harbour Street is founded."), host.page.text
    assert next(host.page.all("h1")).text == "Harbour Street"
    await house.delivers()
    await host.opens("/room")
    assert host.sees("from today I hold the door of Harbour Street")
    await host.opens("/checkin")
    await host.presses("Send", **{"How are you right now?": "4"})
    assert host.sees("Thank you for telling me.")
    await host.opens("/room")
    assert not host.sees("Found a group"), "one link founds one group"


async def test_somebody_checks_in_by_plain_forms(house: House) -> None:
    ana = await house.member("Ana")
    await ana.opens("/checkin")
    assert ana.sees("How are you right now?")
    note = "Long shift. Quiet flat."
    boxes = ["tired", "lonely"]
    filled: Filled = {"How are you": "4", "Is any": boxes, "A note to yourself": note}
    await ana.presses("Send", **filled)
    assert ana.sees("Thank you for telling me.")
    [entry] = await house.storage.checkins.latest("ref-Ana", 10, 0)
    assert (entry.mood, set(entry.halt), entry.note) == (4, set(boxes), note)


async def test_an_answer_is_a_page_of_its_own_or_on_top_of_the_room(house: House) -> None:
    ana = await house.member("Ana")
    await ana.opens("/checkin")
    assert next(ana.page.all("h1")).text == "Check in with yourself"
    await ana.presses("Send", **{"How are you right now?": "4"})
    assert next(ana.page.all("h1")).text == "The answer"
    await ana.types("/aloud good evening")
    answer = next(n for n in ana.page.all("section") if n.attrs.get("id") == "answer")
    assert {"tabindex", "autofocus"} <= answer.attrs.keys()
    assert next(answer.all("h2")).text == "The answer"


async def test_a_private_answer_says_so_in_words(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/checkin 4")
    assert ana.sees("Only you see this")


async def test_a_command_may_be_typed_with_what_it_asks_for(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("\uff0fCheckIn 2 it rained all day")
    assert ana.sees("Someone to talk to now")
    [entry] = await house.storage.checkins.latest("ref-Ana", 10, 0)
    assert (entry.mood, entry.note) == (2, "it rained all day")


async def test_a_mistyped_command_is_answered_with_the_nearest(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("/chekin")
    assert ana.sees("I do not know /chekin. Did you mean /checkin?")
    await ana.presses("/checkin")
    assert ana.sees("How are you right now?")
    await ana.types("/xyzzyplugh")
    assert ana.sees("/help shows all that I know.")


async def test_words_that_nobody_asked_for_are_answered_kindly(house: House) -> None:
    ana = await house.member("Ana")
    await ana.types("hello?")
    assert ana.sees("Commands start with /.")
    await ana.types("/cancel")
    assert ana.sees("There is no open question.")


async def test_what_somebody_can_do_here_is_listed_by_what_they_want(house: House) -> None:
    guest, ana = await house.guest(), await house.member("Ana")
    await ana.opens("/help")
    wants = [want.text for want in ana.page.all("h2")]
    assert wants.index("When it is hard, now") < wants.index("Today")
    assert ana.sees("Check in with yourself")
    await guest.opens("/help")
    assert guest.sees("Someone to talk to now")
    assert not guest.sees("Check in with yourself")


async def test_what_all_may_see_stands_in_the_room_once(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await ana.types("/aloud good morning")
    assert ana.html.count(">good morning</h3>") == 1
    [way] = [n for n in ana.page.all("a") if n.text == "Go there"]
    assert way.attrs["href"].removeprefix("#") in {n.attrs.get("id") for n in ana.page.all()}
    await bo.opens("/room")
    assert bo.html.count(">good morning</h3>") == 1
    assert not bo.sees("Only you see this")


async def test_a_private_answer_is_seen_by_nobody_else(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await house.posts_card("For all: how is today?", button="toy.keep")
    await house.posts_card("For Ana alone", await house.own(ana))
    await ana.opens("/room")
    assert ana.sees("For Ana alone")
    await ana.presses("Press me")
    assert ana.sees("It is kept.")
    await bo.opens("/room")
    assert not bo.sees("For Ana alone")
    assert not bo.sees("It is kept.")
    assert bo.sees("how is today?"), "a private answer takes no card away that others see"


async def test_a_card_that_was_pressed_changes_wherever_it_is_seen(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    await house.posts_card("Shall we?", button="toy.settle")
    await ana.opens("/room")
    await ana.presses("Press me")
    await bo.opens("/room")
    for somebody in (ana, bo):
        assert somebody.sees("It is settled.")
        assert not somebody.sees("Shall we?")


async def test_a_note_that_was_answered_stays_answered(house: House) -> None:
    ana = await house.member("Ana")
    await house.posts_card("How is today?", await house.own(ana), button="toy.keep")
    await ana.opens("/room")
    await ana.presses("Press me")
    await ana.opens("/room")
    assert ana.sees("It is kept.")
    assert not ana.sees("How is today?")


async def test_a_standing_card_is_kept_up_to_date_and_taken_away(house: House) -> None:
    ana, place = await house.member("Ana"), Place("web", HOME.ref)
    await house.room.do("a", place, Replace(place, "tonight", Card((Plain("Dee has the chair"),))))
    await house.posts_card("Between the two")
    await house.room.do("b", place, Replace(place, "tonight", Card((Plain("Bo has the chair"),))))
    await house.room.do("a", place, Replace(place, "tonight", Card((Plain("Dee has the chair"),))))
    await ana.opens("/room")
    assert ana.sees("Bo has the chair")
    assert not ana.sees("Dee has the chair")
    assert ana.html.index("Bo has the chair") < ana.html.index("Between the two"), "in its place"
    await house.room.do("c", place, Remove(place, "tonight"))
    await ana.opens("/room")
    assert not ana.sees("has the chair")


async def test_a_deed_that_is_repeated_is_the_same_deed(house: House) -> None:
    ana = await house.member("Ana")
    one = await house.posts_card("Once", key="same")
    assert await house.posts_card("Once", key="same") == one
    await ana.opens("/room")
    assert ana.html.count("Once") == 1


async def test_the_room_shows_a_day_and_no_more(house: House) -> None:
    ana = await house.member("Ana")
    await house.posts_card("Yesterday")
    house.later(timedelta(hours=24, minutes=1))
    await house.posts_card("Today")
    await ana.opens("/room")
    assert ana.sees("Today")
    assert not ana.sees("Yesterday")


async def test_hours_are_those_of_whoever_looks(house: House) -> None:
    ana = await house.member("Ana", zone="America/New_York")
    ines = await house.member("Inés", zone="Europe/Madrid", language="es")
    guest = await house.guest()
    for somebody in (ana, ines, guest):
        await somebody.types("/when")
        assert 'datetime="2026-07-01T18:00+00:00"' in somebody.html
    assert ana.sees("14:00")
    assert not ana.sees("(America/New_York)")
    assert ines.sees("20:00")
    assert ines.sees("1 de julio de 2026")
    assert guest.sees("18:00 (UTC)")


async def test_somebody_reads_in_their_own_language(house: House) -> None:
    ines = await house.member("Inés", language="es")
    await ines.opens("/room")
    assert 'lang="es"' in ines.html
    french = await house.stranger("fr-CH, fr;q=0.9, es;q=0.7, en;q=0.5")
    await french.opens("/now")
    assert 'lang="es"' in french.html


async def test_something_that_breaks_says_so_and_tells_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    ana = await house.member("Ana")
    await ana.types("/breaks")
    assert ana.sees("Something went wrong here.")
    assert "a secret" not in ana.html
    await ana.presses("Someone to talk to now")
    assert ana.sees("112")


async def test_a_script_is_given_the_answer_alone(house: House) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say", [("line", "/checkin 4")], X_Piece="1")
    assert ana.headers["X-Way"] == "answer"
    assert ana.html.lstrip().startswith("<article")
    await ana.requests("POST", "/say", [("line", "/aloud hello")], X_Piece="1")
    assert ana.headers["X-Way"] == "room"
    assert "data-seq" in ana.html


async def test_someone_to_talk_to_is_one_step_away_on_every_page(house: House) -> None:
    ana, stranger = await house.member("Ana"), await house.stranger()
    await ana.opens("/account")
    pages = [ana]
    for path in ("/", "/nowhere", await house.link("found"), "/enter/used"):
        other = stranger.tab()
        await other.opens(path)
        pages.append(other)
    for page in pages:
        first, second = [n.attrs["href"] for n in page.page.all("a")][:2]
        assert (first, second) == ("#main", "/now")
        assert page.sees("I need someone now")
        assert next(page.page.all("title")).text in ("Homegroup", "Me")


async def test_now_needs_no_session(house: House) -> None:
    zoe = await house.stranger()
    zoe.cookie = "x" * 43
    await zoe.opens("/now")
    assert zoe.status == 200
    assert zoe.sees("112")
    await zoe.requests("GET", "/now", Host="anything.example")
    assert zoe.status == 200


async def test_with_no_database_every_page_is_someone_to_talk_to(storage: Storage) -> None:
    async with open_house(storage, help_only=True) as house:
        await storage.db.close()
        zoe = await house.stranger("es")
        await zoe.opens("/now")
        assert zoe.status == 200
        for path in ("/", "/enter/abc", "/account"):
            await zoe.opens(path)
            assert zoe.status == 503
            assert zoe.sees("112")
        await zoe.requests("POST", "/signin", [("word", "a"), ("passphrase", "b")])
        assert zoe.status == 503
        assert zoe.sees("112")


async def test_when_the_database_goes_away_now_goes_on(house: House) -> None:
    ana = await house.member("Ana")
    await house.storage.db.close()
    await ana.opens("/room")
    assert ana.status == 500
    assert ana.sees("112")
    await ana.opens("/now")
    assert ana.status == 200


async def test_whoever_watches_the_house_is_told_that_it_is_open_and_no_more(house: House) -> None:
    watch = await house.stranger()
    watch.cookie = "x" * 43
    await watch.requests("GET", "/health", Host="anything.example")
    assert (watch.status, watch.html) == (200, "open\n")
    await watch.requests("POST", "/health")
    assert watch.status == 405


async def test_whoever_watches_a_house_that_only_helps_is_told_so(storage: Storage) -> None:
    async with open_house(storage, help_only=True) as house:
        watch = await house.stranger()
        await watch.opens("/health")
        assert (watch.status, watch.html) == (503, "help_only\n")
