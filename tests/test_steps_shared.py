"""Two people and a notebook: what one lets the other read, and what they say to that."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.cards import Call
from bot.core.model import Via
from cogs.steps import Company
from storage.agreements import Kind
from tests.agreed import UNDER
from tests.offering import says_their_age
from tests.pair_room import anywhere
from tests.room import Actor, Room, ref_of
from tests.step_room import begins, entries, pair, told, writes

GONE = "That button is no longer in use."
NOTHING = "There is nothing here for you to read."


async def two(room: Room, kind: Kind = Kind.SPONSOR) -> tuple[Actor, Actor]:
    """Ana, who writes, and Bo, whom she works with."""
    ana, bo = await room.person("Ana"), await room.person("Bo")
    bo.here = bo.own
    await pair(room, "Bo", "Ana", kind)
    await bo.sends("people.allow:steps")
    await begins(ana)
    await writes(ana, "My savings.")
    return ana, bo


async def opened(room: Room, one: Actor) -> str:
    """Her first page, before her."""
    first = next(one for one in await entries(room, "Ana") if one.question == "cost")
    await one.sends(f"pages.entry:{first.ref}")
    return first.ref


async def looks(bo: Actor) -> None:
    await bo.types("/steps")
    await bo.presses("What Ana lets me read")


@pytest.mark.parametrize("kind", [Kind.SPONSOR, Kind.PAIR])
async def test_nothing_is_read_until_it_is_let_and_nothing_after_it_was_taken_back(
    room: Room, kind: Kind
) -> None:
    ana, bo = await two(room, kind)
    await looks(bo)
    assert bo.sees(NOTHING)
    ref = await opened(room, ana)
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    await ana.presses("Let Bo read this")
    await looks(bo)
    assert bo.sees("What did it cost me last year")
    await bo.presses("Open 1: What did it cost me last year, i…")
    assert bo.sees("My savings.")
    await ana.presses("Take that back")
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    await looks(bo)
    assert bo.sees(NOTHING)


async def test_a_whole_notebook_is_let_with_what_is_still_written(room: Room) -> None:
    ana, bo = await two(room)
    await ana.presses("Twelve steps")
    await ana.presses("Who may read it")
    assert ana.sees("Only you read all of it.")
    await ana.presses("Let Bo read all of it")
    await ana.presses("Back")
    await ana.presses("1. Saying how it is")
    await writes(ana, "None that lasted.", 2)
    await looks(bo)
    assert bo.sees("None that lasted.")
    await opened(room, ana)
    assert ana.sees("Who may read this Bo")
    await ana.presses("Take back from Bo")
    await looks(bo)
    assert not bo.sees("My savings.")
    assert bo.sees("None that lasted.")
    await ana.presses("Back to the page")
    await ana.presses("Let Bo read this")
    await ana.sends(f"steps.notebook:{(await entries(room, 'Ana'))[0].notebook}")
    await ana.presses("Who may read it")
    await ana.presses("Take all back from Bo")
    await looks(bo)
    assert bo.sees(NOTHING)


async def test_after_an_end_the_other_reads_nothing_and_the_author_keeps_all(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    agreement = await room.storage.agreements.load(UNDER)
    assert agreement
    await room.storage.units.commit(room.storage.agreements.end(agreement))
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    await bo.sends(f"suggesting.shared:{UNDER}")
    assert bo.sees(GONE)
    await ana.presses("Back to the page")
    assert ana.sees("My savings.")
    assert ana.sees("Bo suggests Ring the bank.")
    assert not ana.can_press("Bo read")
    await pair(room, "Bo", "Ana", ref="agreed-again"[:12])
    await looks(bo)
    assert bo.sees(NOTHING)


@pytest.mark.parametrize("who", ["Ana", "Bo"])
async def test_a_block_looks_like_nothing_to_read(room: Room, who: str) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    one, name = (ana, "Bo") if who == "Ana" else (bo, "Ana")
    before = [button.label for button in ana.seen[-1].buttons]
    await one.types(f"/block {name}")
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    await bo.sends(f"suggesting.shared:{UNDER}")
    assert bo.sees(NOTHING)
    if who == "Bo":  # she is not told
        await opened(room, ana)
        assert ana.sees("Who may read this Bo")
        await ana.presses("Take back from Bo")
        await ana.presses("Let Bo read this")
        assert ana.sees("Bo can read this from now on.")
        assert [button.label for button in ana.seen[-1].buttons] == before


async def test_before_she_writes_she_sees_who_reads_it(room: Room) -> None:
    ana, _ = await two(room)
    await ana.presses("Question 1")
    assert not ana.sees("You let these read")
    await ana.types("/steps")
    for label in ("Twelve steps", "Who may read it", "Let Bo read all of it", "Back"):
        await ana.presses(label)
    for label in ("1. Saying how it is", "Question 1"):
        await ana.presses(label)
    assert ana.sees("You let these read what you write here: Bo.")


@pytest.mark.parametrize("young", ["Ana", "Bo"])
async def test_no_adult_reads_what_somebody_under_18_writes_nor_the_other_way(
    room: Room, young: str
) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await looks(bo)
    await bo.presses("Open 1")
    await bo.presses("Suggest something")
    await bo.fills("Ring me.")
    await says_their_age(room, young, adult=False)
    await bo.sends(f"suggesting.shared:{UNDER}")
    assert bo.sees(NOTHING)
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    await ana.sends(f"pages.entry:{ref}")
    assert not ana.sees("Ring me.")
    adult = bo if young == "Ana" else ana
    await adult.types("/steps")
    name = "Ana" if young == "Ana" else "Bo"
    assert adult.can_press(f"What {name} lets me read")
    kim = ana if young == "Ana" else bo
    await kim.types("/steps")
    assert not kim.can_press("lets me read")


async def test_somebody_who_was_forgotten_is_read_no_more(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    await room.storage.units.commit(room.storage.forget(ref_of("Ana")))
    await bo.sends(f"suggesting.read:{ref}")
    assert bo.sees(GONE)
    for table in ("step_notebooks", "step_entries", "step_suggestions", "step_answers"):
        assert not await room.storage.db.read(f"SELECT * FROM {table}"), table


async def test_who_suggested_and_was_forgotten_takes_it_along(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    await opened(room, ana)
    await ana.presses("Answer Bo")
    await ana.presses("Answer it")
    await ana.fills("I did.")
    await room.storage.units.commit(room.storage.forget(ref_of("Bo")))
    await opened(room, ana)
    assert not ana.sees("Ring the bank.")
    assert ana.sees("You said to something taken back I did.")


async def test_a_suggestion_is_noted_answered_and_taken_back_by_whose_it_is(room: Room) -> None:
    ana, bo = await two(room)
    await opened(room, ana)
    await ana.presses("Let Bo read this")
    await looks(bo)
    await bo.presses("Open 1")
    await bo.presses("Suggest something")
    await bo.fills("Ring the bank.")
    assert bo.sees("It is noted.")
    await opened(room, ana)
    assert ana.sees("Bo suggests Ring the bank.")
    await ana.presses("Answer Bo")
    await ana.presses("Answer it")
    await ana.fills("I will.")
    await bo.presses("Back to the page")
    assert bo.sees("You suggested Ring the bank.")
    assert bo.sees("Ana said to it I will.")
    await ana.presses("Answer Bo")
    await ana.presses("Say something else")
    await ana.fills("I did.")
    await bo.sends(f"suggesting.read:{(await entries(room, 'Ana'))[0].ref}")
    assert bo.sees("Ana said to it I did.")
    await opened(room, ana)
    await ana.presses("Answer Bo")
    await ana.presses("Take my answer back")
    await bo.presses("What I suggested")
    await bo.presses("Take back 1")
    await bo.presses("Yes, take it back")
    await opened(room, ana)
    assert not ana.sees("suggests")


async def test_what_was_suggested_can_be_taken_back_after_the_end(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    agreement = await room.storage.agreements.load(UNDER)
    assert agreement
    await room.storage.units.commit(room.storage.agreements.end(agreement))
    await bo.sends("suggesting.mine")
    assert bo.sees("Ring the bank.")
    await bo.presses("Take back 1")
    await bo.presses("Yes, take it back")
    assert not await room.storage.db.read("SELECT * FROM step_suggestions")


async def test_the_other_is_told_once_a_day_in_neutral_words(room: Room) -> None:
    ana, bo = await two(room)
    await opened(room, ana)
    await ana.presses("Let Bo read this")
    await ana.presses("Back to the page")
    await ana.presses("All questions" if ana.can_press("All questions") else "The question")
    for n in range(2, 5):
        notebook = (await entries(room, "Ana"))[0].notebook
        await ana.sends(f"letting.whole:{notebook}")
        await ana.presses("read all of it" if ana.can_press("read all of it") else "Back")
        await ana.sends(f"steps.step:{notebook}:1")
        await writes(ana, f"Answer {n}.", n)
    await room.passes()
    [card] = told(bo)
    assert "step" not in str(card.text).casefold()
    assert "Ana" not in str(card.text)
    await bo.presses("See it")
    assert bo.sees("My savings.")
    room.now += timedelta(days=1)
    await writes(ana, "Answer 5.", 5)
    await room.passes()
    assert len(told(bo)) == 2
    assert not told(ana)


async def test_who_did_not_agree_to_messages_is_not_written_to(room: Room) -> None:
    ana, bo = await two(room)
    await bo.sends("people.withdraw:messages")
    await opened(room, ana)
    await ana.presses("Let Bo read this")
    await room.passes()
    assert not told(bo)
    assert not await room.storage.db.read("SELECT * FROM step_notes")


@anywhere
@pytest.mark.parametrize("when", ["before", "while it waits for the morning"])
@pytest.mark.parametrize(
    "how",
    [f"rests.stop:{UNDER}", f"rests.mute:{UNDER}", "people.set_adult:no", "blocks.block:Ana"],
)
async def test_who_pauses_hears_nothing_or_is_apart_is_not_told_of_step_work_either(
    room: Room, how: str, when: str
) -> None:
    ana, bo = await two(room)
    await opened(room, ana)
    if when == "before":
        await bo.sends(how)
    else:
        room.now = room.now.replace(hour=23)
    await ana.presses("Let Bo read this")
    await room.passes()
    await bo.sends(how)
    room.now += timedelta(hours=9)
    await room.passes()
    assert told(bo) == []


async def test_what_is_taken_back_before_it_was_told_is_not_told(room: Room) -> None:
    ana, bo = await two(room)
    await opened(room, ana)
    await ana.presses("Let Bo read this")
    await ana.presses("Take that back")
    await room.passes()
    assert not told(bo)


async def test_the_author_is_told_of_a_suggestion(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    await bo.sends(f"suggesting.suggest:{ref}:Or write.")
    await room.passes()
    assert len(told(ana)) == 1


async def test_two_at_once_lose_nothing(room: Room) -> None:
    ana, bo = await two(room)
    book = (await entries(room, "Ana"))[0].notebook
    ref = (await entries(room, "Ana"))[0].ref
    await opened(room, ana)
    await ana.presses("Let Bo read this")
    await asyncio.gather(
        ana.sends(f"pages.write:{book}:1:rules:One."),
        ana.sends(f"pages.write:{book}:1:rules:Two."),
        ana.sends(f"pages.add:{ref}:More."),
        bo.sends(f"suggesting.suggest:{ref}:Ring the bank."),
        bo.sends(f"suggesting.suggest:{ref}:Ring the bank."),
    )
    kept = {entry.question: entry.text for entry in await entries(room, "Ana")}
    assert kept["cost"] == "My savings.\n\nMore."
    assert sorted(kept["rules"].split("\n\n")) == ["One.", "Two."]
    assert len(await room.storage.steps.suggestions.on(ref)) == 1


async def test_a_suggestion_and_the_end_at_once_leave_none_or_an_honest_one(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await asyncio.gather(
        ana.presses("Take that back"), bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    )
    there = await room.storage.steps.suggestions.on(ref)
    assert bo.sees("It is noted.") == bool(there)


async def test_forged_buttons_open_nobody_elses_pages(room: Room) -> None:
    ana, bo = await two(room)
    ref = await opened(room, ana)
    await ana.presses("Let Bo read this")
    await bo.sends(f"suggesting.suggest:{ref}:Ring the bank.")
    [made] = await room.storage.steps.suggestions.on(ref)
    book = (await entries(room, "Ana"))[0].notebook
    eve = await room.person("Eve")
    eve.here = eve.own
    hers = [f"pages.{name}:{ref}" for name in ("entry", "change", "delete", "add")]
    hers += [f"pages.changed:{ref}:Mine now.", f"pages.delete:{ref}:yes", f"pages.add:{ref}:x"]
    hers += [f"letting.{name}:{ref}:0" for name in ("let_page", "back_page")]
    hers += [f"letting.{name}:{book}:0" for name in ("let_all", "back_all")]
    hers += [f"steps.{name}:{book}:1" for name in ("take_up", "put_aside", "step")]
    hers += [f"pages.write:{book}:1:cost:Mine.", f"pages.question:{book}:1:cost"]
    theirs = [f"suggesting.{name}:{made.ref}" for name in ("received", "unanswer")]
    theirs += [f"suggesting.answer:{made.ref}:x"]
    for call in (*hers, *theirs, f"suggesting.shared:{UNDER}", f"suggesting.read:{ref}"):
        for one in (eve, bo) if call in hers or call in theirs else (eve,):
            await one.sends(call)
            assert one.sees(GONE), call
    await ana.sends(f"suggesting.withdraw:{made.ref}:yes")
    assert ana.sees(GONE)
    [entry] = await entries(room, "Ana")
    assert entry.text == "My savings."
    assert await room.storage.steps.suggestions.on(ref) == [made]


ODD = (
    "pages.question:{book}:99:cost",
    "pages.question:{book}:1:none",
    "pages.write:{book}:1:none:Text.",
    "steps.step:{book}:x",
    "steps.choose:nothing",
    "letting.let_page:{ref}:0123456789",
    "letting.let_all:{book}:\udc80",
    "suggesting.shared:{ref}",
    "pages.day:{book}:10:2026-99-99",
    "pages.entry:{ref}:0",
)


async def test_stale_and_odd_buttons_are_answered_in_words(room: Room) -> None:
    ana, _ = await two(room)
    [entry] = await entries(room, "Ana")
    for call in ODD:
        await ana.sends(call.format(book=entry.notebook, ref=entry.ref))
        assert "went wrong" not in str(ana.seen[-1].text), call
        assert len(ana.seen[-1].text) > 0
    assert await entries(room, "Ana") == [entry]


async def test_a_press_that_comes_again_after_a_crash_changes_nothing_more(room: Room) -> None:
    """The unit was kept, and the process died before it could answer."""
    ana, bo = await two(room)
    [entry] = await entries(room, "Ana")
    book, ref = entry.notebook, entry.ref
    [other] = await _company(room).of(ref_of("Ana"))
    calls = [
        (ana, f"pages.write:{book}:1:rules:None."),
        (ana, f"pages.add:{ref}:More."),
        (ana, f"letting.let_page:{ref}:{other.tag(ref)}"),
        (bo, f"suggesting.suggest:{ref}:Ring the bank."),
        (ana, f"steps.take_up:{book}:4"),
    ]
    for who, call in calls:
        origin = who.origin(Via.PRESSED)
        for _ in range(2):
            await room.app.perform(Call.parse(call), origin)
    await room.passes()
    assert sorted(e.text for e in await entries(room, "Ana")) == ["My savings.\n\nMore.", "None."]
    assert len(await room.storage.steps.suggestions.on(ref)) == 1
    assert len(told(bo)) == len(told(ana)) == 1


def _company(room: Room) -> Company:
    store = room.storage
    return Company(store.steps, store.agreements, store.people, store.blocks)


async def test_a_button_of_a_person_one_works_with_no_more_changes_nothing(room: Room) -> None:
    ana, _ = await two(room)
    await opened(room, ana)
    agreement = await room.storage.agreements.load(UNDER)
    assert agreement
    await room.storage.units.commit(room.storage.agreements.end(agreement))
    await ana.presses("Let Bo read this")
    assert ana.sees("Nothing was changed.")


async def test_with_many_people_there_is_one_button_for_all_of_them(room: Room) -> None:
    ana, _ = await two(room)
    for n in range(4):
        await room.person(f"Cy{n}")
        await pair(room, f"Cy{n}", "Ana", Kind.PAIR, f"agreed-{n:05}")
    await opened(room, ana)
    await ana.presses("Who may read this")
    await ana.presses("Let Cy3 read this")
    await ana.types("/steps")
    await ana.presses("What others let me read")
    await ana.presses("Cy3")
    assert ana.sees(NOTHING)


async def test_a_circle_lets_nobody_read(room: Room) -> None:
    ana, bo = await two(room, Kind.CIRCLE)
    await opened(room, ana)
    assert not ana.can_press("Bo read")
    await bo.types("/steps")
    assert not bo.can_press("lets me read")
