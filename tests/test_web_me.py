"""One's own page in the web room."""

from __future__ import annotations

import json

from bot.core.model import Account
from storage import Storage
from tests.web_house import open_house


async def test_the_page_is_whole_in_the_language_just_chosen(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/me")
        await ana.presses("Change my language")
        await ana.presses("Send", **{"Which language suits you?": "es"})
        assert ana.sees("Zona horaria")
        assert not ana.sees("Change my time zone")
        for row in ana.page.all("div"):
            if row.text.startswith("Zona horaria"):
                assert any("zona horaria" in button.text for button in row.all("button"))


async def test_each_line_has_the_buttons_that_change_it(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/me")
        rows = {row.text: row for row in ana.page.all("div") if any(row.all("dt"))}
        found = {
            next(row.all("dt")).text: [button.text for button in row.all("button")]
            for row in rows.values()
            if len([*row.all("dt")]) == 1
        }
        assert found["Name"] == ["Change my name"]
        assert found["18 or over"] == ["Change what I said about my age"]
        assert found["Write to me first"] == ["Take back: Write to me first"]
        assert found["Your accounts"] == []


async def test_of_two_accounts_at_one_door_it_is_said_which_this_is(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/me")
        assert not ana.sees("(this one)")
        second = storage.people.add_account(Account("web", "second"), "ref-Ana")
        await storage.units.commit((second,))
        await ana.types("/me")
        assert ana.sees("Web (this one)")


async def test_what_is_kept_is_shown_in_words_and_taken_along_as_it_is(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana", zone="Europe/Berlin")
        await ana.types("/checkin 2 lonely")
        await ana.types("/mydata")
        for words in ("Hard", "Lonely", "22:00 to 07:00", "English", "Keep my check-ins"):
            assert ana.sees(words)
        assert not ana.sees("1320")
        await ana.presses("Take it along as a file")
        kept = json.loads(ana.html)
        assert kept["people"]["quiet"] == [1320, 420]
        assert kept["checkins"][0]["mood"] == 2
