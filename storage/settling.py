"""What a deed's row goes through, as writes for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.ports import Parcel
from bot.core.work import Unit, Value, Write
from storage import deeds
from storage.database import Row
from storage.gathered import listed
from storage.values import millis

LEASE = timedelta(seconds=90)
"""After it, a row that is still claimed or `sending` belonged to a process that is gone."""
STUCK = timedelta(seconds=30)
"""After so long without success the first of a destination lets lane NOW pass."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is about to be made."""

    parcel: Parcel
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A row that is done with. `unit` is what else has to be kept with it."""

    key: str
    destination: str
    state: str
    unit: Unit = ()


def take(rows: Sequence[Row], now: datetime) -> Write:
    names, keys = listed("k", [row["key"] for row in rows])
    times = {"now": millis(now), "lease": millis(now + LEASE), "passes": millis(now + STUCK)}
    return Write(deeds.TAKE.format(keys=", ".join(names)), {**keys, **times}, expect=len(rows))


def begin(begun: Iterable[Begun]) -> Unit:
    """Fails as a whole when one of them was taken back, or taken over."""
    claims: dict[datetime | None, list[Begun]] = {}
    for one in begun:
        claims.setdefault(one.parcel.lease, []).append(one)
    return tuple(_begin(lease, claim) for lease, claim in claims.items())


def settle(ended: Sequence[Ended]) -> Unit:
    """All of them end before anything moves up in their place."""
    names, keys = listed("k", [one.key for one in ended])
    states: dict[str, list[str]] = {}
    for one in ended:
        states.setdefault(one.state, []).append(one.key)
    done = (_done(state, theirs) for state, theirs in states.items())
    return (
        *(part for one in ended for part in one.unit),
        Write(deeds.NOT_ABOUT.format(keys=", ".join(names)), keys),
        *done,
        *promote([one.destination for one in ended]),
    )


def end(row: Row) -> tuple[Write, ...]:
    """Without an attempt; but one may have been made before, and have arrived."""
    state = "expired" if row["tried_at"] is None else "unknown"
    held: dict[str, Value] = {"key": row["key"], "seen": row["next_at"], "state": state}
    about = Write(deeds.NOT_ABOUT.format(keys=":key"), {"key": row["key"]})
    return (about, Write(deeds.END, held, expect=1), *promote([row["destination"]]))


def promote(destinations: Sequence[str]) -> tuple[Write, ...]:
    names, places = listed("p", list(dict.fromkeys(destinations)))
    values = ", ".join(f"({name})" for name in names)
    return tuple(Write(sql.format(places=f"VALUES {values}"), places) for sql in deeds.PROMOTE)


def _begin(lease: datetime | None, claim: Sequence[Begun]) -> Write:
    names, keys = listed("k", [one.parcel.key for one in claim])
    times: dict[str, Value] = {
        "lease": None if lease is None else millis(lease),
        "now": millis(min(one.at for one in claim)),
        "latest": millis(max(one.at for one in claim)),
    }
    return Write(deeds.BEGIN.format(keys=", ".join(names)), {**keys, **times}, expect=len(claim))


def _done(state: str, keys: Sequence[str]) -> Write:
    names, values = listed("k", keys)
    return Write(deeds.DONE.format(keys=", ".join(names)), {**values, "state": state})
