"""Connections, and what is said where a request cannot even be read."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from aiohttp import web

from bot.platforms.web.security import HEADERS, NO_STORE

QUIET = logging.getLogger("bot.platforms.web.http")
QUIET.disabled = True
"""The library's own log, which would carry addresses and lines that were sent; ours is in
`porch`."""
UNREAD = "That is no request that can be read here.\n"


class Hearing(web.RequestHandler):
    """The library's own refusals repeat what was sent, and say what we are made of."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Half characters in a header are an unreadable request like another."""
        said = 400 if isinstance(exc, UnicodeError) else status
        response = super().handle_error(request, said, exc, UNREAD)
        response.headers.update(HEADERS | {"Cache-Control": NO_STORE, "Server": ""})
        return response


async def listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """OSError when it cannot be listened on. To be closed before the runner is cleaned up."""
    if (manager := runner.server) is None:
        raise RuntimeError("set up the runner first")
    loop = asyncio.get_running_loop()
    hears = partial(
        Hearing,
        manager,
        loop=loop,
        logger=QUIET,
        access_log=QUIET,
        auto_decompress=False,  # no form of ours is packed; a bomb could be
    )
    return await loop.create_server(hears, host, port)
