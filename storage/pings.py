"""Pings: the question that came last to somebody under an agreement, and their answer, sealed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.core.ports import Vault
from bot.core.work import Unit, Value, Write
from storage.database import Database, Row
from storage.gathered import Gathered
from storage.parts import Shows
from storage.values import instant, millis

LONGEST_GAP = 7
"""Days between two questions, where one comes each week."""
BLOCK = 128
"""Bytes to which a text is filled up, so that its length does not tell what was answered."""


@dataclass(frozen=True, slots=True)
class Ping:
    """One for each person and agreement: the next question takes the place of the last."""

    ref: str
    agreement: str
    person: str
    at: datetime
    day: date
    """Their own day; none is asked for twice, wherever they travel."""
    answered: bool = False
    mood: int = 0
    """0 with an answer is "not today"."""
    halt: tuple[str, ...] = ()
    note: str = ""
    told: bool = False
    """Whether the others can know that there is an answer: not of one given in a pause."""
    shows: Shows = Shows.ALL
    """What of it the others may see, by the terms under which it was given."""
    silent: int = 0
    """How many before this one, in a row, have no answer."""
    quiet_since: date | None = None
    """The day of the first of them."""
    hinted: bool = False
    """Whether the others were given a gentle word in this silence."""
    entry: str = ""
    """The check-in that the answer is in their own history."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


def first(agreement: str, person: str, at: datetime, day: date) -> Ping:
    """The first question that comes to somebody under an agreement."""
    return Ping(secrets.token_urlsafe(9), agreement, person, at, day, version=0)


def following(before: Ping, at: datetime, day: date) -> Ping:
    """The question after that one; it goes by the same ref. A silence is one of questions that
    came: where none came for more than a week it is over."""
    new = Ping(before.ref, before.agreement, before.person, at, day, version=before.version)
    if before.answered or (day - before.day).days > LONGEST_GAP:
        return new
    since, silent = before.quiet_since or before.day, before.silent + 1
    return replace(new, silent=silent, quiet_since=since, hinted=before.hinted)


class Pings:
    kind = Ping

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault
        self._under = Gathered(db, "SELECT * FROM pings WHERE agreement IN ({keys})", "agreement")

    async def load(self, ref: str) -> Ping | None:
        rows = await self._db.read("SELECT * FROM pings WHERE ref = :ref", ref=ref)
        return next((self._ping(row) for row in rows), None)

    async def last(self, agreement: str, person: str) -> Ping | None:
        rows = (await self._under.rows((agreement,)))[agreement]
        return next((self._ping(row) for row in rows if row["person"] == person), None)

    async def under(self, agreement: str) -> dict[str, Ping]:
        """Everybody's, by person."""
        rows = (await self._under.rows((agreement,)))[agreement]
        return {row["person"]: self._ping(row) for row in rows}

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE pings SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def ask(self, ping: Ping) -> Write:
        """In place of the one before; fails when somebody has asked, or answered, meanwhile."""
        if not ping.version:
            return Write(
                "INSERT INTO pings (ref, agreement, person, at, body)"
                " VALUES (:ref, :agreement, :person, :at, :body) ON CONFLICT DO NOTHING",
                {**self._values(ping), "agreement": ping.agreement, "person": ping.person},
                expect=1,
            )
        return Write(
            "UPDATE pings SET at = :at, body = :body, version = version + 1"
            " WHERE ref = :ref AND version = :version",
            {**self._values(ping), "version": ping.version},
            expect=1,
        )

    def change(self, ping: Ping) -> Write:
        """Its answer; to be held first, or a change made meanwhile would be lost."""
        sql = "UPDATE pings SET at = :at, body = :body WHERE ref = :ref"
        return Write(sql, self._values(ping), expect=1)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM pings WHERE person = :person", {"person": person}),)

    async def mine(self, person: str) -> list[dict[str, object]]:
        """What they were asked last under each agreement, in plain values."""
        sql = "SELECT * FROM pings WHERE person = :person ORDER BY at, ref"
        rows = await self._db.read(sql, person=person)
        return [_told(self._ping(row)) for row in rows]

    def _values(self, ping: Ping) -> dict[str, Value]:
        text = json.dumps(_written(ping), ensure_ascii=False)
        filled = text.ljust(-(-len(text) // BLOCK) * BLOCK)
        sealed = self._vault.seal(ping.person, f"pings.body/{ping.ref}", filled)
        return {"ref": ping.ref, "at": millis(ping.at), "body": sealed}

    def _ping(self, row: Row) -> Ping:
        ref, person = row["ref"], row["person"]
        body = json.loads(self._vault.open(person, f"pings.body/{ref}", row["body"]))
        at, version = instant(row["at"]), row["version"]
        return Ping(ref, row["agreement"], person, at, **_read(body), version=version)


def _written(ping: Ping) -> dict[str, Any]:
    return {
        "day": ping.day.isoformat(),
        "answered": ping.answered,
        "mood": ping.mood,
        "halt": list(ping.halt),
        "note": ping.note,
        "told": ping.told,
        "shows": ping.shows.value,
        "silent": ping.silent,
        "quiet_since": ping.quiet_since.isoformat() if ping.quiet_since else None,
        "hinted": ping.hinted,
        "entry": ping.entry,
    }


def _read(body: dict[str, Any]) -> dict[str, Any]:
    since = body["quiet_since"]
    return {
        **body,
        "day": date.fromisoformat(body["day"]),
        "halt": tuple(body["halt"]),
        "quiet_since": date.fromisoformat(since) if since else None,
        "shows": Shows(body.get("shows", Shows.ALL)),  # an older version did not write it down
    }


def _told(ping: Ping) -> dict[str, object]:
    told: dict[str, object] = {
        "at": ping.at.isoformat(timespec="seconds"),
        "day": ping.day.isoformat(),
        "answered": ping.answered,
    }
    if ping.mood:
        told |= {"mood": ping.mood, "halt": list(ping.halt), "note": ping.note}
    return told
