"""Somebody at a keyboard: types a command, presses, fills in, and sees what is shown to them."""

from __future__ import annotations

import asyncio

from tests.fakes.discord.world import EVERYTHING, MANAGE_GUILD, Interaction, Json, World, every

COMMAND, PRESS, SUGGEST, FILL = 2, 3, 4, 5
BUTTON, INPUT, TEXT, LABEL, RADIO = 2, 4, 10, 18, 21
STRING, INTEGER, BOOLEAN = 3, 4, 5
PATIENCE = 15.0
"""Seconds for something to be seen; it is there in a few milliseconds."""


class Someone:
    """Without a guild they write to the bot in a chat of their own."""

    def __init__(self, world: World, user: Json, guild: Json | None, *, host: bool = False) -> None:
        self.world, self.user, self.guild, self.host = world, user, guild, host
        self.locale = "en-US"
        self.channel = ""
        """Where they are; the first channel of their server, or their own chat."""
        self.dialog: Json | None = None
        """The dialog that is open before them."""
        self.last: Interaction | None = None
        self._reading: set[str] = set()

    @property
    def id(self) -> str:
        return str(self.user["id"])

    @property
    def here(self) -> str:
        if self.channel:
            return self.channel
        if self.guild is None:
            return str(self.world.direct(self.id)["id"])
        inside = (c for c in self.world.channels.values() if c.get("guild_id") == self.guild["id"])
        return str(next(inside)["id"])

    async def types(self, command: str, **options: str | int | bool) -> Interaction:
        """`/command`, with the options that are given."""
        known = {each["name"]: each for each in self.world.commands}
        asked = known[command.removeprefix("/")]
        kinds = {option["name"]: option["type"] for option in asked.get("options", ())}
        given = [{"name": k, "type": kinds[k], "value": v} for k, v in options.items()]
        data = {"id": asked["id"], "name": asked["name"], "type": 1, "options": given}
        return await self.does(COMMAND, data)

    async def suggested(self, command: str, option: str, so_far: str) -> list[Json]:
        """What is offered while they type an option."""
        asked = next(each for each in self.world.commands if each["name"] == command)
        typed = {"name": option, "type": STRING, "value": so_far, "focused": True}
        data = {"id": asked["id"], "name": command, "type": 1, "options": [typed]}
        found = await self.does(SUGGEST, data)
        assert found.reply
        return list(found.reply["data"]["choices"])

    async def presses(self, label: str) -> Interaction:
        """The newest button that says so: exactly, or else as a part of what it says."""
        found = [
            (message, part)
            for message in reversed(self.sees_all())
            for part in every(message["components"])
            if part["type"] == BUTTON and "custom_id" in part
        ]
        same = [each for each in found if each[1]["label"] == label]
        message, button = next(iter(same or [e for e in found if label in e[1]["label"]]))
        return await self.clicks(message, button["custom_id"])

    async def clicks(
        self, message: Json, custom_id: str, kind: int = BUTTON, values: list[str] | None = None
    ) -> Interaction:
        data: Json = {"custom_id": custom_id, "component_type": kind}
        if values is not None:
            data["values"] = values
        return await self.does(PRESS, data, message)

    async def fills(self, *values: str, **named: str) -> Interaction:
        """The open dialog: in order, or by the names of its inputs; "a,c" ticks two boxes."""
        assert self.dialog, "no dialog is open"
        dialog, self.dialog = self.dialog, None
        shown = []
        given = [*values, *[None] * len(dialog["components"])]
        for label, value in zip(dialog["components"], given, strict=False):
            part = label["component"]
            value = named.get(part["custom_id"], value)
            shown.append(
                {"type": LABEL, "id": label.get("id", 1), "component": filled(part, value)}
            )
        data = {"custom_id": dialog["custom_id"], "components": shown}
        return await self.does(FILL, data, dialog.get("message"))

    async def does(self, kind: int, data: Json, message: Json | None = None) -> Interaction:
        world, where = self.world, self.here
        made = Interaction(world.id(), f"tok{world.id()}", kind, where, self.user, world.clock())
        made.message = message["id"] if message else ""
        world.interactions[made.id] = self.last = made
        said = self._said(made, data)
        if message:
            said["message"] = world.messages[made.message]
        world.dispatch("INTERACTION_CREATE", said, said.get("guild_id", ""))
        async with asyncio.timeout(PATIENCE):
            await made.settled.wait()
        if made.acked == 9:
            assert made.reply
            self.dialog = {**made.reply["data"], "message": message}
        return made

    def _said(self, it: Interaction, data: Json) -> Json:
        world, channel = self.world, self.world.channels[it.channel]
        said: Json = {
            **{"id": it.id, "application_id": world.app["id"], "type": it.kind, "data": data},
            **{"token": it.token, "version": 1, "channel_id": it.channel, "channel": channel},
            **{"locale": self.locale, "entitlements": [], "attachment_size_limit": 10_485_760},
            **{"app_permissions": str(EVERYTHING), "context": 1},
            "authorizing_integration_owners": {"0": channel.get("guild_id", "0")},
        }
        if self.guild is None or not channel.get("guild_id"):
            return {**said, "user": self.user}
        may = MANAGE_GUILD if self.host else 0
        guild = {"id": self.guild["id"], "locale": "en-US", "features": []}
        member = world.member(self.user, may | 1 << 10)
        return {
            **said,
            **{"guild_id": self.guild["id"], "guild": guild, "guild_locale": "en-US"},
            **{"member": member, "context": 0},
        }

    # --- what they see ---

    def sees_all(self) -> list[Json]:
        """Where they are, and in their own chat, oldest first."""
        own = self.world.direct(self.id)["id"]
        return [
            m for where in dict.fromkeys((own, self.here)) for m in self.world.shown(where, self.id)
        ]

    def shown(self) -> list[Json]:
        """Where they are."""
        return self.world.shown(self.here, self.id)

    def sees(self, words: str) -> bool:
        """In the message that is shown last where they are."""
        return words in said(self.shown()[-1])

    def can_press(self, label: str) -> bool:
        return any(label in each for each in labels(self.shown()[-1]))


def said(message: Json) -> str:
    """All its words."""
    return "\n".join(
        part["content"] for part in every(message["components"]) if part["type"] == TEXT
    )


def labels(message: Json) -> list[str]:
    return [p["label"] for p in every(message["components"]) if p["type"] == BUTTON]


def filled(part: Json, value: str | None) -> Json:
    """An input as it comes back; what was there before stays where nobody touches it (None)."""
    base: Json = {"type": part["type"], "id": part.get("id", 1), "custom_id": part["custom_id"]}
    before = [o["value"] for o in part.get("options", ()) if o.get("default")]
    if part["type"] == INPUT:
        return {**base, "value": part.get("value", "") if value is None else value}
    if part["type"] == RADIO:
        return {**base, "value": next(iter(before), None) if value is None else value or None}
    picked = before if value is None else [each for each in value.split(",") if each]
    return {**base, "values": picked}
