"""What happened in web rooms: a row for each card, kept a day, in the order of commits."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.cards import Card
from bot.core.errors import Conflict, Forgotten, Unreachable
from bot.core.model import Account, Place
from bot.core.ports import EPOCH, Vault
from bot.core.rooms import Line
from bot.core.work import Write
from storage.database import Database, Row
from storage.values import dump, instant, load, millis

log = logging.getLogger(__name__)

SHOWN = timedelta(days=1)
"""How long a card can be seen; its key is destroyed by then as well."""
REPEATS = timedelta(days=30)
"""How long the key of a deed is known, so that it is the same deed: no outbox row lives longer."""
CARD, LINE, GONE = "card", "line", "gone"

WITH_FIRST = (
    "SELECT e.*, (SELECT min(seq) FROM web_events WHERE place = e.place AND anchor = e.anchor)"
    " AS first FROM web_events AS e"
)


def _gone(which: str) -> tuple[str, ...]:
    """Takes these away, and says so to open pages. The first takes its turn among all who take
    numbers, so that the others see what they left."""
    return (
        "UPDATE web_last SET seq = seq",
        f"UPDATE web_last SET seq = seq + (SELECT count(*) FROM {which})",
        f"""INSERT INTO web_events (seq, key, place, anchor, account, kind, body, at)
            SELECT last.seq + 1 - row_number() OVER (ORDER BY e.seq DESC),
                'gone ' || e.key, e.place, e.anchor, e.account, 'gone', NULL, e.at
            FROM web_last AS last, {which}""",
        f"UPDATE web_events SET body = NULL WHERE key IN (SELECT e.key FROM {which})",
    )


FORGET = (
    *_gone(
        "web_events AS e JOIN web_event_about AS a ON a.event = e.key"
        " WHERE a.person = :person AND e.body IS NOT NULL"
    ),
    "DELETE FROM web_event_about WHERE person = :person",
    "UPDATE web_events SET author = NULL WHERE author = :person",
)
LEFT = _gone("web_events AS e WHERE e.author = :person AND e.place = :place AND e.body IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Happening:
    """A card, or what somebody said, that was shown, changed or taken away."""

    seq: int
    place: str
    """The mark of the place, as `WebFeed.mark` gives it."""
    anchor: str
    """Names the card in its place: a later happening with the same anchor is about the same."""
    body: Card | Line | None
    """None when it was taken away."""
    at: datetime
    first: int
    """The number of the first happening with this anchor: where it stands among the others."""
    author: str = ""
    """The ref of whoever said it; "" for a card."""


class WebFeed:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    def mark(self, place: Place) -> str:
        if place.private:
            return self._vault.mark(f"account {Account(place.platform, place.id)}")
        return self._vault.mark(f"room {place}")

    def anchor(self, place: Place, name: str) -> str:
        """Of the standing card of this name."""
        return self._vault.mark(f"web card {place} {name}")[:24]

    async def keep(
        self,
        key: str,
        place: Place,
        body: Card | Line | None,
        now: datetime,
        anchor: str = "",
        about: tuple[str, ...] = (),
        author: str = "",
    ) -> Happening:
        """The same key twice is one happening, for ever as far as the outbox is concerned.

        Without an anchor it is a card of its own; None takes away what stands there. `about` are
        the refs of those whom the card names, and of what was agreed; it is not shown once one of
        them has been forgotten. With an `author` it is theirs: nobody else's line is mended or
        taken away, and what is mended keeps its hour. Raises Unreachable when the place is private
        and its account is gone, and when what an author means is not there, or not theirs.
        """
        mark = self._vault.mark(f"web event {key}")
        if found := await self._find(mark, body):
            return found
        # A conflict: it was kept by somebody else meanwhile, or what it needs is gone.
        with suppress(Conflict):
            rows = self._rows(mark, place, body, now, anchor or mark[:24], author)
            if anchor and author and not isinstance(body, Card):
                rows = (self._theirs(place, anchor, author), *rows)
            await self._db.commit((*rows, *_naming(mark, about)))
        if found := await self._find(mark, body):
            return found
        raise Unreachable("the account is gone, or what stood there")

    async def stands(self, place: Place, anchor: str) -> bool:
        """Whether a card of that anchor can be seen there."""
        rows = await self._db.read(
            "SELECT 1 FROM web_events"
            " WHERE place = :place AND anchor = :anchor AND body IS NOT NULL LIMIT 1",
            place=self.mark(place),
            anchor=anchor,
        )
        return bool(rows)

    async def line(self, place: Place, anchor: str) -> Happening | None:
        """What somebody said there, as it stands now."""
        rows = await self._db.read(
            f"{WITH_FIRST} WHERE e.place = :place AND e.anchor = :anchor"
            f" AND e.body IS NOT NULL AND e.author IS NOT NULL AND e.kind = '{LINE}'",
            place=self.mark(place),
            anchor=anchor,
        )
        return next(self._open(rows), None)

    async def last(self) -> int:
        """The number of the last happening, here or elsewhere."""
        [row] = await self._db.read("SELECT seq FROM web_last")
        return int(row["seq"])

    async def since(self, seq: int, most: int) -> list[Happening]:
        """What came after that number, in all places, in order; at most so many."""
        rows = await self._db.read(
            f"{WITH_FIRST} WHERE e.seq > :seq AND (e.body IS NOT NULL OR e.kind = 'gone')"
            " ORDER BY e.seq LIMIT :most",
            seq=seq,
            most=most,
        )
        return list(self._open(rows))

    async def between(self, one: Place, other: Place, after: int, to: int) -> list[Happening]:
        """What happened in these two places after the one number and up to the other."""
        rows = await self._db.read(
            f"{WITH_FIRST} WHERE e.place IN (:one, :other) AND e.seq > :after AND e.seq <= :to"
            " AND (e.body IS NOT NULL OR e.kind = 'gone') ORDER BY e.seq",
            one=self.mark(one),
            other=self.mark(other),
            after=after,
            to=to,
        )
        return list(self._open(rows))

    async def shown(self, one: Place, other: Place, now: datetime, to: int) -> list[Happening]:
        """The cards that stand in these two places, in the order in which they came there."""
        rows = await self._db.read(
            f"{WITH_FIRST} WHERE e.place IN (:one, :other) AND e.body IS NOT NULL"
            " AND e.at > :since AND e.seq <= :to ORDER BY first",
            one=self.mark(one),
            other=self.mark(other),
            since=millis(now - SHOWN),
            to=to,
        )
        return list(self._open(rows))

    def tidy(self, now: datetime) -> tuple[Write, ...]:
        return (
            Write(
                "UPDATE web_events SET body = NULL, author = NULL WHERE at <= :since"
                " AND (body IS NOT NULL OR author IS NOT NULL)",
                {"since": millis(now - SHOWN)},
            ),
            Write(
                "DELETE FROM web_event_about WHERE event IN"
                " (SELECT key FROM web_events WHERE body IS NULL)",
                {},
            ),
            Write("DELETE FROM web_events WHERE at <= :since", {"since": millis(now - REPEATS)}),
        )

    def left(self, group: str, person: str) -> tuple[Write, ...]:
        """What they said in the room of this group goes with them, for open pages too."""
        here = {"person": person, "place": self.mark(Place("web", group))}
        return tuple(Write(sql, here) for sql in LEFT)

    async def mine(self, person: str) -> list[dict[str, object]]:
        """What they said in rooms, and nobody has taken away yet."""
        rows = await self._db.read(
            f"{WITH_FIRST} WHERE e.author = :person AND e.body IS NOT NULL ORDER BY e.seq",
            person=person,
        )
        return [
            {"at": one.at.isoformat(timespec="seconds"), "said": one.body.text}
            for one in self._open(rows)
            if isinstance(one.body, Line)
        ]

    def forget(self, person: str) -> tuple[Write, ...]:
        """The cards that name this person are gone, for open pages too."""
        return tuple(Write(sql, {"person": person}) for sql in FORGET)

    def _theirs(self, place: Place, anchor: str, author: str) -> Write:
        return Write(
            "UPDATE web_events SET author = author WHERE place = :place AND anchor = :anchor"
            " AND author = :author AND body IS NOT NULL",
            {"place": self.mark(place), "anchor": anchor, "author": author},
            expect=1,
        )

    def _rows(
        self,
        mark: str,
        place: Place,
        body: Card | Line | None,
        now: datetime,
        anchor: str,
        author: str,
    ) -> tuple[Write, ...]:
        sealed = self._vault.seal(EPOCH, f"web_events.body/{mark}", dump(body)) if body else None
        where = {"place": self.mark(place), "anchor": anchor}
        return (
            Write("UPDATE web_last SET seq = seq + 1", {}, expect=1),
            Write(
                "INSERT INTO web_events (seq, key, place, anchor, account, kind, body, author, at)"
                " SELECT seq, :key, :place, :anchor, nullif(:account, ''), :kind, :body,"
                " nullif(:author, ''), coalesce((SELECT min(at) FROM web_events"
                " WHERE place = :place AND anchor = :anchor AND author = :author), :at)"
                " FROM web_last WHERE :account = ''"
                " OR :account IN (SELECT mark FROM web_accounts) ON CONFLICT (key) DO NOTHING",
                {
                    **where,
                    "key": mark,
                    "account": where["place"] if place.private else "",
                    "kind": _kind(body),
                    "body": sealed,
                    "author": author,
                    "at": millis(now),
                },
                expect=1,
            ),
            Write(
                "UPDATE web_events SET body = NULL WHERE place = :place AND anchor = :anchor"
                " AND body IS NOT NULL AND seq < (SELECT seq FROM web_last)",
                where,
            ),
        )

    async def _find(self, mark: str, body: Card | Line | None) -> Happening | None:
        rows = await self._db.read(f"{WITH_FIRST} WHERE e.key = :key", key=mark)
        return next((_happening(row, body) for row in rows), None)

    def _open(self, rows: Iterable[Row]) -> Iterator[Happening]:
        for row in rows:
            try:
                yield _happening(row, self._body(row))
            except Forgotten:  # its hour is over; nobody sees it any more
                continue
            except (LookupError, TypeError, ValueError):  # of another version; it goes in a day
                log.exception("web.card_unreadable")

    def _body(self, row: Row) -> Card | Line | None:
        if row["body"] is None:
            return None
        opened = self._vault.open(EPOCH, f"web_events.body/{row['key']}", row["body"])
        return load(opened, Line) if row["kind"] == LINE else load(opened, Card)


def _happening(row: Row, body: Card | Line | None) -> Happening:
    seq, place, anchor, at = row["seq"], row["place"], row["anchor"], instant(row["at"])
    return Happening(seq, place, anchor, body, at, row["first"], row["author"] or "")


def _kind(body: Card | Line | None) -> str:
    return GONE if body is None else LINE if isinstance(body, Line) else CARD


def _naming(mark: str, about: tuple[str, ...]) -> tuple[Write, ...]:
    """Somebody may have been forgotten, or what was agreed or asked may have ended, while the card
    was on its way. What is said of somebody under an agreement ends with it."""
    gone = (
        "UPDATE web_events SET body = NULL"
        " WHERE key = :event AND :person NOT IN (SELECT ref FROM people)"
        " AND :person NOT IN (SELECT ref FROM agreements)"
        " AND :person NOT IN (SELECT ref FROM requests)"
    )
    listed = (
        "INSERT INTO web_event_about (event, person)"
        " SELECT :event, :person WHERE :person IN (SELECT ref FROM people)"
    )
    return tuple(
        Write(sql, {"event": mark, "person": ref})
        for ref in dict.fromkeys(named.partition("/")[0] for named in about)
        for sql in (gone, listed)
    )
