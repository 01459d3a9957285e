"""What one browser is shown: put away or not, by day or by night, in which letters."""

from __future__ import annotations

from aiohttp import web

from bot.platforms.web.house import House
from bot.platforms.web.porch import home, posted, put_away, taken_out

LIGHTS, LETTERS = ("", "light", "dark"), ("", "plain")


class Appearance:
    def __init__(self, house: House) -> None:
        self._house, self._web = house, house.ports.web

    async def put_away(self, request: web.Request) -> web.Response:
        """From now on this browser shows a shopping list, whatever it asks for."""
        await posted(request)
        visit = await self._house.sessions.visit(request, self._house.clock.now())
        if visit is None:
            return put_away()
        await self._house.ports.units.commit((self._web.put_away(visit.mark, True),))
        self._house.streams.end({visit.mark})
        return home()

    async def take_out(self, request: web.Request) -> web.Response:
        await posted(request)
        visit = await self._house.sessions.visit(request, self._house.clock.now())
        if visit is None:
            return taken_out()
        await self._house.ports.units.commit((self._web.put_away(visit.mark, False),))
        return home()

    async def dress(self, request: web.Request) -> web.Response:
        given = await posted(request)
        viewer = await self._house.sessions.viewer(request, self._house.clock.now())
        light, letters = given.get("light"), given.get("letters")
        if viewer and light in LIGHTS and letters in LETTERS:
            dressed = self._web.dress(viewer.visit.mark, light, letters)
            await self._house.ports.units.commit((dressed,))
        return web.Response(status=303, headers={"Location": "/account"})
