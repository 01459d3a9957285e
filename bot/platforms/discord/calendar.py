"""Events in the calendar of a Discord server: one for each name, the next occurrence of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.http import Route

from bot.core.errors import Unreachable
from bot.core.model import Place
from bot.core.rooms import Announce
from bot.platforms.discord.render import Json

Ask = Callable[..., Awaitable[Any]]

EVENTS = "/guilds/{guild_id}/scheduled-events"
EXTERNAL, MEMBERS_ONLY = 3, 2
UNKNOWN_EVENT, OVER = 10070, 180000
"""It is gone, or has been: then it is made anew for the next time."""
LONGEST = 100


class Calendar:
    """`guild` says in which server a place is."""

    def __init__(self, ask: Ask, guild: Callable[[Place], int | None]) -> None:
        self._ask, self._guild = ask, guild

    async def announce(self, place: Place, deed: Announce, standing: str, *, again: bool) -> str:
        """The receipt is the event. Discord knows no key here, so one that may be there already
        is looked for."""
        body = _body(deed)
        if standing and await self._moved(standing, body):
            return standing
        guild = self._guild(place)
        if guild is None:
            raise Unreachable
        listed = Route("GET", EVENTS, guild_id=guild)
        there = await self._ask(listed) if again else []
        same = (event for event in there if _is(event, deed))
        if found := next(same, None):
            return f"{guild}/{found['id']}"
        made = await self._ask(Route("POST", EVENTS, guild_id=guild), json=body)
        return f"{guild}/{made['id']}"

    async def withdraw(self, standing: str) -> None:
        guild, _, event = standing.partition("/")
        try:
            await self._ask(Route("DELETE", f"{EVENTS}/{event}", guild_id=guild))
        except discord.NotFound:
            return

    async def _moved(self, standing: str, body: Json) -> bool:
        guild, _, event = standing.partition("/")
        try:
            await self._ask(Route("PATCH", f"{EVENTS}/{event}", guild_id=guild), json=body)
        except discord.HTTPException as error:
            if error.code not in (UNKNOWN_EVENT, OVER):
                raise
            return False
        return True


def _body(deed: Announce) -> Json:
    return {
        "name": deed.title[:LONGEST],
        "scheduled_start_time": deed.starts.isoformat(),
        "scheduled_end_time": deed.ends.isoformat(),
        "entity_type": EXTERNAL,
        "entity_metadata": {"location": deed.where[:LONGEST]},
        "privacy_level": MEMBERS_ONLY,
    }


def _is(event: Json, deed: Announce) -> bool:
    starts = discord.utils.parse_time(event["scheduled_start_time"])
    return event["name"] == deed.title[:LONGEST] and starts == deed.starts
