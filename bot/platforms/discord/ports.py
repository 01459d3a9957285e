"""What the Discord door needs of the storage, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.core.model import Origin, Place
from bot.core.ports import Units
from bot.core.work import Unit, Write


class Servers(Protocol):
    """Which group a Discord server is the home of: by it, in a channel that is no door of any."""

    async def group(self, server: str) -> str:
        """The ref of its group, or ""."""
        ...

    async def all(self) -> Sequence[tuple[str, str]]:
        """Every server with its group."""
        ...

    def belongs(self, server: str, group: str) -> Write: ...
    def leave(self, server: str) -> Unit: ...


class Groups(Protocol):
    async def door(self, place: Place) -> str:
        """The ref of the group whose door this is, or ""."""
        ...

    async def doors(self, group: str) -> Mapping[str, Sequence[Place]]:
        """All of them, by what they are for."""
        ...


class Errands(Protocol):
    """Forms that are filled in on a page of the web room."""

    def place(self) -> Place:
        """Where the next one waits."""
        ...

    def make(self, origin: Origin, action: str, place: Place) -> tuple[str, Write]:
        """The secret of a link for whoever is asked there (`origin`), and what keeps it."""
        ...


class DiscordPorts(Protocol):
    """All of it."""

    @property
    def servers(self) -> Servers: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def units(self) -> Units: ...
    @property
    def errands(self) -> Errands: ...
