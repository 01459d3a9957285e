"""Addresses at which other programs hand something over: no page, no session, no form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from aiohttp import web

Hook: TypeAlias = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""Given the headers and the body, the status that is answered; it knows who may."""
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def hooked(hooks: Mapping[str, Hook]) -> Callable[..., Awaitable[web.StreamResponse]]:
    """What stands before the porch, which asks where a form comes from."""

    @web.middleware
    async def met(request: web.Request, handler: Handler) -> web.StreamResponse:
        hook = hooks.get(request.path) if request.method == "POST" else None
        if hook is None:
            return await handler(request)
        return web.Response(status=await hook(request.headers, await request.read()))

    return met
