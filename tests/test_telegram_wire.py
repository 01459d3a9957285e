"""The real library over our own transport, against a server shaped like the Bot API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram import Bot, InputFile, MessageEntity
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.core.cards import Button, Call, Card
from bot.core.text import t
from bot.platforms.telegram import keyboard, message
from bot.platforms.telegram.wire import NotSent, Wire
from tests.fakes.botapi import PLACE, description
from tests.fakes.telegram import TOKEN, TelegramServer, telegram_server
from tests.fakes.telegram_world import Chat

ANA = 42
GROUP = -100


@asynccontextmanager
async def bot(base_url: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url, request=Wire(4, 5.0), get_updates_request=Wire(1, 5.0)) as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as made:
        made.world.chats[ANA] = Chat(ANA, "private", "Ana")
        made.world.started.add(ANA)
        yield made


async def test_a_card_arrives_as_text_entities_and_buttons(server: TelegramServer) -> None:
    card = Card(t("So *it* is."), "Hello", buttons=(Button("Tell me more", Call("a.b", ("4",))),))
    text, entities = message(card)
    async with bot(server.base_url) as library:
        await library.send_message(ANA, text, entities=entities, reply_markup=keyboard(card))
    [sent] = server.world.chats[ANA].messages.values()
    assert sent["text"] == "Hello\nSo it is."
    assert [e["type"] for e in sent["entities"]] == ["bold", "bold"]
    assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "a.b:4"
    assert "parse_mode" not in server.of("sendMessage")[0]


async def test_a_picture_is_uploaded_over_the_same_wire(server: TelegramServer) -> None:
    async with bot(server.base_url) as library:
        sent = await library.send_photo(ANA, InputFile(b"\x89PNG not quite"), caption="A month")
    assert sent.photo
    assert sent.caption == "A month"


async def test_what_the_server_refuses_says_which_kind_it_is(server: TelegramServer) -> None:
    server.world.chats[7] = Chat(7, "private", "Bo")
    server.world.chats[GROUP] = Chat(GROUP, "group", "Harbour", upgraded=-1001)
    async with bot(server.base_url) as library:
        with pytest.raises(Forbidden):
            await library.send_message(7, "Hello")
        with pytest.raises(BadRequest):
            await library.send_message(99, "Hello")
        with pytest.raises(BadRequest, match="too long"):
            await library.send_message(ANA, "x" * 4097)
        with pytest.raises(ChatMigrated):
            await library.send_message(GROUP, "Hello")
        server.fails("sendMessage", 429, seconds=7)
        with pytest.raises(RetryAfter) as later:
            await library.send_message(ANA, "Hello")
    assert str(later.value).startswith("Flood control exceeded")


async def test_a_lost_answer_is_uncertain_and_a_closed_port_is_not(
    server: TelegramServer,
) -> None:
    async with bot(server.base_url) as library:
        server.fails("sendMessage", "lost")
        with pytest.raises(NetworkError) as uncertain:
            await library.send_message(ANA, "Hello")
        server.fails("sendMessage", 502)
        with pytest.raises(NetworkError):
            await library.send_message(ANA, "Hello")
    assert not isinstance(uncertain.value, NotSent)
    assert len(server.world.chats[ANA].messages) == 1
    with pytest.raises(NotSent):
        async with bot("http://127.0.0.1:9/bot"):
            raise AssertionError("nobody listens there")


async def test_the_token_is_in_no_log_and_in_no_error(
    server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for how in ("lost", 502, 429):
        server.fails("sendMessage", how, seconds=1)
    async with bot(server.base_url) as library:
        for _ in range(3):
            with pytest.raises((NetworkError, RetryAfter)) as failed:
                await library.send_message(ANA, "Hello")
            assert TOKEN not in str(failed.value)
        await library.send_message(ANA, "Hello")
    assert "loopback" not in caplog.text


@pytest.mark.skipif(
    not PLACE.exists(), reason=f"Telegram's description of its API is not here: {PLACE.name}"
)
def test_a_call_that_does_not_fit_the_description_is_noticed() -> None:
    known = description()
    assert known
    entity = MessageEntity(MessageEntity.BOLD, 0, 1).to_dict()
    assert not known.call("sendMessage", {"chat_id": 1, "text": "x", "entities": [entity]})
    assert known.call("sendMessage", {"chat_id": 1})
    assert known.call("sendMessage", {"chat_id": 1, "text": 5})
    assert known.call("sendMessage", {"chat_id": 1, "text": "x", "bogus": 1})
    assert known.call("sendNothing", {})
