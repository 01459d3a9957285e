"""What somebody does between what another's press has read and what it keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.work import Unit
from tests.room import Room


def meanwhile(room: Room, does: Callable[[], Awaitable[None]]) -> None:
    """It is done wholly right before the next unit is kept."""
    units = room.storage.units
    kept = units.commit

    async def commit(unit: Unit) -> None:
        units.commit = kept  # type: ignore[method-assign]
        await does()
        await kept(unit)

    units.commit = commit  # type: ignore[method-assign]
