"""Dates that somebody keeps for themselves, each sealed whole, with what was before it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.core.calendar import Leap
from bot.core.ports import Vault
from bot.core.work import Unit, Value, Write
from storage.database import Database, Row
from storage.values import instant, millis

MOST = 12
"""Dates that one person keeps."""
BLOCK = 512
"""Bytes to which a text is filled up, so that its length does not tell how often somebody
started again."""


class Counts(StrEnum):
    DAYS = "days"
    CALENDAR = "calendar"
    """Days up to 90, then months and years by the calendar."""


class Shows(StrEnum):
    SINCE = "since"
    ALL = "all"
    """The longest and all together too."""
    DATE = "date"
    """No count at all."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one beginning to the next."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Clock:
    """A date that somebody counts from."""

    ref: str
    person: str
    name: str
    """The person's own words."""
    since: date
    counts: Counts = Counts.CALENDAR
    shows: Shows = Shows.SINCE
    ahead: bool = False
    """Whether the next milestone is shown."""
    leap: Leap = Leap.FEB_28
    past: tuple[Stretch, ...] = ()
    """What was before they started again, oldest first, as it was then."""
    again_at: datetime | None = None
    """When they last said that they are starting again."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def started_again(self, today: date, now: datetime) -> Clock:
        past = (*self.past, Stretch(self.since, today))
        return replace(self, since=today, past=past, again_at=now)

    def as_before(self) -> Clock:
        """The date that stood there until they started again."""
        return replace(self, since=self.past[-1].since, past=self.past[:-1], again_at=None)

    def stretches(self, today: date) -> tuple[Stretch, ...]:
        """Oldest first, the present one last; a day that a corrected date takes in counts once."""
        made = [Stretch(self.since, max(self.since, today))]
        for old in reversed(self.past):
            if old.since < made[-1].since:
                made.append(Stretch(old.since, min(old.until, made[-1].since)))
        return tuple(reversed(made))


class Clocks:
    kind = Clock

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Clock | None:
        rows = await self._db.read("SELECT * FROM clocks WHERE ref = :ref", ref=ref)
        return next((self.clock(row) for row in rows), None)

    async def of(self, person: str) -> list[Clock]:
        """The earliest date first."""
        rows = await self._db.read("SELECT * FROM clocks WHERE person = :person", person=person)
        return sorted(map(self.clock, rows), key=lambda clock: (clock.since, clock.name))

    async def mine(self, person: str) -> list[dict[str, Any]]:
        """In plain values."""
        return [{"name": clock.name, **_inside(clock)} for clock in await self.of(person)]

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE clocks SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, clock: Clock) -> Unit:
        """Fails when there is one of that name, or as many as one person keeps."""
        room = Write(
            "UPDATE clocks SET version = version WHERE person = :person"
            " AND (SELECT count(*) FROM clocks WHERE person = :person) >= :most",
            {"person": clock.person, "most": MOST},
            expect=0,
        )
        insert = Write(
            "INSERT INTO clocks (ref, person, mark, body) VALUES (:ref, :person, :mark, :body)"
            " ON CONFLICT DO NOTHING",
            self._values(clock),
            expect=1,
        )
        return room, insert

    def change(self, clock: Clock) -> Write:
        """Fails when there is another of that name."""
        return Write(
            "UPDATE clocks SET mark = :mark, body = :body WHERE ref = :ref AND person = :person"
            " AND NOT EXISTS (SELECT 1 FROM clocks AS other WHERE other.person = :person"
            " AND other.mark = :mark AND other.ref <> :ref)",
            self._values(clock),
            expect=1,
        )

    def delete(self, clock: Clock) -> Write:
        return Write("DELETE FROM clocks WHERE ref = :ref", {"ref": clock.ref}, expect=1)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM clocks WHERE person = :person", {"person": person}),)

    def _values(self, clock: Clock) -> dict[str, Value]:
        text = json.dumps({"name": clock.name, **_inside(clock)}, ensure_ascii=False)
        filled = text.ljust(-(-len(text) // BLOCK) * BLOCK)
        return {
            "ref": clock.ref,
            "person": clock.person,
            "mark": self._vault.mark(f"clocks.name/{clock.person}/{clock.name.casefold()}"),
            "body": self._vault.seal(clock.person, f"clocks.body/{clock.ref}", filled),
        }

    def clock(self, row: Row) -> Clock:
        """What a row holds."""
        ref, person = row["ref"], row["person"]
        body = json.loads(self._vault.open(person, f"clocks.body/{ref}", row["body"]))
        return Clock(
            ref,
            person,
            body["name"],
            date.fromisoformat(body["since"]),
            Counts(body["counts"]),
            Shows(body["shows"]),
            body["ahead"],
            Leap(body["leap"]),
            tuple(Stretch(*map(date.fromisoformat, ends)) for ends in body["past"]),
            None if body["again_at"] is None else instant(body["again_at"]),
            row["version"],
        )


def _inside(clock: Clock) -> dict[str, object]:
    return {
        "since": clock.since.isoformat(),
        "counts": clock.counts,
        "shows": clock.shows,
        "ahead": clock.ahead,
        "leap": clock.leap,
        "past": [[old.since.isoformat(), old.until.isoformat()] for old in clock.past],
        "again_at": None if clock.again_at is None else millis(clock.again_at),
    }
