"""The check-in of a group: who opens it in turn, and how far today's has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.model import Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.outbox import Outbox
from storage.values import instant, millis

KEPT = timedelta(days=3)
"""How long it is known how one went."""


class State(StrEnum):
    WAITS = "waits"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Opener:
    """Somebody who opens it in turn; `last` is when they last did, None for never."""

    person: str
    since: datetime
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """One day's. It belongs to everybody in the group: anyone present may open it, in the end."""

    ref: str
    group: str
    at: datetime
    place: Place
    state: State = State.WAITS
    opener: str = ""
    """Who said yes; "" for nobody yet."""
    version: int = 1
    members: frozenset[str] = frozenset()

    @property
    def belongs_to(self) -> frozenset[str]:
        return self.members

    @property
    def room(self) -> str:
        return f"gathering {self.ref}"

    @property
    def offer(self) -> str:
        """The card that offers it to anyone."""
        return f"offer {self.ref}"


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody was asked to open one."""

    ref: str
    gathering: str
    person: str
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


class Gatherings:
    kind = Gathering

    def __init__(self, db: Database, vault: Vault, outbox: Outbox) -> None:
        self._db, self._vault, self._outbox = db, vault, outbox

    async def load(self, ref: str) -> Gathering | None:
        rows = await self._db.read(
            "SELECT gatherings.*, members.person AS member FROM gatherings"
            " LEFT JOIN members ON members.grp = gatherings.grp WHERE gatherings.ref = :ref",
            ref=ref,
        )
        members = frozenset(row["member"] for row in rows if row["member"])
        return next((self._gathering(row, members) for row in rows), None)

    async def next(self, group: str, now: datetime) -> Gathering | None:
        """The one that is open, or else the one that comes."""
        rows = await self._db.read(
            "SELECT * FROM gatherings WHERE grp = :grp"
            " AND (state = 'open' OR (state = 'waits' AND at > :now)) ORDER BY at LIMIT 1",
            grp=group,
            now=millis(now),
        )
        return next((self._gathering(row, frozenset()) for row in rows), None)

    async def waiting(self, group: str, now: datetime) -> list[Gathering]:
        """Those that are still to come."""
        rows = await self._db.read(
            "SELECT * FROM gatherings WHERE grp = :grp AND state = 'waits' AND at > :now",
            grp=group,
            now=millis(now),
        )
        return [self._gathering(row, frozenset()) for row in rows]

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE gatherings SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, one: Gathering) -> Write:
        """Fails when there is one of that group at that time."""
        return Write(
            "INSERT INTO gatherings (ref, grp, at, state, place)"
            " VALUES (:ref, :grp, :at, :state, :place) ON CONFLICT DO NOTHING",
            {
                "ref": one.ref,
                "grp": one.group,
                "at": millis(one.at),
                "state": one.state.value,
                "place": self._vault.seal(HOUSE, f"gatherings.place/{one.ref}", str(one.place)),
            },
            expect=1,
        )

    def change(self, one: Gathering) -> Write:
        """How far it has come, and who opens it; to be held first."""
        return Write(
            "UPDATE gatherings SET state = :state, opener = :opener WHERE ref = :ref",
            {"ref": one.ref, "state": one.state.value, "opener": one.opener or None},
            expect=1,
        )

    async def openers(self, group: str) -> list[Opener]:
        rows = await self._db.read("SELECT * FROM openers WHERE grp = :grp", grp=group)
        return [
            Opener(
                row["person"],
                instant(row["since"]),
                instant(row["last"]) if row["last"] else None,
            )
            for row in rows
        ]

    def volunteer(self, group: str, person: str, now: datetime) -> Write:
        return Write(
            "INSERT INTO openers (person, grp, since) VALUES (:person, :grp, :now)"
            " ON CONFLICT DO NOTHING",
            {"person": person, "grp": group, "now": millis(now)},
        )

    def step_back(self, group: str, person: str) -> Unit:
        """What would ask them in the morning does not come. What they said yes to stands."""
        values = {"person": person, "grp": group}
        return (
            Write("DELETE FROM openers WHERE person = :person AND grp = :grp", values),
            *self._outbox.drop(turn_of(group, person, "asked")),
        )

    def has_opened(self, group: str, person: str, now: datetime) -> Write:
        """Nothing for one who is not among those who do it in turn."""
        return Write(
            "UPDATE openers SET last = :now WHERE person = :person AND grp = :grp",
            {"person": person, "grp": group, "now": millis(now)},
        )

    async def asked(self, gathering: str) -> list[Asked]:
        rows = await self._db.read(
            "SELECT * FROM gathering_asks WHERE gathering = :gathering", gathering=gathering
        )
        return [_asked(row) for row in rows]

    def ask(self, one: Asked) -> Write:
        """Fails when they were asked before."""
        return Write(
            "INSERT INTO gathering_asks (ref, gathering, person)"
            " VALUES (:ref, :gathering, :person) ON CONFLICT DO NOTHING",
            {"ref": one.ref, "gathering": one.gathering, "person": one.person},
            expect=1,
        )

    def leave(self, group: str, person: str) -> Unit:
        """They open nothing in this group any more."""
        values = {"person": person, "grp": group}
        ours = "SELECT ref FROM gatherings WHERE grp = :grp"
        return (
            *self.step_back(group, person),
            *self._outbox.drop(turn_of(group, person, "called")),
            Write(
                f"DELETE FROM gathering_asks WHERE person = :person AND gathering IN ({ours})",
                values,
            ),
            Write(
                "UPDATE gatherings SET opener = NULL, version = version + 1"
                " WHERE opener = :person AND grp = :grp",
                values,
            ),
        )

    def forget(self, person: str) -> Unit:
        values = {"person": person}
        return (
            Write("DELETE FROM openers WHERE person = :person", values),
            Write("DELETE FROM gathering_asks WHERE person = :person", values),
            Write(
                "UPDATE gatherings SET opener = NULL, version = version + 1 WHERE opener = :person",
                values,
            ),
        )

    def tidy(self, now: datetime) -> Unit:
        return (
            Write("DELETE FROM gatherings WHERE at < :before", {"before": millis(now - KEPT)}),
            Write(
                "DELETE FROM panels WHERE name >= 'room gathering ' AND name < 'room gathering!'"
                " AND substr(name, 16) NOT IN (SELECT ref FROM gatherings)",
                {},
            ),
        )

    async def mine(self, person: str) -> list[dict[str, object]]:
        rows = await self._db.read(
            "SELECT since, last FROM openers WHERE person = :person ORDER BY since", person=person
        )
        return [
            {
                "since": instant(row["since"]).isoformat(timespec="seconds"),
                "opened": instant(row["last"]).isoformat(timespec="seconds")
                if row["last"]
                else None,
            }
            for row in rows
        ]

    def _gathering(self, row: Row, members: frozenset[str]) -> Gathering:
        opened = self._vault.open(HOUSE, f"gatherings.place/{row['ref']}", row["place"])
        platform, _, name = opened.partition(":")
        return Gathering(
            row["ref"],
            row["grp"],
            instant(row["at"]),
            Place(platform, name),
            State(row["state"]),
            row["opener"] or "",
            row["version"],
            members,
        )


class Turns:
    """The same store, for whoever was asked."""

    kind = Asked

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, ref: str) -> Asked | None:
        rows = await self._db.read("SELECT * FROM gathering_asks WHERE ref = :ref", ref=ref)
        return next((_asked(row) for row in rows), None)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE gathering_asks SET version = version + 1"
            " WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )


def turn_of(group: str, person: str, how: str) -> str:
    """By what a message is dropped in which somebody is `asked` to open the group's check-in, or
    `called` to it."""
    return f"{group}/{person}/{how}"


def _asked(row: Row) -> Asked:
    return Asked(row["ref"], row["gathering"], row["person"], row["version"])
