"""The REST half of the fake: the routes a bot uses, with Discord's error codes."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.fakes.discord import rules
from tests.fakes.discord.world import (
    SEND,
    THREAD,
    VIEW,
    Json,
    World,
)

MANAGE_EVENTS = 1 << 33


BODY: web.RequestKey[Any] = web.RequestKey("body", object)
"""What was asked, read."""


class Refused(Exception):
    """An answer that is an error, in Discord's manner."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


UNKNOWN_CHANNEL = Refused(404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = Refused(404, 10008, "Unknown Message")
UNKNOWN_GUILD = Refused(404, 10004, "Unknown Guild")
UNKNOWN_EVENT = Refused(404, 10070, "Unknown Guild Scheduled Event")
MISSING_ACCESS = Refused(403, 50001, "Missing Access")
CLOSED = Refused(403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = Refused(403, 50013, "Missing Permissions")
HAS_THREAD = Refused(400, 160004, "A thread has already been created for this message")


class Rest:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Any]]:
        channel, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
        event = "/guilds/{guild}/scheduled-events"
        return [
            ("GET", "/users/@me", self.me),
            ("GET", "/users/@me/guilds", self.my_guilds),
            ("GET", "/oauth2/applications/@me", self.app),
            ("GET", "/applications/@me", self.app),
            ("PATCH", "/applications/@me", self.change_app),
            ("PUT", "/applications/{app}/commands", self.put_commands),
            ("GET", "/applications/{app}/commands", self.get_commands),
            ("POST", "/users/@me/channels", self.direct),
            ("GET", channel, self.get_channel),
            ("PATCH", channel, self.change_channel),
            ("DELETE", channel, self.delete_channel),
            ("POST", f"{channel}/messages", self.send),
            ("GET", f"{channel}/messages", self.history),
            ("PATCH", message, self.edit),
            ("DELETE", message, self.delete),
            ("POST", f"{message}/threads", self.thread),
            ("GET", "/guilds/{guild}", self.guild),
            ("POST", event, self.make_event),
            ("GET", event, self.events),
            ("PATCH", f"{event}/{{event}}", self.change_event),
            ("DELETE", f"{event}/{{event}}", self.delete_event),
        ]

    async def me(self, request: web.Request) -> Any:
        return {**self._world.bot, "mfa_enabled": True, "locale": "en-US"}

    async def app(self, request: web.Request) -> Any:
        return self._world.app

    async def my_guilds(self, request: web.Request) -> Any:
        base = {"owner": False, "features": [], "icon": None, "banner": None}
        return [
            {"id": g["id"], "name": g["name"], "permissions": str(self._world.allowed), **base}
            for g in self._world.guilds.values()
        ]

    async def change_app(self, request: web.Request) -> Any:
        body = {**request[BODY]}
        if "description" in body:
            body["description"] = body["description"]["default"]
        for kind in (body.get("integration_types_config") or {}).values():
            asked = kind["oauth2_install_params"]
            asked["permissions"] = str(asked["permissions"])
        self._world.app.update(body)
        return self._world.app

    async def put_commands(self, request: web.Request) -> Any:
        body = request[BODY]
        refuse([*rules.in_commands(body)])
        base = {"type": 1, "application_id": self._world.app["id"]}
        self._world.commands = [
            {"id": self._world.id(), "version": self._world.id(), **base, **_kept(one)}
            for one in body
        ]
        return self._world.commands

    async def get_commands(self, request: web.Request) -> Any:
        return self._world.commands

    async def direct(self, request: web.Request) -> Any:
        return self._world.direct(str(request[BODY]["recipient_id"]))

    async def get_channel(self, request: web.Request) -> Any:
        return self._channel(request, VIEW)

    async def change_channel(self, request: web.Request) -> Any:
        channel, body = self._channel(request, VIEW), request[BODY]
        states = {name: body[name] for name in ("archived", "locked") if name in body}
        if channel["type"] == THREAD:
            channel["thread_metadata"].update(states)
        channel.update({k: v for k, v in body.items() if k not in states})
        kind = "THREAD_UPDATE" if channel["type"] == THREAD else "CHANNEL_UPDATE"
        self._world.dispatch(kind, channel, channel["guild_id"])
        return channel

    async def delete_channel(self, request: web.Request) -> Any:
        channel = self._channel(request, VIEW)
        self._world.channels.pop(channel["id"])
        kind = "THREAD_DELETE" if channel["type"] == THREAD else "CHANNEL_DELETE"
        self._world.dispatch(kind, channel, channel["guild_id"])
        return channel

    async def send(self, request: web.Request) -> Any:
        world, body = self._world, request[BODY]
        channel = self._channel(request, VIEW | SEND)
        if channel.get("recipients") and channel["recipients"][0]["id"] in world.closed:
            raise CLOSED
        if channel.get("thread_metadata", {}).get("archived"):
            raise Refused(400, 50083, "Thread is archived")
        refuse([*rules.in_message(body)])
        nonce = body.get("nonce")
        if body.get("enforce_nonce") and (known := world.known(channel["id"], nonce)):
            return known
        made = world.message(channel["id"], world.bot, body)
        if nonce is not None:
            world.nonces[(channel["id"], str(nonce))] = (made["id"], world.clock())
        world.tell("MESSAGE_CREATE", made)
        return made

    async def history(self, request: web.Request) -> Any:
        """The latest first; a nonce is not kept with a message."""
        channel = self._channel(request, VIEW)
        found = [m for m in self._world.messages.values() if m["channel_id"] == channel["id"]]
        found = [m for m in found if m["id"] not in self._world.seen_by]
        most = int(request.query.get("limit", 50))
        return [{k: v for k, v in m.items() if k != "nonce"} for m in reversed(found)][:most]

    async def edit(self, request: web.Request) -> Any:
        message = self._message(request)
        refuse([*rules.in_message({"flags": message["flags"], **request[BODY]})])
        self._world.edit(message, request[BODY])
        self._world.tell("MESSAGE_UPDATE", message)
        return message

    async def delete(self, request: web.Request) -> Any:
        message = self._message(request)
        self._world.messages.pop(message["id"])
        self._world.tell("MESSAGE_DELETE", message)
        return None

    async def thread(self, request: web.Request) -> Any:
        """A thread from a message has the message's id, and is there once."""
        message, body = self._message(request), request[BODY]
        if message["id"] in self._world.channels:
            raise HAS_THREAD
        parent = self._world.channels[message["channel_id"]]
        if not self._world.allows(parent, 1 << 35):
            raise MISSING_PERMISSIONS
        made = self._world.channel(
            parent["guild_id"], body["name"], THREAD, parent_id=parent["id"],
            owner_id=self._world.bot["id"], message_count=0, member_count=1, total_message_sent=0,
            thread_metadata=_open(self._world.now(), body.get("auto_archive_duration", 1440)),
        )  # fmt: skip
        del self._world.channels[made["id"]]
        made["id"] = message["id"]
        self._world.channels[made["id"]] = made
        self._world.dispatch("THREAD_CREATE", {**made, "newly_created": True}, made["guild_id"])
        return web.Response(
            body=json.dumps(made).encode(), status=201, headers={"Content-Type": "application/json"}
        )

    async def guild(self, request: web.Request) -> Any:
        guild = self._world.guilds.get(request.match_info["guild"])
        if guild is None:
            raise UNKNOWN_GUILD
        return guild

    async def make_event(self, request: web.Request) -> Any:
        body, guild = request[BODY], request.match_info["guild"]
        if guild not in self._world.guilds:
            raise UNKNOWN_GUILD
        outside = body["entity_type"] == 3
        if outside and not (body.get("scheduled_end_time") and body.get("entity_metadata")):
            raise Refused(400, 50035, "Invalid Form Body")
        made = {
            **{"id": self._world.id(), "guild_id": guild, "channel_id": body.get("channel_id")},
            **{"creator_id": self._world.bot["id"], "name": body["name"], "status": 1},
            **{"description": body.get("description"), "privacy_level": 2, "entity_id": None},
            "scheduled_start_time": body["scheduled_start_time"],
            "scheduled_end_time": body.get("scheduled_end_time"),
            **{"entity_type": body["entity_type"], "user_count": 0, "image": None},
            "entity_metadata": body.get("entity_metadata"),
            **{"creator": self._world.bot, "recurrence_rule": None},
            **{"guild_scheduled_event_exceptions": []},
        }
        self._world.events[made["id"]] = made
        return made

    async def events(self, request: web.Request) -> Any:
        guild = request.match_info["guild"]
        return [event for event in self._world.events.values() if event["guild_id"] == guild]

    async def change_event(self, request: web.Request) -> Any:
        event = self._event(request)
        event.update(request[BODY])
        return event

    async def delete_event(self, request: web.Request) -> Any:
        del self._world.events[self._event(request)["id"]]
        return None

    def _event(self, request: web.Request) -> Json:
        event = self._world.events.get(request.match_info["event"])
        if event is None:
            raise UNKNOWN_EVENT
        return event

    def _channel(self, request: web.Request, wanted: int) -> Json:
        channel = self._world.channels.get(request.match_info["channel"])
        if channel is None:
            raise UNKNOWN_CHANNEL
        if channel.get("guild_id") and channel["guild_id"] not in self._world.guilds:
            raise MISSING_ACCESS
        seen = self._world.channels.get(channel.get("parent_id") or "", channel)
        if not self._world.allows(seen, VIEW):
            raise MISSING_ACCESS
        if not self._world.allows(seen, wanted):
            raise MISSING_PERMISSIONS
        return channel

    def _message(self, request: web.Request) -> Json:
        self._channel(request, VIEW)
        message = self._world.messages.get(request.match_info["message"])
        if message is None:
            raise UNKNOWN_MESSAGE
        return message


def _open(now: str, minutes: int) -> Json:
    return {
        **{"archived": False, "locked": False, "auto_archive_duration": minutes},
        **{"archive_timestamp": now, "create_timestamp": now},
    }


def _kept(command: Json) -> Json:
    """As it is told afterwards: permissions are text then."""
    may = command.get("default_member_permissions")
    return {**command, "default_member_permissions": None if may is None else str(may)}


def refuse(wrong: list[str]) -> None:
    if wrong:
        code = 50006 if wrong == ["Cannot send an empty message"] else 50035
        raise Refused(400, code, "; ".join(wrong))
