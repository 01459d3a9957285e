"""Errands: a form that was asked at another door, to be filled in once in the web room."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import Forgotten
from bot.core.model import Account, Origin, Place
from bot.core.ports import EPOCH, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.values import millis

LINK = timedelta(minutes=10)
"""How long a link can be opened."""
PAGE = timedelta(hours=1)
"""How long its page then waits to be filled in, as any form does."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Who was asked which action, and where the form waits."""

    mark: str
    account: Account
    action: str
    place: Place
    """A place of its own: what is asked there is asked nowhere else."""
    group: str
    host: bool
    opened: bool


class Errands:
    """Only a keyed hash of a secret is kept. That of the link opens the page, once; the page has
    another."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    def place(self) -> Place:
        """Where the next one waits."""
        return Place("web", f"errand/{secrets.token_urlsafe(9)}", private=True)

    def make(self, origin: Origin, action: str, place: Place) -> tuple[str, Write]:
        """The secret of a link for whoever is asked there (`origin`), and what keeps it."""
        secret = secrets.token_urlsafe(18)
        mark = self._mark(secret, opened=False)
        one = Errand(mark, origin.account, action, place, origin.group, origin.host, False)
        return secret, self._kept(one, origin.now + LINK)

    async def find(self, secret: str, now: datetime, *, opened: bool) -> Errand | None:
        rows = await self._db.read(
            "SELECT * FROM errands WHERE mark = :mark AND until > :now",
            mark=self._mark(secret, opened=opened),
            now=millis(now),
        )
        return next((self._errand(row) for row in rows), None)

    def open(self, errand: Errand, now: datetime) -> tuple[str, Unit]:
        """The secret of its page; fails when somebody else was faster."""
        secret = secrets.token_urlsafe(18)
        mark = self._mark(secret, opened=True)
        page = replace(errand, mark=mark, opened=True)
        return secret, (self.end(errand), self._kept(page, now + PAGE))

    def end(self, errand: Errand) -> Write:
        """Fails when it has ended."""
        return Write("DELETE FROM errands WHERE mark = :mark", {"mark": errand.mark}, expect=1)

    def forget(self, person: str) -> Unit:
        """Of all their accounts; to come before these are deleted."""
        mine = "SELECT mark FROM accounts WHERE person = :person"
        return (Write(f"DELETE FROM errands WHERE account IN ({mine})", {"person": person}),)

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM errands WHERE until <= :now", {"now": millis(now)}),)

    def _kept(self, errand: Errand, until: datetime) -> Write:
        who, where = errand.account, errand.place
        body = json.dumps(
            [who.platform, who.id, errand.action, where.id, errand.group, errand.host]
        )
        return Write(
            "INSERT INTO errands (mark, account, opened, until, body)"
            " VALUES (:mark, :account, :opened, :until, :body)",
            {
                "mark": errand.mark,
                "account": self._vault.mark(f"account {who}"),
                "opened": int(errand.opened),
                "until": millis(until),
                "body": self._vault.seal(EPOCH, f"errands.body/{errand.mark}", body),
            },
            expect=1,
        )

    def _errand(self, row: Row) -> Errand | None:
        try:
            body = self._vault.open(EPOCH, f"errands.body/{row['mark']}", row["body"])
        except Forgotten:
            return None
        platform, name, action, where, group, host = json.loads(body)
        place = Place("web", where, private=True)
        account = Account(platform, name)
        return Errand(row["mark"], account, action, place, group, host, bool(row["opened"]))

    def _mark(self, secret: str, *, opened: bool) -> str:
        return self._vault.mark(f"errand {'page' if opened else 'link'} {secret}")
