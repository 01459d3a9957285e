"""A question that waits, for a morning or over a day that no clock shows, comes once or not."""

from __future__ import annotations

from datetime import timedelta

from tests.pair_room import (
    EVERY,
    agree,
    agreement,
    anywhere,
    at,
    goes_to,
    opens,
    pair,
    person,
    questions,
    sends,
)
from tests.room import Room

EVENING = at("2026-03-01T20:00")


@anywhere
async def test_in_quiet_hours_it_waits_and_the_page_says_so(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo", hour="22:30")
    await opens(ana)
    assert ana.sees("That is in your quiet hours: it waits for their end.")
    await goes_to(room, at("2026-03-01T22:30"))
    assert questions(ana) == []
    await goes_to(room, at("2026-03-02T07:00"))
    assert len(questions(ana)) == 1


@anywhere
async def test_what_waits_past_midnight_goes_with_the_day_that_it_is_of(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0,1", hour="22:30")
    await goes_to(room, at("2026-03-02T22:30"), at("2026-03-03T01:00"))
    for who, day in ((ana, "1"), (bo, "0")):
        await sends(
            who, "pairs.set_terms", (await agreement(room)).ref, day, "22:30", "1", "no", "no"
        )
    await goes_to(room, at("2026-03-03T07:00"))
    assert (len(questions(ana)), len(questions(bo))) == (0, 1)


@anywhere
async def test_of_two_that_wait_for_the_same_morning_one_comes(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="23:30")
    await goes_to(room, at("2026-03-01T23:30"))
    for who in (ana, bo):
        ref = (await agreement(room)).ref
        await sends(who, "pairs.set_terms", ref, EVERY, "00:15", "1", "no", "no")
    await goes_to(room, at("2026-03-02T00:15"), at("2026-03-02T07:00"))
    assert (len(questions(ana)), len(questions(bo))) == (1, 1)
    await ana.presses("Good")
    assert ana.sees("Thank you for telling me.")


@anywhere
async def test_what_is_answered_before_it_comes_does_not_come(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="22:30")
    await goes_to(room, at("2026-03-01T22:30"))
    for who, button in ((ana, "So-so"), (bo, "Not today")):
        await opens(who)
        await who.presses("Answer the last question")
        await who.presses(button)
        who.seen.clear()
    await goes_to(room, at("2026-03-02T07:00"))
    assert questions(ana) == questions(bo) == []


@anywhere
async def test_who_changes_something_at_the_very_hour_is_asked_all_the_same(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    room.now = EVENING + timedelta(seconds=1)
    await room.storage.schedule.claim(room.now)
    await sends(ana, "people.set_zone", "Africa/Abidjan")
    await sends(bo, "people.set_zone", "Asia/Tokyo")
    await goes_to(room, EVENING + timedelta(minutes=3))
    assert (len(questions(ana)), len(questions(bo))) == (1, 0)


@anywhere
async def test_a_day_that_the_clocks_skip_has_no_question(room: Room) -> None:
    ana, bo = await person(room, "Ana", "Pacific/Apia"), await person(room, "Bo")
    room.now = at("2011-12-29T12:00", "Pacific/Apia")
    await sends(ana, "people.set_quiet", "03:00", "03:00")
    await agree(ana, bo)
    evening = at("2011-12-29T20:00", "Pacific/Apia")
    await goes_to(room, evening)
    assert len(questions(ana)) == 1
    await goes_to(room, at("2011-12-31T00:00", "Pacific/Apia"))
    assert len(questions(ana)) == 1
    await goes_to(room, at("2011-12-31T20:00", "Pacific/Apia"))
    assert len(questions(ana)) == 2


@anywhere
async def test_what_waits_over_a_day_that_the_clocks_skip_comes_in_the_morning(room: Room) -> None:
    ana, bo = await person(room, "Ana", "Pacific/Apia"), await person(room, "Bo")
    room.now = at("2011-12-29T12:00", "Pacific/Apia")
    await agree(ana, bo, hour="23:30")
    for hour in ("2011-12-29T23:30", "2011-12-31T00:00"):
        await goes_to(room, at(hour, "Pacific/Apia"))
        assert questions(ana) == []
    await goes_to(room, at("2011-12-31T07:00", "Pacific/Apia"))
    assert len(questions(ana)) == 1


@anywhere
async def test_a_pause_takes_back_what_waits_for_who_pauses(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="22:30")
    await goes_to(room, at("2026-03-01T22:30"))
    await opens(ana)
    await ana.presses("Pause or end it")
    await ana.presses("Pause a week")
    await goes_to(room, at("2026-03-02T07:00"))
    assert (len(questions(ana)), len(questions(bo))) == (0, 1)
