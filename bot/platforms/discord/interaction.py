"""One thing that somebody did on Discord, and the ways to answer it: once, in time, to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import HTTPException
from discord.http import MultipartParameters
from discord.webhook.async_ import async_context

from bot.core.text import LANGUAGES
from bot.platforms.discord.files import drawn, form, with_picture
from bot.platforms.discord.render import EPHEMERAL, TEXT, Json, Message, plain

log = logging.getLogger(__name__)

COMMAND, PRESS, SUGGEST, FILL = 2, 3, 4, 5
MESSAGE, LATER, LATER_CHANGE, CHANGE, SUGGESTED, DIALOG = 4, 5, 6, 7, 8, 9
MAY_SET_UP = 1 << 5 | 1 << 3
"""Manage Server, or Administrator, who may everything."""
ORIGINAL: Any = "@original"
"""Discord's name for the first answer; the library takes it for a number."""
TOO_LATE = 10062
"""Unknown interaction: its three seconds are over."""


class Interaction:
    """As Discord sent it (`data`); nothing of it is kept."""

    def __init__(self, data: Json, session: Any) -> None:
        self._data, self._session = data, session
        self.kind: int = data["type"]
        self.id, self.token = str(data["id"]), str(data["token"])
        self.said: Json = data.get("data") or {}
        self.server = str(data.get("guild_id") or "")
        self.channel = str(data.get("channel_id") or data.get("channel", {}).get("id", ""))
        who = data.get("member", {}).get("user") if self.server else data.get("user")
        self.user = str((who or {})["id"])
        self.acked = self.deferred = False
        self.quiet = False
        """Whether what was deferred can be seen by them alone."""

    @property
    def locale(self) -> str:
        """The language of their Discord, as we call it where we have it."""
        theirs = str(self._data.get("locale", "en"))
        return theirs if theirs in LANGUAGES else theirs.partition("-")[0]

    @property
    def may_set_up(self) -> bool:
        member = self._data.get("member") or {}
        return bool(int(member.get("permissions") or 0) & MAY_SET_UP)

    @property
    def on_private(self) -> bool:
        """Whether the message that was pressed can be seen by them alone."""
        message = self._data.get("message") or {}
        return not self.server or bool(int(message.get("flags") or 0) & EPHEMERAL)

    @property
    def has_message(self) -> bool:
        return "message" in self._data

    async def answer(
        self, kind: int, body: Json | None = None, picture: discord.File | None = None
    ) -> None:
        """The first thing that comes back. Raises when it is too late, or was done."""
        said: Json = {"type": kind} if body is None else {"type": kind, "data": body}
        told = MultipartParameters(payload=said, multipart=None, files=None)
        if picture:
            whole = {**said, "data": with_picture(body or {})}
            told = MultipartParameters(None, form(whole, picture), [picture])
        self.acked = True
        await async_context.get().create_interaction_response(
            int(self.id), self.token, session=self._session, params=told
        )

    async def defer(self, *, quiet: bool) -> None:
        """There will be an answer. Where something was pressed nothing is to be seen of it."""
        self.deferred, self.quiet = True, quiet
        if self.has_message:
            await self.answer(LATER_CHANGE)
        else:
            await self.answer(LATER, {"flags": EPHEMERAL} if quiet else {})

    async def shows(self, messages: Sequence[Message], *, quiet: bool, change: bool) -> None:
        """The messages, to them alone (`quiet`) or to all; the first one in place of the message
        that was pressed (`change`)."""
        first, *rest = messages
        if not self.acked:
            kind, one = (CHANGE, first) if change else (MESSAGE, _to(first, quiet))
            await self.answer(kind, one.body, await drawn(one.drawing) if one.drawing else None)
        elif not self.deferred:
            rest = [first, *rest]
        elif change or (not self.has_message and quiet == self.quiet):
            await self._edit(first)
        elif self.has_message:
            rest = [first, *rest]
        else:
            await self._otherwise(first, quiet)
        for one in rest:
            await self._follow(_to(one, quiet))

    async def _otherwise(self, message: Message, quiet: bool) -> None:
        """The deferral promised another visibility, which the first answer to it would have: it
        is spent on nothing, and taken away."""
        await self._edit(Message(plain([{"type": TEXT, "content": "…"}])))
        await self._follow(_to(message, quiet))
        await async_context.get().delete_webhook_message(
            int(self._app),
            self.token,
            ORIGINAL,
            session=self._session,
        )

    @property
    def _app(self) -> str:
        return str(self._data["application_id"])

    async def _edit(self, message: Message) -> None:
        await async_context.get().edit_webhook_message(
            int(self._app),
            self.token,
            ORIGINAL,
            session=self._session,
            **await _packed(message),
        )

    async def _follow(self, message: Message) -> None:
        await async_context.get().execute_webhook(
            int(self._app),
            self.token,
            session=self._session,
            wait=True,
            **await _packed(message),
        )


def _to(message: Message, quiet: bool) -> Message:
    return message.quiet if quiet else message


async def _packed(message: Message) -> dict[str, Any]:
    if message.drawing is None:
        return {"payload": message.body}
    file = await drawn(message.drawing)
    return {"multipart": form(with_picture(message.body), file), "files": [file]}


def is_too_late(error: HTTPException) -> bool:
    return error.code == TOO_LATE
