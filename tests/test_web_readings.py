"""Readings in the web room: a page to read, and one with the last days and what one keeps."""

from __future__ import annotations

from storage import Storage
from tests.web_house import open_house

FIRST = "The spare key"


async def test_the_reading_of_the_day_is_a_page_with_its_question_and_its_credit(
    storage: Storage,
) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/today")
        for part in (FIRST, "A key hangs on a nail", "In front of whose door", "MIT"):
            assert ana.sees(part)
        await ana.presses("Keep this one")
        assert ana.sees("Kept")
        await ana.types("/today")
        await ana.presses("Reflect")
        await ana.presses("Send", **{"What does it bring up?": "<b>The nail</b>"})
        assert ana.sees("It is kept, for you alone.")
        assert "&lt;b&gt;The nail" in ana.html


async def test_the_list_has_the_last_days_and_what_one_keeps(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/today")
        await ana.presses("Keep this one")
        await ana.types("/readings")
        assert ana.sees("My favourites")
        days = [row for row in ana.page.all("tr") if any(row.all("button"))]
        assert len(days) == 7
        assert FIRST in days[0].text
        await ana.presses(next(days[6].all("button")).text)
        assert ana.sees("It made a noise like somebody eating.")
