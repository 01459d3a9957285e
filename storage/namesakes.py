"""Whom a name means: who goes by it, who gave it up a few days ago, and who comes by it later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database
from storage.names import likeness
from storage.people import People
from storage.values import millis

GIVEN_UP = timedelta(days=7)
"""So long somebody is still meant by a name that they changed: it stands on what others read."""

HERE = """
    SELECT theirs.person FROM members AS mine JOIN members AS theirs ON theirs.grp = mine.grp
    WHERE mine.person = :person"""
NEAR = """
    SELECT theirs.person FROM parts AS mine
    JOIN parts AS theirs ON theirs.agreement = mine.agreement WHERE mine.person = :person
    UNION SELECT asked FROM requests WHERE person = :person
    UNION SELECT person FROM requests WHERE asked = :person
    UNION SELECT pages.person FROM step_suggestions AS said
    JOIN step_entries AS pages ON pages.ref = said.entry WHERE said.person = :person
    UNION SELECT said.person FROM step_suggestions AS said
    JOIN step_entries AS pages ON pages.ref = said.entry WHERE pages.person = :person"""
"""Who has an agreement, a request or a page with somebody, whether or not they share a group."""


class Namesakes:
    def __init__(
        self, db: Database, vault: Vault, people: People, now: Callable[[], datetime]
    ) -> None:
        self._db, self._vault, self._people, self._now = db, vault, people, now

    async def of(self, name: str, person: str) -> frozenset[str]:
        """The refs of all whom this person could mean by it."""
        rows = await self._db.read(
            f"{HERE} AND theirs.called = :called UNION SELECT person FROM former_names"
            f" WHERE called = :called AND until > :now AND person IN ({HERE} UNION {NEAR})",
            person=person,
            called=called(self._vault, name),
            now=millis(self._now()),
        )
        near = await self._db.read(NEAR, person=person)
        known = await self._people.many(str(row["person"]) for row in near)
        like = {ref for ref, one in known.items() if likeness(one.name) == likeness(name)}
        return frozenset({str(row["person"]) for row in rows} | like) - {person}

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM former_names WHERE person = :person", {"person": person}),)

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM former_names WHERE until <= :now", {"now": millis(now)}),)


def called(vault: Vault, name: str) -> str:
    """One mark for all names that could be mistaken for one another."""
    return vault.mark(f"called {likeness(name)}")


def gave_up(vault: Vault, person: str, name: str, now: datetime) -> Write:
    return Write(
        "INSERT INTO former_names (person, called, until) VALUES (:person, :called, :until)"
        " ON CONFLICT (person, called) DO UPDATE SET until = excluded.until",
        {"person": person, "called": called(vault, name), "until": millis(now + GIVEN_UP)},
    )


def comes(vault: Vault, person: str, name: str) -> Write:
    """Who could meet them, and keeps away such a name that means nobody yet, has meant them; the
    same of a name that they gave up a few days ago."""
    return Write(
        "UPDATE blocks SET blocked = :person, version = version + 1 WHERE mark IN"
        " (SELECT :called UNION SELECT called FROM former_names WHERE person = :person)"
        " AND coalesce(blocked, '') = '' AND person <> :person"
        f" AND person IN ({HERE} UNION {NEAR})",
        {"person": person, "called": called(vault, name)},
    )


def finds(person: str) -> Write:
    """The same for those names that they keep away themselves, where they come to a group."""
    there = f"{HERE} AND theirs.called = blocks.mark AND theirs.person <> :person"
    return Write(
        f"UPDATE blocks SET blocked = ({there} LIMIT 1), version = version + 1"
        f" WHERE person = :person AND blocked IS NULL AND EXISTS ({there})",
        {"person": person},
    )
