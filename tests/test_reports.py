"""Reports: two trusted servants read what somebody chose to tell them, and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.text import plain
from storage.reports import KEPT, Copy
from tests.pair_room import anywhere
from tests.room import HOME, MORNING, Actor, Room, ref_of, words

WHAT = "He waited for me at the bus stop again"
NEUTRAL = "Somebody in your group asked two of you to read something."


MORE = "And on Thursday he knew where I live"
ADDED = "Something was added to what two of you were asked to read."
NONE = {"reports": 0, "report_copies": 0, "report_answers": 0, "report_texts": 0}


async def serving(room: Room, *names: str) -> list[Actor]:
    people = [await room.person(name) for name in names]
    for name in names:
        until = room.now + timedelta(days=60)
        term = room.storage.roles.give(HOME.ref, ref_of(name), "servant", room.now, until)
        await room.storage.units.commit((term,))
    return people


async def ana_of(room: Room) -> Actor:
    ana = await room.person("Ana")
    ana.here = ana.own
    return ana


async def sends(ana: Actor, *two: str, named: bool = False) -> None:
    """The whole way, to these."""
    await ana.types(f"/report {WHAT}")
    await ana.presses("Go on")
    for name in two:
        await ana.presses(name)
    await ana.presses("Go on")
    if named:
        await ana.presses("Show my name")
    await ana.presses("Send it to both")
    await ana.room.passes()


async def left(room: Room) -> dict[str, int]:
    counts = {}
    for table in NONE:
        [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
        counts[table] = row["n"]
    return counts


async def test_two_of_her_choice_read_it_and_the_one_concerned_hears_nothing(room: Room) -> None:
    bo, cy, di = await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    assert ana.sees("Is one of these part of it")
    await ana.presses("Bo")
    assert ana.can_press("[x] Bo")
    await ana.presses("Go on")
    assert not ana.can_press("Bo")
    await ana.presses("Cy")
    await ana.presses("Di")
    await ana.presses("Go on")
    assert ana.sees("Cy, Di will read this, and each of them sees who the other is.")
    assert ana.sees(WHAT)
    assert ana.sees("Your name not shown")
    await room.passes()
    assert not cy.seen
    await ana.presses("Send it to both")
    assert ana.sees("Your receipt is")
    await room.passes()
    assert not bo.seen
    for one in (cy, di):
        assert words(one.seen[-1]).strip() == NEUTRAL
        await one.presses("Read it")
        assert one.sees(WHAT)
        assert one.sees("somebody who does not say")
        assert not one.sees("Ana")
    assert WHAT not in " ".join(words(card) for card in room.posted)


async def test_her_name_is_shown_only_when_she_says_so(room: Room) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    for label in ("Go on", "Bo", "Cy", "Go on", "Show my name"):
        await ana.presses(label)
    assert ana.sees("Your name Ana")
    await ana.presses("Send it to both")
    await room.passes()
    await bo.presses("Read it")
    assert bo.sees("From Ana")


async def test_exactly_two_are_chosen(room: Room) -> None:
    await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    await ana.presses("Go on")
    await ana.presses("Bo")
    assert not ana.can_press("Go on")
    await ana.presses("Cy")
    assert ana.can_press("Go on")
    await ana.presses("Di")  # the one chosen first gives way
    await ana.presses("Go on")
    assert ana.sees("Cy, Di will read this,")


async def test_with_fewer_than_two_nothing_is_kept_and_other_ways_are_named(room: Room) -> None:
    await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    settings = await room.storage.groups.settings(HOME.ref)
    assert settings
    await ana.types(f"/report {WHAT}")
    await ana.presses("Bo")
    await ana.presses("Go on")
    assert ana.sees("There are not two trusted servants here")
    assert ana.sees("emergency number")
    assert await left(room) == NONE


async def test_before_anything_is_written_it_is_said_that_there_are_not_two(room: Room) -> None:
    await serving(room, "Bo")
    ana = await ana_of(room)
    await ana.types("/report")
    assert ana.sees("There are not two trusted servants here")
    assert not ana.sees("Nothing was kept")
    assert not ana.can_press("Write something down")
    assert ana.can_press("Someone to talk to now")


@pytest.mark.parametrize(("contact", "named"), [("Bo or Cy", False), ("the host", True)])
async def test_nobody_is_sent_to_whom_they_just_ticked(
    room: Room, contact: str, named: bool
) -> None:
    await serving(room, "Bo", "Cy")
    groups = room.storage.groups
    settings = await groups.settings(HOME.ref)
    assert settings
    await room.storage.units.commit((groups.change(replace(settings, contact=contact)),))
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    await ana.presses("Bo")
    await ana.presses("Go on")
    assert ana.sees("There are not two trusted servants here")
    assert ana.sees(contact) is named


async def test_whom_she_keeps_away_is_not_among_them(room: Room) -> None:
    await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    await ana.types("/block Bo")
    await ana.types(f"/report {WHAT}")
    assert not ana.can_press("Bo")
    assert ana.can_press("Cy")


async def test_who_keeps_her_away_hears_nothing_and_she_cannot_tell(room: Room) -> None:
    bo, cy, _ = await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    bo.here = bo.own
    await bo.types("/block Ana")
    bo.seen.clear()
    await sends(ana, "Bo", "Cy")
    assert ana.sees("Sent to Bo, Cy")
    assert bo.seen == []
    await bo.types("/report")
    assert not bo.can_press("To read")
    await cy.presses("Read it")
    await cy.presses("Say that I have read it")
    await ana.presses("How it stands")
    assert ana.sees("1 of the two")


async def test_who_serves_reports_to_others(room: Room) -> None:
    bo, _, _ = await serving(room, "Bo", "Cy", "Di")
    bo.here = bo.own
    await bo.types(f"/report {WHAT}")
    assert not bo.can_press("Bo")
    assert bo.can_press("Cy")


async def test_she_sees_that_it_was_read_and_what_was_answered(room: Room) -> None:
    bo, cy = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    await bo.presses("Read it")
    assert bo.sees("Two of you were asked to read this, you and Cy.")
    await bo.presses("Say that I have read it")
    await room.passes()
    assert ana.sees("A note from your group. There is something to see for you.")
    await ana.presses("How it stands")
    assert ana.sees("1 of the two says that they have read all of it.")
    await cy.presses("Read it")
    await cy.presses("Answer")
    cy.here = cy.own
    await cy.fills("Thank you. We talk to him on Monday.")
    await room.passes()
    came = [card for card in ana.seen if "There is something to see for you." in plain(card.text)]
    assert len(came) == 2, "a card that changes far up in a chat tells nobody"
    await ana.presses("How it stands")
    assert ana.sees("Cy: Thank you. We talk to him on Monday.")
    assert "Monday" not in " ".join(words(card) for card in bo.seen)


async def test_taken_back_nobody_reads_it(room: Room) -> None:
    bo, cy = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    call = next(str(b.call) for b in bo.seen[-1].buttons)
    await ana.presses("How it stands")
    await ana.presses("Take it back")
    assert ana.can_press("Back to the overview")
    await room.passes()
    assert not bo.seen
    assert not cy.seen
    await bo.sends(call)
    assert bo.sees("That button is no longer in use.")
    assert await left(room) == NONE


async def test_forgotten_with_her_it_is_gone_for_both(room: Room) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    await ana.sends("keeping.forgotten")
    await room.passes()
    assert not bo.seen
    assert await left(room) == NONE


async def test_when_both_have_closed_it_its_words_are_gone(room: Room) -> None:
    bo, cy = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    for one in (bo, cy):
        await one.presses("Read it")
        await one.presses("Close it")
    assert (await left(room))["report_copies"] == (await left(room))["report_texts"] == 0
    await ana.types("/report")
    await ana.presses("Receipt")
    assert ana.sees("Both have closed it")


async def test_after_thirty_days_it_is_gone(room: Room) -> None:
    await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    await room.storage.tidy(MORNING + KEPT - timedelta(minutes=1))
    assert (await left(room))["reports"] == 1
    await room.storage.tidy(MORNING + KEPT + timedelta(minutes=1))
    assert await left(room) == NONE


async def test_what_was_begun_and_not_sent_is_gone_in_a_day(room: Room) -> None:
    await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    assert (await left(room))["reports"] == 1
    await room.storage.tidy(MORNING + timedelta(days=1, minutes=1))
    assert await left(room) == NONE


async def test_who_serves_no_more_by_then_gets_nothing(room: Room) -> None:
    bo, cy = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await ana.types(f"/report {WHAT}")
    for label in ("Go on", "Bo", "Cy", "Go on"):
        await ana.presses(label)
    await room.storage.units.commit(room.storage.roles.forget(ref_of("Bo")))
    await ana.presses("Send it to both")
    assert ana.sees("Please choose again; nothing was sent.")
    await room.passes()
    assert not cy.seen
    assert not bo.seen


@anywhere
@pytest.mark.parametrize("how", ["keeping.left", "the end of the term"])
async def test_who_serves_no_more_does_not_read_on(room: Room, how: str) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    if how == "keeping.left":
        await bo.sends(f"{how}:{HOME.ref}")
    else:
        room.now += timedelta(days=29)
        await room.storage.units.commit(room.storage.roles.forget(ref_of("Bo")))
    [copy] = [c for c in await copies(room) if c.person == ref_of("Bo")]
    for what in ("read", "seen", "close", "answer"):
        await bo.sends(f"hearing.{what}:{copy.ref}")
        assert bo.sees("That button is no longer in use."), what
    await bo.types("/mydata")
    assert not any(WHAT in words(card) for card in bo.seen)


async def copies(room: Room) -> list[Copy]:
    [report] = await room.storage.reports.of(ref_of("Ana"))
    return await room.storage.reports.copies(report.ref)


@anywhere
async def test_whom_she_keeps_away_meanwhile_does_not_write_to_her_by_it(room: Room) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    await bo.presses("Read it")
    await ana.types("/block Bo")
    ana.seen.clear()
    bo.here = bo.own
    await bo.presses("Answer")
    await bo.fills("I know that it is you.")
    assert bo.sees("Sent. They read it here, under your name.")
    await room.passes()
    assert not ana.seen
    [report] = await room.storage.reports.of(ref_of("Ana"))
    await ana.sends(f"reports.mine:{report.ref}")
    assert not ana.sees("it is you")


async def test_nobody_else_reads_answers_closes_or_changes_it(room: Room) -> None:
    """With every reference in hand; the two do not act for her, nor she for them."""
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    eve = await room.person("Eve")
    await sends(ana, "Bo", "Cy")
    [report] = await room.storage.reports.of(ref_of("Ana"))
    copies = await room.storage.reports.copies(report.ref)
    theirs = [f"reports.{name}:{report.ref}" for name in ("mine", "withdraw", "send", "drop")]
    others = next(c.ref for c in copies if c.person != ref_of("Bo"))
    reads = [f"hearing.{name}:{others}" for name in ("read", "seen", "close")]
    for actor, calls in ((eve, [*theirs, *reads]), (bo, [*theirs, *reads]), (ana, reads)):
        for call in calls:
            await actor.sends(call)
            assert actor.sees("That button is no longer in use."), call
    assert await room.storage.reports.copies(report.ref) == copies


async def test_what_was_sent_is_not_sent_again(room: Room) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    [report] = await room.storage.reports.of(ref_of("Ana"))
    await ana.sends(f"reports.send:{report.ref}")
    assert ana.sees("That was sent, or thrown away.")
    await room.passes()
    assert len(bo.seen) == 1


@anywhere
async def test_three_in_a_week_are_enough(room: Room) -> None:
    """What was taken back counts, too, and so does what was begun before the third was sent."""
    await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    for _ in range(2):
        await sends(ana, "Bo", "Cy")
    [report, _] = await room.storage.reports.of(ref_of("Ana"))
    await ana.sends(f"reports.withdraw:{report.ref}")
    begun = []
    for _ in range(2):
        await ana.types(f"/report {WHAT}")
        for label in ("Go on", "Bo", "Cy", "Go on"):
            await ana.presses(label)
        begun.append(next(str(b.call) for b in ana.seen[-1].buttons if "Send it" in b.label))
    for call in begun:
        await ana.sends(call)
    assert ana.sees("You have sent three this week")
    await ana.types(f"/report {WHAT}")
    assert ana.sees("You have sent three this week")
    assert len(await room.storage.reports.of(ref_of("Ana"))) == 2
    room.now += timedelta(days=7)
    await ana.types(f"/report {WHAT}")
    assert ana.sees("Nothing is sent yet.")


async def test_it_is_never_taken_from_a_line_that_others_read(room: Room) -> None:
    await serving(room, "Bo", "Cy")
    ana = await room.person("Ana")
    await ana.types(f"/report {WHAT}")
    assert WHAT not in " ".join(words(card) for card in room.posted)
    if not room.limits.quiet_replies:
        assert await left(room) == NONE


async def test_each_has_their_part_in_what_is_kept_of_them(room: Room) -> None:
    bo, _ = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    kept = await room.storage.reports.mine(ref_of("Bo"))
    assert kept["to read"] == [{"words": WHAT}]
    assert WHAT in str((await room.storage.reports.mine(ref_of("Ana")))["sent"])
    await bo.types("/mydata")
    assert any(WHAT in plain(card.text) for card in bo.seen)
