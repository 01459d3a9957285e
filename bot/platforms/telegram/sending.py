"""Cards as messages: sent, changed and taken away; and what a refusal means to us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from telegram import InputFile, InputMediaPhoto, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.core.cards import Card
from bot.core.errors import Later, Unreachable
from bot.core.fit import fit
from bot.core.model import Person
from bot.core.pictures import Drawing
from bot.core.rooms import Limits
from bot.core.text import Link
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.pace import ChatGate, Traffic
from bot.platforms.telegram.places import shared
from bot.platforms.telegram.render import LIMITS, Message, messages
from bot.platforms.telegram.wire import NotSent

log = logging.getLogger(__name__)

WORDS = replace(LIMITS, picture=False)
"""For where a picture cannot go: what it says is said in words."""
PICTURE = "picture.png"
MARK = 8
"""Letters that tell one picture from another, in one place."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NO_PREVIEW_WRITTEN = {"is_disabled": True}
AGAIN = 5.0
"""Seconds until a server that was not reached is tried again."""
GONE = ("chat not found", "message thread not found", "topic_closed", "topic_id_invalid")
"""What a place is refused with that is there no more."""
SAME = "message is not modified"

Sent: TypeAlias = str
"""The number of a message of ours; of a photo also, after a colon, the mark of what it shows."""


@dataclass(frozen=True, slots=True)
class Where:
    """A chat, perhaps a topic in it; `quietly` makes no sound."""

    chat: int
    topic: int | None = None
    quietly: bool = False
    kept: bool = False
    """Whether it may not be forwarded or saved."""


class Moved(Exception):
    """The group has another id by now."""

    def __init__(self, chat: int, to: int) -> None:
        super().__init__("the group was upgraded")
        self.chat, self.to = chat, to


class Sender:
    """Raises Later while surely nothing was sent, Unreachable, Moved, or TelegramError where it
    may have arrived."""

    def __init__(self, line: Line, gate: ChatGate | None = None, *, paid: bool = False) -> None:
        self.line, self._paid, self._time = line, paid or None, monotonic
        self._gate = gate or ChatGate(LIMITS)
        self._traffic = Traffic(self._gate.pace.per_second)

    async def post(self, card: Card, where: Where, sent: list[Sent]) -> None:
        """All of the card's messages; `sent` has those that are there, and is gone on with when it
        has some already."""
        for one in parts(card)[len(sent) :]:
            sent.append(await self._post(one, where))

    async def change(self, card: Card, where: Where, before: Sequence[Sent]) -> list[Sent]:
        """The card in place of what stands there; what is there no more is posted anew, and so is
        text where a picture was."""
        new = parts(card)
        standing: list[Sent] = []
        for old, one in zip(before, new, strict=False):
            changed = await self._edit(one, where, old)
            if not changed:
                await self.remove(where, (old,))
                changed = await self._post(one, where)
            standing.append(changed)
        await self.remove(where, before[len(new) :])
        await self.post(card, where, standing)
        return standing

    async def remove(self, where: Where, sent: Sequence[Sent]) -> list[Sent]:
        """Those that could not be taken away: they are gone, or older than two days."""
        left = []
        for each in sent:
            try:
                with self.meaning(where.chat):
                    await self.line.delete_message(where.chat, _number(each))
            except BadRequest:
                log.info("telegram.not_deleted")
                left.append(each)
        return left

    async def cover(self, card: Card, where: Where, sent: Sequence[Sent]) -> None:
        """Other words in place of those that cannot be taken away, and nothing in place of a
        picture."""
        one = parts(card, WORDS)[0]
        for each in sent:
            if _is_photo(each):
                await self._blank(one, where, each)
            else:
                await self._edit(one, where, each)

    @contextmanager
    def meaning(self, chat: int) -> Iterator[None]:
        """What the library says, as what it means to the outbox; nothing is asked in a pause that
        Telegram told us to make."""
        place = str(shared(chat))
        if rest := self._gate.held(place, self._time(), urgent=True):
            raise Later(rest)
        self._traffic.sent(chat, self._time())
        try:
            yield
        except RetryAfter as wait:
            raise self._told(chat, place, seconds(wait)) from None
        except ChatMigrated as moved:
            raise Moved(chat, moved.new_chat_id) from None
        except Forbidden:
            raise Unreachable from None
        except NotSent:
            raise Later(AGAIN) from None
        except BadRequest as refused:
            if any(words in str(refused).lower() for words in GONE):
                raise Unreachable from None
            raise

    def _told(self, chat: int, place: str, rest: float) -> Later:
        """Answers do not go through the outbox, and heed it too."""
        now = self._time()
        everywhere = self._traffic.refused(chat, rest, now)
        if everywhere:
            self._gate.pause(rest, now)
        else:
            self._gate.pause_place(place, rest, now)
        return Later(rest, everywhere=everywhere)

    async def _edit(self, one: Message, where: Where, old: Sent) -> Sent:
        """As it is called now; "" where it cannot be made into that."""
        try:
            await self._made_into(one, where, old)
        except BadRequest as refused:
            if SAME not in str(refused).lower():
                return ""
        return _sent(_number(old), one.drawing)

    async def _made_into(self, one: Message, where: Where, old: Sent) -> None:
        """A picture that stands there already is not sent again."""
        chat, number, markup = where.chat, _number(old), one.keyboard
        caption: dict[str, Any] = {"caption": one.text or None, "caption_entities": one.entities}
        if one.drawing is None:
            with self.meaning(chat):
                await self.line.edit_message_text(
                    one.text,
                    chat,
                    number,
                    entities=one.entities,
                    reply_markup=markup,
                    link_preview_options=NO_PREVIEW,
                )
        elif old == _sent(number, one.drawing):
            with self.meaning(chat):
                await self.line.edit_message_caption(chat, number, reply_markup=markup, **caption)
        else:
            drawn = await _drawn(one.drawing)  # a pause may begin meanwhile
            photo = InputMediaPhoto(drawn, filename=PICTURE, **caption)
            with self.meaning(chat):
                await self.line.edit_message_media(photo, chat, number, reply_markup=markup)

    async def _blank(self, one: Message, where: Where, old: Sent) -> None:
        photo = InputMediaPhoto(
            await _nothing(), filename=PICTURE, caption=one.text, caption_entities=one.entities
        )
        try:
            with self.meaning(where.chat):
                await self.line.edit_message_media(photo, where.chat, _number(old))
        except BadRequest:
            log.info("telegram.not_covered")

    async def _post(self, one: Message, where: Where) -> Sent:
        how: dict[str, Any] = {
            "message_thread_id": where.topic,
            "disable_notification": where.quietly or None,
            "protect_content": where.kept or None,
            "reply_markup": one.keyboard,
            "allow_paid_broadcast": self._paid,
        }
        if one.drawing:
            drawn = InputFile(await _drawn(one.drawing), filename=PICTURE)
            how |= {"caption": one.text or None, "caption_entities": one.entities}
            with self.meaning(where.chat):
                photo = await self.line.send_photo(where.chat, drawn, **how)
            return _sent(photo.message_id, one.drawing)
        how |= {
            "entities": list(one.entities) or None,
            "link_preview_options": NO_PREVIEW_WRITTEN,
        }
        with self.meaning(where.chat):
            return _sent(await self.line.send(where.chat, one.text, **how))


def seconds(wait: RetryAfter) -> float:
    after = wait.retry_after
    return after if isinstance(after, int | float) else after.total_seconds()


def personal(card: Card) -> bool:
    """Not to be forwarded or saved; what has a link in it is there to be passed on."""
    texts = (card.text, *(value for _, value in card.facts))
    return card.private and not any(isinstance(span, Link) for text in texts for span in text)


def asleep(person: Person, now: datetime) -> bool:
    """Whether it is one of their quiet hours, on their own clock."""
    local = now.astimezone(ZoneInfo(person.zone))
    at, (start, end) = local.hour * 60 + local.minute, person.quiet
    return start <= at < end if start <= end else at >= start or at < end


def parts(card: Card, limits: Limits = LIMITS) -> list[Message]:
    return [one for part in fit(card, limits) for one in messages(part)]


def _sent(number: int, drawing: Drawing | None = None) -> Sent:
    mark = sha256(repr(drawing).encode()).hexdigest()[:MARK]
    return f"{number}:{mark}" if drawing else str(number)


def _number(sent: Sent) -> int:
    return int(sent.partition(":")[0])


def _is_photo(sent: Sent) -> bool:
    return ":" in sent


async def _nothing() -> bytes:
    from bot.pictures import blank

    return await asyncio.to_thread(blank)


async def _drawn(drawing: Drawing) -> bytes:
    from bot.pictures import png  # on first use: what draws it is large

    return await asyncio.to_thread(png, drawing)
