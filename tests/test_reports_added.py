"""What is added to a report: read by the same two, in its order, and gone with the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.reports import KEPT
from tests.pair_room import anywhere
from tests.room import MORNING, Actor, Room, ref_of, words
from tests.test_reports import ADDED, MORE, NONE, WHAT, ana_of, left, sends, serving


async def adds(ana: Actor, text: str = MORE) -> None:
    """From the page of her report, a while later."""
    ana.room.now += timedelta(hours=1)
    await ana.types("/report")
    await ana.presses("Receipt")
    await ana.presses("Add to it")
    await ana.fills(text)
    await ana.room.passes()


async def reported(room: Room) -> tuple[Actor, Actor, Actor]:
    bo, cy, _ = await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy")
    return ana, bo, cy


async def test_what_she_adds_is_read_by_the_same_two_in_its_order(room: Room) -> None:
    ana, bo, cy = await reported(room)
    await adds(ana)
    assert ana.sees("Added, for Bo, Cy and for nobody else.")
    for one in (bo, cy):
        assert words(one.seen[-1]).strip() == ADDED
        await one.presses("Read it")
        said = words(one.seen[-1])
        assert said.index(WHAT) < said.index(MORE)
        assert not one.sees("Ana")
    await bo.presses("Answer")
    bo.here = bo.own
    await bo.fills("We have both read it.")
    await ana.presses("How it stands")
    said = words(ana.seen[-1])
    assert said.index(WHAT) < said.index(MORE) < said.index("Bo: We have both read it.")
    assert not any(MORE in words(card) for card in (*room.posted, *room.actors["di kowalska"].seen))


async def test_what_was_read_is_not_closed_over_something_new(room: Room) -> None:
    ana, bo, cy = await reported(room)
    await cy.presses("Read it")
    await cy.presses("Close it")
    await bo.presses("Read it")
    old = {b.label: str(b.call) for b in bo.seen[-1].buttons}
    await adds(ana)
    for label in ("Say that I have read it", "Close it"):
        await bo.sends(old[label])
        assert bo.sees("Something was added meanwhile, so nothing is done yet.")
        assert bo.sees(MORE)
    await ana.presses("How it stands")
    assert ana.sees("0 of the two say")
    await bo.presses("Say that I have read it")
    await bo.presses("Close it")
    assert bo.sees("Closed for you.")
    await cy.types("/report")
    await cy.presses("To read: 1")  # whoever had closed it has it again
    assert cy.sees(MORE)
    await cy.presses("Close it")
    assert (await left(room))["report_texts"] == 0
    await adds_too_late(ana)


async def adds_too_late(ana: Actor) -> None:
    [report] = await ana.room.storage.reports.of(ref_of("Ana"))
    await ana.sends(f"reports.mine:{report.ref}")
    assert not ana.can_press("Add to it")
    await ana.sends(f"adding.add:{report.ref}:{MORE}")
    assert ana.sees("Both have closed it, and its words are deleted.")


@anywhere
async def test_sent_twice_it_is_added_once(room: Room) -> None:
    ana, bo, _ = await reported(room)
    [report] = await room.storage.reports.of(ref_of("Ana"))
    for _ in range(2):
        await ana.sends(f"adding.add:{report.ref}:{MORE}")
    await room.passes()
    assert [words(card).strip() for card in bo.seen].count(ADDED) == 1
    assert (await left(room))["report_texts"] == 4  # her two, and one for each of them


@anywhere
@pytest.mark.parametrize("named", [False, True])
async def test_who_serves_no_more_is_told_nothing_of_it_nor_who_keeps_away_whom_they_know(
    room: Room, named: bool
) -> None:
    """Without her name, what stayed away would tell whose it is to whom tries one by one."""
    bo, cy, _ = await serving(room, "Bo", "Cy", "Di")
    ana = await ana_of(room)
    await sends(ana, "Bo", "Cy", named=named)
    await room.storage.units.commit(room.storage.roles.forget(ref_of("Bo")))
    cy.here = cy.own
    await cy.types("/block Ana")
    for one in (bo, cy):
        one.seen.clear()
    await adds(ana)
    assert ana.sees("Added, for Cy and for nobody else.")
    assert not bo.seen
    assert bool(cy.seen) is not named
    await room.storage.units.commit(room.storage.roles.forget(ref_of("Cy")))
    await adds(ana, "Once more")
    assert ana.sees("Neither of the two can be sent more of it.")


@anywhere
async def test_that_both_keep_her_away_looks_like_no_answer(room: Room) -> None:
    bo, cy = await serving(room, "Bo", "Cy")
    ana = await ana_of(room)
    for one in (bo, cy):
        one.here = one.own
        await one.types("/block Ana")
        one.seen.clear()
    await sends(ana, "Bo", "Cy")
    await ana.presses("How it stands")
    assert ana.sees("0 of the two say")
    await adds(ana)
    assert ana.sees("Added, for Bo, Cy")
    assert not bo.seen
    assert not cy.seen


@anywhere
async def test_taken_back_or_forgotten_all_of_it_goes(room: Room) -> None:
    ana, bo, cy = await reported(room)
    await adds(ana)
    await ana.presses("How it stands")
    await ana.presses("Take it back")
    await room.passes()
    assert not bo.seen
    assert not cy.seen
    assert await left(room) == NONE
    await sends(ana, "Bo", "Cy")
    await adds(ana)
    await bo.types("/mydata")
    assert MORE in str(await room.storage.reports.mine(ref_of("Bo")))
    await ana.sends("keeping.forgotten")
    await room.passes()
    assert await left(room) == NONE


@anywhere
async def test_it_is_kept_for_thirty_days_from_the_last_of_it(room: Room) -> None:
    ana, _, _ = await reported(room)
    room.now = MORNING + timedelta(days=29)
    await adds(ana)
    await room.storage.tidy(MORNING + KEPT + timedelta(hours=1))
    assert (await left(room))["report_texts"] == 4
    await room.storage.tidy(room.now + KEPT + timedelta(minutes=1))
    assert await left(room) == NONE


@anywhere
async def test_nobody_else_adds_to_it(room: Room) -> None:
    _, bo, _ = await reported(room)
    [report] = await room.storage.reports.of(ref_of("Ana"))
    await bo.sends(f"adding.add:{report.ref}:{MORE}")
    assert bo.sees("That button is no longer in use.")
    assert (await left(room))["report_texts"] == 1
