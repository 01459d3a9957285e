"""What a house can have beside its own pages: templates, files and addresses that others bring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from aiohttp import web

if TYPE_CHECKING:
    from bot.platforms.web.house import House

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Extras(Protocol):
    @property
    def templates(self) -> Path:
        """They come before ours of the same name, which are found as `house/…` as well."""
        ...

    @property
    def static(self) -> Path:
        """Files that browsers fetch."""
        ...

    @property
    def words(self) -> Mapping[str, Any]:
        """What every template knows by name."""
        ...

    def routes(self, house: House) -> Sequence[web.RouteDef]: ...
    async def meet(
        self, request: web.Request, handler: Handler, house: House
    ) -> web.StreamResponse:
        """Stands before every page, behind the porch."""
        ...
