"""Typing, pressing and answering questions on Telegram, through the real library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.actions import Cog, action, command
from bot.core.cards import Answer, Card, Tone
from bot.core.decide import Who
from bot.core.model import Context
from bot.platforms.telegram import talk
from storage import Storage
from tests.fakes.telegram_world import World
from tests.telegram_house import TelegramHouse, labels, telegram_house, words


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[TelegramHouse]:
    async with telegram_house(storage) as made:
        yield made


async def test_a_check_in_is_typed_in_one_line_and_kept(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin 4 tired slept badly")
    assert "Thank you" in words(ana.sees()[-1])
    await house.types(ana, "/checkins")
    assert "slept badly" in words(ana.sees()[-1])
    assert ana.sees()[-1]["has_protected_content"]


async def test_a_check_in_is_asked_question_by_question(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin")
    assert "How are you right now?" in words(ana.sees()[-1])
    await house.presses(ana, "So-so", "Tired", "That's all")
    assert "Skip" in labels(ana.sees()[-1])
    before = len(ana.sees())
    await house.types(ana, "It rains.")
    [thanks] = ana.sees()[before:]
    assert "Thank you for telling me" in words(thanks)
    await house.types(ana, "/checkins")
    assert "It rains." in words(ana.sees()[-1])
    assert not house.world.queries, "every press was answered"


async def test_a_question_can_be_skipped_and_given_up(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin")
    await house.presses(ana, "Hard", "None", "Skip")
    assert "Thank you for telling me" in words(ana.sees()[-1])
    await house.types(ana, "/checkin", "/cancel")
    assert "Nothing of it was kept" in words(ana.sees()[-1])
    await house.types(ana, "hello?")
    assert "I have asked nothing" in words(ana.sees()[-1])


async def test_a_voice_message_answers_no_question(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/checkin")
    await house.presses(ana, "Hard", "None")
    said = ana.types("") | {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}
    house.world.updates[-1]["message"] = {k: v for k, v in said.items() if k != "text"}
    await house.rests()
    assert "I can only read what is typed." in words(ana.sees()[-1])
    assert not await house.storage.db.read("SELECT * FROM checkins")
    await house.types(ana, "It rains.", "/checkins")
    assert "It rains." in words(ana.sees()[-1])


async def test_what_waited_for_a_yes_goes_on_with_it(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/me")
    await house.presses(ana, "Take back: Keep my check-ins")
    await house.types(ana, "/checkin 4")
    assert "May I keep this?" in words(ana.sees()[-1])
    await house.presses(ana, "Yes, keep it")
    assert "Thank you" in words(ana.sees()[-1])


async def test_a_card_that_replaces_itself_is_edited_in_place(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/me")
    before = len(ana.sees())
    await house.presses(ana, "Change my quiet hours", "Never mind")
    assert len(ana.sees()) == before + 2
    await house.presses(ana, "Take back: Keep my check-ins")
    assert "edited" in ana.sees()[before - 1]
    await house.types(ana, "/me")
    await house.presses(ana, "Change my language")
    await house.presses(ana, "Español")
    await house.types(ana, "/help")
    assert "Soy un bot" in words(ana.sees()[-1])


async def test_data_of_a_button_that_was_made_up_does_no_harm(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/help")
    for data in ("", "x", "say:a:b:c", "checkins.delete:notmine", "groups.settings:\ud7ff", "~"):
        ana.sends(ana.sees()[-1], data)
        await house.rests()
    assert not house.world.queries
    assert len(await house.storage.db.read("SELECT * FROM inbox WHERE state = 'failed'")) == 0


async def test_words_that_are_for_another_bot_are_not_ours(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    chat = await house.group(ana)
    ana.here = chat
    await house.types(ana, "/help@some_other_bot")
    assert not ana.sees()
    await house.types(ana, "/help@the_door_bot")
    assert "What there is" in words(ana.sees()[-1])


async def test_somebody_new_is_greeted_in_their_language(house: TelegramHouse) -> None:
    luz = house.guest("Luz", "es-MX")
    luz.starts()
    await house.rests()
    assert "Soy un bot" in words(luz.sees()[-1])


async def test_now_is_answered_when_everything_else_waits(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    for n in range(150):
        ana.types(f"/checkin 3 none line {n}")
    bo = house.guest("Bo")
    bo.types("/now")
    await house.server.until(lambda: bool(bo.sees()))
    assert "112" in words(bo.sees()[-1])


async def test_what_only_can_be_looked_at_is_answered_again_after_a_crash_in_between(
    storage: Storage,
) -> None:
    world = World()
    async with telegram_house(storage, world=world) as house:
        ana = await house.person("Ana")
        house.server.fails("sendMessage", 500)
        ana.types("/me")
        await house.server.until(lambda: len(house.server.of("sendMessage")) == 1)
        [row] = await storage.db.read("SELECT state FROM inbox")
        assert row["state"] != "done"


async def test_a_person_has_one_history_behind_two_doors(house: TelegramHouse) -> None:
    ana = await house.person("Ana")
    await house.types(ana, "/link")
    text = words(ana.sees()[-1])
    code = text.split("/link ")[1].split()[0]
    other = house.guest("Anna")
    await house.types(other, f"/link {code}", "/checkin 5")
    await house.types(ana, "/checkins")
    assert "Very good" in words(ana.sees()[-1])
    await house.types(other, "/unlink")
    await house.presses(other, "Part this account")
    await house.types(other, "/checkins")
    assert "Very good" not in words(other.sees()[-1])


class Slow(Cog):
    """Takes until it is let go."""

    name = "slow"

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    @command("Take your time", who=Who.ANYONE)
    async def wait(self, ctx: Context) -> Answer:
        buttons = (self.slowly.button("Slowly", tone=Tone.GOOD), self.slowly.button("As ever"))
        return Card(ctx.t("One moment."), buttons=buttons, private=True)

    @action("Take your time", who=Who.ANYONE)
    async def slowly(self, ctx: Context) -> Answer:
        await self.let_go.wait()
        return Card(ctx.t("Done."), private=True)


async def test_a_press_is_acknowledged_in_time_though_its_answer_takes_longer(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "PROMPT", 0.05)
    slow = Slow()
    async with telegram_house(storage, slow) as house:
        ana = await house.person("Ana")
        await house.types(ana, "/wait")
        [row] = ana.sees()[-1]["reply_markup"]["inline_keyboard"]
        assert [button.get("style") for button in row] == ["success", None]
        ana.presses("Slowly")
        await house.server.until(lambda: bool(house.world.answered))
        assert words(ana.sees()[-1]) == "One moment."
        slow.let_go.set()
        await house.rests()
        assert words(ana.sees()[-1]) == "Done."
        assert len(house.server.of("answerCallbackQuery")) == 1
