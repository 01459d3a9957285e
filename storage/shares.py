"""Shares: what somebody showed to whom of a check-in, so that it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.values import instant, millis

OFFERED = timedelta(days=1)
"""What was only looked at, and never sent, is gone after it."""


@dataclass(frozen=True, slots=True)
class Share:
    """A check-in, as others see it. It is frozen when it is looked at first: nobody who came
    later is shown it."""

    ref: str
    person: str
    checkin: str
    at: datetime
    agreement: str = ""
    """Under which it goes to the people below; "" for a group."""
    group: str = ""
    people: tuple[str, ...] = ()
    place: Place | None = None
    noted: bool = False
    """Whether the note goes along."""
    sent: bool = False
    shown: str = ""
    """A mark of what was shown last, by which a later change is told from it; not its words."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    @property
    def panel(self) -> str:
        """What the card is called where it stands."""
        return f"shared {self.ref}"


class Shares:
    kind = Share

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Share | None:
        rows = await self._db.read(f"{ALL} WHERE shares.ref = :ref", ref=ref)
        return next(iter(self._shares(rows)), None)

    async def of_checkin(self, checkin: str) -> list[Share]:
        """The oldest first, also those that were not sent."""
        rows = await self._db.read(
            f"{ALL} WHERE checkin = :checkin ORDER BY at, shares.ref", checkin=checkin
        )
        return self._shares(rows)

    async def of(self, person: str) -> list[Share]:
        rows = await self._db.read(
            f"{ALL} WHERE shares.person = :person ORDER BY at, shares.ref", person=person
        )
        return self._shares(rows)

    async def standing(self, share: Share) -> frozenset[str]:
        """The refs of the people with whom it stands at this moment."""
        rows = await self._db.read(
            "SELECT substr(destination, 8) AS person FROM panels"
            " WHERE name = :name AND destination LIKE 'person:%'",
            name=share.panel,
        )
        return frozenset(row["person"] for row in rows)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE shares SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def hold_all(self, shared: Sequence[Share], person: str, checkin: str = "") -> Unit:
        """Fails when one of theirs was changed or sent since these were read, or there is another;
        of all that they shared, or of one check-in."""
        which = "person = :person AND checkin = :checkin" if checkin else "person = :person"
        values = {"person": person, "checkin": checkin}
        alone = f"UPDATE shares SET version = version WHERE {which}"
        return (
            Write(alone, values, expect=len(shared)),
            *(self.hold(share.ref, share.version) for share in shared),
        )

    def add(self, share: Share) -> Unit:
        row = Write(
            "INSERT INTO shares (ref, person, checkin, at, body)"
            " VALUES (:ref, :person, :checkin, :at, :body)",
            {
                "ref": share.ref,
                "person": share.person,
                "checkin": share.checkin,
                "at": millis(share.at),
                "body": self._sealed(share),
            },
            expect=1,
        )
        to = "INSERT INTO shares_to (share, person, place) VALUES (:share, :person, :place)"
        places = (self._place(share.ref, share.place),) if share.place else ()
        return (
            row,
            *(Write(to, {"share": share.ref, "person": p, "place": None}) for p in share.people),
            *(Write(to, {"share": share.ref, "person": None, "place": p}) for p in places),
        )

    def change(self, share: Share) -> Write:
        """Whether the note goes along, what was shown, and whether it was sent; to be held
        first."""
        return Write(
            "UPDATE shares SET body = :body, sent = :sent WHERE ref = :ref",
            {"ref": share.ref, "body": self._sealed(share), "sent": int(share.sent)},
            expect=1,
        )

    def delete(self, share: Share) -> Write:
        return Write("DELETE FROM shares WHERE ref = :ref", {"ref": share.ref}, expect=1)

    def forget(self, person: str) -> Unit:
        """What they showed, and that something was shown to them."""
        values = {"person": person}
        return (
            Write("DELETE FROM shares WHERE person = :person", values),
            Write("DELETE FROM shares_to WHERE person = :person", values),
        )

    def tidy(self, now: datetime) -> Unit:
        """What was never sent; and where a card stood whose check-in is no longer kept."""
        before = {"before": millis(now - OFFERED)}
        return (
            Write("DELETE FROM shares WHERE at < :before AND sent = 0", before),
            Write(
                "DELETE FROM panels WHERE name >= 'shared ' AND name < 'shared!'"
                " AND substr(name, 8) NOT IN (SELECT ref FROM shares) AND NOT EXISTS"
                " (SELECT 1 FROM outbox WHERE outbox.panel = panels.name AND turn IS NOT NULL)",
                {},
            ),
        )

    async def mine(self, person: str) -> list[dict[str, object]]:
        """In plain values; to whom it went is theirs."""
        return [
            {
                "at": share.at.isoformat(timespec="seconds"),
                "with": "group" if share.group else "people",
                "with the note": share.noted,
            }
            for share in await self.of(person)
            if share.sent
        ]

    def _sealed(self, share: Share) -> bytes:
        text = json.dumps([share.agreement, share.group, share.noted, share.shown])
        return self._vault.seal(share.person, f"shares.body/{share.ref}", text)

    def _place(self, ref: str, place: Place) -> bytes:
        return self._vault.seal(HOUSE, f"shares_to.place/{ref}", f"{place}")

    def _shares(self, rows: Iterable[Row]) -> list[Share]:
        found: dict[str, tuple[Row, list[Row]]] = {}
        for row in rows:
            found.setdefault(row["ref"], (row, []))[1].append(row)
        return [self._share(row, to) for row, to in found.values()]

    def _share(self, row: Row, to: list[Row]) -> Share:
        ref, person = row["ref"], row["person"]
        body = self._vault.open(person, f"shares.body/{ref}", row["body"])
        agreement, group, noted, *shown = json.loads(body)
        places = [self._opened(ref, one["place"]) for one in to if one["place"] is not None]
        return Share(
            ref,
            person,
            row["checkin"],
            instant(row["at"]),
            agreement,
            group,
            tuple(sorted(one["to_person"] for one in to if one["to_person"])),
            next(iter(places), None),
            noted,
            bool(row["sent"]),
            next(iter(shown), ""),
            row["version"],
        )

    def _opened(self, ref: str, sealed: bytes) -> Place:
        platform, _, name = self._vault.open(HOUSE, f"shares_to.place/{ref}", sealed).partition(":")
        return Place(platform, name)


ALL = (
    "SELECT shares.*, shares_to.person AS to_person, shares_to.place FROM shares"
    " LEFT JOIN shares_to ON shares_to.share = shares.ref"
)
