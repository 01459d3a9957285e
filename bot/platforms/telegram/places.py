"""A place of ours and a chat of Telegram's: one is written `chat` or, in a topic, `chat/topic`."""

from __future__ import annotations

from bot.core.model import Account, Place
from bot.platforms.telegram.updates import Message, User

NAME = "telegram"
FIRST_SUPERGROUP = -1_000_000_000_000
"""Ids of supergroups and channels are below this; a plain group's is above, and can change."""


def account(user: User) -> Account:
    return own_account(user.id)


def own_account(user: int) -> Account:
    return Account(NAME, str(user))


def own(user: int) -> Place:
    """The chat that somebody has with the bot alone has the number of their account."""
    return Place(NAME, str(user), private=True)


def shared(chat: int, topic: int = 0) -> Place:
    return Place(NAME, f"{chat}/{topic}" if topic else str(chat))


def where(message: Message) -> Place:
    chat = message.chat
    return own(chat.id) if chat.private else shared(chat.id, message.topic)


def target(place: Place) -> tuple[int, int | None]:
    """The chat, and the topic in it."""
    chat, _, topic = place.id.partition("/")
    return int(chat), int(topic) if topic else None


def can_move(chat: int) -> bool:
    """Whether its id changes when it is upgraded to a supergroup."""
    return FIRST_SUPERGROUP < chat < 0
