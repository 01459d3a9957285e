"""Check-ins that are shown to others: as one looked at them first, and as long as one likes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.cards import Card
from bot.core.model import Place
from storage.agreements import Agreement, Kind
from storage.checkins import CheckIn
from storage.groups import CHECKINS
from storage.parts import FOR_NOW, Part
from storage.pings import first
from tests.agreed import agree
from tests.pair_room import anywhere
from tests.room import HOME, MORNING, WEB, Actor, Room, ref_of, words

NOTE = "The kettle broke"


async def change(room: Room, before: Agreement, **of_the_last: object) -> None:
    *others, last = before.parts
    after = replace(before, parts=(*others, replace(last, **of_the_last)))  # type: ignore[arg-type]
    await room.storage.units.commit(room.storage.agreements.change(before, after))


async def together(room: Room, *names: str, kind: Kind = Kind.PAIR) -> Agreement:
    """They agree, each time on another thing; the first is the sponsor where there is one."""
    ref = f"agreed-{''.join(names)}"[:12].ljust(12, "_")
    return await agree(room.storage, *map(ref_of, names), kind=kind, ref=ref)


async def pair(room: Room, kind: Kind = Kind.PAIR) -> tuple[Actor, Actor, Agreement]:
    """Ana, and Bo, who is her sponsor if one of them is."""
    ana, bo = await room.person("Ana"), await room.person("Bo")
    ana.here = ana.own
    names = ("Bo", "Ana") if kind is Kind.SPONSOR else ("Ana", "Bo")
    return ana, bo, await together(room, *names, kind=kind)


async def left(room: Room, table: str) -> int:
    [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


def shown(cards: list[Card]) -> str:
    return " | ".join(map(words, cards))


async def test_ana_looks_first_then_sends_and_bo_sees_just_that(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types(f"/checkin 2 tired {NOTE}")
    await ana.presses("Share it")
    await ana.presses("Bo")
    assert ana.sees("Bo would see this and nothing else. Nothing is sent yet.")
    assert ana.sees("How it is Hard (Tired)")
    assert not ana.sees(NOTE)
    await room.passes()
    assert not bo.seen
    await ana.presses("Send it")
    assert ana.sees("Shared with Bo.")
    await room.passes()
    [card] = bo.seen
    assert words(card).strip() == (
        "A note from your group. Ana shows you how it is: How it is Hard (Tired)"
    )
    assert card.private
    assert NOTE not in shown(room.posted)


async def test_the_note_goes_along_only_when_it_was_chosen(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types(f"/checkin 4 tired {NOTE}")
    await ana.presses("Share it")
    await ana.presses("Bo")
    await ana.presses("With my note")
    assert ana.sees(NOTE)
    await ana.presses("Without my note")
    assert not ana.sees(NOTE)
    await ana.presses("With my note")
    await ana.presses("Send it")
    await room.passes()
    assert NOTE in shown(bo.seen)


async def test_the_kind_can_be_said_with_the_check_in(room: Room) -> None:
    ana, bo, _ = await pair(room, Kind.SPONSOR)
    await ana.types(f"/checkin 3 share:sponsor tired {NOTE}")
    assert ana.sees("Thank you for telling me.")
    assert ana.sees("Bo would see this")
    [entry] = await room.storage.checkins.since(ref_of("Ana"), MORNING - timedelta(days=1))
    assert (entry.mood, entry.halt, entry.note) == (3, ("tired",), NOTE)
    await ana.presses("Send it")
    await room.passes()
    assert "So-so" in shown(bo.seen)
    await bo.types("/checkin 3 share:sponsor")
    assert bo.sees("There is nobody like that here to show it to.")


@anywhere
async def test_she_is_asked_only_about_whom_she_has(room: Room) -> None:
    ana, _, _ = await pair(room, Kind.SPONSOR)
    await ana.types("/checkin")
    assert ana.form
    offered = [choice.value for choice in ana.form.fields[-1].choices]
    assert offered == ["nobody", "sponsor", "group"]
    await ana.fills("3", "", "", "sponsor")
    assert ana.sees("Bo would see this")
    await room.storage.units.commit(room.storage.groups.leave(HOME.ref, ref_of("Ana")))
    await ana.types("/block Bo")
    await ana.types("/checkin")
    assert ana.form
    assert [choice.value for choice in ana.form.fields[-1].choices] == ["nobody"]


@anywhere
async def test_where_there_is_nobody_like_that_she_is_told_whom_she_has(room: Room) -> None:
    ana, bo, _ = await pair(room, Kind.SPONSOR)
    await ana.types("/checkin 3 share:pair")
    assert ana.sees(
        "There is nobody like that here to show it to. You have: your sponsor Bo; every"
    )
    await ana.presses("My sponsor: Bo")
    assert ana.sees("Bo would see this")
    await bo.types("/checkin 3 share:circle")
    assert bo.sees("You have: Ana; everyone in Harbour Street.")


async def test_a_word_in_a_note_shares_nothing(room: Room) -> None:
    ana, _, _ = await pair(room)
    await ana.types("/checkin 3 tired group share: sponsor nobody")
    assert ana.sees("It goes to nobody unless you say so.")
    assert await left(room, "shares") == 0


async def test_of_several_the_one_is_chosen(room: Room) -> None:
    ana, bo, _ = await pair(room)
    cy = await room.person("Cy")
    await together(room, "Ana", "Cy")
    await ana.types("/checkin 3 share:pair")
    assert ana.sees("With whom?")
    await ana.presses("Cy")
    await ana.presses("Send it")
    await room.passes()
    assert "So-so" in shown(cy.seen)
    assert not bo.seen


async def test_a_circle_is_named_whole_and_who_rests_gets_nothing(room: Room) -> None:
    ana, bo, cy = [await room.person(name) for name in ("Ana", "Bo", "Cy")]
    one = await together(room, "Ana", "Bo", "Cy", kind=Kind.CIRCLE)
    await change(room, one, rests=FOR_NOW)
    await ana.types("/checkin 3 share:circle")
    assert ana.sees("Bo, Cy would see this")
    await ana.presses("Send it")
    assert ana.sees("Shared with Bo, Cy.")
    await room.passes()
    assert len(bo.seen) == 1
    assert not cy.seen


@pytest.mark.parametrize("how", ["muted", "rests", "blocked"])
async def test_who_does_not_take_it_gets_nothing_and_nothing_says_so(room: Room, how: str) -> None:
    ana, bo, one = await pair(room)
    if how == "muted":
        await change(room, one, muted=True)
    elif how == "rests":
        await change(room, one, rests=FOR_NOW)
    else:
        await bo.sends("blocks.block:Ana")
    bo.seen.clear()
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    assert ana.sees("Shared with Bo.")
    await room.passes()
    assert not bo.seen


async def test_what_has_ended_meanwhile_is_not_sent(room: Room) -> None:
    ana, bo, one = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await room.storage.units.commit(room.storage.agreements.end(one))
    await ana.presses("Send it")
    assert ana.sees("That has ended meanwhile. Nothing was sent.")
    await room.passes()
    assert not bo.seen


async def test_who_joined_a_circle_later_is_not_shown_what_was_meant_for_others(
    room: Room,
) -> None:
    ana, bo, cy = [await room.person(name) for name in ("Ana", "Bo", "Cy")]
    one = await together(room, "Ana", "Bo", kind=Kind.CIRCLE)
    await ana.types("/checkin 3 share:circle")
    more = replace(one, parts=(*one.parts, Part(ref_of("Cy"), agreed=True)))
    await room.storage.units.commit(room.storage.agreements.change(one, more))
    await ana.presses("Send it")
    await room.passes()
    assert len(bo.seen) == 1
    assert not cy.seen


async def test_the_group_sees_it_under_her_name_where_she_is(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types(f"/checkin 4 share:group lonely {NOTE}")
    assert ana.sees("Everyone in Harbour Street (")
    await ana.presses("Send it")
    await room.passes()
    assert words(room.posted[-1]).strip() == "Ana says how it is today: How it is Good (Lonely)"
    assert NOTE not in shown(room.posted)


async def test_it_comes_where_the_group_wants_its_check_ins(room: Room) -> None:
    ana = await room.person("Ana")
    there = Place(room.name, "a corner for check-ins")
    door = room.storage.groups.add_door(HOME.ref, there, CHECKINS)
    await room.storage.units.commit((door,))
    await ana.types("/checkin 4 share:group")
    [share] = await room.storage.shares.of(ref_of("Ana"))
    assert share.place == there


async def test_nobody_can_be_shown_anything_where_there_is_nobody(room: Room) -> None:
    ana = await room.person("Ana")
    await room.storage.units.commit(room.storage.groups.leave(HOME.ref, ref_of("Ana")))
    await ana.types("/checkin 4")
    await ana.presses("Share it")
    assert ana.sees("There is nobody to show it to yet")


async def test_taken_back_before_the_morning_it_never_comes(room: Room) -> None:
    ana, bo, _ = await pair(room)
    room.now = MORNING.replace(hour=23)
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    await room.passes()
    assert not bo.seen
    await ana.presses("Take it back")
    assert ana.sees("Taken back.")
    room.now += timedelta(hours=10)
    await room.passes()
    assert not bo.seen
    assert await left(room, "shares") == 0


async def test_taken_back_it_is_gone_where_it_was_seen(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    await room.passes()
    assert bo.seen
    room.now = MORNING.replace(hour=23)  # nobody waits for the morning with it
    await ana.presses("Take it back")
    await room.passes()
    assert not bo.seen
    assert await left(room, "panels") == 0


@pytest.mark.parametrize("way", ["delete", "delete_all", "forgetme", "consent"])
async def test_what_is_deleted_is_taken_back_too(room: Room, way: str) -> None:
    ana, bo, _ = await pair(room)
    for kind in ("pair", "group"):
        await ana.types(f"/checkin 3 share:{kind}")
        await ana.presses("Send it")
        await room.passes()
    assert bo.seen
    assert "Ana says" in shown(room.posted)
    [entry] = await room.storage.checkins.since(ref_of("Ana"), MORNING - timedelta(days=1))
    calls = {
        "delete": f"checkins.delete:{entry.ref}:yes",
        "delete_all": "checkins.delete_all:yes",
        "forgetme": "keeping.forgotten",
        "consent": "people.clear:checkins:yes",
    }
    await ana.sends(calls[way])
    await room.passes()
    assert not bo.seen
    assert "Ana says" not in shown(room.posted)
    assert await left(room, "shares") == await left(room, "shares_to") == 0


async def test_pressed_twice_it_is_sent_once(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    await ana.presses("Send it")
    assert ana.sees("Shared with Bo.")
    await ana.types("/checkin 3 share:pair")  # within five minutes it is the same check-in
    assert ana.sees("Shared with Bo.")
    await room.passes()
    assert len(bo.seen) == 1


async def test_her_check_in_says_with_whom_she_shared_it(room: Room) -> None:
    ana, _, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    await ana.presses("My check-in")
    assert ana.sees("Shared with Bo")
    assert ana.can_press("Take it back")
    await ana.types("/mydata")
    assert any("What you showed of your check-ins" in words(card) for card in ana.seen)


async def test_shown_to_two_it_is_taken_back_from_one_by_name(room: Room) -> None:
    ana, bo, _ = await pair(room)
    cy = await room.person("Cy")
    await together(room, "Cy", "Ana", kind=Kind.SPONSOR)
    for whom in ("pair", "sponsor"):
        await ana.types(f"/checkin 3 share:{whom}")
        await ana.presses("Send it")
    await room.passes()
    await ana.presses("My check-in")
    await ana.presses("Take it back from Cy")
    await room.passes()
    assert (len(bo.seen), len(cy.seen)) == (1, 0)


async def test_nobody_sends_or_takes_back_what_is_anothers(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    [share] = await room.storage.shares.of(ref_of("Ana"))
    for name in ("send", "back", "note", "renew"):
        await bo.sends(f"sharing.{name}:{share.ref}")
        assert bo.sees("That button is no longer in use.")
    [same] = await room.storage.shares.of(ref_of("Ana"))
    assert not same.sent


async def test_who_is_forgotten_stands_in_no_share(room: Room) -> None:
    ana, bo, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await ana.presses("Send it")
    await bo.sends("keeping.forgotten")
    await ana.presses("My check-in")
    assert ana.sees("somebody who is not here any more")
    await ana.presses("Take it back")
    assert ana.sees("Taken back.")


async def test_what_was_only_looked_at_is_gone_in_a_day(room: Room) -> None:
    ana, _, _ = await pair(room)
    await ana.types("/checkin 3 share:pair")
    await room.storage.tidy(MORNING + timedelta(days=1, seconds=1))
    assert await left(room, "shares") == 0


@pytest.mark.parametrize("door", [WEB], indirect=True)
async def test_it_is_not_carried_to_another_platform(room: Room) -> None:
    """The group is on Discord, too; what she says on the web is said there."""
    ana = await room.person("Ana")
    elsewhere = room.storage.groups.add_door(HOME.ref, Place("discord", "123"))
    await room.storage.units.commit((elsewhere,))
    await ana.types("/checkin 4 share:group")
    [share] = await room.storage.shares.of(ref_of("Ana"))
    assert share.place == room.place


async def shared(room: Room, *words_of_it: str, note: bool = False) -> tuple[Actor, Actor]:
    """A check-in of hers that he has been shown."""
    ana, bo, _ = await pair(room)
    await ana.types(" ".join(("/checkin 4 tired", *words_of_it)))
    await ana.presses("Share it")
    await ana.presses("Bo")
    if note:
        await ana.presses("With my note")
    await ana.presses("Send it")
    await room.passes()
    return ana, bo


async def test_changed_after_it_was_shown_he_sees_the_change_when_she_says_so(room: Room) -> None:
    ana, bo = await shared(room, NOTE)
    await ana.types("/checkin 1 lonely")
    assert ana.sees("To Bo it was shown as it was before.")
    assert not ana.sees("It goes to nobody")
    await room.passes()
    assert "Good (Tired)" in shown(bo.seen)
    await ana.presses("Show the change to Bo")
    assert ana.sees("Bo would see this in the place of what was there. Nothing is sent yet.")
    assert ana.sees("How it is Very hard (Lonely)")
    press = next(str(b.call) for b in ana.seen[-1].buttons if b.label == "Show the change")
    for _ in range(2):
        await ana.sends(press)
        assert ana.sees("As it is now, it is shared with Bo.")
        assert not ana.can_press("Show the change")
    await room.passes()
    [card] = bo.seen
    assert "Very hard (Lonely)" in words(card)
    assert NOTE not in words(card)
    await ana.presses("My check-in")
    assert not ana.sees("as it was before")
    await ana.presses("Take it back")
    await room.passes()
    assert not bo.seen


async def test_a_note_goes_with_the_change_only_where_it_went_before(room: Room) -> None:
    ana, bo = await shared(room, NOTE, note=True)
    await ana.sends("checkins.add_note:" + (await the_one(room)).ref + ":I mended it")
    await ana.presses("Show the change to Bo, with my note")
    assert ana.sees("I mended it")
    await ana.presses("Show the change")
    await room.passes()
    assert "I mended it" in shown(bo.seen)
    await ana.sends(f"checkins.changed:{(await the_one(room)).ref}:4:tired:-")
    await ana.presses("Show the change to Bo")
    await ana.presses("Show the change")
    await room.passes()
    assert NOTE not in shown(bo.seen)


@anywhere
async def test_what_he_is_not_shown_can_change_without_a_word(room: Room) -> None:
    ana, _ = await shared(room)
    await ana.sends(f"checkins.add_note:{(await the_one(room)).ref}:{NOTE}")
    assert not ana.sees("as it was before")
    assert not ana.can_press("Show the change")


async def test_each_who_was_shown_it_has_a_button_of_their_own(room: Room) -> None:
    ana, bo = await shared(room)
    room.now += timedelta(minutes=1)
    await ana.presses("My check-in")
    await ana.presses("Share it")
    await ana.presses("Everyone in Harbour Street")
    await ana.presses("Send it")
    await room.passes()
    await ana.sends(f"checkins.changed:{(await the_one(room)).ref}:2")
    assert ana.sees("To Bo, Harbour Street it was shown as it was before.")
    await ana.presses("Show the change to Harbour Street")
    await ana.presses("Show the change")
    assert ana.sees("As it is now, it is shared with Harbour Street.")
    assert ana.can_press("Show the change to Bo")
    await room.passes()
    assert "Hard" in words(room.posted[-1])
    assert "Good (Tired)" in shown(bo.seen)
    assert "Good (Tired)" not in shown(room.posted)


@anywhere
async def test_nothing_new_is_shown_under_what_has_ended(room: Room) -> None:
    ana, bo = await shared(room)
    await ana.sends(f"checkins.changed:{(await the_one(room)).ref}:2")
    [one] = await room.storage.agreements.of(ref_of("Ana"))
    await room.storage.units.commit(room.storage.agreements.end(one))
    await ana.presses("Show the change to Bo")
    assert ana.sees("That has ended meanwhile. Nothing was sent.")
    await room.passes()
    assert "Hard" not in shown(bo.seen)


@anywhere
async def test_an_answer_to_a_question_that_changes_it_says_so_too(room: Room) -> None:
    ana, bo = await shared(room)
    [one] = await room.storage.agreements.of(ref_of("Ana"))
    asked = first(one.ref, ref_of("Ana"), room.now, room.now.date())
    await room.storage.units.commit((room.storage.pings.ask(asked),))
    await ana.sends(f"pings.answer:{asked.ref}:{asked.day.isoformat()}:1")
    assert ana.sees("To Bo it was shown as it was before.")
    await ana.presses("Show the change to Bo")
    await ana.presses("Show the change")
    await room.passes()
    assert "How it is Very hard" in shown(bo.seen)


async def the_one(room: Room) -> CheckIn:
    [entry] = await room.storage.checkins.since(ref_of("Ana"), MORNING - timedelta(days=1))
    return entry
