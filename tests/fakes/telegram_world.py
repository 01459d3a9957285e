"""Telegram as a bot sees it: people, chats, topics, messages, and what it refuses.

Followed rules, from the Bot API's pages and what its server answers: a bot cannot write first;
who blocked it is 403; text 4096, caption 1024, callback_data 64 bytes, callback answer 200; a
group upgraded to a supergroup has a new id; privacy mode hides what is not said to the bot;
others' messages are deleted, and topics made, by administrators with that right only; an
ephemeral message (Bot API 10.2) goes to one member of a group, without a message_id, and needs an
administrator, a press or an ephemeral command to answer; one in ten of them is lost.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Given = dict[str, Any]
BOT: Given = {"id": 7000001, "is_bot": True, "first_name": "Door", "username": "the_door_bot"}
RIGHTS = ("can_delete_messages", "can_manage_topics", "can_invite_users", "can_pin_messages")
OTHER_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
PER_GROUP, MINUTE = 20, 60.0
LOST = 10
"""Of so many ephemeral messages one arrives nowhere."""


class Refused(Exception):
    """What the server answers instead of a result."""

    def __init__(self, code: int, said: str, **parameters: int) -> None:
        names = {400: "Bad Request", 403: "Forbidden", 409: "Conflict", 429: "Too Many Requests"}
        super().__init__(f"{names[code]}: {said}")
        self.code, self.parameters = code, parameters


@dataclass
class Chat:
    id: int
    kind: str
    title: str = ""
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    """By user: creator, administrator, member, restricted, left or kicked."""
    rights: frozenset[str] = frozenset()
    """The bot's, where it is administrator."""
    topics: dict[int, Given] = field(default_factory=dict)
    messages: dict[int, Given] = field(default_factory=dict)
    whispers: dict[int, Given] = field(default_factory=dict)
    """Ephemeral messages that arrived, by their own numbers."""
    upgraded: int = 0
    by_request: dict[int, str] = field(default_factory=dict)
    """People who asked to be let in: asked, approved or declined."""
    sent: deque[float] = field(default_factory=deque)

    def shown(self) -> Given:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        forum: Given = {"is_forum": True} if self.forum else {}
        return {"id": self.id, "type": self.kind, "title": self.title} | forum

    @property
    def administrates(self) -> bool:
        return self.members.get(BOT["id"]) == "administrator"

    def may(self, right: str) -> bool:
        return self.administrates and right in self.rights


@dataclass
class World:
    """`ephemeral` is whether the server is new enough; `sees_all` that privacy mode is off."""

    ephemeral: bool = True
    sees_all: bool = False
    first_update: int = 1000
    seed: int = 1
    users: dict[int, Given] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    chats: dict[int, Chat] = field(default_factory=dict)
    updates: list[Given] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    queries: dict[str, Given] = field(default_factory=dict)
    """Presses that wait for an answer."""
    answered: list[Given] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.numbers = itertools.count(self.first_update)
        self.ids = itertools.count(101)
        self.chance = random.Random(self.seed)
        self.whispered = 0

    def happens(self, kind: str, what: Given) -> None:
        """An update, if the bot wants such."""
        if not self.allowed or kind in self.allowed:
            self.updates.append({"update_id": next(self.numbers), kind: what})
            self.arrived.set()

    def chat(self, given: Any) -> Chat:
        """Where the bot may write; Refused says why not."""
        chat = self.chats.get(int(given))
        if chat is None:
            raise Refused(400, "chat not found")
        if chat.upgraded:
            said = "group chat was upgraded to a supergroup chat"
            raise Refused(400, said, migrate_to_chat_id=chat.upgraded)
        if chat.kind == "private":
            if chat.id in self.blocked:
                raise Refused(403, "bot was blocked by the user")
            if chat.id not in self.started:
                raise Refused(403, "bot can't initiate conversation with a user")
        elif chat.members.get(BOT["id"]) == "kicked":
            raise Refused(403, f"bot was kicked from the {chat.kind} chat")
        elif chat.members.get(BOT["id"]) not in ("member", "administrator"):
            raise Refused(403, f"bot is not a member of the {chat.kind} chat")
        return chat

    def post(self, chat: Chat, given: Given, now: float, **content: Any) -> Given:
        """A message of the bot's, where it may stand."""
        thread = given.get("message_thread_id")
        if thread and thread not in chat.topics:
            raise Refused(400, "message thread not found")
        if thread and chat.topics[thread]["closed"] and not chat.may("can_manage_topics"):
            raise Refused(400, "TOPIC_CLOSED")
        message: Given = {"from": BOT, "chat": chat.shown(), "date": int(now), **content}
        message |= {k: given[k] for k in ("reply_markup",) if "inline_keyboard" in given.get(k, {})}
        message |= {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        message |= {"has_protected_content": True} if given.get("protect_content") else {}
        self.check_markup(given.get("reply_markup") or {})
        if self.ephemeral and (to := given.get("ephemeral_message_parameters")):
            return self._whisper(chat, to, given, message)
        if chat.id < 0:
            while chat.sent and chat.sent[0] <= now - MINUTE:
                chat.sent.popleft()
            if len(chat.sent) >= PER_GROUP:
                wait = int(chat.sent[0] + MINUTE - now) + 1
                raise Refused(429, f"retry after {wait}", retry_after=wait)
            chat.sent.append(now)
        message["message_id"] = next(self.ids)
        kept = {"silent": given.get("disable_notification")}
        kept |= {"reply_markup": given["reply_markup"]} if given.get("reply_markup") else {}
        chat.messages[message["message_id"]] = message | kept
        return message

    def _whisper(self, chat: Chat, to: Given, given: Given, message: Given) -> Given:
        user, query = to["receiver_user_id"], self.queries.get(to.get("callback_query_id", ""))
        replied = (given.get("reply_parameters") or {}).get("ephemeral_message_id")
        pressed = query and query["from"]["id"] == user
        asked = replied in chat.whispers and chat.whispers[replied]["from"]["id"] == user
        if chat.kind == "private" or not (chat.administrates or pressed or asked):
            raise Refused(400, "an ephemeral message can't be sent here")
        if chat.members.get(user) not in ("creator", "administrator", "member", "restricted"):
            raise Refused(400, "PARTICIPANT_ID_INVALID")
        number = next(self.ids)
        message |= {"message_id": 0, "ephemeral_message_id": number}
        message |= {"receiver_user": self.users[user]}
        self.whispered += 1
        if self.whispered % LOST:
            chat.whispers[number] = message | {"reply_markup": given.get("reply_markup")}
        return message

    def check_markup(self, markup: Given) -> None:
        rows = markup.get("inline_keyboard", [])
        if sum(map(len, rows)) > 100:
            raise Refused(400, "reply markup is too long")
        for button in itertools.chain(*rows):
            if not button.get("text"):
                raise Refused(400, "BUTTON_TEXT_INVALID")
            if len(button.get("callback_data", "").encode()) > 64:
                raise Refused(400, "BUTTON_DATA_INVALID")
            if "callback_data" in button and not button["callback_data"]:
                raise Refused(400, "BUTTON_DATA_INVALID")

    def membership(self, chat: Chat, user: Given) -> Given:
        """What getChatMember says."""
        status = chat.members.get(user["id"], "left")
        shown: Given = {"status": status, "user": user}
        if status == "creator":
            shown["is_anonymous"] = False
        elif status == "kicked":
            shown["until_date"] = 0
        elif status == "administrator":
            mine = chat.rights if user["id"] == BOT["id"] else frozenset()
            shown |= dict.fromkeys(OTHER_RIGHTS, False)
            shown |= {right: right in mine for right in RIGHTS}
        return shown

    def bot_becomes(self, chat: Chat, by: Given, status: str, rights: tuple[str, ...] = ()) -> None:
        before = self.membership(chat, BOT)
        chat.members[BOT["id"]], chat.rights = status, frozenset(rights)
        told = {"chat": chat.shown(), "from": by, "date": 1_770_000_000}
        after = self.membership(chat, BOT)
        told |= {"old_chat_member": before, "new_chat_member": after}
        self.happens("my_chat_member", told)
