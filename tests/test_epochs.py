"""Which hours can be read, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.epochs import HOUR, hour_of, turned
from storage.values import millis

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 3 * 3600), max_size=60))
def test_with_a_turn_an_hour_nothing_is_readable_after_a_day(pauses: list[int]) -> None:
    now, ends, sealing, sealed = NOON, dict[int, int](), None, dict[int, datetime]()
    for pause in pauses:
        now += timedelta(seconds=min(pause, 3600))
        ends = turned(ends, now, sealing)
        sealing = hour_of(now)
        sealed.setdefault(sealing, now)
        assert {sealing, sealing + 1} <= ends.keys()
        for epoch, first in sealed.items():
            if now - first >= timedelta(hours=24):
                assert epoch not in ends
            if now - first < timedelta(hours=21):
                assert epoch in ends


@given(st.lists(st.integers(-(10**7), 10**7), max_size=30))
def test_whatever_the_clock_does_no_epoch_outlives_a_day_from_now(jumps: list[int]) -> None:
    now, ends, sealing = NOON, dict[int, int](), None
    for jump in jumps:
        now += timedelta(seconds=jump)
        ends = turned(ends, now, sealing)
        sealing = hour_of(now)
        assert sealing in ends
        assert all(millis(now) < end <= millis(now + 24 * HOUR) for end in ends.values())
