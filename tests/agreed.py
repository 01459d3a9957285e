"""What people have agreed on already when a test begins; in pair_room.py they agree themselves."""

from __future__ import annotations

from datetime import timedelta

from storage import Storage
from storage.agreements import Agreement, Kind
from storage.parts import Part, Role
from tests.room import MORNING

UNDER = "agreed-12345"
MONTH = timedelta(days=30)


async def agree(
    storage: Storage, *people: str, kind: Kind = Kind.PAIR, ref: str = UNDER
) -> Agreement:
    """By their references; of two where there is one, the first is the sponsor."""
    roles = (Role.SPONSOR, Role.SPONSEE) if kind is Kind.SPONSOR else (Role.PEER,) * len(people)
    parts = tuple(
        Part(person, role=role, agreed=True) for person, role in zip(people, roles, strict=True)
    )
    made = Agreement(ref, kind, parts, MORNING, MORNING + MONTH)
    await storage.units.commit(storage.agreements.add(made))
    return made
