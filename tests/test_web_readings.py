"""Readings in the web room: a page to read, and one with the last days and what one keeps."""

from __future__ import annotations

from datetime import timedelta

from bot import clock
from bot.core.cards import Card
from cogs.readings import Hours
from storage import Storage
from storage.reading_hours import Chosen
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


async def test_the_front_has_the_reading_of_the_day_once_also_when_it_came_by_itself(
    storage: Storage,
) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        own = await house.own(ana)
        [person] = (await storage.people.many(["ref-Ana"])).values()
        await storage.units.commit(Hours(storage).planned(person, "09:00", storage.now()))
        await storage.units.commit((storage.reading_hours.choose(Chosen("ref-Ana", "09:00")),))
        await house.posts_card("Somebody answered you.", own)
        house.later(timedelta(hours=1))
        await clock.tick(house.app, storage.schedule, storage.now())
        await house.delivers()
        assert any(
            isinstance(one.body, Card) and one.body.title == FIRST
            for one in await storage.web.feed.since(0, 9)
        )
        await ana.opens("/")
        assert ana.sees("Somebody answered you.")
        assert ana.html.count("A key hangs on a nail") == 1
