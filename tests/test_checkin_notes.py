"""What somebody wrote to themselves, and ticked: added to, changed, and never lost by the way."""

from __future__ import annotations

from bot.core.cards import Call, Page
from bot.core.model import Via
from tests.room import Room
from tests.test_checkins import THANKS, alone, entries


async def test_a_second_checkin_within_minutes_leaves_the_first_note(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 hungry I am scared tonight")
    await ana.types("/checkin 1 second thing")
    [entry] = await entries(room, "Ana")
    assert entry.note == "I am scared tonight\n\nsecond thing"
    assert (entry.mood, entry.halt) == (1, ())


async def test_said_anew_within_minutes_the_card_shows_all_of_it_as_it_is_now(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 lonely slept badly")
    for _ in range(2):
        await ana.types("/checkin 4 fine now actually")
    assert ana.sees("I changed the one from a moment ago.")
    assert ana.sees("You said Good Note slept badly\n\nfine now actually")
    await ana.types("/checkin 4 tired and a walk")
    assert ana.sees("put what you wrote now under what was there.")
    assert ana.sees("Good (Tired) Note slept badly\n\nfine now actually\n\nand a walk")
    assert ana.can_press("Change it")


async def test_an_old_card_adds_a_note_to_the_one_that_is_there(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/checkin 4")
    await ana.presses("Add a note")
    await ana.fills("slept well")
    old = next(card for card in ana.seen if any(b.label == "Add a note" for b in card.buttons))
    await ana.sends(str(next(b for b in old.buttons if b.label == "Add a note").call))
    await ana.fills("called Bo")
    [entry] = await entries(room, "Ana")
    assert entry.note == "slept well\n\ncalled Bo"


async def test_the_same_note_sent_twice_stands_once(room: Room) -> None:
    ana = await alone(room)
    for _ in range(2):
        await ana.types("/checkin 4 called Bo")
    await ana.types("/checkin 4 slept well")
    await ana.types("/checkin 4 slept well")
    [entry] = await entries(room, "Ana")
    assert entry.note == "called Bo\n\nslept well"


async def test_a_note_that_no_longer_fits_is_refused_and_the_first_stays(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4 " + "a" * 1990)
    for sent in ("/checkin 2 called Bo this morning", ""):
        if sent:
            await ana.types(sent)
        else:
            [entry] = await entries(room, "Ana")
            await ana.sends(f"checkins.add_note:{entry.ref}:called Bo this morning")
        assert ana.sees("Both notes together have 2014 characters, and 2000 fit.")
        [entry] = await entries(room, "Ana")
        assert (entry.mood, entry.note) == (4, "a" * 1990)


async def test_a_note_that_no_longer_fits_in_a_dialog_is_still_there_to_shorten(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4")
    await ana.presses("Add a note")
    await ana.fills("a" * 1990)
    [entry] = await entries(room, "Ana")
    await ana.sends(f"checkins.add_note:{entry.ref}")
    await ana.fills("called Bo this morning")
    if ana.form:
        assert ana.form.given == ("called Bo this morning",)
        assert "2000 fit" in ana.form.trouble
    else:
        assert ana.sees("2000 fit")
    await ana.fills("Bo rang")
    [entry] = await entries(room, "Ana")
    assert entry.note == "a" * 1990 + "\n\nBo rang"


async def test_changing_begins_with_what_was_said(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 hungry,tired a long night")
    await ana.presses("Change it")
    if ana.form:
        assert ana.form.given == ("2", "hungry,tired", "a long night")
        await ana.fills(*ana.form.given)
    else:
        await ana.presses("Hard")
        await ana.presses("Hungry")
        await ana.presses("Tired")
        await ana.presses("That's all")
        await ana.presses("Skip")
    [entry] = await entries(room, "Ana")
    assert (entry.mood, entry.halt, entry.note) == (2, ("hungry", "tired"), "a long night")
    assert ana.sees(THANKS)
    assert ana.seen[-1].replaces


async def test_a_ticked_box_can_be_unticked(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 lonely a long night")
    await ana.presses("Change it")
    if ana.form:
        await ana.fills("5", "", "a long night")
    else:
        await ana.presses("Very good")
        assert ana.sees("What you choose here is what stays.")
        await ana.presses("None")
        assert ana.sees("Skip keeps the note as it is")
        await ana.presses("Skip")
    [entry] = await entries(room, "Ana")
    assert (entry.mood, entry.halt, entry.note) == (5, (), "a long night")


async def test_a_note_can_be_written_anew_or_emptied(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 a long night")
    for written, kept in (("a short night", "a short night"), ("", "")):
        await ana.presses("Change it")
        if ana.form:
            await ana.fills("4", "", written)
        else:
            await ana.presses("Good")
            await ana.presses("None")
            await ana.types(written or "-")
        [entry] = await entries(room, "Ana")
        assert (entry.mood, entry.note) == (4, kept)


async def test_a_copy_can_be_asked_for_by_name(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4 a long night")
    await ana.types("/checkins export")
    assert ana.sees("can be taken along as a file")
    page = await room.app.perform(Call("checkins.checkins", ("export",)), ana.origin(Via.TYPED))
    assert isinstance(page, Page)
    assert page.name == "checkins_export"


async def test_deleting_can_be_asked_for_by_name_and_asks_first(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4")
    await ana.types("/checkins delete")
    assert ana.sees("There is 1 check-in of yours.")
    assert len(await entries(room, "Ana")) == 1
    await ana.presses("Yes, delete all")
    assert not await entries(room, "Ana")


async def test_the_list_can_be_asked_for_by_name_and_by_page(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4 a long night")
    for line in ("/checkins list", "/checkins", "/checkins 1", "/checkins list 1"):
        await ana.types(line)
        assert ana.sees("a long night"), line
    await ana.types("/checkins 2")
    assert ana.sees("There are no earlier ones.")
