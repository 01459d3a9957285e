"""People in front of Telegram: they type, press and look, with the bot alone or in a group."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.telegram_world import BOT, RIGHTS, Chat, Given, World

NEW = 1_770_000_000


@dataclass
class Someone:
    """`here` is the group in which they type; None for the chat with the bot."""

    world: World
    id: int
    name: str
    language: str = "en"
    here: Chat | None = None
    topic: int = 0
    pressed: list[Given] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.users[self.id] = self.shown
        self.world.chats[self.id] = Chat(self.id, "private", self.name)

    @property
    def shown(self) -> Given:
        named = {"id": self.id, "is_bot": False, "first_name": self.name}
        return named | {"language_code": self.language}

    @property
    def own(self) -> Chat:
        return self.world.chats[self.id]

    def starts(self, payload: str = "") -> None:
        """Opens the chat with the bot."""
        self.world.started.add(self.id)
        self.here = None
        self.types(f"/start {payload}".strip())

    def adds(self, link: str, chat: Chat) -> None:
        """Presses a ?startgroup= link and picks the group: the bot is added, as administrator where
        they may, and /start is said there for them."""
        query = parse_qs(urlsplit(link).query)
        wanted = tuple(f"can_{right}" for right in query.get("admin", [""])[0].split())
        if not chat.administrates:
            leads = chat.members.get(self.id) in ("creator", "administrator")
            self.world.bot_becomes(
                chat, self.shown, *(("administrator", wanted) if leads else ("member",))
            )
        self.here = chat
        self.types(f"/start@{BOT['username']} {query['startgroup'][0]}")

    def types(self, text: str) -> Given:
        chat = self.here or self.own
        if chat.kind == "private":
            self.world.started.add(self.id)
        message = self._message(chat, text)
        chat.messages[message["message_id"]] = message
        if self._is_heard(chat, message):
            self.world.happens("message", message)
        return message

    def whispers(self, text: str) -> Given:
        """An ephemeral command, or the answer to an ephemeral message."""
        assert self.here
        message = self._message(self.here, text)
        number = message["message_id"]
        message |= {"message_id": 0, "ephemeral_message_id": number, "receiver_user": BOT}
        self.here.whispers[number] = message
        self.world.happens("message", message)
        return message

    def presses(self, label: str) -> Given:
        """The newest button that says so: exactly, or else as a part of what it says."""
        found: list[tuple[Given, Given]] = []
        for message in reversed(self.sees()):
            rows: list[list[Given]] = (message.get("reply_markup") or {}).get("inline_keyboard", [])
            found += [(message, button) for row in rows for button in row]
        same = [each for each in found if each[1]["text"] == label]
        close = same or [e for e in found if label in e[1]["text"]]
        assert close, [button["text"] for _, button in found]
        message, button = close[0]
        if "url" in button:
            self.starts(button["url"].partition("?start=")[2])
            return {}
        return self.sends(message, button["callback_data"])

    def sends(self, message: Given, data: str) -> Given:
        """Button data, perhaps made up."""
        shown = {k: v for k, v in message.items() if k not in ("silent", "edited", "reacted")}
        shown = {k: v for k, v in shown.items() if v}
        shown |= {"message_id": message["message_id"]}
        query: Given = {"id": f"q{next(self.world.ids)}", "from": self.shown, "data": data}
        query |= {"message": shown, "chat_instance": "1"}
        self.world.queries[query["id"]] = query
        self.pressed.append(query)
        self.world.happens("callback_query", query)
        return query

    def blocks(self) -> None:
        self.world.blocked.add(self.id)
        self._membership("member", "kicked")

    def unblocks(self) -> None:
        self.world.blocked.discard(self.id)
        self._membership("kicked", "member")

    def leaves(self, chat: Chat, *, sent_by: Someone | None = None) -> None:
        """By themselves or sent away: an administrator hears it, a small group sees it."""
        before, by = self.world.membership(chat, self.shown), (sent_by or self).shown
        chat.members[self.id] = "kicked" if sent_by else "left"
        after = self.world.membership(chat, self.shown)
        told = {"chat": chat.shown(), "from": by, "date": NEW}
        if chat.administrates:
            self.world.happens(
                "chat_member", told | {"old_chat_member": before, "new_chat_member": after}
            )
        gone = {"message_id": next(self.world.ids), "left_chat_member": self.shown}
        self.world.happens("message", told | gone)

    def sees(self) -> list[Given]:
        """Everything of the bot's that they can read, the oldest first."""
        chats = [c for c in self.world.chats.values() if self.id in c.members or c.id == self.id]
        read = [m for c in chats for m in c.messages.values() if m["from"] == BOT]
        for chat in chats:
            mine = (w for w in chat.whispers.values() if w["from"] == BOT)
            read += [w for w in mine if w["receiver_user"]["id"] == self.id]
        return sorted(read, key=lambda m: int(m["message_id"] or m["ephemeral_message_id"]))

    def _message(self, chat: Chat, text: str) -> Given:
        message: Given = {
            "message_id": next(self.world.ids),
            "from": self.shown,
            "chat": chat.shown(),
            "date": int(time.time()),
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if chat.id < 0 and self.topic:
            message |= {"message_thread_id": self.topic, "is_topic_message": True}
        return message

    def _is_heard(self, chat: Chat, message: Given) -> bool:
        """Privacy mode: of a group, a bot that does not lead it hears commands only."""
        if chat.kind == "private" or self.world.sees_all or chat.administrates:
            return True
        word = message["text"].split()[0]
        return word.startswith("/") and ("@" not in word or word.endswith("@the_door_bot"))

    def _membership(self, before: str, after: str) -> None:
        def member(status: str) -> Given:
            gone = {"until_date": 0} if status == "kicked" else {}
            return {"status": status, "user": BOT} | gone

        told = {"chat": self.own.shown(), "from": self.shown, "date": NEW}
        told |= {"old_chat_member": member(before), "new_chat_member": member(after)}
        self.world.happens("my_chat_member", told)


def group(
    world: World,
    title: str,
    *people: Someone,
    led_by: Someone | None = None,
    kind: str = "supergroup",
    forum: bool = False,
    rights: tuple[str, ...] | None = RIGHTS,
) -> Chat:
    """A group with the bot in it: its administrator with these rights, or with None a member."""
    number = -next(world.ids) - (1_000_000_000_000 if kind == "supergroup" else 0)
    chat = world.chats[number] = Chat(number, kind, title, forum)
    chat.members = {one.id: "member" for one in people}
    if led_by:
        chat.members[led_by.id] = "creator"
    chat.members[BOT["id"]] = "member" if rights is None else "administrator"
    chat.rights = frozenset(rights or ())
    return chat


def upgrade(world: World, chat: Chat, by: Someone) -> Chat:
    """A plain group becomes a supergroup: another id, and a service message in each of the two."""
    new = group(world, chat.title, kind="supergroup")
    new.members, new.rights, chat.upgraded = dict(chat.members), chat.rights, new.id
    for told, more in (
        (chat, {"migrate_to_chat_id": new.id}),
        (new, {"migrate_from_chat_id": chat.id}),
    ):
        message: dict[str, Any] = {"message_id": next(world.ids), "from": by.shown, "date": NEW}
        world.happens("message", message | {"chat": told.shown(), **more})
    return new
