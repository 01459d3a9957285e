"""What fails is started again, and what is told to end ends."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.supervise import LATEST, SOONEST, end, ended_by_signal, innermost, keep, until_over


@dataclass
class Patient:
    """A clock that notes how long it was to sleep, and does not."""

    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Part:
    """Fails so many times."""

    fails: int
    error: type[Exception] = ValueError
    runs: int = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs <= self.fails:
            raise self.error


async def test_what_fails_is_started_again_ever_more_patiently() -> None:
    clock, part = Patient(), Part(fails=9)
    await keep(part.run, clock)
    assert part.runs == 10
    assert clock.slept == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert (SOONEST, LATEST) == (5, 300)


async def test_what_ran_for_long_is_started_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, part, loop = Patient(), Part(fails=3), asyncio.get_running_loop()
    hours = iter(range(100))
    monkeypatch.setattr(loop, "time", lambda: next(hours) * 3600)
    await keep(part.run, clock)
    assert clock.slept == [5, 5, 5]


async def test_what_nobody_can_mend_is_told() -> None:
    with pytest.raises(LookupError):
        await keep(Part(fails=1, error=LookupError).run, Patient(), but=LookupError)


async def test_what_fails_while_it_ends_has_ended() -> None:
    begun = asyncio.Event()

    async def part() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("the door is stuck")

    kept = asyncio.create_task(keep(part, Patient()))
    await begun.wait()
    await end(kept)
    assert kept.cancelled()


async def test_who_waits_for_a_life_ends_it_when_cancelled_and_goes_on_when_it_was_ended() -> None:
    life = asyncio.create_task(asyncio.Event().wait())
    waiting = asyncio.create_task(until_over(life))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await end(life)
    await waiting
    life = asyncio.create_task(asyncio.Event().wait())
    waiting = asyncio.create_task(until_over(life))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await end(waiting)
    assert life.cancelled()
    failed = asyncio.create_task(Part(fails=1).run())
    with pytest.raises(ValueError):  # noqa: PT011
        await until_over(failed)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_once_and_is_no_error(number: signal.Signals) -> None:
    ended: list[str] = []

    async def work() -> None:
        with ended_by_signal():
            try:
                os.kill(os.getpid(), number)
                await asyncio.Event().wait()
            finally:
                os.kill(os.getpid(), number)  # who is impatient changes nothing
                await asyncio.sleep(0.01)  # where a second cancellation would come, if one did
                ended.append("cleanly")
        ended.append("at the end")

    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        await asyncio.create_task(work())
        os.kill(os.getpid(), number)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert ended == ["cleanly", "at the end"]


async def test_a_cancellation_that_no_signal_asked_for_goes_on() -> None:
    async def work() -> None:
        with ended_by_signal():
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    await end(working)
    assert working.cancelled()


def test_the_first_failure_of_a_group_is_the_one_to_tell() -> None:
    inner = ExceptionGroup("all", [OSError("the first"), ValueError()])
    assert str(innermost(ExceptionGroup("more", [inner, KeyError()]))) == "the first"
    assert str(innermost(OSError("alone"))) == "alone"
