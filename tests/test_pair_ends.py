"""An agreement ends at once, and says no more than that; every month people are asked to go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.text import plain
from cogs.pairs import Plans
from tests.pair_room import agreement, anywhere, at, goes_to, heard, opens, pair, questions, sends
from tests.room import Room, ref_of

DAY = timedelta(days=1)
EVENING = at("2026-03-01T20:00")
ASKED = "agreed to check in with each other. Would you like to go on?"


async def rows(room: Room, table: str) -> int:
    [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


async def test_the_other_hears_that_it_has_ended_and_no_reason(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await goes_to(room, EVENING)
    old = questions(bo)[0].buttons
    await opens(ana)
    await ana.presses("Pause or end it")
    await ana.presses("End it")
    assert ana.sees("Bo will hear that it has ended, and no reason.")
    await ana.presses("Yes, end it")
    await room.passes()
    assert heard(bo) == ["Your agreement with Ana has ended."]
    assert await rows(room, "schedule") == await rows(room, "pings") == 0
    for button in old:
        await bo.sends(str(button.call))
        if button.label == "Call me":
            assert bo.sees("That has ended, so nobody hears this button any more.")
            assert bo.can_press("Someone to talk to now")
        else:
            assert bo.sees("That button is no longer in use.")
    await goes_to(room, EVENING + DAY)
    assert len(questions(bo)) == 1


@anywhere
async def test_what_waits_for_the_end_of_quiet_hours_is_not_sent_after_the_end(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="23:00")
    await goes_to(room, at("2026-03-01T23:00"))
    await sends(ana, "pairs.end", (await agreement(room)).ref, "yes")
    await goes_to(room, at("2026-03-02T07:00"))
    assert questions(ana) == questions(bo) == []


@anywhere
async def test_of_a_circle_one_leaves_and_two_go_on(room: Room) -> None:
    ana, bo, cy = await pair(room, "Ana", "Bo", "Cy")
    await sends(ana, "pairs.end", (await agreement(room)).ref, "yes")
    await goes_to(room, EVENING)
    assert heard(bo)[-1] == heard(cy)[-1] == "Ana has left your circle."
    assert [len(questions(who)) for who in (ana, bo, cy)] == [0, 1, 1]
    await sends(bo, "pairs.end", (await agreement(room, "Bo")).ref, "yes")
    await room.passes()
    assert heard(cy)[-1] == "Your circle has ended."
    assert await rows(room, "agreements") == await rows(room, "schedule") == 0


@anywhere
async def test_who_is_forgotten_is_not_named_any_more(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", hour="23:00")
    await goes_to(room, at("2026-03-01T23:00"))
    await ana.types("/forgetme")
    await ana.presses(ana.seen[-1].buttons[0].label)
    await goes_to(room, at("2026-03-02T07:00"), at("2026-03-02T23:00"), at("2026-03-03T07:00"))
    assert questions(bo) == []
    assert await room.storage.agreements.of(ref_of("Bo")) == []


@anywhere
async def test_every_thirty_days_both_are_asked_and_silence_changes_nothing(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0")
    for day in range(75):
        await goes_to(room, EVENING + day * DAY)
    for who in (ana, bo):
        assert len([said for said in heard(who) if ASKED in said]) == 2
    assert (await agreement(room)).live
    await ana.presses("Go on")
    assert ana.sees("Thank you. It goes on.")


@anywhere
async def test_so_are_two_of_whom_nobody_is_asked_how_the_day_is(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0")
    for who in (ana, bo):
        one = (await agreement(room)).ref
        await sends(who, "pairs.set_terms", one, "", "20:00", "1", "no", "no")
    for day in range(28, 33):
        await goes_to(room, EVENING + day * DAY)
    for who in (ana, bo):
        assert len([said for said in heard(who) if "agreed on something. Would you" in said]) == 1


@anywhere
async def test_who_pauses_is_not_asked_whether_to_go_on(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await sends(ana, "rests.stop", (await agreement(room)).ref)
    for day in range(28, 33):
        await goes_to(room, EVENING + day * DAY)
    assert not [said for said in heard(ana) if ASKED in said]
    assert [said for said in heard(bo) if ASKED in said]


async def temporary(room: Room) -> None:
    """Two who agreed on ninety days."""
    store, one = room.storage, await agreement(room)
    after = replace(one, until=room.now + 90 * DAY)
    people = await store.people.many(after.belongs_to)
    plans = Plans(store.schedule, store.agreements)
    unit = (*store.agreements.change(one, after), *plans.all(after, people, room.now))
    await store.units.commit(unit)


@anywhere
async def test_a_temporary_one_ends_two_weeks_after_unless_both_say_so(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0")
    await temporary(room)
    for day in (89, 90, 91):
        await goes_to(room, EVENING + day * DAY)
    assert [said for said in heard(ana) if said.startswith("The time that you and Bo agreed on")]
    await bo.presses("Go on")
    assert bo.sees("Thank you. It goes on if each of you says so.")
    await goes_to(room, EVENING + 103 * DAY)
    assert (await agreement(room)).live
    await goes_to(room, EVENING + 105 * DAY)
    assert heard(bo)[-1] == "Your time with Ana was agreed on until now. It has ended."
    assert await rows(room, "agreements") == await rows(room, "schedule") == 0


@anywhere
async def test_a_temporary_one_goes_on_when_both_say_so(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo", days="0")
    await temporary(room)
    await goes_to(room, EVENING + 91 * DAY)
    for who in (ana, bo):
        await who.presses("Go on")
    assert bo.sees("Thank you. It goes on.")
    await goes_to(room, EVENING + 106 * DAY)
    one = await agreement(room)
    assert one.live
    assert one.until is None


@anywhere
async def test_an_end_is_told_to_who_is_kept_away_too_else_silence_would_tell(room: Room) -> None:
    ana, bo = await pair(room, "Ana", "Bo")
    await ana.types("/block Bo")
    await sends(ana, "pairs.end", (await agreement(room)).ref, "yes")
    await room.passes()
    assert heard(bo) == ["Your agreement with Ana has ended."]
    await bo.types("/pairs")
    assert "Ana" not in plain(bo.seen[-1].text)
