"""The Bot API's methods, as far as the door uses them: each takes the decoded parameters."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.telegram_world import BOT, Chat, Given, Refused, World

TEXT, CAPTION, ANSWER, NAME, ABOUT, SHORT = 4096, 1024, 200, 64, 512, 120
OLD = 2 * 86_400
"""Seconds after which nobody can delete a message: the page of deleteMessage says so."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Methods:
    def __init__(self, world: World) -> None:
        self.world = world
        self.hook: Given = {}
        self.commands: dict[str, list[Given]] = {}
        self.profile: dict[str, str] = {}
        self.rights: Given = {}
        self.files = 0
        self.now = time.time

    def getMe(self, given: Given) -> Given:
        return BOT | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.world.sees_all,
            "supports_inline_queries": False,
        }

    def sendMessage(self, given: Given) -> Given:
        chat = self.world.chat(given["chat_id"])
        content = _content(given, "text", "entities", TEXT)
        return self.world.post(chat, given, self.now(), **content)

    def sendPhoto(self, given: Given) -> Given:
        chat = self.world.chat(given["chat_id"])
        content = _content(given, "caption", "caption_entities", CAPTION, least=0)
        return self.world.post(chat, given, self.now(), photo=[self._photo()], **content)

    def sendChatAction(self, given: Given) -> bool:
        self.world.chat(given["chat_id"])
        return True

    def editMessageText(self, given: Given) -> Given:
        return self._edit(given, "text", "entities", TEXT)

    def editMessageCaption(self, given: Given) -> Given:
        return self._edit(given, "caption", "caption_entities", CAPTION)

    def editMessageMedia(self, given: Given) -> Given:
        """Also a text into a photo; never the other way."""
        message, media = self._ours(given), given["media"]
        content = _content(media, "caption", "caption_entities", CAPTION, least=0)
        for key in ("text", "entities", "caption", "caption_entities", "photo", "reply_markup"):
            message.pop(key, None)
        markup = {"reply_markup": given["reply_markup"]} if given.get("reply_markup") else {}
        message |= content | markup | {"photo": [self._photo()], "edited": True}
        return {k: v for k, v in message.items() if k not in ("silent", "edited")}

    def _photo(self) -> Given:
        self.files += 1
        file = f"file-{self.files}"
        return {"file_id": file, "file_unique_id": file, "width": 90, "height": 90}

    def _ours(self, given: Given) -> Given:
        message = self.world.chat(given["chat_id"]).messages.get(given["message_id"])
        if message is None or message["from"] != BOT:
            raise Refused(400, "message to edit not found")
        return message

    def _edit(self, given: Given, name: str, entities: str, most: int) -> Given:
        message = self._ours(given)
        if ("photo" if name == "caption" else "text") not in message:
            raise Refused(400, f"there is no {name} in the message to edit")
        self.world.check_markup(given.get("reply_markup") or {})
        content = _content(given, name, entities, most)
        changed = content | {"reply_markup": given.get("reply_markup")}
        if all(message.get(key) == value for key, value in changed.items()):
            raise Refused(400, "message is not modified: specified new message content is the same")
        for key in (name, entities, "reply_markup"):
            message.pop(key, None)
        message |= {key: value for key, value in changed.items() if value} | {"edited": True}
        return {k: v for k, v in message.items() if k not in ("silent", "edited")}

    def deleteMessage(self, given: Given) -> bool:
        chat = self.world.chat(given["chat_id"])
        message = chat.messages.get(given["message_id"])
        if message is None:
            raise Refused(400, "message to delete not found")
        if self.now() - message["date"] > OLD:
            raise Refused(400, "message can't be deleted for everyone")
        theirs = message["from"] != BOT and chat.kind != "private"
        if theirs and not chat.may("can_delete_messages"):
            raise Refused(400, "message can't be deleted")
        del chat.messages[given["message_id"]]
        return True

    def editEphemeralMessageText(self, given: Given) -> bool:
        whisper = self._whisper(given)
        if units(given["text"]) > CAPTION:  # what the server does, against what its page says
            raise Refused(400, "MEDIA_CAPTION_TOO_LONG")
        self.world.check_markup(given.get("reply_markup") or {})
        whisper.pop("entities", None)
        whisper |= _content(given, "text", "entities", TEXT)
        whisper["reply_markup"] = given.get("reply_markup")
        return True

    def deleteEphemeralMessage(self, given: Given) -> bool:
        self._whisper(given)
        del self.world.chat(given["chat_id"]).whispers[given["ephemeral_message_id"]]
        return True

    def _whisper(self, given: Given) -> Given:
        chat = self.world.chat(given["chat_id"])
        whisper = chat.whispers.get(given["ephemeral_message_id"])
        if not whisper or whisper["receiver_user"]["id"] != given["receiver_user_id"]:
            raise Refused(400, "message to edit not found")
        return whisper

    def answerCallbackQuery(self, given: Given) -> bool:
        if units(given.get("text", "")) > ANSWER:
            raise Refused(400, "MESSAGE_TOO_LONG")
        if self.world.queries.pop(given["callback_query_id"], None) is None:
            raise Refused(
                400, "query is too old and response timeout expired or query ID is invalid"
            )
        self.world.answered.append(given)
        return True

    def getChat(self, given: Given) -> Given:
        chat = self.world.chat(given["chat_id"])
        gifts = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
             "gifts_from_channels"),
            False,
        )  # fmt: skip
        full = {"accent_color_id": 0, "max_reaction_count": 1, "accepted_gift_types": gifts}
        return chat.shown() | full

    def getChatMember(self, given: Given) -> Given:
        chat = self.world.chat(given["chat_id"])
        user = BOT if given["user_id"] == BOT["id"] else self.world.users.get(given["user_id"])
        if user is None:
            raise Refused(400, "invalid user_id specified")
        return self.world.membership(chat, user)

    def setMyCommands(self, given: Given) -> bool:
        for command in given["commands"]:
            if (
                not 1 <= len(command["command"]) <= 32
                or not 1 <= units(command["description"]) <= 256
            ):
                raise Refused(400, "BOT_COMMAND_INVALID")
        self.commands[_scope(given)] = given["commands"]
        return True

    def getMyCommands(self, given: Given) -> list[Given]:
        return self.commands.get(_scope(given), [])

    def deleteMyCommands(self, given: Given) -> bool:
        self.commands.pop(_scope(given), None)
        return True

    def setMyName(self, given: Given) -> bool:
        return self._set("name", given, NAME)

    def setMyDescription(self, given: Given) -> bool:
        return self._set("description", given, ABOUT)

    def setMyShortDescription(self, given: Given) -> bool:
        return self._set("short_description", given, SHORT)

    def getMyName(self, given: Given) -> Given:
        return {"name": self.profile.get(f"name {given.get('language_code', '')}", "Door")}

    def getMyDescription(self, given: Given) -> Given:
        key = f"description {given.get('language_code', '')}"
        return {"description": self.profile.get(key, "")}

    def getMyShortDescription(self, given: Given) -> Given:
        key = f"short_description {given.get('language_code', '')}"
        return {"short_description": self.profile.get(key, "")}

    def _set(self, name: str, given: Given, most: int) -> bool:
        if units(given.get(name, "")) > most:
            raise Refused(400, f"{name} is too long")
        self.profile[f"{name} {given.get('language_code', '')}"] = given.get(name, "")
        return True

    def setMyDefaultAdministratorRights(self, given: Given) -> bool:
        self.rights = given.get("rights") or {}
        return True

    def getMyDefaultAdministratorRights(self, given: Given) -> Given:
        return self.rights or self._no_rights()

    def _no_rights(self) -> Given:
        names = (
            "is_anonymous can_manage_chat can_delete_messages can_manage_video_chats"
            " can_restrict_members can_promote_members can_change_info can_invite_users"
            " can_post_stories can_edit_stories can_delete_stories"
        )
        return dict.fromkeys(names.split(), False)

    def createForumTopic(self, given: Given) -> Given:
        chat = self._forum(given)
        number = next(self.world.ids)
        chat.topics[number] = {"name": given["name"], "closed": False}
        return {"message_thread_id": number, "name": given["name"], "icon_color": 7322096}

    def closeForumTopic(self, given: Given) -> bool:
        return self._turn(given, closed=True)

    def reopenForumTopic(self, given: Given) -> bool:
        return self._turn(given, closed=False)

    def deleteForumTopic(self, given: Given) -> bool:
        chat = self._forum(given)
        if chat.topics.pop(given["message_thread_id"], None) is None:
            raise Refused(400, "TOPIC_ID_INVALID")
        gone = given["message_thread_id"]
        for number, message in [*chat.messages.items()]:
            if message.get("message_thread_id") == gone:
                del chat.messages[number]
        return True

    def _turn(self, given: Given, *, closed: bool) -> bool:
        chat = self._forum(given)
        topic = chat.topics.get(given["message_thread_id"])
        if topic is None:
            raise Refused(400, "TOPIC_ID_INVALID")
        if topic["closed"] is closed:
            raise Refused(400, "TOPIC_NOT_MODIFIED")
        topic["closed"] = closed
        return True

    def _forum(self, given: Given) -> Chat:
        chat = self.world.chat(given["chat_id"])
        if not chat.forum:
            raise Refused(400, "the chat is not a forum")
        if not chat.may("can_manage_topics"):
            raise Refused(400, "not enough rights to manage topics")
        return chat

    def approveChatJoinRequest(self, given: Given) -> bool:
        return self._settle(given, "approved", "member")

    def declineChatJoinRequest(self, given: Given) -> bool:
        return self._settle(given, "declined", "left")

    def _settle(self, given: Given, how: str, status: str) -> bool:
        chat = self.world.chat(given["chat_id"])
        if not chat.may("can_invite_users"):
            raise Refused(400, "not enough rights")
        if chat.by_request.get(given["user_id"]) != "asked":
            raise Refused(400, "HIDE_REQUESTER_MISSING")
        chat.by_request[given["user_id"]] = how
        chat.members[given["user_id"]] = status
        return True

    def leaveChat(self, given: Given) -> bool:
        self.world.chat(given["chat_id"]).members[BOT["id"]] = "left"
        return True

    def setMessageReaction(self, given: Given) -> bool:
        chat = self.world.chat(given["chat_id"])
        if given["message_id"] not in chat.messages:
            raise Refused(400, "message to react not found")
        chat.messages[given["message_id"]]["reacted"] = given.get("reaction")
        return True

    def setWebhook(self, given: Given) -> bool:
        self.hook = given if given["url"] else {}
        self.world.allowed = given.get("allowed_updates", self.world.allowed)
        return True

    def deleteWebhook(self, given: Given) -> bool:
        self.hook = {}
        if given.get("drop_pending_updates"):
            self.world.updates.clear()
        return True

    def getWebhookInfo(self, given: Given) -> Given:
        waiting = len(self.world.updates)
        shown = {"url": self.hook.get("url", ""), "has_custom_certificate": False}
        return shown | {"pending_update_count": waiting}


def _content(given: Given, name: str, entities: str, most: int, least: int = 1) -> Given:
    text = given.get(name, "")
    if units(text) > most:
        raise Refused(400, "message is too long")
    if units(text.strip()) < least:
        raise Refused(400, "message text is empty")
    for each in given.get(entities, []):
        if (
            each["offset"] < 0
            or each["offset"] + each["length"] > units(text)
            or not each["length"]
        ):
            raise Refused(400, "entity is out of the text")
    shown: dict[str, Any] = {name: text} if text else {}
    return shown | ({entities: given[entities]} if given.get(entities) else {})


def _scope(given: Given) -> str:
    scope = given.get("scope") or {"type": "default"}
    chat = f" {scope['chat_id']}" if "chat_id" in scope else ""
    return f"{scope['type']}{chat} {given.get('language_code', '')}".strip()
