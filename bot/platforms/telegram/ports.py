"""What the Telegram door needs from the outside, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.core.model import Account, Place
from bot.core.ports import Units
from bot.core.work import Unit, Write


class Inbox(Protocol):
    def store(self, door: str, updates: Sequence[tuple[str, str, str]], now: datetime) -> Unit:
        """The platform's number for each, its chat, and what it says."""
        ...


class Kept(Protocol):
    """What is remembered of the platform; `storage.telegram` says more."""

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> Write: ...
    def let_go(self, name: str, holder: str) -> Write: ...
    async def told(self, name: str) -> str: ...
    def tell(self, name: str, value: str) -> Write: ...
    async def moved(self, place: Place) -> Place | None: ...
    def move(self, old: Place, new: Place) -> Unit: ...
    def reopen(self, place: Place) -> Write: ...
    async def rooms(self) -> Sequence[Place]: ...
    def room(self, place: Place, *, open: bool) -> Write: ...


class Groups(Protocol):
    async def door(self, place: Place) -> str: ...


class People(Protocol):
    async def known(self, account: Account) -> str: ...
    def close_account(self, account: Account) -> Write: ...
    def reopen(self, account: Account) -> Write: ...


class Code(Protocol):
    @property
    def group(self) -> str: ...
    @property
    def note(self) -> str: ...


CodeT = TypeVar("CodeT", bound=Code)


class Codes(Protocol[CodeT]):
    def make(
        self,
        kind: str,
        person: str,
        group: str,
        now: datetime,
        lifetime: timedelta,
        note: str = "",
    ) -> tuple[str, Write]: ...
    async def find(self, kind: str, secret: str, now: datetime) -> CodeT | None: ...
    def use(self, code: CodeT) -> Write: ...


class TelegramPorts(Protocol):
    """What storage has for us."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def kept(self) -> Kept: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def people(self) -> People: ...
    @property
    def codes(self) -> Codes[Any]: ...  # whatever it finds, it takes back
    @property
    def units(self) -> Units: ...
