"""Step work as it is kept: sealed, each thing once, and gone when it is to go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.errors import Conflict
from storage.notebook import Entry, Notebook
from storage.suggestions import Suggestion
from tests.agreed import UNDER
from tests.room import MORNING, TELEGRAM, Room, ref_of
from tests.step_room import pair

pytestmark = pytest.mark.parametrize("door", [TELEGRAM], indirect=True)
"""What is kept is the same behind every door."""
DAY = date(2026, 3, 1)
RING = Suggestion("ring-1234567", ref_of("Bo"), "page-1234567", MORNING, "Ring.")


async def with_a_page(room: Room) -> tuple[Notebook, Entry]:
    for name in ("Ana", "Bo"):
        await room.person(name)
    me = ref_of("Ana")
    book = Notebook("book-1234567", me, "twelve", MORNING, ("1", "4"))
    page = Entry("page-1234567", book.ref, me, MORNING, DAY, "1", "cost", "What?", "Much. 💛")
    steps = room.storage.steps
    await room.storage.units.commit((steps.notebooks.add(book), steps.entries.add(page)))
    return book, page


async def test_what_was_written_is_read_as_it_was_written(room: Room) -> None:
    book, page = await with_a_page(room)
    steps, agreement = room.storage.steps, await pair(room, "Bo", "Ana")
    book = book.letting(agreement.ref).taking_back("another").putting_aside("4")
    page = page.saying(agreement.ref, False, 2)
    changed = (steps.notebooks.change(book), steps.entries.change(page))
    await room.storage.units.commit(changed)
    assert await steps.notebooks.load(book.ref) == book
    assert await steps.entries.load(page.ref) == page
    assert await steps.entries.on(book, "1", ["rules", "cost"], DAY) == [page]
    assert await steps.entries.on(book, "4", ["cost"], DAY) == []
    assert await steps.entries.of_step(book, "1") == [page]


async def test_a_guide_has_one_notebook_and_a_question_one_page_a_day(room: Room) -> None:
    book, page = await with_a_page(room)
    steps = room.storage.steps
    with pytest.raises(Conflict):
        await room.storage.units.commit((steps.notebooks.add(replace(book, ref="other-123456")),))
    with pytest.raises(Conflict):
        await room.storage.units.commit((steps.entries.add(replace(page, ref="other-123456")),))
    next_day = replace(page, ref="other-123456", day=date(2026, 3, 2))
    await room.storage.units.commit((steps.entries.add(next_day),))


async def test_a_change_that_somebody_else_was_faster_with_is_not_kept(room: Room) -> None:
    _, page = await with_a_page(room)
    entries = room.storage.steps.entries
    await room.storage.units.commit((entries.hold(page.ref, 1), entries.change(page.noted("A"))))
    late = (entries.hold(page.ref, 1), entries.change(page.noted("B")))
    with pytest.raises(Conflict):
        await room.storage.units.commit(late)


@pytest.mark.parametrize("what", ["nothing", "book", "agreement", "block"])
async def test_a_suggestion_is_kept_only_while_the_page_may_be_read(room: Room, what: str) -> None:
    """The same looked at once, then changed by somebody who was faster."""
    book, page = await with_a_page(room)
    storage, agreement = room.storage, await pair(room, "Bo", "Ana")
    steps, bo = storage.steps, ref_of("Bo")
    await storage.units.commit((steps.notebooks.change(book.letting(UNDER)),))
    shown = await steps.reading.load(page.ref)
    assert shown
    assert shown.belongs_to == {bo}
    faster = {
        "nothing": (),
        "book": (steps.notebooks.hold(book.ref, 1), steps.notebooks.change(book)),
        "agreement": storage.agreements.end(agreement),
        "block": (storage.blocks.add(ref_of("Ana"), "Bo", bo),),
    }[what]
    await storage.units.commit(faster)
    unit = (
        steps.reading.hold(page.ref, page.version),
        *steps.reading.still(shown.notebook, agreement, bo),
        steps.suggestions.add(RING),
    )
    if what == "nothing":
        return await storage.units.commit(unit)
    with pytest.raises(Conflict):
        await storage.units.commit(unit)


async def test_with_a_page_goes_what_was_said_about_it(room: Room) -> None:
    book, page = await with_a_page(room)
    await pair(room, "Bo", "Ana")
    steps, units = room.storage.steps, room.storage.units
    await units.commit((steps.suggestions.add(RING),))
    [made] = await steps.suggestions.on(page.ref)
    await units.commit((steps.suggestions.answer(made, ref_of("Ana"), "I did.", MORNING),))
    assert (await steps.mine(ref_of("Ana")))["answers"][0]["note"] == "I did."
    assert (await steps.mine(ref_of("Bo")))["suggestions"][0]["note"] == "Ring."
    await units.commit((steps.entries.delete(page),))
    assert not await steps.suggestions.on(page.ref)
    assert not await steps.mine(ref_of("Bo"))
    assert [*(await steps.mine(ref_of("Ana")))] == ["notebooks"]
    assert await steps.notebooks.load(book.ref) == book


async def test_it_is_kept_however_old_it_is(room: Room) -> None:
    _, page = await with_a_page(room)
    await room.storage.tidy(MORNING.replace(year=2046))
    assert await room.storage.steps.entries.load(page.ref) == page
