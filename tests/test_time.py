"""Private dates: kept, seen, corrected, started again, and nobody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.core.cards import Call, Page
from bot.core.errors import Conflict
from bot.core.model import Person, Via
from bot.core.text import plain
from storage.clocks import MOST, Clock, Stretch
from tests.room import Actor, Room, ref_of, words

WELCOME = "Welcome back. What you have learned stays yours."
FORBIDDEN = ("streak", "reset", "zero", "only", "0 day", "lost", "fail", "!")


async def dates(room: Room, name: str = "Ana") -> list[Clock]:
    return await room.storage.clocks.of(ref_of(name))


async def keeping(
    room: Room, since: str, called: str = "Alcohol", counts: str = "calendar", zone: str = "UTC"
) -> Actor:
    """Somebody who has kept that date."""
    ana = await room.person("Ana", zone=zone)
    ana.here = ana.own
    await ana.types("/time")
    await ana.presses("Keep a date")
    await ana.fills(called, counts, since)
    return ana


async def test_a_date_is_kept_and_seen_in_private(room: Room) -> None:
    ana = await keeping(room, "2025-06-27")
    assert ana.seen[-1].title == "Alcohol"
    assert ana.sees("since 2025-06-27: 8 months and 2 days")
    assert ana.seen[-1].private
    assert not room.posted
    await ana.types("/time")
    assert ana.sees("Alcohol since 2025-06-27: 8 months and 2 days")
    assert ana.sees("Nobody else sees these.")


@pytest.mark.parametrize(
    ("since", "counts", "said"),
    [
        ("2026-03-01", "calendar", "since 2026-03-01, today"),
        ("2026-02-28", "calendar", "since 2026-02-28: 1 day"),
        ("2025-12-01", "calendar", "since 2025-12-01: 90 days"),
        ("2025-11-30", "calendar", "since 2025-11-30: 3 months and 1 day"),
        ("2025-12-01", "days", "since 2025-12-01: 90 days"),
        ("2025-03-01", "calendar", "since 2025-03-01: 1 year"),
        ("2025-03-01", "days", "since 2025-03-01: 365 days"),
        ("2024-01-29", "calendar", "since 2024-01-29: 2 years, 1 month and 1 day"),
        ("1990-09-01", "calendar", "since 1990-09-01: 35 years and 6 months"),
    ],
)
async def test_time_is_counted_by_the_calendar(
    since: str, counts: str, said: str, room: Room
) -> None:
    ana = await keeping(room, since, counts=counts)
    assert words(ana.seen[-1]).strip() == f"Alcohol {said}"


async def test_a_day_to_come_is_asked_for_again(room: Room) -> None:
    ana = await keeping(room, "2026-03-02")
    assert not await dates(room)
    if ana.form:
        assert ana.form.slip == "since"
        assert ana.form.trouble.startswith("That day is still to come.")
        assert ana.form.given == ("Alcohol", "calendar", "2026-03-02")
    else:
        assert ana.sees("That day is still to come.")
    await (ana.fills("Alcohol", "calendar", "2026-03-01") if ana.form else ana.fills("2026-03-01"))
    assert [clock.since for clock in await dates(room)] == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    "typed", ["1899-12-31", "0001-01-01", "2026-02-30", "yesterday", "3/4/2026"]
)
async def test_a_day_that_cannot_be_is_asked_for_again(typed: str, room: Room) -> None:
    ana = await keeping(room, typed)
    assert not await dates(room)
    if ana.form:
        assert ana.form.slip == "since"
    await (ana.fills("Alcohol", "calendar", "1900-01-01") if ana.form else ana.fills("1900-01-01"))
    assert [clock.since for clock in await dates(room)] == [date(1900, 1, 1)]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
async def test_today_is_the_persons_own(zone: str, room: Room) -> None:
    room.now = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the 2nd in Auckland, the 1st in Honolulu
    ana = await keeping(room, "2026-03-02", zone=zone)
    assert len(await dates(room)) == (1 if zone == "Pacific/Auckland" else 0)
    if zone == "Pacific/Auckland":
        assert ana.sees("since 2026-03-02, today")


async def test_a_day_that_is_not_here_yet_after_a_flight_west_is_shown_alone(room: Room) -> None:
    room.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    await keeping(room, "2026-03-02", zone="Pacific/Auckland")
    people = room.storage.people
    profile = await people.profile(ref_of("Ana"))
    assert profile
    west = replace(profile.person, zone="Pacific/Honolulu")
    await room.storage.units.commit((people.change(replace(profile, person=west)),))
    ana = room.guest("Ana")
    await ana.types("/time")
    assert words(ana.seen[-1]).endswith("Alcohol since 2026-03-02")
    await ana.presses("1. Alcohol")
    await ana.presses("I am starting again")
    assert ana.sees(WELCOME)
    [clock] = await dates(room)
    assert (clock.since, clock.past) == (date(2026, 3, 2), ())
    room.now += timedelta(days=2)
    await ana.types("/time")
    assert ana.sees("since 2026-03-02: 1 day")


@pytest.mark.unwired(telegram="the answers to lines are in the outbox")
async def test_starting_again_is_one_button_and_a_welcome(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.presses("I am starting again")
    assert words(ana.seen[-1]).strip() == WELCOME
    assert ana.seen[-1].private
    assert not room.posted
    [clock] = await dates(room)
    assert clock.since == date(2026, 3, 1)
    assert clock.past == (Stretch(date(2025, 3, 1), date(2026, 3, 1)),)
    rows = await room.storage.db.read("SELECT * FROM outbox")
    assert not rows, "nobody is told"


@pytest.mark.unwired(
    discord="of presses at once one message shows the last",
    telegram="of presses at once the last is shown",
)
async def test_pressing_it_twice_or_at_once_is_once(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    [clock] = await dates(room)
    again = f"time.again:{clock.ref}"
    await asyncio.gather(*(ana.sends(again) for _ in range(3)))
    await ana.sends(again)
    [clock] = await dates(room)
    assert len(clock.past) == 1
    assert [words(card).strip() for card in ana.seen[-4:]] == [WELCOME] * 4


async def test_it_can_be_taken_back_for_three_days(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.presses("I am starting again")
    room.now += timedelta(days=3)
    await ana.presses("Put the former date back")
    assert ana.sees("since 2025-03-01: 1 year and 3 days")
    [clock] = await dates(room)
    assert clock.past == ()
    await ana.sends(f"time.undo:{clock.ref}")
    assert (await dates(room))[0].since == date(2025, 3, 1)


async def test_after_three_days_it_stands(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.presses("I am starting again")
    room.now += timedelta(days=3, seconds=1)
    await ana.presses("Put the former date back")
    [clock] = await dates(room)
    assert clock.since == date(2026, 3, 1)
    assert not ana.can_press("former date")


@pytest.mark.unwired(discord="of presses at once one message shows the last")
async def test_taking_back_twice_at_once_takes_back_one(room: Room) -> None:
    ana = await keeping(room, "2024-03-01")
    await ana.presses("I am starting again")
    room.now += timedelta(days=1)
    [clock] = await dates(room)
    await ana.sends(f"time.again:{clock.ref}")
    await asyncio.gather(*(ana.sends(f"time.undo:{clock.ref}") for _ in range(3)))
    [clock] = await dates(room)
    assert clock.since == date(2026, 3, 1)
    assert clock.past == (Stretch(date(2024, 3, 1), date(2026, 3, 1)),)


async def test_what_was_before_is_shown_when_wanted(room: Room) -> None:
    ana = await keeping(room, "2024-01-01")
    room.now = datetime(2025, 6, 1, 8, tzinfo=UTC)
    await ana.presses("I am starting again")
    room.now = datetime(2025, 6, 11, 8, tzinfo=UTC)
    await ana.presses("See it")
    assert not ana.sees("The longest")
    await ana.presses("Change it")
    await ana.presses("The longest and all together too")
    await ana.presses("That's all")
    assert ana.sees("since 2025-06-01: 10 days")
    assert ana.sees("The longest: 1 year and 5 months")
    assert ana.sees("All together: 527 days")
    await ana.presses("Change it")
    await ana.presses("The date alone")
    await ana.presses("That's all")
    assert words(ana.seen[-1]).strip() == "Alcohol since 2025-06-01"


async def test_a_correction_is_not_a_new_start(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.presses("Change it")
    await ana.presses("Change the date")
    await ana.fills("2025-02-01")
    assert ana.sees("since 2025-02-01: 1 year and 1 month")
    [clock] = await dates(room)
    assert clock.past == ()
    assert not ana.can_press("former date")
    await ana.sends(f"time.move:{clock.ref}:2027-01-01")
    assert ana.sees("That day is still to come.")
    assert (await dates(room))[0].since == date(2025, 2, 1)


async def test_the_next_milestone_is_shown_to_those_who_ask(room: Room) -> None:
    ana = await keeping(room, "2026-02-01")
    assert not ana.sees("2026-03-03")
    await ana.presses("Change it")
    await ana.presses("The next milestone")
    assert ana.can_press("No next milestone")
    await ana.presses("That's all")
    assert ana.sees("30 days on 2026-03-03")
    room.now = datetime(2026, 5, 3, 8, tzinfo=UTC)
    await ana.types("/time")
    await ana.presses("1. Alcohol")
    assert ana.sees("6 months on 2026-08-01")
    room.now = datetime(2027, 9, 1, 8, tzinfo=UTC)
    await ana.presses("1. Alcohol")
    assert ana.sees("2 years on 2028-02-01")


async def test_a_leap_day_is_marked_when_the_person_says(room: Room) -> None:
    room.now = datetime(2025, 2, 28, 12, tzinfo=UTC)
    ana = await keeping(room, "2024-02-29")
    assert ana.sees("since 2024-02-29: 1 year")
    await ana.presses("Change it")
    assert ana.sees("In other years On 28 February")
    await ana.presses("On 1 March")
    await ana.presses("That's all")
    assert ana.sees("since 2024-02-29: 11 months and 30 days")
    room.now += timedelta(days=1)
    await ana.types("/time")
    assert ana.sees("since 2024-02-29: 1 year")


async def test_other_days_are_not_asked_about_leap_years(room: Room) -> None:
    ana = await keeping(room, "2024-02-28")
    await ana.presses("Change it")
    assert not ana.can_press("On 1 March")


async def test_a_name_can_be_changed_but_not_to_one_that_is_taken(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.types("/time")
    await ana.presses("Keep another date")
    await ana.fills("Smoking", "days", "2025-04-01")
    await ana.presses("Change it")
    await ana.presses("Change the name")
    await ana.fills("ALCOHOL")
    assert ana.sees("You keep a date by that name already.")
    await ana.sends(str(next(b.call for c in ana.seen for b in c.buttons if "name" in b.label)))
    await ana.fills("Tobacco")
    assert {clock.name for clock in await dates(room)} == {"Alcohol", "Tobacco"}
    assert ana.seen[-1].title == "Tobacco"


async def test_a_form_sent_twice_keeps_one_date(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    sent = Call("time.add", ("Smoking", "days", "2025-04-01"))
    origins = [ana.origin(Via.FILLED) for _ in range(3)]
    answers = await asyncio.gather(*(room.app.perform(sent, origin) for origin in origins))
    assert len(await dates(room)) == 2
    assert all(isinstance(one, Page) and one.card.title == "Smoking" for one in answers)


async def test_there_is_room_for_twelve(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    calls = [Call("time.add", (f"Date {n}", "days", "2025-04-01")) for n in range(13)]
    origins = [ana.origin(Via.FILLED) for _ in calls]
    answers = await asyncio.gather(*map(room.app.perform, calls, origins))
    assert len(await dates(room)) == MOST
    assert [isinstance(answer, Page) for answer in answers].count(False) == 2
    await ana.types("/time")
    assert not ana.can_press("Keep another date")
    assert ana.can_press("12. ")


async def test_twelve_with_long_names_fit_at_every_door(room: Room) -> None:
    ana = await keeping(room, "1990-09-30", called="W" * 40)
    for n in range(11):
        call = Call("time.add", (f"{n:02}" + "\N{OLD ITALIC LETTER A}" * 38, "days", "1990-10-30"))
        await room.app.perform(call, ana.origin(Via.FILLED))
    await ana.types("/time")
    assert len(await dates(room)) == 12
    assert ana.can_press("12. ")


async def test_it_is_deleted_after_a_question_and_its_buttons_do_nothing(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    [clock] = await dates(room)
    await ana.presses("Change it")
    await ana.presses("Delete it")
    await ana.presses("Keep it")
    assert len(await dates(room)) == 1
    await ana.sends(f"time.delete:{clock.ref}")
    await ana.presses("Yes, delete it")
    assert not await dates(room)
    for rest in ("see", "again", "undo", "settings", "move", "rename", "count", "show", "delete"):
        await ana.sends(f"time.{rest}:{clock.ref}")
        assert ana.sees("no longer in use"), rest
    await ana.sends(f"time.delete:{clock.ref}:yes")
    assert ana.sees("no longer in use")
    await ana.types("/time")
    assert ana.sees("You can keep a date here, or several.")


async def test_nobody_sets_or_sees_anothers(room: Room) -> None:
    await keeping(room, "2025-03-01")
    bo = await room.person("Bo")
    [clock] = before = await dates(room)
    more = {"move": ":2020-01-01", "rename": ":Mine", "count": ":days", "show": ":all"}
    more |= {"ahead": ":yes", "leap": ":mar1", "delete": ":yes"}
    for action in (*more, "see", "again", "undo", "settings"):
        await bo.sends(f"time.{action}:{clock.ref}{more.get(action, '')}")
        assert bo.sees("no longer in use"), action
    await bo.types("/time")
    assert not bo.sees("Alcohol")
    assert await dates(room) == before


async def test_without_their_yes_no_date_is_kept(room: Room) -> None:
    guest = room.guest("Dee")
    await room.opens()
    dee = Person("ref-dee_____", "Dee")
    await room.storage.units.commit(room.storage.people.join(guest.account, dee))
    await guest.types("/time")
    await guest.presses("Keep a date")
    assert guest.sees("May I keep this?")
    await guest.sends("time.add:Alcohol:days:2025-01-01")
    assert guest.sees("May I keep this?")
    assert not await room.storage.clocks.of(dee.ref)


async def test_who_takes_their_yes_back_still_sees_and_deletes_what_is_there(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    await ana.sends("time.add:Smoking:days:2025-04-01")
    profile = await room.storage.people.profile(ref_of("Ana"))
    assert profile
    no = profile.withdrawing("dates", room.now)
    await room.storage.units.commit((room.storage.people.change(no),))
    await ana.types("/time")
    assert ana.sees("Alcohol since 2025-03-01: 1 year")
    await ana.presses("1. Alcohol")
    await ana.presses("I am starting again")
    assert ana.sees("May I keep this?")
    await ana.sends("time.delete_all")
    assert ana.sees("There are 2 dates of yours.")
    await ana.presses("Keep them")
    assert len(await dates(room)) == 2
    await ana.presses("Yes, delete all")
    assert not await dates(room)
    await ana.sends("time.delete_all:yes")
    assert ana.sees("There are no dates of yours here.")


async def test_a_guest_is_invited_to_join(room: Room) -> None:
    zoe = room.guest("Zoe")
    await zoe.types("/time")
    assert zoe.sees("for people who have joined")


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "@everyone <@1> [x](https://x.example)",
        "{name} %s *strong*",
        "आख़िरी शर्त 🎲",
        "\u202eevil",
        "two\n lines",
        "::~~",
    ],
)
async def test_a_name_is_letters_and_nothing_else(name: str, room: Room) -> None:
    ana = await room.person("Ana")
    call = Call("time.add", (name, "days", "2025-01-01"))
    await room.app.perform(call, ana.origin(Via.FILLED))
    await ana.types("/time")
    [clock] = await dates(room)
    assert clock.name == " ".join(clock.name.split())
    assert ana.sees(clock.name)
    await ana.presses("1. ")
    assert ana.seen[-1].title == clock.name


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u2063", "\x07"])
async def test_a_name_that_cannot_be_seen_is_asked_for_again(name: str, room: Room) -> None:
    ana = await room.person("Ana")
    call = Call("time.add", (name, "days", "2025-01-01"))
    await room.app.perform(call, ana.origin(Via.FILLED))
    assert not await dates(room)


async def test_no_word_makes_less_of_anybody(room: Room) -> None:
    ana = await keeping(room, "2026-03-01")
    await ana.presses("Change it")
    await ana.presses("The longest and all together too")
    await ana.presses("The next milestone")
    await ana.presses("That's all")
    room.now += timedelta(days=1)
    await ana.presses("I am starting again")
    await ana.presses("See it")
    await ana.presses("Change it")
    await ana.presses("Delete it")
    said = " ".join(words(card) for card in ana.seen).lower()
    said += " ".join(b.label for card in ana.seen for b in card.buttons).lower()
    assert not [word for word in FORBIDDEN if word in said]


async def test_all_of_it_is_sealed_and_goes_with_the_person(room: Room) -> None:
    ana = await keeping(room, "2025-03-01", called="Kumquat")
    [one] = await room.storage.db.read("SELECT * FROM clocks")
    await ana.presses("I am starting again")
    [row] = await room.storage.db.read("SELECT * FROM clocks")
    assert len(row["body"]) == len(one["body"]), "a length tells that somebody started again"
    raw = row["body"] + row["mark"].encode()
    for word in (b"Kumquat", b"kumquat", b"2025", b"calendar"):
        assert word not in raw
    [kept] = await room.storage.clocks.mine(ref_of("Ana"))
    assert (kept["name"], kept["since"]) == ("Kumquat", "2026-03-01")
    assert kept["past"] == [["2025-03-01", "2026-03-01"]]
    await room.storage.units.commit(room.storage.clocks.forget(ref_of("Ana")))
    assert not await dates(room)


async def test_a_second_of_the_same_name_is_a_conflict_below_the_feature(room: Room) -> None:
    await keeping(room, "2025-03-01")
    other = Clock("clock-000002", ref_of("Ana"), "ALCOHOL", date(2020, 1, 1))
    with pytest.raises(Conflict):
        await room.storage.units.commit(room.storage.clocks.add(other))


async def test_the_page_says_what_the_card_says(room: Room) -> None:
    ana = await keeping(room, "2025-03-01")
    page = await room.app.perform(Call("time.time"), ana.origin(Via.TYPED))
    assert isinstance(page, Page)
    data: Any = page.data
    [shown] = data["clocks"]
    assert (shown["name"], plain(shown["said"])) == ("Alcohol", "since 2025-03-01: 1 year")
