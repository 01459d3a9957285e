"""What reports lean on, and who can be asked to read one."""

from __future__ import annotations

from typing import Protocol

from bot.core.model import Context
from storage.blocks import Blocks
from storage.groups import Groups
from storage.people import People
from storage.reports import Copies, Reports
from storage.roles import Roles


class Stored(Protocol):
    @property
    def reports(self) -> Reports: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def people(self) -> People: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def blocks(self) -> Blocks: ...


async def eligible(stored: Stored, ctx: Context, group: str) -> list[str]:
    """Trusted servants, but not those whom they keep away; in the order of their service.
    Who keeps them away is among them, or the list would tell it."""
    held, me = await stored.roles.of(group, ctx.now), ctx.person.ref
    not_these = {me} | await stored.blocks.kept_from(me)
    return [ref for ref in dict.fromkeys(role.person for role in held) if ref not in not_these]
