"""Writing at length in the web room: nothing is lost, and it can be taken along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cogs.steps.words import LONGEST
from storage import Storage
from storage.notebook import Entry
from tests.browser import Browser
from tests.web_house import House, open_house

HOSTILE = "<script>alert(1)</script> </textarea> {{ data }} \u202e &amp;"


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


async def at_paper(house: House) -> Browser:
    """Ana, before a sheet of paper."""
    ana = await house.member("Ana")
    await ana.opens("/steps")
    for label in ("Yes, begin", "Twelve steps", "1. Saying how it is", "Question 1"):
        await ana.presses(label)
    return ana


async def back_to_it(ana: Browser) -> None:
    await ana.opens("/steps")
    for label in ("Twelve steps", "1. Saying how it is", "Question 1"):
        await ana.presses(label)


async def kept(house: House) -> list[Entry]:
    return await house.storage.steps.entries.of("ref-Ana")


def call(ana: Browser) -> str:
    """What the sheet of paper would send."""
    form, _ = ana.button("Keep it")
    return next(n.attrs["value"] for n in form.all("input") if n.attrs.get("name") == "call")


async def test_a_page_shows_the_question_the_paper_and_what_is_there(house: House) -> None:
    ana = await at_paper(house)
    assert ana.sees("What did it cost me last year")
    await ana.presses("Keep it", **{"Your answer": "My savings."})
    assert ana.sees("It is kept, and only you can read it.")
    await ana.presses("Open it")
    assert ana.sees("My savings.")
    await ana.presses("Keep it", **{"The whole text": "My savings, and May."})
    assert [entry.text for entry in await kept(house)] == ["My savings, and May."]
    await back_to_it(ana)
    assert ana.sees("Write more today")
    assert ana.sees("My savings, and May.")


@pytest.mark.parametrize("text", ["💛" * LONGEST, "a\r\nb\r\n\r\nc", HOSTILE])
async def test_whatever_is_written_is_kept_as_it_is_and_shown_as_letters(
    house: House, text: str
) -> None:
    ana = await at_paper(house)
    await ana.presses("Keep it", **{"Your answer": text})
    [entry] = await kept(house)
    assert entry.text == text.replace("\r\n", "\n")
    await ana.presses("Open it")
    assert ana.status == 200
    assert "<script>alert" not in ana.html
    assert "{{ data }}" not in text or "{{ data }}" in ana.html


async def test_a_page_that_is_too_long_comes_back_with_all_of_it(house: House) -> None:
    ana = await at_paper(house)
    await ana.presses("Keep it", **{"Your answer": "x" * (LONGEST + 1)})
    assert not await kept(house)
    assert ana.sees("Please shorten this to 8000 characters; it has 8001.")
    assert "x" * (LONGEST + 1) in ana.html


async def test_what_is_being_written_is_kept_for_an_hour_and_goes_when_it_was_sent(
    house: House,
) -> None:
    ana = await at_paper(house)
    half = [("call", call(ana)), ("f.text", "Half a sent")]
    asked = half[:1]
    await ana.requests("POST", "/kept", asked)
    assert ana.status == 204
    await ana.requests("POST", "/keep", half)
    assert ana.status == 204
    await ana.requests("POST", "/kept", asked)
    assert ana.html == "Half a sent"
    await back_to_it(ana)
    await ana.types("hello")
    assert not await kept(house), "a typed line answers nothing that was not asked there"
    await back_to_it(ana)
    await ana.presses("Keep it", **{"Your answer": "Half a sentence."})
    await ana.requests("POST", "/kept", asked)
    assert ana.status == 204
    await ana.requests("POST", "/keep", half)
    house.later(timedelta(hours=2))
    await ana.requests("POST", "/kept", asked)
    assert ana.status == 204
    await ana.requests("POST", "/keep", half)
    await ana.requests("POST", "/keep", [half[0], ("f.text", "  ")])
    await ana.requests("POST", "/kept", asked)
    assert ana.status == 204


async def test_nobody_finds_what_somebody_else_is_writing(house: House) -> None:
    ana = await at_paper(house)
    asked = [("call", call(ana))]
    await ana.requests("POST", "/keep", [*asked, ("f.text", "Half a sent")])
    bo, stranger = await house.member("Bo"), await house.stranger()
    for one in (bo, stranger):
        await one.requests("POST", "/kept", asked)
        assert one.status == 204
    for odd in ("", "none.such", "steps.steps", "pages.write:x:y:z:more:and:more", "say:a:b"):
        await bo.requests("POST", "/keep", [("call", odd), ("f.text", "x")])
        assert bo.status == 204, odd
        await bo.requests("POST", "/kept", [("call", odd)])
        assert bo.status == 204, odd


async def test_it_is_taken_along_as_one_page_with_nothing_in_it_but_words(house: House) -> None:
    ana = await at_paper(house)
    await ana.presses("Keep it", **{"Your answer": HOSTILE})
    await ana.opens("/steps")
    await ana.presses("Take a copy")
    assert ana.sees("Saying how it is")
    await ana.presses("Take it along as one page")
    assert ana.headers["Content-Disposition"] == 'attachment; filename="steps_export.html"'
    for never in ("<script", "src=", "href=", "http", "Ana", "@import", "url("):
        assert never not in ana.html.replace("&lt;script", ""), never
    assert "What did it cost me last year" in ana.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in ana.html
    await ana.opens("/steps")
    await ana.presses("Take a copy")
    await ana.presses("Take it along as a file")
    assert ana.headers["Content-Type"].startswith("application/json")
    assert "alert(1)" in ana.html
