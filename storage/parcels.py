"""Parcels: rows of the outbox with the deed that is in them, and where it goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.errors import Forgotten
from bot.core.model import Person, Place
from bot.core.ports import EPOCH, HOUSE, Parcel, Vault
from bot.core.rooms import (
    ROOM_DEEDS,
    Announce,
    AnyDeed,
    Close,
    Hold,
    HoldBack,
    Open,
    Post,
    Remove,
    Replace,
    Withdraw,
)
from bot.core.work import Lane, Must
from storage import deeds
from storage.database import Database, Row
from storage.people import People
from storage.values import instant, load, millis

log = logging.getLogger(__name__)

DEEDS: tuple[type[AnyDeed], ...] = (Post, Replace, Remove, HoldBack, *ROOM_DEEDS)


class Parcels:
    def __init__(self, db: Database, vault: Vault, people: People) -> None:
        self._db, self._vault, self._people = db, vault, people

    def deed(self, row: Row, now: datetime) -> AnyDeed | None:
        """None when it has lost its sense, or can no longer be read."""
        if row["body"] is None or row["until"] <= millis(now):
            return None
        try:
            body = self._vault.open(EPOCH, row_name(row["key"]), row["body"])
            return load(body, *DEEDS)
        except Forgotten:
            return None
        except Exception:  # one row that an older version wrote must not stop the others
            log.error("outbox.deed_unreadable")
            return None

    async def of(
        self,
        named: Sequence[tuple[Row, AnyDeed]],
        people: dict[str, Person],
        about: dict[str, tuple[str, ...]],
        lease: datetime,
    ) -> list[Parcel]:
        refs = {d.to.ref for _, d in named if isinstance(d.to, Person)} & people.keys()
        places = await asyncio.gather(*map(self._people.reach, refs))
        reached = dict(zip(refs, places, strict=True))
        parcels: list[Parcel] = []
        for row, deed in named:
            to = deed.to if isinstance(deed.to, Place) else reached.get(deed.to.ref)
            if isinstance(deed, Post | Replace) and isinstance(deed.to, Person):
                deed = replace(deed, to=people.get(deed.to.ref, deed.to))
            parcel = self._parcel(row, deed, None if row["closed"] else to, lease)
            parcels.append(replace(parcel, about=about.get(parcel.key, ())))
        return parcels

    async def about(self, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Whom each of these names."""
        wanted = {f"k{n}": key for n, key in enumerate(keys)}
        listed = ", ".join(f":{name}" for name in wanted)
        rows = await self._db.read(deeds.NAMED.format(keys=listed), **wanted)
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[row["key"]] = (*found.get(row["key"], ()), row["person"])
        return found

    def _parcel(self, row: Row, deed: AnyDeed, to: Place | None, lease: datetime) -> Parcel:
        tried = row["tried_at"]
        to, standing = self._standing(row, deed, to) if row["receipt"] else (to, "")
        return Parcel(
            row["key"],
            deed,
            to,
            Must(row["must"]),
            None if tried is None else instant(tried),
            standing,
            Lane(row["lane"]),
            lease,
        )

    def _standing(self, row: Row, deed: AnyDeed, to: Place | None) -> tuple[Place | None, str]:
        """Where the card of that name stands, and its receipt. What a person was shown stands
        where they were reached then: there it is taken away, and elsewhere it is shown anew."""
        owner = deed.to.ref if isinstance(deed.to, Person) else HOUSE
        named = f"panels.receipt/{row['destination']}/{row['panel']}"
        try:
            receipt = self._vault.open(owner, named, row["receipt"])
        except Forgotten:
            return to, ""
        if owner == HOUSE:
            return to, receipt
        where, _, receipt = receipt.partition("\n")
        platform, _, name = where.partition(":")
        there = Place(platform, name, private=True)
        if isinstance(deed, Remove):
            return there, receipt
        return to, receipt if there == to else ""


def name_of(deed: AnyDeed) -> str | None:
    """The name of a card or of a room; a room and the panel in it may be called the same."""
    if isinstance(deed, Post | HoldBack):
        return None
    if isinstance(deed, Announce | Withdraw):
        return f"event {deed.name}"
    return f"room {deed.name}" if isinstance(deed, Open | Hold | Close) else deed.name


def row_name(key: str) -> str:
    return f"outbox.body/{key}"
