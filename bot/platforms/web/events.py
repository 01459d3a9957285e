"""Server-sent events: what happens in a room, to every open page that shows it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import ClientConnectionResetError, web

from bot.platforms.web.ports import Happening
from bot.platforms.web.reader import Reader
from bot.platforms.web.render import Spot
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


class Events:
    def __init__(self, house: House) -> None:
        self._house = house

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Everything since the number that the browser saw last, each thing once, in order."""
        house, now = self._house, self._house.clock.now()
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        viewer = await house.sessions.viewer(request, now)
        room = request.query.get("room", "")
        may = viewer and (viewer.group.ref if viewer.group else "") == room
        if not viewer or not may or house.streams.count(viewer.visit.mark) >= PAGES:
            await response.prepare(request)
            await response.write(END)
            return response
        listener = Listener(viewer.visit.mark, viewer.account, room, lambda: _is_there(request))
        try:
            missed = await house.streams.join(listener, viewer.place, viewer.own, _after(request))
            await response.prepare(request)
            await _send(response, RETRY + b"".join(self._event(h, viewer.reader) for h in missed))
            await self._listen(listener, response, viewer.reader)
        except (ClientConnectionResetError, ConnectionResetError, TimeoutError):
            # They went, or went to sleep; whoever comes back says where they were.
            if request.transport:
                request.transport.abort()
        finally:
            house.streams.leave(listener)
        return response

    async def _listen(
        self, listener: Listener, response: web.StreamResponse, reader: Reader
    ) -> None:
        while not listener.ended:
            try:
                async with asyncio.timeout(KEEP_ALIVE):  # wait_for can lose a cancellation
                    await listener.bell.wait()
            except TimeoutError:
                await _send(response, ALIVE)
                continue
            listener.bell.clear()
            told = [self._once(one, reader) for one in listener.waiting]
            listener.waiting.clear()
            if told and not listener.ended:
                await _send(response, b"".join(told))

    def _once(self, told: Told, reader: Reader) -> bytes:
        if (done := told.rendered.get(reader)) is None:
            done = told.rendered[reader] = self._event(told.happening, reader)
        return done

    def _event(self, happening: Happening, reader: Reader) -> bytes:
        """JSON keeps the HTML on one line."""
        spot = Spot(happening.anchor, happening.seq, happening.first, happening.at)
        card = happening.card
        data = {
            "card": f"c-{happening.anchor}",
            "html": str(self._house.renderer.card(card, reader, spot)) if card else None,
        }
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
