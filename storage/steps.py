"""Step work as it is kept: notebooks, suggestions, and who was told that there is something new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.core.ports import Loader, Vault
from bot.core.work import Unit, Write
from storage.agreements import Agreements
from storage.blocks import Blocks
from storage.database import Database
from storage.entries import Entries, Notebooks
from storage.outbox import Outbox
from storage.people import People
from storage.suggestions import Inbound, Reading, Suggestions
from storage.values import millis


class Steps:
    """Kept until its people delete it."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        agreements: Agreements,
        blocks: Blocks,
        people: People,
        outbox: Outbox,
    ) -> None:
        self._db, self._outbox = db, outbox
        self.notebooks, self.entries = Notebooks(db, vault), Entries(db, vault)
        self.suggestions = Suggestions(db, vault)
        self.reading = Reading(self.notebooks, self.entries, agreements, blocks, people)
        self.inbound = Inbound(self.suggestions, self.entries, blocks, people)

    @property
    def loaders(self) -> tuple[Loader, ...]:
        return self.notebooks, self.entries, self.reading, self.suggestions, self.inbound

    async def told(self, person: str, now: datetime) -> bool:
        """Whether they were told of something new, and are not to be told again yet."""
        return bool(
            await self._db.read(
                "SELECT 1 FROM step_notes WHERE person = :person AND until > :now",
                person=person,
                now=millis(now),
            )
        )

    def tell(self, person: str, now: datetime, until: datetime) -> Write:
        """From here on they were told, until that instant; fails when they were already."""
        return Write(
            "INSERT INTO step_notes (person, until) VALUES (:person, :until)"
            " ON CONFLICT (person) DO UPDATE SET until = excluded.until"
            " WHERE step_notes.until <= :now",
            {"person": person, "until": millis(until), "now": millis(now)},
            expect=1,
        )

    def quiet(self, about: str) -> Unit:
        """What is on its way about that is not sent."""
        return self._outbox.drop(about)

    def forget(self, person: str) -> Unit:
        """With an entry goes what others have suggested about it."""
        who = {"person": person}
        return (
            Write("DELETE FROM step_answers WHERE person = :person", who),
            Write("DELETE FROM step_suggestions WHERE person = :person", who),
            Write("DELETE FROM step_entries WHERE person = :person", who),
            Write("DELETE FROM step_notebooks WHERE person = :person", who),
            Write("DELETE FROM step_notes WHERE person = :person", who),
        )

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM step_notes WHERE until <= :now", {"now": millis(now)}),)

    async def mine(self, person: str) -> dict[str, Any]:
        """Their own words, the oldest first, in plain values."""
        entries = reversed(await self.entries.of(person))
        suggested = reversed(await self.suggestions.of(person))
        notebooks = await self.notebooks.of(person)
        guides = {one.ref: one.guide for one in notebooks}
        kept: dict[str, list[dict[str, object]]] = {
            "notebooks": [
                {
                    "since": _at(one.since),
                    "guide": one.guide,
                    "open": list(one.open),
                    "let_read": bool(one.lets),
                }
                for one in notebooks
            ],
            "entries": [
                {
                    "at": _at(e.at),
                    "day": e.day.isoformat(),
                    "guide": guides[e.notebook],
                    "step": e.step,
                    "question": e.asked,
                    "note": e.text,
                }
                for e in entries
            ],
            "suggestions": [{"at": _at(s.at), "note": s.text} for s in suggested],
            "answers": [
                {"at": _at(at), "note": text}
                for at, text in await self.suggestions.answered(person)
            ],
        }
        return {name: listed for name, listed in kept.items() if listed}


def _at(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
