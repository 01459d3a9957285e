"""When there is no database: whoever writes is told whom to talk to now, and nothing is kept."""

from __future__ import annotations

import logging

import msgspec
from telegram.error import TelegramError

from bot.core.app import App
from bot.core.cards import NOW, Card, Page
from bot.core.errors import Later, Unreachable
from bot.core.ports import Clock
from bot.platforms.telegram.intake import asks_for_now, number_in
from bot.platforms.telegram.sending import Moved, Sender, Where
from bot.platforms.telegram.talk import bare
from bot.platforms.telegram.updates import read

log = logging.getLogger(__name__)

PAUSE = 5.0
"""Seconds until it is asked again after it failed."""


class Porch:
    """Whoever writes in private, presses a button or asks in a group gets the one card there is,
    and so learns that nothing else was done; then it is confirmed, and none of it is kept."""

    def __init__(self, app: App, sender: Sender, clock: Clock) -> None:
        self._app, self._sender, self._clock = app, sender, clock

    async def run(self) -> None:
        """Until cancelled."""
        offset: int | None = None
        while True:
            try:
                came = [bytes(raw) for raw in await self._sender.line.updates(offset)]
            except TelegramError:
                log.warning("telegram.not_reached", exc_info=True)
                await self._clock.sleep(PAUSE)
                continue
            offset = None
            for raw in came:
                offset = max(offset or 0, 1 + number_in(raw))
                await self._meet(raw)

    async def _meet(self, raw: bytes) -> None:
        try:
            update = read(raw)
        except msgspec.MsgspecError:
            return
        press = update.callback_query
        message = press.message if press else update.message
        asked = asks_for_now(update, self._sender.line.username)
        if message is None or not (press or asked or message.chat.private):
            return
        if not press and message.sender is None:
            return
        heard = bare(message, update.update_id, press, self._clock)
        answer = await self._app.perform(NOW, heard.origin)
        card = answer.card if isinstance(answer, Page) else answer
        if isinstance(card, Card):
            try:
                await self._sender.post(card, Where(heard.sender.id), [])
            except (TelegramError, Unreachable, Later, Moved):
                log.warning("telegram.now_failed", exc_info=True)
