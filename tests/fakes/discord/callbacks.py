"""Interactions: what comes back for something that somebody did, once, in time, and to whom."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.fakes.discord import rules
from tests.fakes.discord.rest import BODY, UNKNOWN_MESSAGE, Refused, refuse
from tests.fakes.discord.world import EPHEMERAL, LOADING, Interaction, Json, World

FIRST_WITHIN, OPEN_FOR = 3.0, 900.0
"""Seconds for the first callback, and for what follows it."""
MESSAGE, LATER, LATER_CHANGE, CHANGE, SUGGEST, DIALOG = 4, 5, 6, 7, 8, 9
UNKNOWN = Refused(404, 10062, "Unknown interaction")
TWICE = Refused(400, 40060, "Interaction has already been acknowledged.")
NO_HOOK = Refused(404, 10015, "Unknown Webhook")
OVER = Refused(401, 50027, "Invalid Webhook Token")


class Callbacks:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[tuple[str, str, Any]]:
        message = "/webhooks/{app}/{token}/messages/{message}"
        return [
            ("POST", "/interactions/{interaction}/{token}/callback", self.first),
            ("POST", "/webhooks/{app}/{token}", self.follow),
            ("GET", message, self.get),
            ("PATCH", message, self.change),
            ("DELETE", message, self.delete),
        ]

    async def first(self, request: web.Request) -> Any:
        world, body = self._world, request[BODY]
        it = world.interactions.get(request.match_info["interaction"])
        if it is None or it.token != request.match_info["token"]:
            raise UNKNOWN
        if it.acked is not None:
            raise TWICE
        if world.clock() - it.at > FIRST_WITHIN:
            raise UNKNOWN
        kind, data = body["type"], body.get("data") or {}
        if kind == DIALOG:
            if it.kind == 5:
                raise Refused(400, 50035, "a dialog cannot follow a dialog")
            refuse([*rules.in_dialog(data)])
        elif kind in (MESSAGE, CHANGE):
            refuse([*rules.in_message(data)])
        it.acked, it.reply = kind, body
        made = self._shown(it, kind, data)
        if kind in (LATER, LATER_CHANGE):
            world.promised.set()
        else:
            it.settled.set()
        if "with_response" not in request.query:
            return None
        return {"interaction": _about(it, made), **_resource(kind, made)}

    def _shown(self, it: Interaction, kind: int, data: Json) -> Json | None:
        world = self._world
        if kind in (MESSAGE, LATER):
            loading = LOADING if kind == LATER else 0
            flags = (data.get("flags") or 0) | loading
            made = self._message(it, {**data, "flags": flags}, type=20)
            it.original = made["id"]
            return made
        it.original = it.message
        if kind != CHANGE:
            return None
        message = world.messages.get(it.message)
        if message is None:
            raise UNKNOWN_MESSAGE
        world.edit(message, {k: v for k, v in data.items() if k != "flags"})
        world.tell("MESSAGE_UPDATE", message)
        return message

    async def follow(self, request: web.Request) -> Any:
        """The first that follows a deferral takes its place, and its visibility."""
        it, body = self._mine(request), request[BODY]
        refuse([*rules.in_message(body)])
        waiting = self._world.messages.get(it.original)
        if waiting and waiting["flags"] & LOADING:
            kept = waiting["flags"] & EPHEMERAL | (body.get("flags") or 0) & rules.V2
            made = self._world.edit(waiting, {**body, "flags": kept})
        else:
            made = self._message(it, body)
        it.settled.set()
        return made

    async def get(self, request: web.Request) -> Any:
        return self._found(request)

    async def change(self, request: web.Request) -> Any:
        message, body = self._found(request), request[BODY]
        v2 = (body.get("flags") or 0) & rules.V2
        flags = message["flags"] | v2
        refuse([*rules.in_message({**body, "flags": flags})])
        self._world.edit(message, {**body, "flags": flags})
        self._world.tell("MESSAGE_UPDATE", message)
        self._mine(request).settled.set()
        return message

    async def delete(self, request: web.Request) -> Any:
        message = self._found(request)
        self._world.messages.pop(message["id"])
        self._mine(request).settled.set()
        return None

    def _mine(self, request: web.Request) -> Interaction:
        token = request.match_info["token"]
        it = next((i for i in self._world.interactions.values() if i.token == token), None)
        if it is None or it.acked is None:
            raise NO_HOOK
        if self._world.clock() - it.at > OPEN_FOR:
            raise OVER
        return it

    def _found(self, request: web.Request) -> Json:
        it, named = self._mine(request), request.match_info["message"]
        message = self._world.messages.get(it.original if named == "@original" else named)
        if message is None:
            raise UNKNOWN_MESSAGE
        return message

    def _message(self, it: Interaction, body: Json, **more: Any) -> Json:
        world = self._world
        app = {"application_id": world.app["id"], "webhook_id": world.app["id"]}
        made = world.message(it.channel, world.bot, body, **app, **more)
        if made["flags"] & EPHEMERAL:
            world.seen_by[made["id"]] = it.user["id"]
        elif not made["flags"] & LOADING:
            world.tell("MESSAGE_CREATE", made)
        return made


def _about(it: Interaction, made: Json | None) -> Json:
    shown: Json = {} if made is None else {
        "response_message_id": made["id"],
        "response_message_ephemeral": bool(made["flags"] & EPHEMERAL),
        "response_message_loading": bool(made["flags"] & LOADING),
    }  # fmt: skip
    return {"id": it.id, "type": it.kind, **shown}


def _resource(kind: int, made: Json | None) -> Json:
    shown = made is not None and kind in (MESSAGE, CHANGE)
    return {"resource": {"type": kind, "message": made}} if shown else {}
