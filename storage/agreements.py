"""Agreements: who checks in with whom, as each of them wants it for themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.core.ports import Vault
from bot.core.work import Unit, Value, Write
from storage.database import Database, Row
from storage.gathered import Gathered
from storage.outbox import Outbox
from storage.parted import Parted
from storage.parts import Part, read, said, written
from storage.values import instant, millis

WAITS = timedelta(days=14)
"""A proposal that nobody took up is gone after it."""
PING, REVIEW = "ping", "review"
"""Rows of the schedule that hang on an agreement are `ping/<agreement>/<person>`, so that they go
with it: one for each person who is asked, one for each who is asked whether to go on."""


class Kind(StrEnum):
    PAIR = "pair"
    CIRCLE = "circle"
    SPONSOR = "sponsor"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people, or a circle of up to five; it is live once two of them agreed."""

    ref: str
    kind: Kind
    parts: tuple[Part, ...]
    since: datetime
    review_at: datetime
    group: str = ""
    """In which they met; "" for none."""
    until: datetime | None = None
    """When a temporary one ends, unless both want it to go on."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset(part.person for part in self.parts)

    @property
    def live(self) -> bool:
        return sum(part.agreed for part in self.parts) > 1

    def part(self, person: str) -> Part:
        """KeyError when they have none."""
        for part in self.parts:
            if part.person == person:
                return part
        raise KeyError("no part of theirs")

    def others(self, person: str) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.person != person)


class Agreements:
    kind = Agreement

    def __init__(self, db: Database, vault: Vault, outbox: Outbox, parted: Parted) -> None:
        self._db, self._vault = db, vault
        self._outbox, self._parted = outbox, parted
        self._named = Gathered(db, f"{ALL} WHERE agreements.ref IN ({{keys}})", "ref")

    async def load(self, ref: str) -> Agreement | None:
        found = await self._named.rows((ref,))
        return next(iter(self._agreements(found[ref])), None)

    async def of(self, person: str) -> list[Agreement]:
        """The ones that somebody has a part in, also those that only wait; the oldest first."""
        rows = await self._db.read(
            f"{ALL} WHERE agreements.ref IN (SELECT agreement FROM parts WHERE person = :person)"
            " ORDER BY since, agreements.ref",
            person=person,
        )
        return self._agreements(rows)

    async def of_any(self, people: Iterable[str]) -> list[Agreement]:
        """The same of several, each agreement once."""
        wanted = {f"p{n}": person for n, person in enumerate(dict.fromkeys(people))}
        if not wanted:
            return []
        names = ", ".join(f":{name}" for name in wanted)
        rows = await self._db.read(
            f"{ALL} WHERE agreements.ref IN"
            f" (SELECT agreement FROM parts WHERE person IN ({names}))",
            **wanted,
        )
        return self._agreements(rows)

    def hold(self, ref: str, version: int) -> Write:
        """Changes nothing itself: questions to two of them at the same hour do not hinder each
        other."""
        return Write(
            "UPDATE agreements SET version = version WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, agreement: Agreement) -> Unit:
        row = Write(
            "INSERT INTO agreements (ref, kind, grp, since, review_at, until)"
            " VALUES (:ref, :kind, :grp, :since, :review_at, :until)",
            self._values(agreement),
            expect=1,
        )
        return row, *(self._keep(agreement.ref, part) for part in agreement.parts)

    def change(self, before: Agreement, after: Agreement) -> Unit:
        """Writes what differs; to be held first, or a change made meanwhile would be lost."""
        if before == after:
            return ()
        unit: Unit = (
            Write(
                "UPDATE agreements SET kind = :kind, grp = :grp, since = :since,"
                " review_at = :review_at, until = :until, version = version + 1"
                " WHERE ref = :ref",
                self._values(after),
                expect=1,
            ),
        )
        unit += tuple(self._keep(after.ref, p) for p in after.parts if p not in before.parts)
        gone = before.belongs_to - after.belongs_to
        for person in gone:
            unit += self._without(after.ref, person)
        return (*unit, *(self._parted.note(before, gone) if before.live else ()))

    def quiet(self, ref: str) -> Unit:
        """What is queued under this agreement is not sent."""
        return self._outbox.drop(ref)

    def end(self, agreement: Agreement) -> Unit:
        """With all that hangs on it: nothing of it starts to be sent from here on, and for a
        while neither asks the other for it again."""
        values = {"ref": agreement.ref}
        return (
            *self._parted.note(agreement, agreement.belongs_to),
            *self.quiet(agreement.ref),
            Write(f"DELETE FROM schedule WHERE ref IN ({_PLANNED} WHERE agreement = :ref)", values),
            Write("DELETE FROM agreements WHERE ref = :ref", values, expect=1),
        )

    def forget(self, person: str) -> Unit:
        """Ends what they were one of two in. What was queued to the others names them, so it goes
        with the outbox's own."""
        values = {"person": person}
        return (
            Write(f"DELETE FROM schedule WHERE ref IN ({_PLANNED} WHERE person = :person)", values),
            Write(
                f"DELETE FROM schedule WHERE ref IN ({_PLANNED} WHERE agreement IN ({_ALONE}))",
                values,
            ),
            Write(f"DELETE FROM agreements WHERE ref IN ({_ALONE})", values),
            Write("DELETE FROM pings WHERE person = :person", values),
            Write("DELETE FROM parts WHERE person = :person", values),
        )

    def tidy(self, now: datetime) -> Unit:
        """Proposals that nobody took up, and whoever has waited so long beside an agreement of
        others, or let it wait."""
        before = {"before": millis(now - WAITS)}
        return (
            Write(
                "UPDATE agreements SET version = version + 1"
                " WHERE ref IN (SELECT agreement FROM parts WHERE waits < :before)",
                before,
            ),
            Write("DELETE FROM parts WHERE waits < :before", before),
            Write(
                "DELETE FROM agreements WHERE since < :before AND"
                " (SELECT count(*) FROM parts WHERE agreement = ref AND agreed = 1) < 2",
                before,
            ),
        )

    async def mine(self, person: str) -> list[dict[str, object]]:
        """Their own part of each, in plain values: what the others agreed to is theirs."""
        return [_told(a, a.part(person)) for a in await self.of(person)]

    def _values(self, agreement: Agreement) -> dict[str, Value]:
        return {
            "ref": agreement.ref,
            "kind": agreement.kind.value,
            "grp": agreement.group or None,
            "since": millis(agreement.since),
            "review_at": millis(agreement.review_at),
            "until": millis(agreement.until) if agreement.until else None,
        }

    def _keep(self, ref: str, part: Part) -> Write:
        row = f"parts.body/{ref}/{part.person}"
        text = json.dumps(written(part), ensure_ascii=False)
        return Write(
            "INSERT INTO parts (agreement, person, agreed, body, waits)"
            " VALUES (:ref, :person, :agreed, :body, :waits) ON CONFLICT (agreement, person)"
            " DO UPDATE SET agreed = excluded.agreed, body = excluded.body,"
            " waits = excluded.waits",
            {
                "ref": ref,
                "person": part.person,
                "agreed": int(part.agreed),
                "waits": millis(part.waits) if part.waits else None,
                "body": self._vault.seal(part.person, row, text),
            },
            expect=1,
        )

    def _without(self, ref: str, person: str) -> Unit:
        values = {"ref": ref, "person": person}
        theirs = "WHERE agreement = :ref AND person = :person"
        return (
            Write(f"DELETE FROM schedule WHERE ref IN ({_PLANNED} {theirs})", values),
            Write(f"DELETE FROM pings {theirs}", values),
            Write(f"DELETE FROM parts {theirs}", values, expect=1),
        )

    def _agreements(self, rows: Iterable[Row]) -> list[Agreement]:
        found: dict[str, tuple[Row, list[Part]]] = {}
        for row in rows:
            found.setdefault(row["ref"], (row, []))[1].append(self._part(row))
        return [_agreement(row, tuple(parts)) for row, parts in found.values()]

    def _part(self, row: Row) -> Part:
        person = row["person"]
        sealed = self._vault.open(person, f"parts.body/{row['ref']}/{person}", row["body"])
        waits = None if row["waits"] is None else instant(row["waits"])
        return read(person, bool(row["agreed"]), waits, json.loads(sealed))


ALL = (
    "SELECT agreements.*, parts.person, parts.agreed, parts.waits, parts.body FROM agreements"
    " JOIN parts ON parts.agreement = agreements.ref"
)
_PLANNED = (
    f"SELECT kinds.kind || '/' || agreement || '/' || person FROM parts,"
    f" (SELECT '{PING}' AS kind UNION ALL SELECT '{REVIEW}') AS kinds"
)
_ALONE = """
    SELECT agreement FROM parts AS theirs WHERE person = :person AND (
        SELECT count(*) FROM parts AS others
        WHERE others.agreement = theirs.agreement AND others.agreed = 1
        AND others.person <> theirs.person) < 2"""
"""What would be left with one."""


def planned(kind: str, ref: str, person: str) -> str:
    """What a row of the schedule is called that hangs on an agreement."""
    return f"{kind}/{ref}/{person}"


def about(agreement: Agreement, *people: str, **named: str) -> tuple[str, ...]:
    """What a message is dropped by: the end of the agreement, somebody in it who is forgotten,
    and whoever is `asked` or `reviewed` by it, has `said` what is in it, or is `told`, when they
    want no more."""
    return (
        agreement.ref,
        *people,
        *(marked(agreement.ref, who, how) for how, who in named.items()),
    )


def marked(agreement: str, person: str, how: str) -> str:
    """`agreement` is its ref."""
    return f"{agreement}/{person}/{how}"


def part_mark(agreement: Agreement, person: str) -> str:
    """Names somebody in it, where a button may not name a person."""
    return sha256(f"{agreement.ref} {person!r}".encode()).hexdigest()[:8]


def _agreement(row: Row, parts: tuple[Part, ...]) -> Agreement:
    return Agreement(
        row["ref"],
        Kind(row["kind"]),
        parts,
        instant(row["since"]),
        instant(row["review_at"]),
        row["grp"] or "",
        None if row["until"] is None else instant(row["until"]),
        row["version"],
    )


def _told(agreement: Agreement, part: Part) -> dict[str, object]:
    told: dict[str, object] = {
        "kind": agreement.kind.value,
        "role": part.role.value,
        "since": agreement.since.isoformat(timespec="seconds"),
        "agreed": part.agreed,
        "muted": part.muted,
        "asked": said(part.terms),
    }
    if part.rests:
        told["rests until"] = part.rests.isoformat(timespec="seconds")
    if part.wish:
        told["wished"] = said(part.wish)
    return told
