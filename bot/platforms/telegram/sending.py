"""Cards as messages: sent, changed and taken away; and what a refusal means to us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from telegram import InputFile, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from bot.core.cards import Card
from bot.core.errors import Later, Unreachable
from bot.core.fit import fit
from bot.core.model import Person
from bot.core.pictures import Drawing
from bot.core.rooms import Limits
from bot.core.text import Link
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.render import LIMITS, Message, messages
from bot.platforms.telegram.wire import NotSent

log = logging.getLogger(__name__)

WORDS = replace(LIMITS, picture=False)
"""For where a picture cannot go: what it says is said in words."""
PICTURE = "picture.png"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NO_PREVIEW_WRITTEN = {"is_disabled": True}
AGAIN = 5.0
"""Seconds until a server that was not reached is tried again."""
GONE = ("chat not found", "message thread not found", "topic_closed", "topic_id_invalid")
"""What a place is refused with that is there no more."""
SAME = "message is not modified"


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

    def __init__(self, line: Line, *, paid: bool = False) -> None:
        self.line, self._paid = line, paid or None

    async def post(self, card: Card, where: Where, sent: list[int]) -> None:
        """All of the card's messages; `sent` has the numbers of those that are there, and is
        gone on with when it has some already."""
        for one in parts(card)[len(sent) :]:
            with meaning(where.chat):
                sent.append(await self._post(one, where))

    async def change(self, card: Card, where: Where, before: Sequence[int]) -> list[int]:
        """The card in place of what stands there; what is there no more is posted anew."""
        new = parts(card)
        standing: list[int] = []
        for number, one in zip(before, new, strict=False):
            if not one.drawing and await self._edit(one, where, number):
                standing.append(number)
            else:
                await self.remove(where, (number,))
                with meaning(where.chat):
                    standing.append(await self._post(one, where))
        await self.remove(where, before[len(new) :])
        await self.post(card, where, standing)
        return standing

    async def remove(self, where: Where, numbers: Sequence[int]) -> list[int]:
        """Those that could not be taken away: they are gone, or older than two days."""
        left = []
        for number in numbers:
            try:
                with meaning(where.chat):
                    await self.line.delete_message(where.chat, number)
            except BadRequest:
                log.info("telegram.not_deleted")
                left.append(number)
        return left

    async def cover(self, card: Card, where: Where, numbers: Sequence[int]) -> None:
        """Other words in place of those that cannot be taken away."""
        for number in numbers:
            await self._edit(parts(card)[0], where, number)

    async def _edit(self, one: Message, where: Where, number: int) -> bool:
        try:
            with meaning(where.chat):
                await self.line.edit_message_text(
                    one.text,
                    where.chat,
                    number,
                    entities=one.entities,
                    reply_markup=one.keyboard,
                    link_preview_options=NO_PREVIEW,
                )
        except BadRequest as refused:
            return SAME in str(refused).lower()
        return True

    async def _post(self, one: Message, where: Where) -> int:
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
            return (await self.line.send_photo(where.chat, drawn, **how)).message_id
        how |= {
            "entities": list(one.entities) or None,
            "link_preview_options": NO_PREVIEW_WRITTEN,
        }
        return await self.line.send(where.chat, one.text, **how)


@contextmanager
def meaning(chat: int) -> Iterator[None]:
    """What the library says, as what it means to the outbox."""
    try:
        yield
    except RetryAfter as wait:
        raise Later(seconds(wait), everywhere=True) from None
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


async def _drawn(drawing: Drawing) -> bytes:
    from bot.pictures import png  # on first use: what draws it is large

    return await asyncio.to_thread(png, drawing)
