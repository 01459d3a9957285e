"""A date that is typed after /time is not passed over."""

from __future__ import annotations

from datetime import date

from storage.clocks import Counts
from tests.room import Room, ref_of, words


async def test_a_day_after_the_command_is_a_day_to_keep(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types("/time 2020-01-01")
    await ana.fills("Tobacco", "days")
    [kept] = await room.storage.clocks.of(ref_of("Ana"))
    assert (kept.name, kept.since, kept.counts) == ("Tobacco", date(2020, 1, 1), Counts.DAYS)
    assert ana.sees("since 2020-01-01")


async def test_words_that_are_no_day_are_answered_with_how_one_is_written(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types("/time tobacco")
    assert ana.sees("2026-03-31"), words(ana.seen[-1])
    await ana.types("/time 2027-01-01")
    assert ana.sees("That day is still to come.")
    assert not ana.form


async def test_a_day_that_others_could_read_is_asked_for_in_private(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/time 2020-01-01")
    assert not await room.storage.clocks.of(ref_of("Ana"))
    assert not [card for card in room.posted if "2020" in words(card)]
