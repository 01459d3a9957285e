"""What platforms handed over: kept until it is performed, in order for each chat."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Conflict, Forgotten
from bot.core.ports import EPOCH, Vault
from bot.core.work import Unit, Value, Write
from storage.database import Database, Row
from storage.units import Units
from storage.values import millis

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
"""After it, what is still claimed belonged to a process that is gone."""
TRIES = 5
"""Then it is given up, where the host can see it."""
AGAIN = timedelta(seconds=5)
"""Until the second try; twice as long until each further one."""
LONGEST = timedelta(hours=21)
"""Older ones are given up, since the key that seals them is destroyed soon."""
KEPT = timedelta(hours=48)
"""As long is an update known after it was performed. Telegram hands over for 24 hours what was
not confirmed."""

STORE = """
    INSERT INTO inbox (ref, subject, state, look_at, body)
    VALUES (:ref, :subject, 'waiting', :now, :body) ON CONFLICT (ref) DO NOTHING"""
OPEN = "state IN ('waiting', 'claimed')"
READY = f"""
    SELECT * FROM inbox AS first WHERE {OPEN} AND look_at <= :now AND NOT EXISTS (
        SELECT 1 FROM inbox AS earlier WHERE earlier.subject = first.subject
        AND earlier.seq < first.seq AND earlier.{OPEN})
    ORDER BY seq LIMIT :most"""
TAKE = f"""
    UPDATE inbox SET state = 'claimed', look_at = :lease
    WHERE ref IN ({{refs}}) AND {OPEN} AND look_at <= :now"""
DONE = f"UPDATE inbox SET state = 'done', body = NULL, subject = '' WHERE ref = :ref AND {OPEN}"
FAIL = f"""
    UPDATE inbox SET tries = tries + 1, look_at = :now + :again * (1 << tries),
        state = CASE WHEN tries + 1 < :most THEN 'waiting' ELSE 'failed' END,
        body = CASE WHEN tries + 1 < :most THEN body END,
        subject = CASE WHEN tries + 1 < :most THEN subject ELSE '' END
    WHERE ref = :ref AND {OPEN}"""
GIVE_UP = f"""
    UPDATE inbox SET state = 'failed', body = NULL, subject = ''
    WHERE {OPEN} AND (look_at <= :before OR ref = :ref)"""
FORGET = f"""
    DELETE FROM inbox WHERE {OPEN} AND state = 'waiting'
    AND subject IN (SELECT mark FROM accounts WHERE person = :person)"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update to be performed; `ref` is what `Origin.update` wants."""

    ref: str
    door: str
    subject: str
    body: str


class Inbox:
    def __init__(self, db: Database, units: Units, vault: Vault) -> None:
        self._db, self._units, self._vault = db, units, vault

    def store(self, door: str, updates: Sequence[tuple[str, str, str]], now: datetime) -> Unit:
        """Each is the platform's own number for it, the chat it is from, and what it says. What
        was stored before is left as it is."""
        return tuple(self._store(door, *update, now) for update in updates)

    def _store(self, door: str, number: str, chat: str, body: str, now: datetime) -> Write:
        ref = f"{door}:{number}"
        values: dict[str, Value] = {
            "ref": ref,
            # A private chat has the number of its person, so that it is found when they go.
            "subject": self._vault.mark(f"account {door}:{chat}"),
            "now": millis(now),
            "body": self._vault.seal(EPOCH, _row(ref), body),
        }
        return Write(STORE, values, wakes="inbox")

    async def claim(self, now: datetime, most: int) -> list[Waiting]:
        """The oldest of each chat; none where somebody else was faster."""
        rows = await self._db.read(READY, now=millis(now), most=most)
        if not rows:
            return []
        refs: dict[str, Value] = {f"r{n}": row["ref"] for n, row in enumerate(rows)}
        sql = TAKE.format(refs=", ".join(f":{name}" for name in refs))
        times = {"now": millis(now), "lease": millis(now + LEASE)}
        try:
            await self._units.commit((Write(sql, {**refs, **times}, expect=len(rows)),))
        except Conflict:
            return []
        read = [(row, self._body(row)) for row in rows]
        for row, body in read:
            if body is None:
                await self._give_up(row["ref"])
        return [_waiting(row, body) for row, body in read if body is not None]

    def done(self, update: str) -> Write:
        """Wipes the body. Fails when it was performed before, or given up."""
        return Write(DONE, {"ref": update}, expect=1)

    async def settle(self, update: str) -> None:
        """It was looked at, and that is all that is to be done: nothing if it is done already."""
        await self._units.commit((Write(DONE, {"ref": update}),))

    async def fail(self, update: str, now: datetime) -> None:
        """Performed again later, a few times; what comes after it from the same chat waits."""
        values: dict[str, Value] = {
            "ref": update,
            "now": millis(now),
            "again": AGAIN // timedelta(milliseconds=1),
            "most": TRIES,
        }
        await self._units.commit((Write(FAIL, values),))

    async def take_back(self, now: datetime) -> None:
        """For the start of a process that is alone with the database: what an earlier one had
        claimed need not wait for the end of its lease."""
        sql = "UPDATE inbox SET look_at = :now WHERE state = 'claimed' AND look_at > :now"
        await self._units.commit((Write(sql, {"now": millis(now)}, wakes="inbox"),))

    async def failed(self) -> int:
        """How many were given up lately."""
        [row] = await self._db.read("SELECT count(*) AS n FROM inbox WHERE state = 'failed'")
        return int(row["n"])

    def forget(self, person: str) -> Unit:
        """What came from their private chats; to come before their accounts are deleted. The
        one that is being performed, which may be this one, is wiped when it is done."""
        return (Write(FORGET, {"person": person}),)

    def tidy(self, now: datetime) -> Unit:
        before: dict[str, Value] = {"before": millis(now - LONGEST), "ref": ""}
        kept = f"DELETE FROM inbox WHERE NOT ({OPEN}) AND look_at <= :before"
        return (Write(GIVE_UP, before), Write(kept, {"before": millis(now - KEPT)}))

    async def _give_up(self, ref: str) -> None:
        log.error("inbox.unreadable")
        await self._units.commit((Write(GIVE_UP, {"ref": ref, "before": 0}),))

    def _body(self, row: Row) -> str | None:
        if row["body"] is None:  # it is from a backup, which holds none
            return None
        try:
            return self._vault.open(EPOCH, _row(row["ref"]), row["body"])
        except Forgotten:
            return None


def _waiting(row: Row, body: str) -> Waiting:
    return Waiting(row["ref"], row["ref"].partition(":")[0], row["subject"], body)


def _row(ref: str) -> str:
    return f"inbox.body/{ref}"
