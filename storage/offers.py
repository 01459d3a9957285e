"""Offers: who said that they may be asked, for what, and by whom they would like to be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.core.ages import may_pair
from bot.core.errors import FOUND
from bot.core.model import Person
from bot.core.ports import Vault
from bot.core.work import Unit, Value, Write
from storage.agreements import Agreement, Agreements, Kind
from storage.database import Database, Row
from storage.parted import AGAIN, Parted
from storage.parts import Role
from storage.people import People
from storage.values import instant, millis


class For(StrEnum):
    """What somebody may be asked for."""

    SPONSOR = "sponsor"
    MENTOR = "mentor"
    """The same on paths without sponsors."""
    SERVICE = "service"
    """A sponsor for service."""
    FRIEND = "friend"
    """One of two or three who trade time."""
    PAIR = "pair"
    """To check in with each other: "you may ask me"."""


@dataclass(frozen=True, slots=True)
class Becomes:
    """What comes of a yes, and what whoever offered is in it."""

    kind: Kind
    role: Role
    other: Role


BECOMES = {
    For.SPONSOR: Becomes(Kind.SPONSOR, Role.SPONSOR, Role.SPONSEE),
    For.MENTOR: Becomes(Kind.SPONSOR, Role.MENTOR, Role.MENTEE),
    For.SERVICE: Becomes(Kind.SPONSOR, Role.SERVICE, Role.SPONSEE),
    For.FRIEND: Becomes(Kind.CIRCLE, Role.PEER, Role.PEER),
    For.PAIR: Becomes(Kind.PAIR, Role.PEER, Role.PEER),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """That somebody may be asked, in one group, for one thing."""

    ref: str
    person: str
    group: str
    kind: For
    capacity: int = 0
    """How many at a time; 0 where it is not counted."""
    languages: tuple[str, ...] = ()
    words: str = ""
    """About themselves."""
    reached: str = ""
    """How they like to be reached, for those with whom they agreed on something."""
    meant: str = ""
    """For whom it is: a word of `cogs.sponsorship`, "" for anyone. Who asks says for themselves
    that it is meant for them; nothing of that is kept."""
    wish: str = ""
    """The same in words of their own."""
    rests: datetime | None = None
    """Until when nobody finds it; `FOR_NOW` when they did not say."""
    met: frozenset[str] = frozenset()
    """What of the group's suggestions they say is so."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def resting(self, now: datetime) -> bool:
        return self.rests is not None and now < self.rests

    def suits(self, language: str, meant: str) -> bool:
        """Whether it is one that somebody looks for; "" is any. What is for anyone always is."""
        spoken = not language or not self.languages or language in self.languages
        return spoken and (not meant or self.meant in ("", meant))


@dataclass(frozen=True, slots=True)
class Found:
    """An offer, with who offers and how many have taken it up."""

    offer: Offer
    person: Person
    taken: int

    @property
    def room(self) -> bool:
        return not self.offer.capacity or self.taken < self.offer.capacity


@dataclass(frozen=True, slots=True)
class Opening:
    """An offer as it is for the others of its group, who may ask."""

    offer: Offer
    belongs_to: frozenset[str]

    @property
    def ref(self) -> str:
        return self.offer.ref

    @property
    def version(self) -> int:
        return self.offer.version


class Offers:
    kind = Offer

    def __init__(
        self, db: Database, vault: Vault, people: People, agreements: Agreements, parted: Parted
    ) -> None:
        self._db, self._vault, self._parted = db, vault, parted
        self._people, self._agreements = people, agreements

    async def load(self, ref: str) -> Offer | None:
        rows = await self._db.read("SELECT * FROM offers WHERE ref = :ref", ref=ref)
        return next((self._offer(row) for row in rows), None)

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE offers SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    async def of(self, person: str, group: str = "") -> list[Offer]:
        """Somebody's own; "" for those in every group."""
        rows = await self._db.read(
            "SELECT * FROM offers WHERE person = :person AND :grp IN ('', grp) ORDER BY kind, grp",
            person=person,
            grp=group,
        )
        return [self._offer(row) for row in rows]

    async def opening(self, ref: str) -> Opening | None:
        rows = await self._db.read(
            "SELECT members.person FROM offers JOIN members ON members.grp = offers.grp"
            " WHERE offers.ref = :ref AND members.person <> offers.person",
            ref=ref,
        )
        offer = await self.load(ref)
        return Opening(offer, frozenset(row["person"] for row in rows)) if offer else None

    async def open_to(
        self, asker: Person, group: str, kind: For, now: datetime, day: date
    ) -> list[Found]:
        """What somebody can ask for in a group: of those who want to be found, have room, do not
        rest, are not theirs already, were not asked, and with whom it did not end of late. On one
        day it is in one order, which is the asker's own, and ranks nobody.

        Who keeps the asker away, or is kept away, is not among them, as if they had no room: a
        button of yesterday does not tell which of it is so.
        """
        rows = await self._db.read(
            OPEN,
            grp=group,
            kind=kind.value,
            asker=asker.ref,
            before=millis(now - AGAIN),
        )
        offers = [self._offer(row) for row in rows]
        people = await self._people.many(offer.person for offer in offers)
        shown = [o for o in offers if _may(asker, people.get(o.person), now) and not o.resting(now)]
        bound = await self._agreements.of_any(offer.person for offer in shown)
        over = await self._parted.among(
            asker.ref, BECOMES[kind].kind, (offer.person for offer in shown)
        )
        found = [
            Found(offer, people[offer.person], taken(offer, bound))
            for offer in shown
            if offer.person not in over and not _theirs(offer, asker.ref, bound)
        ]
        return sorted(
            (one for one in found if one.room),
            key=lambda one: self.turn(asker.ref, day, one.offer.ref),
        )

    def turn(self, asker: str, day: date, ref: str) -> str:
        """Where an offer stands in somebody's order of a day."""
        return self._vault.mark(f"turn {asker} {day.isoformat()} {ref}")

    async def taken(self, offer: Offer) -> int:
        """How many have taken it up at this moment."""
        return taken(offer, await self._agreements.of(offer.person))

    def put(self, offer: Offer) -> Write:
        """A new one; fails when there is one of the kind in that group."""
        return Write(
            "INSERT INTO offers (ref, person, grp, kind, body)"
            " VALUES (:ref, :person, :grp, :kind, :body) ON CONFLICT DO NOTHING",
            {**self._values(offer), "person": offer.person, "grp": offer.group, "kind": offer.kind},
            expect=1,
        )

    def change(self, offer: Offer) -> Write:
        """To be held first, or a change made meanwhile would be lost."""
        return Write("UPDATE offers SET body = :body WHERE ref = :ref", self._values(offer), 1)

    def end(self, offer: Offer) -> Write:
        return Write("DELETE FROM offers WHERE ref = :ref", {"ref": offer.ref}, expect=1)

    def leave(self, group: str, person: str) -> Unit:
        sql = "DELETE FROM offers WHERE person = :person AND grp = :grp"
        return (Write(sql, {"person": person, "grp": group}),)

    def forget(self, person: str) -> Unit:
        return (Write("DELETE FROM offers WHERE person = :person", {"person": person}),)

    async def mine(self, person: str) -> list[dict[str, object]]:
        return [_told(offer) for offer in await self.of(person)]

    def _values(self, offer: Offer) -> dict[str, Value]:
        text = json.dumps(_written(offer), ensure_ascii=False)
        sealed = self._vault.seal(offer.person, f"offers.body/{offer.ref}", text)
        return {"ref": offer.ref, "body": sealed}

    def _offer(self, row: Row) -> Offer:
        ref, person = row["ref"], row["person"]
        body = json.loads(self._vault.open(person, f"offers.body/{ref}", row["body"]))
        read = {**body, "languages": tuple(body["languages"]), "met": frozenset(body["met"])}
        read["rests"] = None if body["rests"] is None else instant(body["rests"])
        return Offer(ref, person, row["grp"], For(row["kind"]), **read, version=row["version"])


class Openings:
    """Loads an offer for those who may ask."""

    kind = Opening

    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    async def load(self, ref: str) -> Opening | None:
        return await self._offers.opening(ref)

    def hold(self, ref: str, version: int) -> Write:
        """Two who ask at once do not disturb each other."""
        return Write(
            "UPDATE offers SET version = version WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )


OPEN = """
    SELECT * FROM offers WHERE grp = :grp AND kind = :kind AND person <> :asker
    AND NOT EXISTS (SELECT 1 FROM blocks WHERE
        (blocks.person = :asker AND blocks.blocked = offers.person)
        OR (blocks.person = offers.person AND blocks.blocked = :asker))
    AND NOT EXISTS (SELECT 1 FROM requests WHERE requests.person = :asker
        AND requests.asked = offers.person AND requests.grp = offers.grp
        AND requests.kind = offers.kind AND requests.state <> 'yes' AND requests.at > :before)"""


def taken(offer: Offer, agreements: Iterable[Agreement]) -> int:
    """In how many of these whoever offered is, in that group, what they offered to be."""
    return sum(one.live and one.group == offer.group and _offered(offer, one) for one in agreements)


def _offered(offer: Offer, agreement: Agreement) -> bool:
    becomes = BECOMES[offer.kind]
    roles = [part.role for part in agreement.parts if part.person == offer.person]
    return agreement.kind is becomes.kind and becomes.role in roles


def _theirs(offer: Offer, asker: str, agreements: Iterable[Agreement]) -> bool:
    """Whether they have agreed on it, or have been asked to."""
    return any(asker in one.belongs_to and _offered(offer, one) for one in agreements)


def _may(asker: Person, other: Person | None, now: datetime) -> bool:
    return other is not None and FOUND in other.consents and may_pair(asker, other, now)


def _written(offer: Offer) -> dict[str, Any]:
    """As it is sealed."""
    return {
        "capacity": offer.capacity,
        "languages": list(offer.languages),
        "words": offer.words,
        "reached": offer.reached,
        "meant": offer.meant,
        "wish": offer.wish,
        "rests": millis(offer.rests) if offer.rests else None,
        "met": sorted(offer.met),
    }


def _told(offer: Offer) -> dict[str, object]:
    """In plain values, without what is empty."""
    rests = offer.rests.isoformat(timespec="seconds") if offer.rests else None
    kept = {**_written(offer), "kind": offer.kind.value, "rests until": rests}
    del kept["rests"]
    return {name: value for name, value in kept.items() if value}
