"""What somebody answered elsewhere, as a check-in of their own history."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from bot.core.calendar import in_zone
from bot.core.model import Person
from bot.core.work import Unit
from cogs.checkins import SAME
from storage.checkins import CheckIn, CheckIns


class Journal:
    def __init__(self, checkins: CheckIns) -> None:
        self._checkins = checkins

    async def keep(
        self,
        person: Person,
        now: datetime,
        mood: int,
        halt: tuple[str, ...],
        note: str,
        *,
        ref: str = "",
        was: str = "",
    ) -> tuple[str, Unit]:
        """The ref of the check-in, and what keeps it; nothing without their yes to that. `ref`
        is the one that an earlier answer to the same became, and `was` the note of it: a changed
        answer changes it."""
        if "checkins" not in person.consents:
            return "", ()
        recent = await self._checkins.since(person.ref, now - SAME)
        before = await self._checkins.load(ref) if ref else None
        before = before or (recent[-1] if recent else None)
        if before is None:
            day = in_zone(now, person.zone)
            entry = CheckIn(secrets.token_urlsafe(9), person.ref, now, day, mood, halt, note)
            return entry.ref, self._checkins.add(entry, now - SAME)
        changed = replace(before, mood=mood, halt=halt)
        replaces = before.ref == ref and before.note == was
        changed = replace(changed, note=note) if replaces else changed.noted(note)
        held = self._checkins.hold(before.ref, before.version)
        return before.ref, (held, self._checkins.change(changed))
