"""What somebody is still writing on a page: kept for an hour, so that little of it is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from aiohttp import web

from bot.core.cards import Call, Card, Form
from bot.core.model import Origin, Place, Via
from bot.core.questions import MORE
from bot.platforms.web.house import House
from bot.platforms.web.porch import Posted
from bot.platforms.web.sessions import NAME, Viewer

Given: TypeAlias = Callable[[web.Request], Awaitable[tuple[Viewer | None, Posted]]]


class Writing:
    """As a draft of the core's, sealed under the key of the hour: of each action the last one.
    It lies in a place of its own: a typed line answers what was asked where one types."""

    def __init__(self, house: House, given: Given) -> None:
        self._house, self._given = house, given

    async def keep(self, request: web.Request) -> web.Response:
        """What stands in a form at the moment, field by field; an empty one is let go."""
        viewer, given = await self._given(request)
        call = Call.parse(given.get("call"))
        action = self._house.app.actions.get(call.action)
        if viewer is None or action is None:
            return web.Response(status=204)
        fields = action.unasked(call.args)
        values = tuple(given.get(f"f.{field.name}") for field in fields)
        if any(value.strip() for value in values):
            form = Form(action.spec.summary, call, fields, values)
            await self._house.app.keep(form, self._origin(viewer, call))
        else:
            await self.done(viewer, call)
        return web.Response(status=204)

    async def kept(self, request: web.Request) -> web.Response:
        """What was being written in that form; nothing where that is over, or longer ago."""
        viewer, given = await self._given(request)
        call = Call.parse(given.get("call"))
        if viewer is None:
            return web.Response(status=204)
        found = await self._house.app.perform(
            Call(MORE, (call.action,)), self._origin(viewer, call)
        )
        if not isinstance(found, Form) or found.call != call or not found.given:
            return web.Response(status=204)
        return web.Response(text=found.given[0], content_type="text/plain")

    async def done(self, viewer: Viewer, call: Call) -> None:
        """It was sent, or thrown away."""
        answer = await self._house.app.cancel(self._origin(viewer, call))
        assert isinstance(answer, Card)

    def _origin(self, viewer: Viewer, call: Call) -> Origin:
        place = Place(NAME, f"{viewer.account.id} writes {call.action}", private=True)
        origin = viewer.origin(Via.FILLED, "writing", self._house.clock.now())
        return replace(origin, place=place)
