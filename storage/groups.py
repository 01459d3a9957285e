"""Groups, what they have settled, where they meet, and who belongs to them under which name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from msgspec import json

from bot.core.model import Group, Person, Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.doors import CHECKINS, MEETINGS, NOTICES, PURPOSES, READINGS, ROOM, Doors, web_room
from storage.namesakes import called, comes, finds, gave_up
from storage.values import instant, millis

__all__ = [
    "CHECKINS",
    "MEETINGS",
    "NOTICES",
    "PURPOSES",
    "READINGS",
    "ROOM",
    "Groups",
    "Membership",
    "Settings",
    "web_room",
]

_decode, _encode = json.Decoder().decode, json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Settings:
    """What a group has settled. `question` and `reading` are the hours of the daily question and
    of the day's reading ("08:00", or "" for none), `pack` the track it is from ("" for ours),
    `contact` whom to turn to when something is not right."""

    ref: str
    name: str
    zone: str = "UTC"
    language: str = "en"
    profile: str = "general"
    question: str = ""
    reading: str = ""
    pack: str = ""
    contact: str = ""
    gather: str = ""
    """The hour of the group's check-in ("19:00", or "" for none)."""
    keeps: str = ""
    """Whether what was said in it stays when its day ends: "yes", or ""."""
    agreement: str = ""
    """In the group's own words; "" for those of its profile."""
    suggested: str = ""
    """To whoever offers to sponsor: a few words with commas between them; "" for those of its
    profile."""
    version: int = 1
    servants: frozenset[str] = frozenset()
    """Who holds a role in it; known when it was loaded for somebody to change."""

    @property
    def belongs_to(self) -> frozenset[str]:
        return self.servants

    @property
    def group(self) -> Group:
        return Group(self.ref, self.name, self.zone, self.language, self.profile)


KEPT = tuple(f.name for f in fields(Settings) if f.name not in ("ref", "version", "servants"))
"""What stands in the sealed body."""


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody belongs to a group, and since when."""

    group: Group
    since: datetime


class Groups(Doors):
    """In a group no two names are alike: a name is kept as the mark of how it looks, too."""

    kind = Settings

    def __init__(self, db: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(db, vault)
        self._now = now

    async def load(self, ref: str) -> Settings | None:
        """With its trusted servants, to whom it belongs."""
        settings = await self.settings(ref)
        return replace(settings, servants=await self.servants(ref)) if settings else None

    async def servants(self, group: str) -> frozenset[str]:
        """Who holds a role in it at this moment."""
        rows = await self._db.read(
            "SELECT person FROM roles WHERE grp = :grp AND until > :now",
            grp=group,
            now=millis(self._now()),
        )
        return frozenset(row["person"] for row in rows)

    def hold(self, ref: str, version: int) -> Write:
        """`change` counts on from this version itself."""
        return Write(
            "UPDATE groups SET version = version WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    async def any(self) -> bool:
        """Whether a group was founded."""
        return bool(await self._db.read("SELECT 1 FROM groups LIMIT 1"))

    async def settings(self, ref: str) -> Settings | None:
        rows = await self._db.read("SELECT * FROM groups WHERE ref = :ref", ref=ref)
        return next((self._settings(row) for row in rows), None)

    async def many(self, refs: Iterable[str]) -> dict[str, Group]:
        """By ref."""
        names, wanted = _listed(refs)
        if not wanted:
            return {}
        rows = await self._db.read(f"SELECT ref, body FROM groups WHERE ref IN ({names})", **wanted)
        return {row["ref"]: self._group(row) for row in rows}

    async def of(self, person: str) -> list[Membership]:
        """The groups of a person, the last used first."""
        rows = await self._db.read(
            "SELECT grp, since FROM members WHERE person = :person ORDER BY used_at DESC, grp",
            person=person,
        )
        groups = await self.many(row["grp"] for row in rows)
        return [Membership(groups[row["grp"]], instant(row["since"])) for row in rows]

    async def has(self, group: str, person: str) -> bool:
        """Whether the person belongs to it."""
        found = "SELECT 1 FROM members WHERE person = :person AND grp = :grp"
        return bool(await self._db.read(found, person=person, grp=group))

    async def free(self, group: str, names: Iterable[str]) -> list[str]:
        """Those of the names that nobody in the group could be taken for."""
        marks = {name: self._called(name) for name in names}
        listed, wanted = _listed(marks.values())
        rows = await self._db.read(
            f"SELECT called FROM members WHERE grp = :grp AND called IN ({listed})",
            grp=group,
            **wanted,
        )
        taken = {row["called"] for row in rows}
        return [name for name, mark in marks.items() if mark not in taken]

    async def taken(self, name: str, person: str) -> bool:
        """Whether somebody else goes by such a name in one of the person's groups."""
        rows = await self._db.read(
            "SELECT 1 FROM members AS me"
            " JOIN members AS other ON other.grp = me.grp AND other.person <> me.person"
            " WHERE me.person = :person AND other.called = :called LIMIT 1",
            person=person,
            called=self._called(name),
        )
        return bool(rows)

    def found(self, group: Group | Settings, place: Place, now: datetime) -> Unit:
        """A new group with this door, or its room on the web when the place is no door; fails
        when the place is another group's by now."""
        settings = group if isinstance(group, Settings) else _settings_of(group)
        row = Write(
            "INSERT INTO groups (ref, body, since) VALUES (:ref, :body, :now)",
            {"ref": settings.ref, "body": self._sealed(settings), "now": millis(now)},
            expect=1,
        )
        shared = () if place.private or not place.id else (place,)
        doors = dict.fromkeys((*shared, web_room(settings.ref)))
        return (row, *(self.add_door(settings.ref, door) for door in doors))

    def change(self, settings: Settings) -> Write:
        """Fails when something was changed since it was read."""
        return Write(
            "UPDATE groups SET body = :body, version = version + 1"
            " WHERE ref = :ref AND version = :version",
            {"ref": settings.ref, "body": self._sealed(settings), "version": settings.version},
            expect=1,
        )

    def enter(self, group: Group, person: Person, now: datetime) -> Unit:
        """Fails when they are in it, or when somebody there goes by such a name by now. Who is
        kept away by name only is from here on, silently."""
        return (
            Write(
                "INSERT INTO members (person, grp, called, since, used_at)"
                " VALUES (:person, :grp, :called, :now, :now) ON CONFLICT DO NOTHING",
                {
                    "person": person.ref,
                    "grp": group.ref,
                    "called": self._called(person.name),
                    "now": millis(now),
                },
                expect=1,
            ),
            comes(self._vault, person.ref, person.name),
            finds(person.ref),
        )

    def use(self, group: str, person: str, now: datetime) -> Write:
        """It is the one used last from here on, also where another was used in the same
        millisecond; fails when the person does not belong to it."""
        return Write(
            "UPDATE members SET used_at = (SELECT CASE WHEN max(used_at) < :now THEN :now"
            " ELSE max(used_at) + 1 END FROM members WHERE person = :person)"
            " WHERE person = :person AND grp = :grp",
            {"person": person, "grp": group, "now": millis(now)},
            expect=1,
        )

    def stays(self, group: str, person: str) -> Write:
        """Fails when they have left it since it was looked at."""
        return Write(
            "UPDATE members SET used_at = used_at WHERE person = :person AND grp = :grp",
            {"person": person, "grp": group},
            expect=1,
        )

    def rename(self, person: Person, before: str, groups: int) -> Unit:
        """In all of a person's groups, of which there are that many; fails when somebody in
        one of them goes by such a name by now. By the name before they are still meant for a
        few days where somebody keeps it away."""
        return (
            Write(
                "UPDATE members SET called = :called WHERE person = :person AND NOT EXISTS"
                " (SELECT 1 FROM members AS other WHERE other.grp = members.grp"
                " AND other.called = :called AND other.person <> :person)",
                {"person": person.ref, "called": self._called(person.name)},
                expect=groups,
            ),
            gave_up(self._vault, person.ref, before, self._now()),
            comes(self._vault, person.ref, person.name),
        )

    def leave(self, group: str, person: str) -> Unit:
        """With the roles they held there, and the codes they gave out."""
        who = {"person": person, "grp": group}
        return (
            Write("DELETE FROM codes WHERE person = :person AND grp = :grp", who),
            Write("DELETE FROM roles WHERE person = :person AND grp = :grp", who),
            Write("DELETE FROM members WHERE person = :person AND grp = :grp", who, expect=1),
        )

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM members WHERE person = :person", {"person": person}),)

    async def mine(self, person: str) -> list[dict[str, Any]]:
        return [
            {"group": one.group.name, "since": one.since.isoformat()}
            for one in await self.of(person)
        ]

    def _called(self, name: str) -> str:
        return called(self._vault, name)

    def _sealed(self, settings: Settings) -> bytes:
        body = _encode({name: getattr(settings, name) for name in KEPT}).decode()
        return self._vault.seal(HOUSE, f"groups.body/{settings.ref}", body)

    def _settings(self, row: Row) -> Settings:
        body = self._vault.open(HOUSE, f"groups.body/{row['ref']}", row["body"])
        return Settings(row["ref"], **_decode(body), version=row["version"])

    def _group(self, row: Row) -> Group:
        """Without what only its servants look at: the clock asks for hundreds at once."""
        ref = row["ref"]
        kept = _decode(self._vault.open(HOUSE, f"groups.body/{ref}", row["body"]))
        return Group(ref, kept["name"], kept["zone"], kept["language"], kept["profile"])


def _settings_of(group: Group) -> Settings:
    return Settings(group.ref, group.name, group.zone, group.language, group.profile)


def _listed(values: Iterable[str]) -> tuple[str, dict[str, str]]:
    """What stands in `IN (…)`, and its values by name."""
    wanted = {f"r{n}": value for n, value in enumerate(dict.fromkeys(values))}
    return ", ".join(f":{name}" for name in wanted), wanted
