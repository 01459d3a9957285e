"""Server-sent events: what happens in a room, to every open page that shows it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import ClientConnectionResetError, web

from bot.platforms.web.pages import Pages
from bot.platforms.web.ports import Happening
from bot.platforms.web.sessions import PutAway, Viewer
from bot.platforms.web.streams import Listener, Told

if TYPE_CHECKING:
    from bot.platforms.web.house import House

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, so that nothing in between hangs up."""
SLOW = 30.0
"""Seconds after which somebody who takes nothing is let go."""
PAGES = 8
"""Open pages of one session that are kept up to date."""
RETRY = b"retry: 2000\n\n"
ALIVE = b":\n\n"
END = b"event: end\ndata: end\n\n"
"""There is nothing more for this page, and no use in coming back."""
AWAY = b"event: away\ndata: away\n\n"
"""It was put away: what it shows goes."""


class Events:
    def __init__(self, house: House, pages: Pages) -> None:
        self._house, self._pages = house, pages

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Everything since the number that the browser saw last, each thing once, in order: of
        the room, or without one of what is for them alone."""
        house, now = self._house, self._house.clock.now()
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        room = request.query.get("room", "")
        try:
            viewer = await house.sessions.viewer(request, now)
        except PutAway:
            return await _over(request, response, AWAY)
        here = viewer.group.ref if viewer and viewer.group else ""
        if not viewer or room not in ("", here) or self._many(viewer):
            return await _over(request, response, END)
        there = viewer.visit.mark, viewer.account
        listener = Listener(*there, room, lambda: _is_there(request))
        try:
            place = viewer.place if room else viewer.own
            missed = await house.streams.join(listener, place, viewer.own, _after(request))
            await response.prepare(request)
            await _send(response, RETRY + b"".join(self._event(h, viewer) for h in missed))
            await self._listen(listener, response, viewer)
        except (ClientConnectionResetError, ConnectionResetError, TimeoutError):
            # They went, or went to sleep; whoever comes back says where they were.
            if request.transport:
                request.transport.abort()
        finally:
            house.streams.leave(listener)
        return response

    def _many(self, viewer: Viewer) -> bool:
        return self._house.streams.count(viewer.visit.mark) >= PAGES

    async def _listen(
        self, listener: Listener, response: web.StreamResponse, viewer: Viewer
    ) -> None:
        while not listener.ended:
            try:
                async with asyncio.timeout(KEEP_ALIVE):  # wait_for can lose a cancellation
                    await listener.bell.wait()
            except TimeoutError:
                await _send(response, ALIVE)
                continue
            listener.bell.clear()
            told = [self._once(one, viewer) for one in listener.waiting]
            listener.waiting.clear()
            if told and not listener.ended:
                await _send(response, b"".join(told))

    def _once(self, told: Told, viewer: Viewer) -> bytes:
        """Rendered once for all who read alike; one's own words, and words that somebody keeps
        away from themselves, are another matter."""
        author = told.happening.author
        if author and (author in viewer.hidden or author == viewer.actor.person.ref):
            return self._event(told.happening, viewer)
        if (done := told.rendered.get(viewer.reader)) is None:
            done = told.rendered[viewer.reader] = self._event(told.happening, viewer)
        return done

    def _event(self, happening: Happening, viewer: Viewer) -> bytes:
        """JSON keeps the HTML on one line."""
        shown = self._pages.happening(happening, viewer)
        data = {"card": f"c-{happening.anchor}", "html": str(shown) if shown else None}
        return f"id: {happening.seq}\nevent: card\ndata: {json.dumps(data)}\n\n".encode()


def _is_there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(SLOW):
        await response.write(data)


def _after(request: web.Request) -> int:
    """Where the browser was; a page that was just rendered says it in its address."""
    said = request.headers.get("Last-Event-ID") or request.query.get("last", "0")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else 0


async def _over(
    request: web.Request, response: web.StreamResponse, why: bytes
) -> web.StreamResponse:
    await response.prepare(request)
    await response.write(why)
    return response
