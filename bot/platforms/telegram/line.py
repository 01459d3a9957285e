"""The library's Bot over our transport, and what it does not know yet of the Bot API."""

from __future__ import annotations

from typing import Any

import msgspec
from telegram import Bot, InlineKeyboardMarkup, MessageEntity
from telegram.error import TelegramError

from bot.platforms.telegram.updates import KINDS, REQUESTS, Member
from bot.platforms.telegram.wire import Wire, written

CONNECTIONS = 128
"""At once: where it is paid for, a hundred deeds may be on their way, and nobody who presses waits
for one of them."""
PATIENCE = 20.0
"""Seconds for a request; then it may have arrived, or not."""
WAIT = 30
"""Seconds that the server keeps a question for updates open."""
MOST = 100


class Answer(msgspec.Struct):
    """An answer of the server, with its updates as they came."""

    ok: bool
    result: list[msgspec.Raw] = []
    description: str = ""
    parameters: dict[str, int] = {}


_read = msgspec.json.Decoder(Answer).decode


class Poll(Wire):
    """For updates alone: they are kept as they came, so nothing is made of them here."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            return msgspec.structs.asdict(_read(payload))
        except msgspec.MsgspecError:
            raise TelegramError("the answer cannot be read") from None


class Line(Bot):
    """`address` is Telegram's, or that of a Bot API server of one's own."""

    __slots__ = ("kinds",)

    def __init__(
        self, token: str, address: str, patience: float = PATIENCE, *, requests: bool = False
    ) -> None:
        super().__init__(
            token,
            f"{address}/bot",
            request=Wire(CONNECTIONS, patience),
            get_updates_request=Poll(1, WAIT + patience),
        )
        with self._unfrozen():
            self.kinds = [*KINDS, *([REQUESTS] if requests else [])]
            """Of updates that are asked for."""

    async def updates(self, offset: int | None, wait: int = WAIT) -> list[msgspec.Raw]:
        """What is waiting, the oldest first; an offset confirms all before it."""
        # `get_updates` would hand over objects of the library's: one update that it cannot read, or
        # a field it does not know yet, and the batch is lost or poorer, and nothing is left to be
        # stored as it came. `do_api_request` warns whoever asks for a method that the library has.
        asked = {"offset": offset, "timeout": wait, "limit": MOST, "allowed_updates": self.kinds}
        raw: list[msgspec.Raw] = await self._post("getUpdates", asked)
        return raw

    async def send(self, chat: int, text: str, **how: Any) -> int:
        """The number of the new message. Thousands go one after the other, so the library's way
        there and back, which makes a whole Message of the answer, is left out."""
        data = written({"chat_id": chat, "text": text, **how})
        raw: Any = await self.request.post(f"{self.base_url}/sendMessage", data)
        number: int = raw["message_id"]
        return number

    async def member(self, chat: int, user: int) -> Member:
        """How somebody stands in a chat, and what they may do there."""
        raw = await self._post("getChatMember", {"chat_id": chat, "user_id": user})
        return msgspec.convert(raw, Member)

    async def edit_whisper(
        self,
        chat: int,
        user: int,
        number: int,
        text: str,
        entities: tuple[MessageEntity, ...],
        keyboard: InlineKeyboardMarkup | None,
    ) -> None:
        await self._post(
            "editEphemeralMessageText",
            {
                "chat_id": chat,
                "receiver_user_id": user,
                "ephemeral_message_id": number,
                "text": text,
                "entities": list(entities) or None,
                "reply_markup": keyboard,
            },
        )

    async def delete_whisper(self, chat: int, user: int, number: int) -> None:
        await self._post(
            "deleteEphemeralMessage",
            {"chat_id": chat, "receiver_user_id": user, "ephemeral_message_id": number},
        )
