"""The question comes once for each day that was agreed on, and its answer is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import clock
from storage.parts import FOR_NOW
from tests.pair_room import (
    agree,
    agreement,
    anywhere,
    at,
    goes_to,
    heard,
    opens,
    pair,
    person,
    questions,
    sends,
)
from tests.room import Actor, Room, ref_of, words

DAY = timedelta(days=1)
EVENING = at("2026-03-01T20:00")


async def ping(room: Room, name: str = "Ana") -> str:
    """The ref of the question that came last."""
    one = await agreement(room)
    found = await room.storage.pings.last(one.ref, ref_of(name))
    assert found
    return found.ref


@anywhere
async def test_it_comes_at_each_ones_own_hour_on_the_days_agreed_on(room: Room) -> None:
    ana, bo = await person(room, "Ana", "Europe/Berlin"), await person(room, "Bo", "Asia/Kolkata")
    await agree(ana, bo, days="0,2", hour="08:00")
    monday = at("2026-03-02T08:00", "Asia/Kolkata")
    await goes_to(room, EVENING, monday - timedelta(seconds=1))
    assert questions(ana) == questions(bo) == []
    await goes_to(room, monday)
    assert (len(questions(ana)), len(questions(bo))) == (0, 1)
    await goes_to(room, at("2026-03-02T08:00", "Europe/Berlin"))
    assert (len(questions(ana)), len(questions(bo))) == (1, 1)
    await goes_to(room, at("2026-03-03T20:00"), at("2026-03-04T08:00", "Europe/Berlin"))
    assert len(questions(ana)) == 2


async def test_the_card_says_nothing_that_a_lock_screen_may_not_show(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    [card] = questions(ana)
    assert not card.title
    assert "Bo" not in words(card)
    assert [button.label for button in card.buttons] == [
        *("Very hard", "Hard", "So-so", "Good", "Very good"),
        *("Call me", "Not today", "Pause a week", "Stop"),
    ]


@anywhere
async def test_late_by_hours_it_is_skipped_and_never_made_up_for(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING + timedelta(hours=3, seconds=1))
    assert questions(ana) == []
    await goes_to(room, EVENING + DAY + timedelta(hours=1, minutes=59))
    assert len(questions(ana)) == 1


@anywhere
async def test_late_past_midnight_it_is_still_the_day_before(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo", hour="23:30")
    await sends(ana, "people.set_quiet", "03:00", "04:00")
    await goes_to(room, at("2026-03-02T01:00"), at("2026-03-02T23:30"))
    assert len(questions(ana)) == 2


@anywhere
async def test_an_hour_that_is_changed_after_it_came_brings_no_second(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    await sends(
        ana,
        "pairs.set_terms",
        (await agreement(room)).ref,
        *"0123456"[:0],
        "6",
        "21:00",
        "1",
        "no",
        "no",
    )
    await goes_to(room, EVENING + timedelta(hours=1))
    assert len(questions(ana)) == 1


@anywhere
async def test_somebody_who_travels_is_asked_once_for_each_of_their_days(room: Room) -> None:
    ana, bo = await person(room, "Ana", "Pacific/Auckland"), await person(room, "Bo")
    await agree(ana, bo)
    await sends(ana, "people.set_quiet", "00:00", "00:00")
    for hours in range(0, 240):
        if hours == 30:
            await sends(ana, "people.set_zone", "Pacific/Honolulu")
        if hours == 120:
            await sends(ana, "people.set_zone", "Pacific/Kiritimati")
        await goes_to(room, at("2026-03-01T08:00") + timedelta(hours=hours))
    rows = await room.storage.db.read("SELECT count(*) AS n FROM schedule WHERE ref LIKE 'ping/%'")
    assert rows[0]["n"] == 2
    asked = len(questions(ana))
    assert asked in (9, 10)


@anywhere
@pytest.mark.parametrize("hour", ["02:30", "03:00"])
async def test_where_clocks_change_it_comes_once_a_day(room: Room, hour: str) -> None:
    ana, bo = await person(room, "Ana", "Europe/Berlin"), await person(room, "Bo")
    await agree(ana, bo, asked="me", hour=hour)
    await sends(ana, "people.set_quiet", "12:00", "12:00")
    for start in ("2026-03-28T00:00", "2026-10-24T00:00"):
        before = len(questions(ana))
        for half_hours in range(2 * 72):
            await goes_to(room, at(start) + timedelta(minutes=30 * half_hours))
        assert len(questions(ana)) - before == 3


async def test_an_answer_can_be_changed_and_is_told_once(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="2")
    await goes_to(room, EVENING)
    await ana.presses("Hard")
    assert ana.can_press("Someone to talk to now")
    assert ana.sees("Bo can see all of it.")
    await ana.presses("Add a note")
    await ana.fills("A long day.")
    await room.passes()
    assert heard(bo) == ["Ana: Hard"]
    await ana.presses("Change it")
    if ana.form:
        assert ana.form.given == ("2", "", "A long day.")
    await sends(ana, "pings.changed", await ping(room), "2026-03-01", "3", "tired", "Better now.")
    await goes_to(room, EVENING + timedelta(hours=23))
    assert heard(bo) == ["Ana: Hard"]
    await opens(bo)
    assert bo.sees("2026-03-01: So-so (Tired)\n")


@anywhere
async def test_answered_only_says_no_more(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="0")
    await goes_to(room, EVENING)
    await ana.presses("Very hard")
    await room.passes()
    assert heard(bo)[-1] == "Ana has answered."
    await opens(bo)
    assert not bo.sees("hard")


async def test_not_today_is_told_to_nobody(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="2")
    await goes_to(room, EVENING)
    before = len(bo.seen)
    await ana.presses("Not today")
    await room.passes()
    assert len(bo.seen) == before
    await ana.presses("Answer after all")
    await ana.presses("Good")
    await room.passes()
    assert heard(bo)[-1] == "Ana: Good"


async def test_an_old_button_says_that_a_newer_question_has_come(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    old = questions(ana)[0].buttons[3]
    await goes_to(room, EVENING + DAY)
    await ana.sends(str(old.call))
    assert ana.sees("A newer question has come since, of 2026-03-02. How is today?")
    await ana.presses("So-so")
    await room.passes()
    assert heard(bo)[-1] == "Ana: So-so"


@anywhere
async def test_late_is_fine_and_says_of_which_day_it_is(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="6")
    await goes_to(room, EVENING, EVENING + 2 * DAY)
    await ana.presses("Good")
    await room.passes()
    assert heard(bo)[-1] == "Ana: Good (for 2026-03-01)"


async def test_the_last_question_is_found_again_on_the_agreements_page(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="6", shows="0")
    await goes_to(room, EVENING, EVENING + 2 * DAY)
    ana.seen.clear()
    await opens(ana)
    await ana.presses("Answer the last question")
    await ana.presses("Good")
    await room.passes()
    assert heard(bo)[-1] == "Ana has answered. (for 2026-03-01)"
    await opens(ana)
    assert "2026-03-01: Good" in words(ana.seen[-1])
    assert ana.can_press("Change my answer")
    assert "Only that I answered" in words(ana.seen[-1])
    await opens(bo)
    assert "Good" not in words(bo.seen[-1])
    assert "What others see: Only that they answered." in words(bo.seen[-1])


async def test_the_front_of_the_house_leads_to_the_question_of_today(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await ana.types("/home")
    assert not ana.can_press("The question of today")
    await goes_to(room, EVENING)
    ana.seen.clear()
    await ana.types("/home")
    await ana.presses("The question of today")
    await ana.presses("Good")
    await room.passes()
    assert heard(bo)[-1] == "Ana: Good"
    await ana.types("/home")
    assert not ana.can_press("The question of today")


@anywhere
async def test_an_answer_is_a_check_in_of_ones_own_if_that_was_agreed_to(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    await ana.presses("Hard")
    await ana.presses("Add a note")
    await ana.fills("A long day.")
    room.now += timedelta(hours=1)
    await sends(ana, "pings.changed", await ping(room), "2026-03-01", "4", "", "Slept.")
    [entry] = await room.storage.checkins.latest(ref_of("Ana"), 9)
    assert (entry.mood, entry.note) == (4, "Slept.")
    await sends(bo, "people.withdraw", "checkins")
    await sends(bo, "pings.answer", await ping(room, "Bo"), "2026-03-01", "4")
    assert bo.sees("Thank you for telling me.")
    assert await room.storage.checkins.latest(ref_of("Bo"), 9) == []


@anywhere
async def test_within_five_minutes_it_corrects_the_last_check_in(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    await ana.types("/checkin 3 a note")
    await sends(ana, "pings.answer", await ping(room), "2026-03-01", "4")
    [entry] = await room.storage.checkins.latest(ref_of("Ana"), 9)
    assert (entry.mood, entry.note) == (4, "a note")


@anywhere
async def test_nothing_is_said_of_a_missed_one(room: Room) -> None:
    _, bo = await pair(room, "Ana", "Bo", asked="me")
    for day in range(20):
        await goes_to(room, EVENING + day * DAY)
    assert heard(bo) == []


async def silent(ana: Actor, room: Room) -> None:
    one = await agreement(room)
    terms = replace(one.part(ref_of("Ana")).terms, tells=True)
    parts = tuple(replace(p, terms=terms) if p.person == ref_of("Ana") else p for p in one.parts)
    unit = room.storage.agreements.change(one, replace(one, parts=parts))
    await room.storage.units.commit(unit)


@anywhere
async def test_after_three_one_gentle_word_if_they_switched_it_on(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", asked="me")
    await silent(ana, room)
    word = "This may be a good day to say hello to Ana."
    for day in range(3):
        await goes_to(room, EVENING + day * DAY)
    assert word not in heard(bo)
    for day in range(3, 9):
        await goes_to(room, EVENING + day * DAY)
    assert heard(bo).count(word) == 1
    await ana.presses("Good")
    for day in range(9, 14):
        await goes_to(room, EVENING + day * DAY)
    assert heard(bo).count(word) == 2


@anywhere
async def test_once_a_week_it_comes_after_two_weeks(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", asked="me", days="6")
    await silent(ana, room)
    for week in range(2):
        await goes_to(room, EVENING + week * 7 * DAY)
    assert heard(bo) == []
    await goes_to(room, EVENING + 14 * DAY)
    assert heard(bo) == ["This may be a good day to say hello to Ana."]


@anywhere
async def test_a_pause_is_a_quiet_day_to_the_other_and_no_silence(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await silent(ana, room)
    await goes_to(room, EVENING)
    await ana.presses("Pause a week")
    assert ana.sees("To the others it looks like quiet days.")
    asked = len(questions(bo))
    for day in range(1, 8):
        await goes_to(room, EVENING + day * DAY - timedelta(minutes=1), EVENING + day * DAY)
    assert (len(questions(ana)), len(questions(bo))) == (2, asked + 7)
    await opens(bo)
    assert not bo.sees("pause until")
    await goes_to(room, EVENING + 8 * DAY)
    assert not [said for said in heard(bo) if "hello" in said]


@anywhere
async def test_stop_is_at_once_and_until_one_says_so(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    await ana.presses("Stop")
    assert (await agreement(room)).part(ref_of("Ana")).rests == FOR_NOW
    for day in range(1, 40):
        await goes_to(room, EVENING + day * DAY)
    assert (len(questions(ana)), len(questions(bo))) == (1, 40), "it would tell Bo of the pause"
    await ana.presses("End my pause")
    await goes_to(room, EVENING + 40 * DAY)
    assert (len(questions(ana)), len(questions(bo))) == (2, 41)


@anywhere
async def test_who_pauses_is_left_in_peace_and_finds_a_wish_later(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", shows="0")
    one = await agreement(room)
    await sends(bo, "rests.stop", one.ref)
    await sends(ana, "pairs.set_terms", one.ref, "0", "20:00", "2", "no", "no")
    await room.passes()
    assert heard(bo) == []
    await opens(bo)
    assert bo.sees("Ana wishes Asked: Monday, 20:00 on their own clock.")
    await bo.presses("Yes to that")
    assert (await agreement(room)).part(ref_of("Ana")).wish is None


@anywhere
async def test_who_hears_nothing_is_told_nothing_and_is_asked(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await opens(bo)
    await bo.presses("Pause or end it")
    await bo.presses("Hear nothing of them")
    await goes_to(room, EVENING)
    await ana.presses("Good")
    await room.passes()
    assert len(questions(bo)) == 1
    assert heard(bo) == []
    await opens(ana)
    assert not ana.sees("hear nothing")


@anywhere
async def test_a_block_is_a_quiet_day_in_both_directions(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await bo.types("/block Ana")
    await goes_to(room, EVENING)
    assert len(questions(ana)) == len(questions(bo)) == 1, "without a question she would know"
    for who, said in ((ana, "Bo can see the mood, and no more."), (bo, "Nobody else sees it.")):
        await who.presses("Hard")
        assert who.sees(said)
    await room.passes()
    assert not [said for who in (ana, bo) for said in heard(who) if "Hard" in said]
    await bo.types("/block")
    await bo.presses("Unblock Ana")
    await opens(ana)
    assert not ana.sees("Bo, 2026-03-01: Hard"), "nor afterwards"
    await goes_to(room, EVENING + DAY)
    assert len(questions(ana)) == len(questions(bo)) == 2


@anywhere
async def test_who_takes_back_that_they_may_be_written_to_is_not_asked(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    await sends(ana, "people.withdraw", "messages")
    await goes_to(room, EVENING)
    assert questions(ana) == []
    await opens(ana)
    assert ana.sees("First I need your yes to write to you without being asked.")
    await ana.presses("Allow it")
    await ana.presses("Back")
    assert ana.sees("You Asked: every day, 20:00 on your own clock.")
    await goes_to(room, EVENING + DAY)
    assert len(questions(ana)) == 1


@anywhere
async def test_even_when_it_is_about_to_be_sent_it_is_not(room: Room) -> None:
    ana, _ = await pair(room, "Ana", "Bo")
    room.now = EVENING
    await clock.tick(room.app, room.storage.schedule, room.now)
    claimed = await room.storage.outbox.claim(room.now, 10)
    await sends(ana, "people.withdraw", "messages")
    sent = [await room.storage.outbox.sending(parcel, room.now) for parcel in claimed]
    assert sorted(sent) == [False, True], "of two"
    await room.passes()
    assert questions(ana) == []


@anywhere
async def test_of_a_circle_the_others_go_on_when_one_pauses(room: Room) -> None:
    ana, bo, cy = await pair(room, "Ana", "Bo", "Cy", shows="1")
    await goes_to(room, EVENING)
    await ana.presses("Stop")
    await bo.presses("Good")
    await goes_to(room, EVENING, EVENING + DAY)
    assert [len(questions(who)) for who in (ana, bo, cy)] == [1, 2, 2]
    assert heard(cy)[-1] == "Bo: Good"
    assert "Bo: Good" not in heard(ana)
