"""What becomes of the bot in chats: added, blocked, made administrator, moved, sent away."""

from __future__ import annotations

import logging

from telegram.error import BadRequest, Forbidden

from bot.core.cards import Card
from bot.core.errors import Later, Unreachable
from bot.core.rooms import DoorClosed, DoorMoved, DoorOpened, Went
from bot.core.text import LANGUAGES, Plain, t
from bot.platforms.telegram.places import NAME, account, own_account, shared, target
from bot.platforms.telegram.ports import TelegramPorts
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.rooms import Rooms
from bot.platforms.telegram.sending import Moved, Sender, Where
from bot.platforms.telegram.talk import Talk
from bot.platforms.telegram.updates import Chat, Membership, Message, Request, User, locale

log = logging.getLogger(__name__)


class Life:
    def __init__(
        self, talk: Talk, sender: Sender, rights: Rights, ports: TelegramPorts, rooms: Rooms
    ) -> None:
        self._talk, self._sender, self._rights, self._ports = talk, sender, rights, ports
        self._asking: dict[int, set[int]] = {}
        self._rooms = rooms

    async def became(self, told: Membership, number: int) -> None:
        if told.chat.private:
            await self._in_private(told)
            return
        chat, now = told.chat.id, told.new_chat_member
        self._rights.changed(chat, now)
        if now.inside and not told.old_chat_member.inside:
            place = shared(chat)
            await self._ports.units.commit((self._ports.kept.reopen(place),))
            if not await self._ports.groups.door(place):
                await self._greet(told)
        for place in await self._ports.groups.everywhere():
            if place.platform == NAME and target(place)[0] == chat:
                event = DoorOpened(place) if now.inside else DoorClosed(place)
                await self._rooms.tell(event, self._talk.app, place, number)

    async def asked(self, request: Request, number: int) -> None:
        """Somebody asks to be let in: they are greeted where nobody else reads. Who has not joined
        is not written down, so after a restart they ask once more."""
        chat, user = request.chat.id, request.sender
        if not (group := await self._ports.groups.door(shared(chat))):
            return
        self._asking.setdefault(user.id, set()).add(chat)
        if await self._ports.people.known(account(user)):
            return
        card = await self._talk.greeting(user, group, number)
        try:
            await self._sender.post(card, Where(user.id), [])
        except (Unreachable, Later, Moved):
            log.info("telegram.not_greeted")

    async def lets_in(self, subject: str) -> None:
        """Whoever has joined by now, and asked for it."""
        user = int(subject or 0)
        if user not in self._asking or not await self._ports.people.known(own_account(user)):
            return
        for chat in self._asking.pop(user):
            try:
                await self._sender.line.approve_chat_join_request(chat, user)
            except (BadRequest, Forbidden):  # they were let in, or we may not
                log.info("telegram.not_let_in")

    async def moved(self, message: Message, number: int) -> None:
        """Told twice, once in each of the two chats."""
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        self._rights.forget(old)
        await self._rooms.moved(shared(old), shared(new))
        event = DoorMoved(shared(old), shared(new))
        await self._rooms.tell(event, self._talk.app, shared(new), number)

    async def went(self, chat: Chat, who: User, number: int) -> None:
        """Told once or twice. A group may have its doors in topics alone: the features see to it
        which are in this chat."""
        place = shared(chat.id)
        await self._rooms.tell(Went(place, account(who)), self._talk.app, place, number)

    async def _in_private(self, told: Membership) -> None:
        """Somebody has blocked the bot, or let it in again: nothing is said about it."""
        people, who = self._ports.people, account(told.sender)
        if told.new_chat_member.inside:
            self._talk.door.opened(told.sender.id)
            await self._ports.units.commit((people.reopen(who),))
        else:
            self._talk.door.closed(told.sender.id)
            await self._ports.units.commit((people.close_account(who),))

    async def _greet(self, told: Membership) -> None:
        spoken = locale(told.sender.language_code, tuple(LANGUAGES)) or "en"
        said = t("Hello. I am a bot that holds the door of a group that meets.", spoken)
        more = t(
            "An administrator can begin with /setup; until then I read nothing here and keep"
            " nothing.",
            spoken,
        )
        try:
            card = Card((*said, Plain("\n"), *more), locale=spoken)
            await self._sender.post(card, Where(told.chat.id), [])
        except (Unreachable, Later, Moved):
            log.info("telegram.not_greeted")
