"""What every feature that keeps something of a person can do: tell it, and forget it."""

from __future__ import annotations

from typing import Protocol

from bot.core.work import Unit


class Keeper(Protocol):
    """Keeps what a person wrote or chose."""

    async def mine(self, person: str) -> object:
        """All of it, in plain values."""
        ...


class Forgets(Protocol):
    def forget(self, person: str) -> Unit:
        """Deletes every row that is a person's, or names them."""
        ...
