"""What the outbox brings: sent once under its key, changed in place, taken away, or found again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import discord
from discord.http import Route

from bot.core.errors import Later, Unreachable
from bot.core.model import Place
from bot.core.rooms import (
    Announce,
    Close,
    Deed,
    Hold,
    Open,
    Post,
    Remove,
    Replace,
    RoomDeed,
    Withdraw,
)
from bot.platforms.discord.calendar import Calendar
from bot.platforms.discord.files import packed
from bot.platforms.discord.render import CONTAINER, LAST, Json, Message, messages

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, HAS_THREAD = 10003, 10008, 160004
LONGEST_TITLE = 100
A_DAY = 1440
"""Minutes without a word after which Discord archives a thread by itself."""
CLOSED = frozenset(
    {
        10003,  # unknown channel
        10013,  # unknown user
        40003,  # direct messages too fast: they are not taken from us now
        50001,  # missing access
        50007,  # cannot send messages to this user
        50013,  # missing permissions
        50278,  # no mutual server
    }
)
BANNED = 600.0
"""Seconds of quiet after Discord's front refused our address."""
SIGNED_OUT = 60.0
SEARCHED = 50
"""Messages looked through for one that may have arrived."""
KNOWN = 4096
"""Chats whose id is kept at hand."""
LOWEST = 1 << 16
"""Ids below are for the parts that carry none of ours."""

Ask = Callable[..., Awaitable[Any]]


class Deeds:
    """`ask` is the library's own request, with its buckets, and its retries for what failed."""

    def __init__(self, ask: Ask, guild: Callable[[Place], int | None]) -> None:
        self._ask, self._calendar = ask, Calendar(ask, guild)
        self._chats: OrderedDict[str, str] = OrderedDict()
        self._arrived: OrderedDict[str, dict[int, str]] = OrderedDict()
        """Of deeds that were looked for and are there in part: their messages, by number."""

    async def do(self, key: str, place: Place, deed: Deed, standing: str) -> str:
        """The receipt is `channel/message,message`."""
        try:
            match deed:
                case Post(card=card):
                    return await self._post(key, place, messages(card, mark(key)))
                case Replace(card=card):
                    return await self._replace(key, place, messages(card, mark(key)), standing)
                case Remove():
                    await self._remove(standing)
                    return ""
        except discord.RateLimited as wait:
            raise Later(wait.retry_after) from None
        except discord.HTTPException as error:
            raise _meaning(error) from error

    async def hold(
        self, key: str, place: Place, deed: RoomDeed, standing: str, *, again: bool
    ) -> str:
        """The receipt of an opened room is its thread, which is a place of its own."""
        try:
            match deed:
                case Open():
                    return await self._open(key, place, deed, again)
                case Announce():
                    return await self._calendar.announce(place, deed, standing, again=again)
                case Withdraw():
                    await self._calendar.withdraw(standing)
                case Hold() | Close():
                    await self._keep(deed, standing)
                    if isinstance(deed, Close):
                        await self._begun(place, standing, deed)
            return ""
        except discord.RateLimited as wait:
            raise Later(wait.retry_after) from None
        except discord.HTTPException as error:
            raise _meaning(error) from error

    async def _open(self, key: str, place: Place, deed: Open, again: bool) -> str:
        """An opening message, and a thread from it, which has the same number."""
        sent = await self.find(key, place) if again else None
        sent = sent or await self._post(key, place, messages(deed.card, mark(key)))
        channel, _, listed = sent.partition("/")
        message = listed.split(",")[0]
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        route = Route("POST", path, channel_id=channel, message_id=message)
        named = {"name": deed.title[:LONGEST_TITLE], "auto_archive_duration": A_DAY}
        try:
            await self._ask(route, json=named)
        except discord.HTTPException as error:
            if error.code != HAS_THREAD:
                raise
        return message

    async def _keep(self, deed: Hold | Close, thread: str) -> None:
        """Locked, nobody writes who may not manage threads; archived, it is out of the way."""
        route = Route("PATCH", "/channels/{channel_id}", channel_id=thread)
        states: Json = {"locked": isinstance(deed, Close) or not deed.free}
        if isinstance(deed, Close):
            states["archived"] = True
        if isinstance(deed, Close) and not deed.keep:
            route = Route("DELETE", "/channels/{channel_id}", channel_id=thread)
        try:
            await self._ask(route, **({"json": states} if route.method == "PATCH" else {}))
        except discord.NotFound as gone:
            if gone.code != UNKNOWN_CHANNEL or not isinstance(deed, Close):
                raise

    async def _begun(self, place: Place, message: str, deed: Close) -> None:
        """What it was begun with stands in the channel, and has the number of its thread."""
        if not deed.keep:
            await self._remove(f"{place.id}/{message}")
        elif deed.instead:
            await self._change(place.id, message, messages(deed.instead)[0])

    async def find(self, key: str, place: Place) -> str | None:
        """By our own mark, among the last messages there; a nonce is forgotten by then."""
        try:
            channel = await self._channel(place)
            listed = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
            latest = await self._ask(listed, params={"limit": SEARCHED})
        except discord.HTTPException as error:
            raise _meaning(error) from error
        first, found, whole = mark(key), dict[int, str](), 0
        for message in latest:
            for part in message.get("components", ()):
                if part["type"] == CONTAINER and 0 <= (n := part.get("id", 0) - first) < 2 * LAST:
                    found[n % LAST] = message["id"]
                    whole = max(whole, n - LAST + 1)
        if whole and len(found) == whole:
            return f"{channel}/{','.join(found[n] for n in range(whole))}"
        self._arrived[key] = found
        if len(self._arrived) > KNOWN:
            self._arrived.popitem(last=False)
        return None

    async def _post(self, key: str, place: Place, said: Sequence[Message]) -> str:
        channel = await self._channel(place)
        there = self._arrived.pop(key, {})
        ids = [there.get(n) or await self._send(key, n, channel, one) for n, one in enumerate(said)]
        return f"{channel}/{','.join(ids)}"

    async def _send(self, key: str, n: int, channel: str, message: Message) -> str:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        once = {"nonce": nonce(key, n), "enforce_nonce": True}
        told = await packed(replace(message, body={**message.body, **once}))
        return str((await self._ask(route, **told))["id"])

    async def _replace(self, key: str, place: Place, said: Sequence[Message], standing: str) -> str:
        """What stands there is changed; what does not stand there any more is sent anew."""
        channel, _, before = standing.partition("/")
        old = before.split(",") if before else []
        if not old:
            return await self._post(key, place, said)
        ids: list[str] = []
        for n, one in enumerate(said):
            changed = n < len(old) and await self._change(channel, old[n], one)
            ids.append(old[n] if changed else await self._send(key, n, channel, one))
        await self._remove(f"{channel}/{','.join(old[len(said) :])}")
        return f"{channel}/{','.join(ids)}"

    async def _change(self, channel: str, message: str, to: Message) -> bool:
        try:
            await self._ask(_message("PATCH", channel, message), **await packed(to))
        except discord.NotFound as gone:
            if gone.code != UNKNOWN_MESSAGE:
                raise
            return False
        return True

    async def _remove(self, receipt: str) -> None:
        channel, _, listed = receipt.partition("/")
        for message in filter(None, listed.split(",")):
            try:
                await self._ask(_message("DELETE", channel, message))
            except discord.NotFound:
                continue

    async def _channel(self, place: Place) -> str:
        if not place.private:
            return place.id
        if place.id not in self._chats:
            opened = await self._ask(
                Route("POST", "/users/@me/channels"), json={"recipient_id": place.id}
            )
            self._chats[place.id] = str(opened["id"])
            if len(self._chats) > KNOWN:
                self._chats.popitem(last=False)
        self._chats.move_to_end(place.id)
        return self._chats[place.id]


def mark(key: str) -> int:
    """What the containers of a deed are numbered from: room for as many as are ever sent."""
    drawn = int.from_bytes(sha256(key.encode()).digest()[:4])
    return LOWEST + drawn % (2**31 - LOWEST - 2 * LAST)


def nonce(key: str, n: int) -> str:
    """At most 25 characters, the same for the same deed."""
    return f"{sha256(key.encode()).hexdigest()[:22]}{n:x}"


def _message(method: str, channel: str, message: str) -> Route:
    path = "/channels/{channel_id}/messages/{message_id}"
    return Route(method, path, channel_id=channel, message_id=message)


def _meaning(error: discord.HTTPException) -> Exception:
    """Refused for good, for now, or something that may have arrived."""
    if error.code in CLOSED:
        return Unreachable()
    if error.status == 429:
        return Later(BANNED, everywhere=True)
    if error.status == 401:
        return Later(SIGNED_OUT, everywhere=True)
    return error
