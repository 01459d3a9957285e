"""Who is looking: from a cookie to a person, the room they are in, and how they read."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.core.model import Account, Actor, Group, Origin, Place, Via
from bot.platforms.web.ports import Visit, WebPorts
from bot.platforms.web.reader import HOME, Reader, reader
from bot.platforms.web.security import Gate

log = logging.getLogger(__name__)

NAME = "web"
COOKIE = "homegroup"
TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
"""32 random bytes, as we write them."""
MONTH = timedelta(days=30)
NOTED = timedelta(hours=1)
"""How exactly it is kept when a session was used last."""
SOON = 1.0
"""Seconds that somebody who needs a number now waits for anything else."""
RENEW = web.RequestKey("renew", str)
AWAY = "away"
"""What the cookie holds of somebody who is not signed in, and has put away what they saw."""
LOBBY = Place(NAME, "lobby", private=True)
"""Where somebody is who is in no room: they see nobody else there, and nothing is posted."""


class PutAway(Exception):
    """They have put everything away: whatever they ask for, a shopping list is shown."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, from which group."""

    visit: Visit
    actor: Actor
    group: Group | None
    """The group whose room they look at."""
    rooms: tuple[Group, ...]
    reader: Reader
    hidden: frozenset[str] = frozenset()
    """The refs of those whose words they do not want to see."""

    @property
    def account(self) -> Account:
        return self.visit.account

    @property
    def place(self) -> Place:
        return Place(NAME, self.group.ref) if self.group else LOBBY

    @property
    def own(self) -> Place:
        """Where they alone are written to."""
        return Place(NAME, self.account.id, private=True)

    def origin(self, via: Via, cause: str, now: datetime) -> Origin:
        """Only in the lobby does anybody found: in the room of a group its roles say who may
        do what, whatever link somebody once came by."""
        return Origin(
            self.account,
            self.place,
            now,
            f"web:{cause}",
            via,
            self.reader.locale,
            host=self.visit.founds and self.group is None,
            group=self.group.ref if self.group else "",
        )


class Sessions:
    def __init__(self, ports: WebPorts, gate: Gate, home: Reader = HOME) -> None:
        self._web, self._people, self._units = ports.web, ports.people, ports.units
        self._blocks = ports.blocks
        self._gate, self.home = gate, home

    async def visit(self, request: web.Request, now: datetime) -> Visit | None:
        """The open session, put away or not."""
        token = request.cookies.get(COOKIE, "")
        return await self._web.visit(token, now) if TOKEN.fullmatch(token) else None

    async def away(self, request: web.Request, now: datetime) -> bool:
        """Whether it is put away, as far as that can be known within a moment: someone to talk
        to is shown in any case that is not sure."""
        try:
            async with asyncio.timeout(SOON):
                visit = await self.visit(request, now)
        except Exception:
            log.warning("web.session_unknown", exc_info=True)
            return False
        return visit is not None and visit.away

    async def viewer(self, request: web.Request, now: datetime) -> Viewer | None:
        """None for somebody who is not signed in. Raises PutAway."""
        visit = await self.visit(request, now)
        if visit is None:
            if is_away(request):
                raise PutAway
            return None
        if visit.away:
            raise PutAway
        if now - visit.seen > NOTED:
            await self._units.commit((self._web.seen(visit.mark, now),))
            request[RENEW] = request.cookies[COOKIE]
        return await self.of(visit, request.headers.get("Accept-Language", ""))

    async def of(self, visit: Visit, accepted: str) -> Viewer:
        rooms = await self._web.rooms(visit.account)
        groups = tuple(room.group for room in rooms)
        first = None if visit.founds or not groups else groups[0]
        group = next((g for g in groups if g.ref == visit.room), first)
        place = Place(NAME, group.ref) if group else LOBBY
        actor = await self._people.meet(visit.account, place, group.ref if group else "")
        if actor.member and any(r.invited for r in rooms if r.group == group) and group:
            await self._units.commit((self._web.joined(visit.account, group.ref),))
        hidden = await self._blocks.kept_from(actor.person.ref) if actor.member else frozenset()
        read = reader(actor, group, accepted, self.home)
        return Viewer(visit, actor, group, groups, read, hidden)

    def keep(self, request: web.Request, response: web.StreamResponse, token: str) -> None:
        """The cookie is for this site alone, and scripts cannot read it."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(MONTH.total_seconds()),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._gate.is_secure(request),
        )

    async def renew(self, request: web.Request, response: web.StreamResponse) -> None:
        """For `on_response_prepare`: a month from when it was used last, not from the first."""
        if (token := request.get(RENEW)) and COOKIE not in response.cookies:
            self.keep(request, response, token)  # too late for a cookie, not for a header
            response.headers.add("Set-Cookie", response.cookies[COOKIE].OutputString())

    def drop(self, request: web.Request, response: web.StreamResponse) -> None:
        response.del_cookie(
            COOKIE, path="/", httponly=True, samesite="Lax", secure=self._gate.is_secure(request)
        )


def is_away(request: web.Request) -> bool:
    return request.cookies.get(COOKIE) == AWAY


def new_token() -> str:
    return secrets.token_urlsafe(32)
