"""Accounts of the web room: how people sign in, where they are, which rooms they may enter."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Account, Group
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.people import group_in
from storage.values import instant, millis
from storage.web_feed import WebFeed

NAME = "web"
"""What the web room is called in an account and a place."""
IDLE = timedelta(days=30)
"""A session that nobody used for so long has ended."""
NEWCOMER = timedelta(days=1)
"""How long an account is kept whose owner has not joined."""
HOUR = timedelta(hours=1)
TRIES = 10
"""An hour, for one account: by its word, or by whoever tries it."""
TRIES_IN_ALL = 100
"""An hour from one address, behind which may be a whole house, or all of us behind a proxy."""

ROOMS = """
    SELECT ref, body, EXISTS (
        SELECT 1 FROM web_rooms WHERE grp = ref AND account = :mark) AS invited
    FROM groups WHERE ref IN (
        SELECT m.grp FROM members AS m JOIN accounts AS a ON a.person = m.person
            WHERE a.mark = :mark
        UNION SELECT grp FROM web_rooms WHERE account = :mark)
    ORDER BY ref
"""
PRESENT = """
    SELECT s.mark FROM web_sessions AS s JOIN accounts AS a ON a.mark = s.account
        JOIN members AS m ON m.person = a.person WHERE m.grp = :grp
    UNION SELECT s.mark FROM web_sessions AS s JOIN web_rooms AS r ON r.account = s.account
        WHERE r.grp = :grp
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """An open session."""

    mark: str
    """The keyed hash of what the cookie holds."""
    account: Account
    room: str
    """The group whose room it is in; "" before any."""
    founds: bool
    """Whether a founding link was used by this account, and no group founded since."""
    seen: datetime
    away: bool = False
    """Whether it is put away: then it shows a shopping list, and nothing else."""
    light: str = ""
    """`light` or `dark`; "" as the device has it."""
    letters: str = ""
    """`plain` for letters without feet."""


@dataclass(frozen=True, slots=True)
class Room:
    """A group whose room somebody may enter."""

    group: Group
    invited: bool
    """As a guest: they had not joined when it was last looked at."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What stands behind a sign-in word."""

    account: Account
    passphrase: str
    """Hashed, with its salt and cost; who made the hash reads it."""


class Web:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault
        self.feed = WebFeed(db, vault)

    async def visit(self, token: str, now: datetime) -> Visit | None:
        """The open session whose cookie holds this."""
        rows = await self._db.read(
            "SELECT s.mark, s.room, s.seen_at, s.away, s.light, s.letters,"
            " a.mark AS owner, a.account, a.founds FROM web_sessions AS s"
            " JOIN web_accounts AS a ON a.mark = s.account"
            " WHERE s.mark = :mark AND s.seen_at > :since",
            mark=self._vault.mark(f"web session {token}"),
            since=millis(now - IDLE),
        )
        return next((self._visit(row) for row in rows), None)

    def begin(self, token: str, account: Account, room: str, now: datetime) -> Write:
        """A session for whoever holds the token from now on."""
        return Write(
            "INSERT INTO web_sessions (mark, account, room, seen_at)"
            " VALUES (:mark, :account, :room, :now)",
            {
                "mark": self._vault.mark(f"web session {token}"),
                "account": self._mark(account),
                "room": room,
                "now": millis(now),
            },
            expect=1,
        )

    def seen(self, session: str, now: datetime) -> Write:
        """Of the session with that mark, like the next four."""
        sql = "UPDATE web_sessions SET seen_at = :now WHERE mark = :mark"
        return Write(sql, {"mark": session, "now": millis(now)})

    def go(self, session: str, room: str) -> Write:
        sql = "UPDATE web_sessions SET room = :room WHERE mark = :mark"
        return Write(sql, {"mark": session, "room": room})

    def put_away(self, session: str, away: bool) -> Write:
        sql = "UPDATE web_sessions SET away = :away WHERE mark = :mark"
        return Write(sql, {"mark": session, "away": int(away)})

    def dress(self, session: str, light: str, letters: str) -> Write:
        """How it looks from now on."""
        sql = "UPDATE web_sessions SET light = :light, letters = :letters WHERE mark = :mark"
        return Write(sql, {"mark": session, "light": light, "letters": letters})

    def end(self, session: str) -> Write:
        return Write("DELETE FROM web_sessions WHERE mark = :mark", {"mark": session})

    def end_all(self, account: Account, but: str = "") -> Write:
        """Every session of this account, except the one with that mark."""
        sql = "DELETE FROM web_sessions WHERE account = :account AND mark <> :but"
        return Write(sql, {"account": self._mark(account), "but": but})

    async def sign_in(self, word: str) -> SignIn | None:
        rows = await self._db.read(
            "SELECT * FROM web_accounts WHERE word = :word",
            word=self._vault.mark(f"web word {word}"),
        )
        return next((self._sign_in(row) for row in rows), None)

    async def passphrase(self, account: Account) -> str:
        """As it is kept; "" when the account is gone."""
        rows = await self._db.read(
            "SELECT * FROM web_accounts WHERE mark = :mark", mark=self._mark(account)
        )
        return next((self._sign_in(row).passphrase for row in rows), "")

    def make(self, account: Account, word: str, passphrase: str, now: datetime) -> Write:
        """A new account; fails when somebody else has taken the word."""
        mark = self._mark(account)
        return Write(
            "INSERT INTO web_accounts (mark, account, word, passphrase, made_at)"
            " VALUES (:mark, :account, :word, :passphrase, :now) ON CONFLICT DO NOTHING",
            {
                "mark": mark,
                "account": self._vault.seal(HOUSE, f"web_accounts.account/{mark}", account.id),
                "word": self._vault.mark(f"web word {word}"),
                "passphrase": self._sealed(mark, passphrase),
                "now": millis(now),
            },
            expect=1,
        )

    def change(self, account: Account, passphrase: str) -> Write:
        mark = self._mark(account)
        sql = "UPDATE web_accounts SET passphrase = :passphrase WHERE mark = :mark"
        return Write(sql, {"mark": mark, "passphrase": self._sealed(mark, passphrase)}, expect=1)

    def found(self, account: Account, may: bool) -> Write:
        """Remember that this account may found a group, or that it has."""
        sql = "UPDATE web_accounts SET founds = :may WHERE mark = :mark"
        return Write(sql, {"mark": self._mark(account), "may": int(may)}, expect=1)

    def admit(self, account: Account, group: str) -> Write:
        """Let a guest into the room of a group, until they join it."""
        return Write(
            "INSERT INTO web_rooms (account, grp) VALUES (:account, :grp) ON CONFLICT DO NOTHING",
            {"account": self._mark(account), "grp": group},
        )

    def joined(self, account: Account, group: str) -> Write:
        """From now on membership says whether they may enter: who leaves is not a guest again."""
        return Write(
            "DELETE FROM web_rooms WHERE account = :account AND grp = :grp",
            {"account": self._mark(account), "grp": group},
        )

    async def rooms(self, account: Account) -> list[Room]:
        """The rooms that this account may enter."""
        rows = await self._db.read(ROOMS, mark=self._mark(account))
        return [Room(self._group(row), bool(row["invited"])) for row in rows]

    async def present(self, group: str) -> frozenset[str]:
        """The marks of all sessions that may see this group's room."""
        return frozenset(row["mark"] for row in await self._db.read(PRESENT, grp=group))

    async def sessions(self, account: Account) -> frozenset[str]:
        """The marks of this account's sessions."""
        rows = await self._db.read(
            "SELECT mark FROM web_sessions WHERE account = :account", account=self._mark(account)
        )
        return frozenset(row["mark"] for row in rows)

    def tried(self, account: str, address: str, now: datetime) -> tuple[str, Unit]:
        """Counts a try for both; fails when one of them has had its number within the hour, so
        that many tries at once are no way around it. With what takes it back."""
        ref, most = secrets.token_urlsafe(9), {account: TRIES, address: TRIES_IN_ALL}
        tries = enumerate(most.items())
        return ref, tuple(self._try(ref, n, who, most, now) for n, (who, most) in tries)

    def right(self, ref: str, who: str) -> Unit:
        """It was the right passphrase: this try, and those for `who` before it, do not count."""
        sql = "DELETE FROM web_tries WHERE mark = :mark OR call = :ref"
        return (Write(sql, {"mark": self._vault.mark(f"web try {who}"), "ref": ref}),)

    def tidy(self, now: datetime) -> Unit:
        day = {"since": millis(now - NEWCOMER)}
        return (
            Write("DELETE FROM web_tries WHERE at <= :since", {"since": millis(now - HOUR)}),
            Write("DELETE FROM web_sessions WHERE seen_at <= :at", {"at": millis(now - IDLE)}),
            Write(
                "DELETE FROM web_accounts WHERE made_at <= :since"
                " AND mark NOT IN (SELECT mark FROM accounts)",
                day,
            ),
            *self.feed.tidy(now),
        )

    async def mine(self, person: str) -> list[dict[str, object]]:
        """Their accounts here: since when, and when each session was used last."""
        rows = await self._db.read(
            "SELECT w.mark, w.made_at, s.seen_at FROM accounts AS a"
            " JOIN web_accounts AS w ON w.mark = a.mark"
            " LEFT JOIN web_sessions AS s ON s.account = w.mark"
            " WHERE a.person = :person ORDER BY w.made_at, w.mark, s.seen_at",
            person=person,
        )
        found: dict[str, dict[str, object]] = {}
        for mark, made in {row["mark"]: _written(row["made_at"]) for row in rows}.items():
            used = [row["seen_at"] for row in rows if row["mark"] == mark]
            seen = [{"last_used": _written(at)} for at in used if at is not None]
            found[mark] = {"since": made, "sessions": seen}
        return list(found.values())

    def forget(self, person: str) -> Unit:
        """Their accounts here, with their sessions and what was for them alone, and the cards
        that name them. It goes before the rows in `accounts`, by which they are found."""
        return (
            Write(
                "DELETE FROM web_accounts"
                " WHERE mark IN (SELECT mark FROM accounts WHERE person = :person)",
                {"person": person},
            ),
            *self.feed.forget(person),
        )

    def _try(self, ref: str, n: int, who: str, most: int, now: datetime) -> Write:
        return Write(
            "INSERT INTO web_tries (call, n, mark, at) SELECT :ref, :n, :mark, :now WHERE :most >"
            " (SELECT count(*) FROM web_tries WHERE mark = :mark AND at > :since)",
            {
                "ref": ref,
                "n": n,
                "mark": self._vault.mark(f"web try {who}"),
                "now": millis(now),
                "since": millis(now - HOUR),
                "most": most,
            },
            expect=1,
        )

    def _mark(self, account: Account) -> str:
        """The same as in `accounts`."""
        return self._vault.mark(f"account {account}")

    def _sealed(self, mark: str, passphrase: str) -> bytes:
        return self._vault.seal(HOUSE, f"web_accounts.passphrase/{mark}", passphrase)

    def _account(self, mark: str, sealed: bytes) -> Account:
        return Account(NAME, self._vault.open(HOUSE, f"web_accounts.account/{mark}", sealed))

    def _visit(self, row: Row) -> Visit:
        account = self._account(row["owner"], row["account"])
        founds, seen, away = bool(row["founds"]), instant(row["seen_at"]), bool(row["away"])
        looks = row["light"], row["letters"]
        return Visit(row["mark"], account, row["room"], founds, seen, away, *looks)

    def _sign_in(self, row: Row) -> SignIn:
        mark = row["mark"]
        kept = self._vault.open(HOUSE, f"web_accounts.passphrase/{mark}", row["passphrase"])
        return SignIn(self._account(mark, row["account"]), kept)

    def _group(self, row: Row) -> Group:
        ref = row["ref"]
        return group_in(ref, self._vault.open(HOUSE, f"groups.body/{ref}", row["body"]))


def _written(at: int) -> str:
    return instant(at).isoformat(timespec="seconds")
