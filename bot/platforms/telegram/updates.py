"""What Telegram hands over: the few fields of an update that are read here, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
"""What is asked for. Reactions and polls are nothing to us."""
REQUESTS = "chat_join_request"
"""Asked for where the host wants it."""
GROUPS = ("group", "supergroup")
ANONYMOUS = 1087968824
"""Who speaks as the group itself: one account, shared by all administrators who hide."""


class User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool = False
    language_code: str = ""


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str
    title: str = ""
    is_forum: bool = False

    @property
    def private(self) -> bool:
        return self.type == "private"


class Replied(msgspec.Struct, frozen=True):
    """What a message answers."""

    sender: User | None = msgspec.field(name="from", default=None)
    ephemeral_message_id: int = 0


class Message(msgspec.Struct, frozen=True):
    """`message_id` is 0 where it is ephemeral, or too old to be changed by us."""

    chat: Chat
    message_id: int
    date: int = 0
    sender: User | None = msgspec.field(name="from", default=None)
    sender_chat: Chat | None = None
    message_thread_id: int = 0
    is_topic_message: bool = False
    text: str = ""
    reply_to_message: Replied | None = None
    ephemeral_message_id: int = 0
    migrate_to_chat_id: int = 0
    migrate_from_chat_id: int = 0
    left_chat_member: User | None = None
    photo: list[Any] = []  # msgspec copies it for each
    has_protected_content: bool = False

    @property
    def topic(self) -> int:
        """The number of its topic; 0 where it is in none, or in the one that every forum has."""
        return self.message_thread_id if self.is_topic_message else 0


class Press(msgspec.Struct, frozen=True):
    id: str
    sender: User = msgspec.field(name="from")
    message: Message | None = None
    data: str = ""


class Member(msgspec.Struct, frozen=True):
    status: str
    user: User | None = None
    can_delete_messages: bool = False
    can_manage_topics: bool = False
    can_invite_users: bool = False
    is_member: bool = True

    @property
    def inside(self) -> bool:
        """A restricted member may have left."""
        return self.status not in ("left", "kicked") and self.is_member

    @property
    def leads(self) -> bool:
        return self.status in ("creator", "administrator")


class Membership(msgspec.Struct, frozen=True):
    """What has become of the bot in a chat, or of somebody else."""

    chat: Chat
    sender: User = msgspec.field(name="from")
    old_chat_member: Member
    new_chat_member: Member

    @property
    def gone(self) -> User | None:
        """Who is in the chat no more, by themselves or sent away."""
        ends = self.old_chat_member.inside and not self.new_chat_member.inside
        return self.new_chat_member.user if ends else None


class Request(msgspec.Struct, frozen=True):
    """Somebody asks to be let into a group; for a while they can be written to."""

    chat: Chat
    sender: User = msgspec.field(name="from")


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None
    chat_member: Membership | None = None
    chat_join_request: Request | None = None

    @property
    def subject(self) -> str:
        """The chat it belongs to: in one chat, one thing is done after the other."""
        if message := self.message or self.edited_message:
            return str(message.chat.id)
        if self.callback_query:
            press = self.callback_query
            return str(press.message.chat.id if press.message else press.sender.id)
        if told := self.my_chat_member or self.chat_member:
            return str(told.chat.id)
        return str(self.chat_join_request.sender.id) if self.chat_join_request else ""

    @property
    def gone(self) -> tuple[Chat, User] | None:
        """Somebody who has left a group, and which: a group's administrator is told of it in one
        way, everybody in a small one in another."""
        told = self.chat_member or self.message
        if told is None or told.chat.type not in GROUPS:
            return None
        who = told.gone if isinstance(told, Membership) else told.left_chat_member
        return (told.chat, who) if who and not who.is_bot else None


read = msgspec.json.Decoder(Update).decode
"""Raises msgspec.ValidationError or DecodeError where it is no update."""


def matters(update: Update, bot: int, is_room: Callable[[int, int], bool]) -> bool:
    """Whether it is kept at all: what people say to each other in a group is none of ours, but
    where a meeting is held."""
    said = update.message or update.edited_message
    if said and said.text and is_room(said.chat.id, said.topic):
        return True
    if update.chat_member or update.gone:
        return update.gone is not None
    message = update.message
    if message is None:
        return update.edited_message is None
    if message.chat.private or message.migrate_to_chat_id or message.migrate_from_chat_id:
        return True
    if message.chat.type not in GROUPS or not message.text:
        return False
    replied = message.reply_to_message
    to_us = replied is not None and replied.sender is not None and replied.sender.id == bot
    return message.text.startswith("/") or to_us or bool(message.ephemeral_message_id)


def locale(code: str, known: tuple[str, ...]) -> str:
    """Telegram's name of a language as one of ours: pt-br is pt-BR, es-mx is es; "" for none."""
    wanted = code.lower()
    exact = next((name for name in known if name.lower() == wanted), "")
    stem = wanted.partition("-")[0]
    return exact or next((n for n in known if n.lower().partition("-")[0] == stem), "")
