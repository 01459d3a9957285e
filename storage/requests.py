"""Requests: what one person asked of another, until it is answered or has waited long enough."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from bot.core.writing import by
from storage.database import Database, Row
from storage.offers import For, Offer
from storage.outbox import Outbox
from storage.parted import AGAIN
from storage.values import instant, millis

WAITS = timedelta(days=14)
"""What nobody answered in it is answered with "not this time", as a no is."""


class State(StrEnum):
    OPEN = "open"
    COFFEE = "coffee"
    """Whoever was asked would like to talk first."""
    MET = "met"
    """Both wanted it, and know how to reach each other."""
    YES = "yes"
    NO = "no"
    PAST = "past"
    """They wanted to talk first, and nothing came of it in time."""


PENDING = frozenset({State.OPEN, State.COFFEE, State.MET})
OVER = frozenset({State.NO, State.PAST})
"""Nothing is kept of it but that it was."""


@dataclass(frozen=True, slots=True)
class Request:
    """As it is for whoever was asked: it is theirs to answer."""

    ref: str
    person: str
    asked: str
    """"" once they are forgotten."""
    group: str
    kind: For
    at: datetime
    state: State = State.OPEN
    words: str = ""
    reached: str = ""
    """How whoever asks can be reached, once both want to be introduced."""
    temporary: bool = False
    answer: str = ""
    """The same of whoever was asked."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.asked} - {""})


@dataclass(frozen=True, slots=True)
class Asking:
    """The same for whoever asked. `state` is what they may know of it: of one whom they keep away
    it is a no."""

    request: Request
    state: State
    apart: bool = False
    """Whether nothing more may pass between the two: one keeps the other away, or whoever was
    asked has left. To whoever asked it looks like silence, and they learn nothing new."""

    @property
    def ref(self) -> str:
        return self.request.ref

    @property
    def version(self) -> int:
        return self.request.version

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.request.person})


class Requests:
    kind = Request

    def __init__(self, db: Database, vault: Vault, outbox: Outbox) -> None:
        self._db, self._vault, self._outbox = db, vault, outbox

    async def load(self, ref: str) -> Request | None:
        """None too when one of them keeps the other away, or whoever was asked has left the
        group, as if it had been taken back."""
        rows = await self._db.read(f"{ALL} WHERE ref = :ref AND NOT {APART}", ref=ref)
        return next((self._request(row) for row in rows), None)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE requests SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    async def to(self, person: str, group: str) -> list[Request]:
        """What waits for an answer of theirs, and what they said yes to lately; the oldest
        first."""
        rows = await self._db.read(
            f"{ALL} WHERE asked = :person AND grp = :grp AND state NOT IN ('no', 'past')"
            f" AND NOT {APART} ORDER BY at, ref",
            person=person,
            grp=group,
        )
        return [self._request(row) for row in rows]

    async def asking(self, ref: str) -> Asking | None:
        rows = await self._db.read(f"{ALL} WHERE ref = :ref", ref=ref)
        return next((self._asking(row) for row in rows), None)

    async def by(self, person: str, group: str) -> list[Asking]:
        """What somebody asked, the oldest first."""
        rows = await self._db.read(
            f"{ALL} WHERE person = :person AND grp = :grp ORDER BY at, ref",
            person=person,
            grp=group,
        )
        return [self._asking(row) for row in rows]

    async def between(self, person: str, asked: str, group: str, kind: For) -> Asking | None:
        rows = await self._db.read(
            f"{ALL} WHERE person = :person AND asked = :asked AND grp = :grp AND kind = :kind",
            person=person,
            asked=asked,
            grp=group,
            kind=kind.value,
        )
        return next((self._asking(row) for row in rows), None)

    def add(self, request: Request) -> Unit:
        """In place of one that was answered long ago, or with a yes; fails when there is one that
        stands."""
        values = {
            "person": request.person,
            "asked": request.asked,
            "grp": request.group,
            "kind": request.kind.value,
        }
        mine = _sealed(self._vault, request)
        return (
            Write(
                "DELETE FROM requests WHERE person = :person AND asked = :asked AND grp = :grp"
                " AND kind = :kind AND (state = 'yes' OR at <= :before)",
                {**values, "before": millis(request.at - AGAIN)},
            ),
            Write(
                "INSERT INTO requests (ref, person, asked, grp, kind, at, state, body)"
                " VALUES (:ref, :person, :asked, :grp, :kind, :at, :state, :body)"
                " ON CONFLICT DO NOTHING",
                {
                    **values,
                    "ref": request.ref,
                    "at": millis(request.at),
                    "state": request.state.value,
                    "body": mine["body"],
                },
                expect=1,
            ),
        )

    def change(self, request: Request) -> Write:
        """Where it stands, and what both wrote; to be held first."""
        return Write(
            "UPDATE requests SET state = :state, body = :body, answer = :answer WHERE ref = :ref",
            {
                "ref": request.ref,
                "state": request.state.value,
                **_sealed(self._vault, request),
            },
            expect=1,
        )

    def end(self, request: Request) -> Write:
        return Write("DELETE FROM requests WHERE ref = :ref", {"ref": request.ref}, expect=1)

    def quiet(self, offer: Offer) -> Unit:
        """Nobody is told any more that somebody asks for it, who has not been told yet."""
        return self._outbox.drop(_asks(offer.ref))

    def seen(self, request: Request) -> Unit:
        """No earlier word of it is sent: whoever was asked has found it by themselves."""
        return self._outbox.drop(request.ref)

    def leave(self, group: str, person: str) -> Unit:
        """What they were asked waits on, and looks like silence. Of what they asked stays,
        without a word, whom they cannot ask again for a while, also when they come back."""
        who = {"person": person, "grp": group}
        asked = "grp = :grp AND person = :person"
        return (
            *self._outbox.drop(_asks(f"{group}/{person}")),
            Write(f"DELETE FROM requests WHERE {asked} AND state = 'yes'", who),
            Write(
                "UPDATE requests SET state = 'no', body = NULL, answer = NULL,"
                f" version = version + 1 WHERE {asked}",
                who,
            ),
        )

    def forget(self, person: str) -> Unit:
        """The same; nothing of them stays with it."""
        who = {"person": person}
        return (
            Write("DELETE FROM requests WHERE person = :person", who),
            Write("UPDATE requests SET asked = NULL, answer = NULL WHERE asked = :person", who),
        )

    def tidy(self, now: datetime) -> Unit:
        return (Write("DELETE FROM requests WHERE at <= :before", {"before": millis(now - AGAIN)}),)

    async def mine(self, person: str) -> list[dict[str, object]]:
        """What they wrote: as who asked, and as who answered."""
        rows = await self._db.read(
            f"{ALL} WHERE person = :person OR asked = :person ORDER BY at, ref", person=person
        )
        requests = map(self._request, rows)
        return [told for one in requests if (told := _told(one, one.person == person))]

    def _request(self, row: Row) -> Request:
        ref, person, asked = row["ref"], row["person"], row["asked"] or ""
        body: dict[str, Any] = {}
        if row["body"] is not None:
            body = json.loads(self._vault.open(person, f"requests.body/{ref}", row["body"]))
        answer = ""
        if row["answer"] is not None:
            answer = self._vault.open(asked, f"requests.answer/{ref}", row["answer"])
        kind, state, at = For(row["kind"]), State(row["state"]), instant(row["at"])
        return Request(
            ref,
            person,
            asked,
            row["grp"],
            kind,
            at,
            state,
            **body,
            answer=answer,
            version=row["version"],
        )

    def _asking(self, row: Row) -> Asking:
        request = self._request(row)
        hidden = row["away"] and request.state in (State.COFFEE, State.MET, State.PAST)
        return Asking(request, State.NO if hidden else request.state, bool(row["apart"]))


AWAY = """EXISTS (SELECT 1 FROM blocks
    WHERE blocks.person = requests.person AND blocks.blocked = requests.asked)"""
APART = f"""({AWAY} OR EXISTS (SELECT 1 FROM blocks
    WHERE blocks.person = requests.asked AND blocks.blocked = requests.person)
    OR NOT EXISTS (SELECT 1 FROM members
    WHERE members.grp = requests.grp AND members.person = requests.asked))"""
ALL = f"SELECT *, {APART} AS apart, {AWAY} AS away FROM requests"


def _sealed(vault: Vault, request: Request) -> dict[str, bytes | None]:
    """Each one's words under their own key; nothing of what was answered with a no."""
    if request.state in OVER:
        return {"body": None, "answer": None}
    body = {
        "words": request.words,
        "reached": request.reached,
        "temporary": request.temporary,
    }
    text = json.dumps(body, ensure_ascii=False)
    sealed = vault.seal(request.person, f"requests.body/{request.ref}", text)
    answer = None
    if request.answer:
        answer = vault.seal(request.asked, f"requests.answer/{request.ref}", request.answer)
    return {"body": sealed, "answer": answer}


def about(request: Request, offer: Offer) -> tuple[str, ...]:
    """What the word of it to whoever was asked is dropped by: it is taken back or answered, the
    offer rests or ends, either is forgotten or leaves, or something comes between the two."""
    both = (f"{request.group}/{person}" for person in (request.person, request.asked))
    named = (request.ref, request.person, by(request.person))
    return (*named, *map(_asks, (offer.ref, *both)))


def _asks(what: str) -> str:
    return f"asks/{what}"


def _told(request: Request, asked: bool) -> dict[str, object]:
    theirs = {"words": request.words, "reached": request.reached}
    kept = theirs if asked else {"reached": request.answer}
    told: dict[str, object] = {name: value for name, value in kept.items() if value}
    if asked or told:
        told["at"] = request.at.isoformat(timespec="seconds")
    return told


class Askings:
    """Loads a request for whoever asked."""

    kind = Asking

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def load(self, ref: str) -> Asking | None:
        return await self._requests.asking(ref)

    def hold(self, ref: str, version: int) -> Write:
        return self._requests.hold(ref, version)
