"""People who press whatever they were shown, for weeks: nobody reads what is another's."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs import build
from tests.fuzz import NASTY, check_whole, examples, fresh, silence
from tests.room import DOORS, Door, Room
from tests.walk import DEEDS, Step, Walk, Watched

STEPS = st.builds(
    Step,
    st.sampled_from(DEEDS),
    st.integers(0, 4),
    st.integers(0, 999),
    st.none() | st.none() | st.none() | st.sampled_from(NASTY),
)


async def walks(door: Door, steps: list[Step], founded: bool) -> None:
    async with fresh() as storage:
        app = Watched(build(storage), storage.ports)
        app.answers = []
        room = Room(app, storage, door)
        if founded:
            ana, ben = await room.person("Ana"), await room.person("Ben", "Asia/Tokyo", "es")
        else:
            room.group = None
            ana, ben = room.guest("Ana"), room.guest("Ben")
        ana.hosts = True
        walk = Walk(room, app, [ana, ben, *map(room.guest, ("Cleo", "Dag", "Ana2"))])
        for step in steps:
            await walk.goes(step)
        await check_whole(room)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@examples(6)
@given(st.lists(STEPS, min_size=40, max_size=120), st.booleans())
def test_nobody_reads_what_is_anothers(door: Door, steps: list[Step], founded: bool) -> None:
    with silence():
        asyncio.run(walks(door, steps, founded))
