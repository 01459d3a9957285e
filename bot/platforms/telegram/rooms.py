"""Meetings on Telegram: a topic that is opened again each time, or the group itself."""

from __future__ import annotations

import logging
from contextlib import suppress

from telegram.error import BadRequest

from bot.core.app import App
from bot.core.errors import Unreachable
from bot.core.model import Account, Origin, Place, Via
from bot.core.ports import Clock, Trouble
from bot.core.rooms import Close, Edited, Event, Hold, HoldBack, Open, RoomDeed, Said
from bot.core.text import key
from bot.core.work import Unit
from bot.platforms.telegram.heard import Heard
from bot.platforms.telegram.line import Line
from bot.platforms.telegram.places import NAME, account, shared, target
from bot.platforms.telegram.ports import TelegramPorts
from bot.platforms.telegram.private import PrivateDoor
from bot.platforms.telegram.rights import Rights
from bot.platforms.telegram.sending import Sender, Sent, Where
from bot.platforms.telegram.updates import Chat, Message, User

log = logging.getLogger(__name__)

SAME = "topic_not_modified"
MISSING = "message to delete not found"
"""They were faster, or an earlier attempt of ours was."""
NAMED = 128
"""Letters in the name of a topic."""
MENDED = key("In Telegram: the group's page, Edit, Administrators, and there the bot.")
NEEDED = (
    ("leads", "Administrator", key("To hold meetings, and to answer you here unseen by others.")),
    (
        "can_delete_messages",
        "Delete messages",
        key("To take away private words typed for all by mistake, and what is out of turn."),
    ),
    ("can_manage_topics", "Manage topics", key("To give each meeting a topic of its own.")),
    ("can_invite_users", "Invite users", key("To let in who asks to join.")),
)
NOBODY = Account(NAME, "")


class Rooms:
    """Which are open is kept: what is said elsewhere is none of ours, and is not even stored."""

    def __init__(
        self, sender: Sender, rights: Rights, ports: TelegramPorts, clock: Clock, door: PrivateDoor
    ) -> None:
        self._sender, self._rights, self._ports, self._clock = sender, rights, ports, clock
        self._door = door
        self._line: Line = sender.line
        self._open: set[Place] = set()

    async def wake_up(self) -> None:
        """What was open when an earlier process ended is open still."""
        self._open = {*await self._ports.kept.rooms()}

    def has(self, chat: int, topic: int) -> bool:
        return shared(chat, topic) in self._open

    async def hold(self, place: Place, deed: RoomDeed, standing: str) -> str:
        match deed:
            case Open():
                return await self._begin(place, deed, standing)
            case Hold(free=free):
                await self._turn(standing, free=free)
            case Close():
                await self._end(standing, deed)
        return standing

    async def hold_back(self, place: Place, deed: HoldBack) -> str:
        """Theirs alone is the word: unseen in the room, or else in the chat they have with us."""
        chat, topic = target(place)
        gone = await self._taken_away(chat, int(deed.message))
        said = Message(
            Chat(chat, "supergroup"), 0, message_thread_id=topic or 0, is_topic_message=bool(topic)
        )
        spoken = deed.card.locale or "en"
        origin = Origin(deed.account, place, self._clock.now(), NAME, Via.CLOCK, spoken)
        heard = Heard(origin, User(int(deed.account.id)), said)
        await self._door.show(deed.card, heard, await self._door.way(heard))
        return deed.message if gone else ""

    async def said(self, message: Message, app: App, number: int, *, anew: bool) -> None:
        """Told to the features; the same twice is the same message."""
        if message.sender is None or message.sender.is_bot:
            return
        place = shared(message.chat.id, message.topic)
        who, which = account(message.sender), str(message.message_id)
        event: Event = (Edited if anew else Said)(place, who, which, message.text)
        await self.tell(event, app, place, number)

    async def tell(self, event: Event, app: App, place: Place, number: int) -> None:
        origin = Origin(NOBODY, place, self._clock.now(), f"{NAME}:{number}", Via.CLOCK)
        await app.notice(event, origin)

    async def moved(self, old: Place, new: Place) -> None:
        """The group has another number, and so has the room that it was itself."""
        kept = self._ports.kept
        unit: Unit = (*await kept.follow(old, new), *kept.move(old, new))
        if old in self._open:
            self._open ^= {old, new}
            unit += (kept.room(old, open=False), kept.room(new, open=True))
        await self._ports.units.commit(unit)

    async def examine(self, place: Place) -> list[Trouble]:
        """What the bot may not do there; in a chat of two nothing can be missing."""
        if place.private:
            return []
        mine = await self._rights.mine(target(place)[0])
        return [Trouble(name, why, MENDED) for what, name, why in NEEDED if not getattr(mine, what)]

    async def _taken_away(self, chat: int, message: int) -> bool:
        if not (await self._rights.mine(chat)).can_delete_messages:
            return False
        try:
            with self._sender.meaning(chat):
                await self._line.delete_message(chat, message)
        except BadRequest as refused:
            log.info("telegram.not_deleted")
            return MISSING in str(refused).lower()
        return True

    async def _begin(self, place: Place, deed: Open, standing: str) -> str:
        chat, topic = target(place)
        if "/" in standing:
            topic = target(_room(standing))[1]
            topic = topic if await self._reopened(chat, topic) else None
        if topic is None and await self._has_topics(chat):
            with self._sender.meaning(chat):
                made = await self._line.create_forum_topic(chat, deed.title[:NAMED])
            topic = made.message_thread_id
        room = shared(chat, topic or 0)
        self._open.add(room)
        await self._ports.units.commit((self._ports.kept.room(room, open=True),))
        sent: list[Sent] = []
        await self._sender.post(deed.card, Where(chat, topic), sent)
        return room.id if topic else f"{room.id} {','.join(sent)}"

    async def _turn(self, standing: str, *, free: bool) -> None:
        """A topic is closed for all but us; in the group itself everybody can write."""
        chat, topic = target(_room(standing))
        if topic is None:
            return
        try:
            with self._sender.meaning(chat):
                if free:
                    await self._line.reopen_forum_topic(chat, topic)
                else:
                    await self._line.close_forum_topic(chat, topic)
        except (BadRequest, Unreachable):  # it is so already, or there are no topics any more
            log.info("telegram.topic_not_turned")

    async def _end(self, standing: str, deed: Close) -> None:
        room = _room(standing)
        chat, topic = target(room)
        if topic is None:
            await self._cover(Where(chat, topic), standing.partition(" ")[2], deed)
        if topic is not None and not deed.keep:
            try:
                with self._sender.meaning(chat):
                    await self._line.delete_forum_topic(chat, topic)
            except (BadRequest, Unreachable):
                log.info("telegram.topic_was_gone")
        else:
            await self._turn(standing, free=False)
        self._open.discard(room)
        await self._ports.units.commit((self._ports.kept.room(room, open=False),))

    async def _cover(self, where: Where, sent: str, deed: Close) -> None:
        """In the group itself, of what it was begun with."""
        before = sent.split(",") if sent else []
        with suppress(Unreachable):
            if not deed.keep:
                await self._sender.remove(where, before)
            elif deed.instead:
                await self._sender.cover(deed.instead, where, before)

    async def _reopened(self, chat: int, topic: int | None) -> bool:
        if topic is None:
            return False
        try:
            await self._line.reopen_forum_topic(chat, topic)
        except BadRequest as refused:
            return SAME in str(refused).lower()
        return True

    async def _has_topics(self, chat: int) -> bool:
        if not (await self._rights.mine(chat)).can_manage_topics:
            return False
        with self._sender.meaning(chat):
            return bool((await self._line.get_chat(chat)).is_forum)


def _room(standing: str) -> Place:
    """Behind its place are the messages that it was begun with, where it has no topic."""
    return Place(NAME, standing.partition(" ")[0])
