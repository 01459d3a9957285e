"""One-time codes: whoever holds the secret may do one thing, once, for a while."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.values import instant, millis

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and figures that nobody takes for another: no I, L, O, 0 or 1."""
DOOR, SETUP = "door", "setup"
"""Kinds that stand in a button: from a greeting into the group that greeted, and to the founding
of one. What is filled in there may be filled in somewhere else, in a chat of one's own."""
ADDED, SECOND = "added", "second"
"""Kinds that bring the bot to another place: one travels in a link with which it is added there,
the other is carried by people from there to a trusted servant of the group."""
SPOKEN = frozenset({"link", "servant", SECOND, "pair"})
"""Kinds whose secret is read and typed by people; the others travel in links and buttons."""
USED = "/used"
LETTERS = 8
"""Of a spoken secret: 31 to the 8th are 8.5e11, and 10 tries an hour are allowed."""
TRIES = 10
MANY = 1000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Code:
    """A secret that is good once, or for a while."""

    mark: str
    kind: str
    person: str
    """Who made it; "" when nobody did."""
    group: str
    until: datetime
    note: str = ""
    """What is to be known when it is used."""

    @property
    def used(self) -> bool:
        """Whether somebody has it already, and may look again."""
        return self.kind.endswith(USED)


@dataclass(frozen=True, slots=True)
class Pass:
    """A code that a button names. `code` is None, and `version` 0, when it was used."""

    ref: str
    code: Code | None
    version: int

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.code.person}) if self.code and self.code.person else frozenset()


class Codes:
    """Only a keyed hash of a secret is kept: what was shown once cannot be shown again."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    def make(
        self,
        kind: str,
        person: str,
        group: str,
        now: datetime,
        lifetime: timedelta,
        note: str = "",
        most: int = MANY,
    ) -> tuple[str, Write]:
        """A secret, to be shown to one person, and what keeps it; that fails when this person has
        `most` of them open for the group.

        A spoken one is eight letters with a dash; any other has 12 characters and fits a button.
        """
        secret = _spoken() if kind in SPOKEN else secrets.token_urlsafe(9)
        mark = self._mark(kind, secret)
        return secret, Write(
            "INSERT INTO codes (mark, kind, person, grp, until, note)"
            " SELECT :mark, :kind, :person, :grp, :until, :note WHERE :most > (SELECT count(*)"
            " FROM codes WHERE kind = :kind AND person = :person AND until > :now"
            " AND coalesce(grp, '') = coalesce(:grp, ''))",
            {
                "mark": mark,
                "kind": kind,
                "person": person or None,
                "grp": group or None,
                "until": millis(now + lifetime),
                "note": self._vault.seal(HOUSE, f"codes.note/{mark}", note) if note else None,
                "now": millis(now),
                "most": most,
            },
            expect=1,
        )

    async def find(self, kind: str, secret: str, now: datetime) -> Code | None:
        """The code, unless it was used up or its time is over. A spoken one may be typed in any
        case, with or without its dash."""
        rows = await self._db.read(
            "SELECT * FROM codes WHERE mark = :mark AND kind IN (:kind, :used) AND until > :now",
            mark=self._mark(kind, secret),
            kind=kind,
            used=f"{kind}{USED}",
            now=millis(now),
        )
        return next((self._code(row) for row in rows), None)

    async def shown(self, secret: str, now: datetime) -> Code | None:
        """The code that stands in a button."""
        for kind in (DOOR, SETUP):
            if code := await self.find(kind, secret, now):
                return code
        return None

    def hold(self, secret: str, version: int) -> Write:
        """Fails when the code in a button was used since, or with 0 has come back."""
        return Write(
            "UPDATE codes SET until = until WHERE mark IN (:door, :setup)",
            {"door": self._mark(DOOR, secret), "setup": self._mark(SETUP, secret)},
            expect=version,
        )

    def use(self, code: Code) -> Write:
        """Fails when somebody else was faster."""
        return Write("DELETE FROM codes WHERE mark = :mark", {"mark": code.mark}, expect=1)

    def show(self, code: Code) -> Write:
        """It is somebody's from now on, who may look again; fails when another was faster."""
        return Write(
            "UPDATE codes SET kind = :used WHERE mark = :mark AND kind = :kind",
            {"mark": code.mark, "kind": code.kind, "used": f"{code.kind}{USED}"},
            expect=1,
        )

    async def open_of(self, kind: str, person: str, group: str, now: datetime) -> int:
        """How many of this person's codes for this group are still good."""
        [row] = await self._db.read(
            "SELECT count(*) AS n FROM codes WHERE kind = :kind AND person = :person"
            " AND coalesce(grp, '') = :grp AND until > :now",
            kind=kind,
            person=person,
            grp=group,
            now=millis(now),
        )
        return int(row["n"])

    def end(self, kind: str, person: str = "", group: str = "") -> Unit:
        """End the codes of this kind: all of them, or one person's, or those for one group."""
        sql = (
            "DELETE FROM codes WHERE kind = :kind AND :person IN ('', person) AND :grp IN ('', grp)"
        )
        return (Write(sql, {"kind": kind, "person": person, "grp": group}),)

    async def tries(self, kind: str, who: str, now: datetime) -> int:
        """How often `who` (an account, as text) has tried a secret of this kind, as long as it
        is counted."""
        rows = await self._db.read(
            "SELECT n FROM tries WHERE mark = :mark AND until > :now",
            mark=self._vault.mark(f"{kind} by {who}"),
            now=millis(now),
        )
        return next((int(row["n"]) for row in rows), 0)

    def tried(
        self,
        kind: str,
        who: str,
        now: datetime,
        most: int = TRIES,
        within: timedelta = HOUR,
    ) -> Write:
        """Counts a try; fails when there have been `most` within that time of the first, so that
        many at once are no way around it."""
        return Write(
            "INSERT INTO tries (mark, n, until) VALUES (:mark, 1, :until)"
            " ON CONFLICT (mark) DO UPDATE SET"
            " n = CASE WHEN tries.until > :now THEN tries.n + 1 ELSE 1 END,"
            " until = CASE WHEN tries.until > :now THEN tries.until ELSE excluded.until END"
            " WHERE tries.until <= :now OR tries.n < :most",
            {
                "mark": self._vault.mark(f"{kind} by {who}"),
                "now": millis(now),
                "until": millis(now + within),
                "most": most,
            },
            expect=1,
        )

    def remember(self, kind: str, who: str, until: datetime) -> Write:
        """Until then `tries` tells of it, whatever was remembered before."""
        return Write(
            "INSERT INTO tries (mark, n, until) VALUES (:mark, 1, :until)"
            " ON CONFLICT (mark) DO UPDATE SET until = excluded.until",
            {"mark": self._vault.mark(f"{kind} by {who}"), "until": millis(until)},
        )

    def tidy(self, now: datetime) -> Unit:
        return (
            Write("DELETE FROM codes WHERE until <= :now", {"now": millis(now)}),
            Write("DELETE FROM tries WHERE until <= :now", {"now": millis(now)}),
        )

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM codes WHERE person = :person", {"person": person}),)

    def _mark(self, kind: str, secret: str) -> str:
        return self._vault.mark(f"{kind} {_heard(secret) if kind in SPOKEN else secret}")

    def _code(self, row: Row) -> Code:
        mark, note = row["mark"], row["note"]
        return Code(
            mark,
            row["kind"],
            row["person"] or "",
            row["grp"] or "",
            instant(row["until"]),
            self._vault.open(HOUSE, f"codes.note/{mark}", note) if note else "",
        )


class Passes:
    """Loads what a button names; that it is gone is for the action to say."""

    kind = Pass

    def __init__(self, codes: Codes, now: Callable[[], datetime]) -> None:
        self._codes, self._now = codes, now

    async def load(self, ref: str) -> Pass:
        code = await self._codes.shown(ref, self._now())
        return Pass(ref, code, 1 if code else 0)

    def hold(self, ref: str, version: int) -> Write:
        return self._codes.hold(ref, version)


def _spoken() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(LETTERS)]
    return f"{''.join(letters[: LETTERS // 2])}-{''.join(letters[LETTERS // 2 :])}"


def _heard(secret: str) -> str:
    """As it was meant: without case, dashes, spaces or the wide letters of some keyboards."""
    meant = unicodedata.normalize("NFKC", secret[:64]).upper()
    return "".join(c for c in meant if c.isalnum())


def noted(place: Place) -> str:
    """A place as the note of a code."""
    return f"{place.private:d}{place}"


def place_in(note: str) -> Place:
    """What `noted` wrote down."""
    platform, _, name = note[1:].partition(":")
    return Place(platform, name, private=note[:1] == "1")
