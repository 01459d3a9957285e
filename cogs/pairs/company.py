"""Who is in an agreement, as they are now, and between whom nothing passes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.ages import may_pair
from bot.core.decide import GONE
from bot.core.errors import UserError
from bot.core.model import Person
from storage.agreements import Agreement, Agreements
from storage.blocks import Blocks
from storage.codes import Codes
from storage.parts import Part
from storage.people import People
from storage.pings import Pings
from storage.schedule import Schedule


class Stored(Protocol):
    """What of the storage it leans on."""

    @property
    def agreements(self) -> Agreements: ...
    @property
    def pings(self) -> Pings: ...
    @property
    def people(self) -> People: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def codes(self) -> Codes: ...


@dataclass(frozen=True, slots=True)
class Company:
    """As somebody in it sees it."""

    agreement: Agreement
    me: Person
    people: Mapping[str, Person]
    apart: frozenset[str]
    """The refs of those between whom and them there is a block, or the age of eighteen: it looks
    as if those were quiet."""
    away: frozenset[str] = frozenset()
    """Of those the ones of whom they know it, since they wanted it, or are not 18."""

    @property
    def part(self) -> Part:
        return self.agreement.part(self.me.ref)

    @property
    def others(self) -> tuple[Part, ...]:
        """Those who agreed, whether they rest or not."""
        others = self.agreement.others(self.me.ref)
        return tuple(p for p in others if p.agreed and p.person in self.people)

    @property
    def reached(self) -> tuple[Part, ...]:
        """The others, as far as they know: without those whom they keep away themselves."""
        return tuple(part for part in self.others if part.person not in self.away)

    def names(self, parts: Collection[Part] | None = None) -> str:
        shown = self.others if parts is None else parts
        return ", ".join(self.people[part.person].name for part in shown)


class Companies:
    def __init__(self, stored: Stored) -> None:
        self._people, self._blocks = stored.people, stored.blocks

    async def of(self, agreement: Agreement, person: str) -> Company:
        """UserError when they are gone, or have no part in it."""
        people = await self._people.many(agreement.belongs_to | {person})
        if person not in people or person not in agreement.belongs_to:
            raise UserError(GONE)
        me, now = people[person], self._people.now()
        young = {p.ref for p in people.values() if p.ref != person and not may_pair(me, p, now)}
        around, kept = await asyncio.gather(
            self._blocks.around(person), self._blocks.kept_from(person)
        )
        away = kept & people.keys() if me.adult else (kept & people.keys()) | young
        return Company(agreement, me, people, around & people.keys() | young, away)

    async def may_meet(self, agreement: Agreement, person: Person) -> bool:
        """Whether somebody new may see what is proposed: nobody in it is kept from them, and no
        adult is paired with somebody who is none."""
        settled = (part.person for part in agreement.parts if part.agreed or part.wish)
        people = await self._people.many(settled)
        now = self._people.now()
        if not all(may_pair(person, other, now) for other in people.values() if other != person):
            return False
        return (await self._blocks.around(person.ref)).isdisjoint(people)
