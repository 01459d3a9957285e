"""What somebody answered elsewhere, as a check-in of their own history."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from bot.core.calendar import in_zone
from bot.core.cards import Button
from bot.core.model import Context, Person
from bot.core.text import Text
from bot.core.work import Unit
from cogs.checkins import SAME, SharingCog
from storage.checkins import CheckIn, CheckIns


class Journal:
    def __init__(self, checkins: CheckIns, sharing: SharingCog) -> None:
        self._checkins, self._sharing = checkins, sharing

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
    ) -> tuple[CheckIn | None, Unit]:
        """The check-in, and what keeps it; nothing without their yes to that. `ref`
        is the one that an earlier answer to the same became, and `was` the note of it: a changed
        answer changes it."""
        if "checkins" not in person.consents:
            return None, ()
        recent = await self._checkins.since(person.ref, now - SAME)
        before = await self._checkins.load(ref) if ref else None
        before = before or (recent[-1] if recent else None)
        if before is None:
            day = in_zone(now, person.zone)
            entry = CheckIn(secrets.token_urlsafe(9), person.ref, now, day, mood, halt, note)
            return entry, self._checkins.add(entry, now - SAME)
        changed = replace(before, mood=mood, halt=halt)
        replaces = before.ref == ref and before.note == was
        changed = replace(changed, note=note) if replaces else changed.noted(note)
        held = self._checkins.hold(before.ref, before.version)
        return changed, (held, self._checkins.change(changed))

    async def behind(self, ctx: Context, entry: CheckIn) -> tuple[Text, tuple[Button, ...]]:
        """What is to be said of those who were shown it before it was changed."""
        return await self._sharing.behind(ctx, entry)
