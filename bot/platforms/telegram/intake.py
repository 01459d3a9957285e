"""Takes in what Telegram has for us: stored first, then confirmed, so that nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec
from telegram.error import Conflict as Contested
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.core.cards import NOW, Call
from bot.core.errors import Conflict, Later
from bot.core.ports import Clock
from bot.platforms.telegram.line import WAIT, Line
from bot.platforms.telegram.places import NAME
from bot.platforms.telegram.ports import TelegramPorts
from bot.platforms.telegram.sending import seconds
from bot.platforms.telegram.updates import Message, Press, Update, matters, read

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""How long a process alone may ask with this token; asking takes half a minute at most."""
SOONEST, LATEST = 1.0, 60.0
"""Seconds until it is asked again after it failed: twice as long each time."""
URGENT = 10.0
"""Seconds that a /now may take before the rest goes on."""
HOOKED = "webhook"
KNOWN = 1000

AnswersNow = Callable[[Message, Press | None, int], Awaitable[None]]


class Intake:
    """`trouble` is what the host should know, or "" while all is well."""

    def __init__(
        self,
        line: Line,
        ports: TelegramPorts,
        clock: Clock,
        answers_now: AnswersNow,
        is_room: Callable[[int, int], bool] = lambda chat, topic: False,
    ) -> None:
        self._line, self._ports, self._clock = line, ports, clock
        self._answers_now, self._is_room = answers_now, is_room
        self._holder = secrets.token_urlsafe(9)
        self._offset: int | None = None
        self._answered: dict[int, None] = {}
        self._moved: dict[int, int] = {}
        """Groups by their new numbers, whose old ones may still be those of a room."""
        self.trouble = ""

    @property
    def _lease(self) -> str:
        return f"{NAME} {self._line.id}"

    async def run(self) -> None:
        """Until cancelled: one process asks with this token, the others wait for its end."""
        wait = SOONEST
        try:
            while True:
                if not await self._ours():
                    await self._clock.sleep(LEASE.total_seconds() / 3)
                    continue
                try:
                    await self._round()
                    wait, self.trouble = SOONEST, ""
                    continue
                except Contested as contested:
                    await self._contested(contested)
                except RetryAfter as told:
                    wait = max(wait, seconds(told))
                except InvalidToken:
                    raise
                except TelegramError:
                    log.warning("telegram.not_reached", exc_info=True)
                await self._clock.sleep(wait)
                wait = min(2 * wait, LATEST)
        finally:
            await self._ports.units.commit((self._ports.kept.let_go(self._lease, self._holder),))

    async def _round(self) -> None:
        """An offset is sent once, to confirm: numbers may begin anew, at random, after a quiet
        week, and an offset that stayed would skip them."""
        came = [bytes(raw) for raw in await self._line.updates(self._offset, WAIT)]
        self._offset = None
        await self.take([(update, raw) for raw in came if (update := _read(raw))])
        if came:
            self._offset = 1 + max(map(number_in, came))

    async def take(self, updates: Sequence[tuple[Update, bytes]]) -> None:
        """Kept, but for /now: that is answered at once, before anything is looked up."""
        urgent = [update for update, _ in updates if asks_for_now(update, self._line.username)]
        if urgent:
            late = await self._answer_now(urgent)
            urgent = [update for update in urgent if update.update_id not in late]
        for update, _ in updates:
            if (told := update.message) and told.migrate_from_chat_id:
                self._moved[told.chat.id] = told.migrate_from_chat_id
        kept = [
            (str(update.update_id), update.subject, raw.decode())
            for update, raw in updates
            if update not in urgent and matters(update, self._line.id, self._hears)
        ]
        if kept:
            unit = self._ports.inbox.store(NAME, kept, self._clock.now())
            await self._ports.units.commit(unit)

    async def _answer_now(self, urgent: Sequence[Update]) -> set[int]:
        """Each once, also when it is handed over again because nothing could be kept. Those that
        Telegram did not take the answer to, for now: they are kept like all others."""
        new = [update for update in urgent if update.update_id not in self._answered]
        doing = [asyncio.ensure_future(self._one_now(update)) for update in new]
        for update in new:
            self._answered[update.update_id] = None
        for old in [*self._answered][:-KNOWN]:
            del self._answered[old]
        if not doing:
            return set()
        done, late = await asyncio.wait(doing, timeout=URGENT)
        for task in late:
            task.cancel()
        return {number for task in done if (number := task.result())}

    async def _one_now(self, update: Update) -> int:
        """Its number, where it has to wait."""
        press, message = update.callback_query, update.message
        try:
            if press and press.message:
                await self._answers_now(press.message, press, update.update_id)
            elif message:
                await self._answers_now(message, None, update.update_id)
        except Later:
            return update.update_id
        except Exception:
            log.exception("telegram.now_failed")
        return 0

    def _hears(self, chat: int, topic: int) -> bool:
        """That a group has moved is performed later than what is said there next is kept."""
        before = self._moved.get(chat)
        return self._is_room(chat, topic) or (before is not None and self._is_room(before, 0))

    async def _ours(self) -> bool:
        now = self._clock.now()
        take = self._ports.kept.take(self._lease, self._holder, now, now + LEASE)
        try:
            await self._ports.units.commit((take,))
        except Conflict:
            self.trouble = OTHER
            return False
        return True

    async def _contested(self, contested: Contested) -> None:
        if HOOKED in str(contested).lower():
            log.warning("telegram.had_webhook")
            await self._line.delete_webhook(drop_pending_updates=False)
            return
        log.critical("telegram.contested")
        self.trouble = CONTESTED


CONTESTED = (
    "Another program asks Telegram for the same bot's messages. Stop it, or take a new token from"
    " @BotFather; meanwhile some messages go there."
)
OTHER = "Another process of this Homegroup listens to Telegram; this one takes over when it ends."


def asks_for_now(update: Update, username: str) -> bool:
    if update.callback_query:
        return Call.parse(update.callback_query.data) == NOW
    message = update.message
    if message is None or message.sender is None or not message.text:
        return False
    word = message.text.partition(" ")[0].partition("\n")[0].casefold()
    if message.chat.private and message.text.split() == ["/start", "now"]:
        return True
    return word in ("/now", f"/now@{username.casefold()}")


class _Number(msgspec.Struct):
    update_id: int


_numbered = msgspec.json.Decoder(_Number).decode


def number_in(raw: bytes) -> int:
    """Also of one that holds what nobody can read."""
    return _numbered(raw).update_id


def _read(raw: bytes) -> Update | None:
    """What cannot be read, and never will be, is not kept."""
    try:
        return read(raw)
    except msgspec.MsgspecError:
        log.error("telegram.update_unreadable")
        return None
