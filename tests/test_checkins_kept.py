"""Check-ins as they are kept: sealed, taken along, for a while, and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import Call, Page
from bot.core.model import Via
from bot.core.work import Write
from cogs.checkins.words import NEEDS
from storage import Storage
from storage.checkins import CheckIn, CheckIns
from storage.database import Database
from tests.room import MORNING, Room, ref_of, words
from tests.test_checkins import alone, entries


async def test_a_copy_holds_everything_in_plain_values(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 2 tired a long night")
    page = await room.app.perform(Call("checkins.export"), ana.origin(Via.PRESSED))
    assert isinstance(page, Page)
    assert page.data == {
        "checkins": [
            {
                "at": "2026-03-01T08:00:00+00:00",
                "day": "2026-03-01",
                "mood": 2,
                "halt": ["tired"],
                "note": "a long night",
            }
        ]
    }
    assert "The web room has this button." in words(page.card)


async def test_one_is_kept_for_ninety_days_to_the_day(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 4")
    kept = room.storage.checkins
    await room.storage.units.commit(kept.tidy(MORNING + timedelta(days=90)))
    assert len(await entries(room, "Ana")) == 1
    await room.storage.units.commit(kept.tidy(MORNING + timedelta(days=90, milliseconds=1)))
    assert not await entries(room, "Ana")


async def test_the_host_can_keep_them_for_less(storage: Storage) -> None:
    kept = CheckIns(storage.db, storage.vault, days=7)
    [write] = kept.tidy(MORNING)
    assert isinstance(write, Write)
    assert write.values["before"] == (MORNING - timedelta(days=7)).timestamp() * 1000


async def test_forgetting_takes_theirs_and_nobody_elses(room: Room) -> None:
    ana, bo = await alone(room), await alone(room, "Bo")
    await ana.types("/checkin 4")
    await bo.types("/checkin 4")
    await room.storage.units.commit(room.storage.checkins.forget(ref_of("Ana")))
    assert not await entries(room, "Ana")
    assert len(await entries(room, "Bo")) == 1


async def test_nothing_but_the_hour_can_be_read_in_the_rows(room: Room) -> None:
    ana, bo = await alone(room), await alone(room, "Bo")
    await ana.types("/checkin 1 hungry,angry,lonely,tired")
    await ana.presses("Add a note")
    await ana.fills("kumquat")
    await bo.types("/checkin 5")
    rows = await room.storage.db.read("SELECT * FROM checkins")
    assert {key for row in rows for key in row.keys()} == {"ref", "person", "at", "body", "version"}  # noqa: SIM118
    assert len({len(row["body"]) for row in rows}) == 1, "a length tells which boxes are ticked"
    raw = b"".join(row["body"] for row in rows)
    for word in (b"kumquat", b"tired", b"mood", b"2026"):
        assert word not in raw


async def test_a_body_moved_to_another_row_is_not_believed(room: Room) -> None:
    ana = await alone(room)
    await ana.types("/checkin 1")
    room.now += timedelta(hours=1)
    await ana.types("/checkin 5")
    swap = "UPDATE checkins SET body = (SELECT body FROM checkins AS o WHERE o.at <> checkins.at)"
    await room.storage.units.commit((Write(swap, {}),))
    await ana.types("/checkins")
    assert ana.sees("Something went wrong here.")


class Glass:
    """A vault one can look through."""

    def seal(self, owner: str, row: str, text: str) -> bytes:
        return f"{owner} {row} {text}".encode()

    def open(self, owner: str, row: str, sealed: bytes) -> str:
        return sealed.decode().removeprefix(f"{owner} {row} ")

    def mark(self, text: str) -> str:
        return text

    def mint(self, owner: str) -> None: ...


@given(
    st.integers(1, 5),
    st.lists(st.sampled_from([str(need.value) for need in NEEDS]), unique=True).map(tuple),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.dates(),
)
def test_whatever_is_kept_comes_back_as_it_was(
    mood: int, halt: tuple[str, ...], note: str, day: date
) -> None:
    kept = CheckIns(Database(Path("none.db"), None, gate=False), Glass())
    entry = CheckIn("checkin-0001", "person-00001", MORNING, day, mood, halt, note)
    [_, insert] = kept.add(entry, MORNING)
    assert isinstance(insert, Write)
    row: Any = {**insert.values, "version": 1}
    assert kept.entry(row) == entry
