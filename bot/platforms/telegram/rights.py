"""Who may do what in a group: asked of Telegram, and remembered for a while."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import BadRequest, Forbidden

from bot.core.ports import Clock
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.updates import Member

WHILE = timedelta(minutes=5)
"""Telegram tells when the bot's own rights change; of other people's it does not."""
MOST = 1000
STRANGER = Member("left")


class Rights:
    def __init__(self, line: Line, clock: Clock) -> None:
        self._line, self._clock = line, clock
        self._mine: dict[int, Member] = {}

    async def mine(self, chat: int) -> Member:
        """The bot's own."""
        if chat not in self._mine:
            if len(self._mine) >= MOST:
                self._mine.clear()
            self._mine[chat] = await self._asked(chat, self._line.id)
        return self._mine[chat]

    def changed(self, chat: int, now: Member) -> None:
        self._mine[chat] = now

    def forget(self, chat: int) -> None:
        self._mine.pop(chat, None)

    async def leads(self, chat: int, user: int) -> bool:
        """Whether somebody is an administrator of it at this moment."""
        return (await self._asked(chat, user)).leads

    async def _asked(self, chat: int, user: int) -> Member:
        try:
            return await self._line.member(chat, user)
        except (BadRequest, Forbidden):
            return STRANGER
