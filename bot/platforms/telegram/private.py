"""Behind the private door: what is for one person is shown to them alone, or not at all.

In a group it is an ephemeral message, else a message in the chat they have with the bot, else a
way to open one. It is never shown in the group instead.
"""

from __future__ import annotations

import logging
from typing import Any

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.core.cards import Call, Card, Field
from bot.core.errors import Unreachable
from bot.core.fit import Way, size
from bot.core.text import letters, t, translate
from bot.platforms.telegram.heard import Heard
from bot.platforms.telegram.render import Message, message
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.sending import (
    NO_PREVIEW,
    WORDS,
    Sender,
    Where,
    parts,
    personal,
)
from bot.platforms.telegram.threshold import Threshold

log = logging.getLogger(__name__)

WHISPER = 1024
"""UTF-16 units to which an ephemeral message can be changed, whatever its page says."""


class PrivateDoor:
    """Whether the server knows ephemeral messages is found out once, with words that are
    nobody's: an older one would show what it does not know about to all."""

    def __init__(self, sender: Sender, rights: Rights, threshold: Threshold) -> None:
        self._sender, self._rights, self._threshold = sender, rights, threshold
        self._line = sender.line
        self._whispers: bool | None = None
        self._proved = False
        self._open: set[int] = set()

    async def way(self, heard: Heard) -> Way:
        """Found before anything is done, so that what cannot be answered is not done."""
        if not heard.shared:
            return Way.HERE
        if await self._can_whisper(heard):
            return Way.QUIETLY
        return Way.DIRECT if await self.is_open(heard.sender.id) else Way.WITHHELD

    async def is_open(self, user: int) -> bool:
        """Whether we may write to somebody in a chat of their own: a bot cannot begin one."""
        if user not in self._open:
            try:
                await self._line.send_chat_action(user, "typing")
            except (Forbidden, BadRequest):
                return False
            self._open.add(user)
        return True

    def opened(self, user: int) -> None:
        self._open.add(user)

    def closed(self, user: int) -> None:
        self._open.discard(user)

    async def show(self, card: Card, heard: Heard, way: Way, field: Field | None = None) -> bool:
        """Whether it was shown; `field` is what a typed answer to it is for."""
        if way is Way.QUIETLY and await self._whisper(card, heard, field):
            return True
        if way is Way.HERE:
            raise ValueError("that is no private door")
        return way is not Way.WITHHELD and await self._direct(card, heard)

    async def withhold(self, call: Call, heard: Heard) -> None:
        """A way to open a chat, and to have it there; what it is stays between the two."""
        await self.point(await self._threshold.link(call, heard), heard)

    async def point(self, payload: str, heard: Heard) -> None:
        """The press itself opens the chat; a line is answered with a button that does."""
        url = f"https://t.me/{self._line.username}?start={payload}"
        if heard.press:
            await self._line.answer_callback_query(heard.press.id, url=url)
            return
        locale = heard.origin.locale
        label = translate("Answer me in private", locale)
        markup = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=url)]])
        said, _ = message(Card(t("I have an answer for you alone. It waits here:", locale)))
        with self._sender.meaning(heard.chat):
            await self._line.send_message(
                heard.chat,
                said,
                message_thread_id=heard.message.topic or None,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )

    async def _direct(self, card: Card, heard: Heard) -> bool:
        user = heard.sender.id
        try:
            carried = await self._threshold.carried(card, heard)
            await self._sender.post(carried, Where(user, kept=personal(card)), [])
        except Unreachable:
            self._open.discard(user)
            return False
        return True

    async def _can_whisper(self, heard: Heard) -> bool:
        if self._whispers is None:
            try:
                await self._line.delete_whisper(heard.chat, heard.sender.id, 0)
                self._whispers = True
            except InvalidToken:  # 404: the server has no such method
                self._whispers = False
            except BadRequest:
                self._whispers = True
            except TelegramError:
                return False
        if not self._whispers:
            return False
        answers = heard.press is not None or heard.whisper > 0
        return answers or (await self._rights.mine(heard.chat)).leads

    async def _whisper(self, card: Card, heard: Heard, field: Field | None) -> bool:
        """False when nothing of it was shown to anybody."""
        new, before = parts(card, WORDS), heard.whisper if heard.press and card.replaces else 0
        try:
            if not (before or self._proved):
                before = await self._prove(heard)
                if not before:
                    return False
            if before and len(new) == 1 and size(new[0].text) <= WHISPER and field is None:
                shown = (new[0].text, new[0].entities, new[0].keyboard)
                with self._sender.meaning(heard.chat):
                    await self._line.edit_whisper(heard.chat, heard.sender.id, before, *shown)
                return True
            for one in new:
                await self._whispered(one, heard, kept=personal(card), field=field)
            if before:
                await self._line.delete_whisper(heard.chat, heard.sender.id, before)
        except (BadRequest, Unreachable):
            log.info("telegram.not_whispered")
            return False
        return True

    async def _prove(self, heard: Heard) -> int:
        """The number of an ephemeral message that says nothing; 0 where all could see it."""
        neutral = "".join(map(letters, t("One moment.", heard.origin.locale)))
        number, public = await self._whispered(Message(neutral, (), None), heard, kept=False)
        if public:
            self._whispers = False
            await self._sender.remove(Where(heard.chat), (str(public),))
            return 0
        self._proved = True
        return number

    async def _whispered(
        self, one: Message, heard: Heard, *, kept: bool, field: Field | None = None
    ) -> tuple[int, int]:
        """Its ephemeral number, and its number where all can see it."""
        to: dict[str, Any] = {"receiver_user_id": heard.sender.id}
        extra: dict[str, Any] = {"ephemeral_message_parameters": to}
        if heard.press:
            to["callback_query_id"] = heard.press.id
        elif heard.whisper:
            extra["reply_parameters"] = {"ephemeral_message_id": heard.whisper}
        markup: InlineKeyboardMarkup | ForceReply | None = one.keyboard
        if field and not field.choices and field.required:
            markup = ForceReply(selective=True)
        with self._sender.meaning(heard.chat):
            sent = await self._line.send_message(
                heard.chat,
                one.text,
                entities=one.entities,
                link_preview_options=NO_PREVIEW,
                message_thread_id=heard.message.topic or None,
                protect_content=kept or None,
                reply_markup=markup,
                api_kwargs=extra,
            )
        number = int(sent.api_kwargs.get("ephemeral_message_id", 0))
        return number, 0 if number else sent.message_id
