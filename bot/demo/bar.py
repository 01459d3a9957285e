"""The bar of the demo: to be any of its people, and to move the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core.cards import Choice
from bot.core.model import Account, Place
from bot.core.work import Unit
from bot.demo.cards import Cards
from bot.demo.clock import MovedClock
from bot.demo.people import PEOPLE
from bot.demo.village import GROUP, Resident
from bot.platforms import dates
from bot.platforms.web.extras import Handler
from bot.platforms.web.house import House
from bot.platforms.web.passphrase import NOBODY as NOBODY_OPENS
from bot.platforms.web.porch import posted
from bot.platforms.web.sessions import new_token
from storage import Storage
from storage.groups import web_room

HERE = Path(__file__).parent
QUESTION = f"daily/{GROUP.ref}"
ASK = ("checkins.invite", "pings.ask")
MORNING, CHECKIN, HOUR = "morning", "checkin", "hour"
MOVES = (
    Choice(MORNING, "To tomorrow 07:30"),
    Choice(CHECKIN, "To the next check-in"),
    Choice(HOUR, "An hour on"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks at a page, and at which."""

    who: Resident | None = None
    path: str = "/"


NOBODY = Seen()
SEEN: ContextVar[Seen] = ContextVar("seen", default=NOBODY)
"""Of the request that is answered."""


class Bar:
    """As the web room wants it of its extras."""

    templates, static = HERE / "templates", HERE / "static"

    def __init__(
        self, storage: Storage, clock: MovedClock, move: Callable[[datetime], Awaitable[None]]
    ) -> None:
        self._storage, self._clock, self._move = storage, clock, move
        self.people, self.moves = PEOPLE, MOVES

    @property
    def words(self) -> Mapping[str, Any]:
        return {"demo": self}

    @property
    def who(self) -> Resident | None:
        return SEEN.get().who

    @property
    def path(self) -> str:
        """Where a form of the bar leads back to."""
        return SEEN.get().path

    def hour(self, locale: str) -> str:
        """Now, on the clock of whoever they are."""
        zone = self.who.person.zone if self.who else GROUP.zone
        return dates.moment(self._clock.now(), locale, zone)

    def routes(self, house: House) -> Sequence[web.RouteDef]:
        async def be(request: web.Request) -> web.Response:
            return await self._be(request, house)

        return (
            web.post("/demo/be", be),
            web.post("/demo/clock", self._put),
            web.get("/demo/{way:be|clock}", _home),
            *Cards(house).routes(),
        )

    async def meet(
        self, request: web.Request, handler: Handler, house: House
    ) -> web.StreamResponse:
        if not request.path.startswith("/static/"):
            visit = await house.sessions.visit(request, self._clock.now())
            who = self._resident(visit.account) if visit else None
            SEEN.set(Seen(who, request.path if request.method == "GET" else "/"))
        return await handler(request)

    async def _be(self, request: web.Request, house: House) -> web.Response:
        """A session for whom they chose, in place of the one they had."""
        given, now = await posted(request), self._clock.now()
        chosen = next((one for one in PEOPLE if one.key == given.get("who")), None)
        if chosen is None:
            raise web.HTTPBadRequest
        before, token, kept = await house.sessions.visit(request, now), new_token(), house.ports.web
        unit: Unit = (kept.begin(token, chosen.account, GROUP.ref, now),)
        if not await kept.passphrase(chosen.account):  # forgotten meanwhile: now they are a guest
            made = kept.make(chosen.account, chosen.key, NOBODY_OPENS, now)
            unit = (made, kept.admit(chosen.account, GROUP.ref), *unit)
        if before:
            unit += (kept.end(before.mark),)
        await self._storage.units.commit(unit)
        if before:
            house.streams.end({before.mark})
        response = _see(_ours(given.get("back")))
        house.sessions.keep(request, response, token)
        return response

    async def _put(self, request: web.Request) -> web.Response:
        given, feed = await posted(request), self._storage.web.feed
        to, now, before = given.get("to"), self._clock.now(), await feed.last()
        if to == MORNING:
            await self._move(self._morning(now))
        elif to == CHECKIN:
            await self._move(await self._checkin(now))
        elif to == HOUR:
            await self._move(now + timedelta(hours=1))
            return _see(_ours(given.get("back")))
        else:
            raise web.HTTPBadRequest
        return _see(await self._news(before))

    async def _news(self, before: int) -> str:
        """Where what came last can be seen."""
        if not (who := self.who):
            return "/"
        own, feed = Place("web", who.account.id, private=True), self._storage.web.feed
        came = await feed.between(web_room(GROUP.ref), own, before, await feed.last())
        anchors = [one.anchor for one in came if one.body]
        return f"/room#c-{anchors[-1]}" if anchors else "/room"

    def _morning(self, now: datetime) -> datetime:
        zone = ZoneInfo(self.who.person.zone if self.who else GROUP.zone)
        tomorrow = now.astimezone(zone) + timedelta(days=1)
        return tomorrow.replace(hour=7, minute=30, second=0, microsecond=0)

    async def _checkin(self, now: datetime) -> datetime:
        """When the group is asked next, or they themselves by what they agreed on; in an hour
        where somebody has ended that."""
        who = self.who.ref if self.who else ""
        coming = await self._storage.schedule.coming(who, GROUP.ref, now)
        asked = (at for at, action in coming if action in ASK)
        return next(asked, now + timedelta(hours=1))

    def _resident(self, account: Account) -> Resident | None:
        return next((one for one in PEOPLE if one.account == account), None)


def _ours(path: str) -> str:
    """An address of this house, or its front."""
    return path if path[:1] == "/" and path[1:2] not in ("/", "\\") and path.isprintable() else "/"


def _see(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where})


async def _home(request: web.Request) -> web.Response:
    """For an address that a form was sent to, when somebody opens it by itself."""
    return _see("/")
