"""Houses with a fault in them, to show that the benchmark would see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from benchmarks.kills.door import Door
from bot.core.ports import Parcel
from bot.core.rooms import FOR_EVER
from bot.core.work import Write
from storage import Storage

Doors = Mapping[str, Door]


def settles_first(storage: Storage, doors: Doors) -> None:
    """What is to be sent counts as sent before it is."""
    outbox = storage.outbox
    begin = outbox.sending

    async def sending(parcel: Parcel, now: datetime) -> bool:
        begun = await begin(parcel, now)
        await outbox.settle(parcel, "sent")
        return begun

    _replace(outbox, "sending", sending)


def confirms_first(storage: Storage, doors: Doors) -> None:
    """The platform is told that we have an update before we do."""
    for door in doors.values():

        def confirming(door: Door) -> Callable[[list[tuple[str, str, str]]], object]:
            keep = door.keep

            async def confirmed(updates: list[tuple[str, str, str]]) -> None:
                await door.confirm(int(updates[-1][0]))
                await keep(updates)

            return confirmed

        _replace(door, "keep", confirming(door))


def marks_later(storage: Storage, doors: Doors) -> None:
    """That an update was performed is not written down by the unit that performs it."""
    _replace(storage.inbox, "done", lambda update: Write("SELECT 1", {}))


def repeats(storage: Storage, doors: Doors) -> None:
    """What must not be sent twice is sent again where nobody knows its key."""
    for door in doors.values():
        door.limits = replace(door.limits, deduplicates=FOR_EVER)


def drops(storage: Storage, doors: Doors) -> None:
    """What may have been sent is never sent again."""
    outbox = storage.outbox
    claim = outbox.claim

    async def claimed(now: datetime, most: int) -> list[Parcel]:
        parcels = await claim(now, most)
        for parcel in parcels:
            if parcel.tried:
                await outbox.settle(parcel, "unknown")
        return [parcel for parcel in parcels if not parcel.tried]

    _replace(outbox, "claim", claimed)


def _replace(part: object, method: str, by: object) -> None:
    setattr(part, method, by)


WAYS: Mapping[str, Callable[[Storage, Doors], None]] = {
    way.__name__.replace("_", "-"): way
    for way in (settles_first, confirms_first, marks_later, repeats, drops)
}
