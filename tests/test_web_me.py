"""One's own page in the web room."""

from __future__ import annotations

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


async def test_of_two_accounts_at_one_door_it_is_said_which_this_is(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types("/me")
        assert not ana.sees("(this one)")
        second = storage.people.add_account(Account("web", "second"), "ref-Ana")
        await storage.units.commit((second,))
        await ana.types("/me")
        assert ana.sees("Web (this one)")
