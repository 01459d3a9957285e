"""Somebody writes in a notebook of their own, at every door."""

from __future__ import annotations

from datetime import timedelta

from cogs.steps.guides import guides
from cogs.steps.words import LONGEST, pieces
from tests.room import Room, ref_of
from tests.step_room import begins, entries, writes

LETTERS = "José <b>x</b> *strong* [a](javascript:alert) @everyone {name} %s \u202e"


async def test_before_the_first_word_it_is_said_who_could_read_it(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types("/steps")
    assert ana.sees("Whoever holds this server holds the keys")
    assert ana.sees("until you delete it")
    await ana.presses("Not now")
    assert not await room.storage.steps.notebooks.of(ref_of("Ana"))
    await ana.types("/steps")
    await ana.presses("Yes, begin")
    await ana.types("/me")
    assert ana.sees("Keep my step work yes")


async def test_an_answer_is_written_and_read_again(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    assert ana.sees("What did it cost me last year")
    await writes(ana, "My savings, and most of May.")
    assert ana.sees("- My savings, and most of May.")
    [entry] = await entries(room, "Ana")
    assert (entry.step, entry.question, entry.text) == ("1", "cost", "My savings, and most of May.")
    await ana.types("/steps")
    assert ana.sees("1. Saying how it is")
    await ana.presses("Twelve steps")
    await ana.presses("1. Saying how it is")
    await ana.presses("Question 1")
    await ana.presses("Open 1")
    assert ana.sees("My savings, and most of May.")
    assert ana.sees("Who may read this Only you")


async def test_steps_are_open_together_put_aside_and_opened_again(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "Much.")
    await ana.presses("Twelve steps")
    await ana.presses("Open another step")
    assert not ana.can_press("1. Saying how it is")
    await ana.presses("4. Writing down what I carry")
    [book] = await room.storage.steps.notebooks.of(ref_of("Ana"))
    assert book.open == ("1", "4")
    await ana.presses("Put it aside")
    assert ana.sees("What you wrote stays there.")
    await ana.presses("Open it again")
    await ana.types("/steps")
    await ana.presses("Twelve steps")
    await ana.presses("1. Saying how it is")
    await ana.presses("Put it aside")
    await ana.types("/steps")
    assert not ana.sees("1. Saying how it is")
    assert len(await entries(room, "Ana")) == 1


async def test_two_guides_lie_side_by_side(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await ana.types("/steps")
    await begins(ana, "A path without steps", "Where I stand")
    await writes(ana, "Monday is laundry.")
    await ana.types("/steps")
    assert ana.sees("Twelve steps")
    assert ana.sees("- Where I stand")
    assert not ana.can_press("Another guide")


async def test_more_on_the_same_day_goes_under_it_and_on_another_beside_it(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "First.")
    await writes(ana, "Second.")
    assert [e.text for e in await entries(room, "Ana")] == ["First.\n\nSecond."]
    room.now += timedelta(days=1)
    await writes(ana, "Third.")
    assert [e.text for e in await entries(room, "Ana")] == ["First.\n\nSecond.", "Third."]


async def test_the_same_sent_twice_stands_once(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "Once.")
    await writes(ana, "Once.")
    assert [e.text for e in await entries(room, "Ana")] == ["Once."]


async def test_a_daily_step_has_a_page_for_each_day_of_ones_own(room: Room) -> None:
    ana = await room.person("Ana", zone="Pacific/Auckland")
    await begins(ana, step="10. Looking at the day")
    await writes(ana, "The bread rose.")
    room.now += timedelta(days=1)
    await ana.presses("Question 1")
    assert not ana.sees("The bread rose.")
    await ana.presses("All questions")
    assert not ana.sees("The bread rose.")
    await writes(ana, "A letter came.", 2)
    await ana.presses("Earlier days")
    await ana.presses("Open 2")
    assert ana.sees("What went well today?")
    assert ana.sees("The bread rose.")
    assert not ana.sees("A letter came.")
    await ana.presses("Open 1: What went well today?")
    assert ana.sees("The bread rose.")


async def test_a_long_page_is_read_in_pieces(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    text = "\n\n".join(f"Paragraph {n}. " + "One word after another. " * 9 for n in range(30))
    await writes(ana, text[:LONGEST].strip())
    [entry] = await entries(room, "Ana")
    await ana.sends(f"pages.entry:{entry.ref}")
    assert ana.sees("Paragraph 0.")
    seen = str([card.text for card in ana.seen])
    while ana.can_press("More"):
        await ana.presses("More")
        seen += str(ana.seen[-1].text)
    assert all(f"Paragraph {n}." in seen for n in range(29))
    await ana.presses("Before")
    await ana.sends(f"pages.entry:{entry.ref}:9999")
    assert ana.sees("Piece")
    await ana.presses("Change it")
    assert ana.sees("too long to be changed in a chat")


async def test_eight_thousand_hearts_are_a_page_and_one_more_is_not(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await ana.presses("Question 1")
    await ana.presses("Write")
    await ana.fills("💛" * LONGEST)
    [entry] = await entries(room, "Ana")
    assert entry.text == "💛" * LONGEST
    await ana.presses("Open it")
    assert ana.can_press("More")
    await ana.presses("Add to it")
    await ana.fills("x")
    assert "fit" in str(ana.form or ana.seen[-1])
    assert (await entries(room, "Ana"))[0].text == "💛" * LONGEST
    assert "".join(pieces("💛" * LONGEST)) == "💛" * LONGEST


async def test_what_looks_like_markup_stays_letters(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, LETTERS)
    [entry] = await entries(room, "Ana")
    assert entry.text == LETTERS.strip()
    await ana.sends(f"pages.entry:{entry.ref}")
    assert ana.sees(LETTERS.strip())


async def test_what_nobody_could_see_is_no_answer(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await ana.presses("Question 1")
    await ana.presses("Write")
    await ana.fills("\u200b \u2060")
    assert "There is nothing written here yet." in str(ana.form or ana.seen[-1])
    assert not await entries(room, "Ana")


async def test_a_page_is_changed_added_to_and_deleted(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "My savings.")
    await ana.presses("Question 1")
    await ana.presses("Open 1")
    await ana.presses("Change it")
    await ana.fills("All my savings.")
    assert ana.sees("All my savings.")
    await ana.presses("Add to it")
    await ana.fills("And May.")
    assert (await entries(room, "Ana"))[0].text == "All my savings.\n\nAnd May."
    await ana.presses("Delete it")
    assert ana.sees("cannot be brought back")
    await ana.presses("Keep it")
    await ana.presses("Delete it")
    await ana.presses("Yes, delete it")
    assert not await entries(room, "Ana")
    await ana.presses("Open 1")
    assert ana.sees("That button is no longer in use.")


async def test_all_of_it_is_deleted_after_a_second_yes(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "My savings.")
    await ana.types("/steps delete")
    assert await entries(room, "Ana")
    await ana.presses("Yes, delete all")
    assert not await entries(room, "Ana")
    assert not await room.storage.steps.mine(ref_of("Ana"))
    await ana.types("/steps delete")
    assert ana.sees("There is nothing of yours here.")


async def test_every_step_of_every_guide_can_be_opened_and_every_question_asked(
    room: Room,
) -> None:
    ana = await room.person("Ana")
    for guide in guides().values():
        await begins(ana, guide.name, guide.steps[0].name)
        mine = await room.storage.steps.notebooks.of(ref_of("Ana"))
        ref = next(one.ref for one in mine if one.guide == guide.key)
        for step in guide.steps:
            await ana.sends(f"steps.take_up:{ref}:{step.key}")
            assert ana.can_press(f"Question {len(step.questions)}")
            last = list(step.questions)[-1]
            await ana.sends(f"pages.question:{ref}:{step.key}:{last}")
            assert ana.sees(step.questions[last])
        await ana.sends(f"steps.notebook:{ref}")
        assert not ana.can_press("Open another step")


async def test_it_can_be_taken_along_and_is_found_in_what_is_kept(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "My savings.")
    await ana.types("/steps export")
    assert ana.sees("as one page, to print or to keep")
    kept = await room.storage.steps.mine(ref_of("Ana"))
    assert kept["entries"][0]["note"] == "My savings."
    assert kept["notebooks"][0]["open"] == ["1"]
    await ana.types("/mydata")
    assert any("My savings." in str(card.text) for card in ana.seen)


async def test_who_takes_the_yes_back_is_asked_again_and_loses_nothing(room: Room) -> None:
    ana = await room.person("Ana")
    await begins(ana)
    await writes(ana, "My savings.")
    await ana.sends("people.withdraw:steps")
    assert ana.can_press("Delete what is kept")
    await ana.types("/steps")
    await ana.presses("Twelve steps")
    await ana.presses("1. Saying how it is")
    await writes(ana, "And May.")
    await ana.presses("Yes, keep it")
    assert (await entries(room, "Ana"))[0].text == "My savings.\n\nAnd May."
