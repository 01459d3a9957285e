"""Parts that run side by side: what fails is started again, and takes no other part down."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from bot.core.ports import Clock

log = logging.getLogger(__name__)

SOONEST, LATEST = 5.0, 300.0
"""Seconds until a part that failed is started again: twice as long each time, unless it had run
for longer than it then waits."""


async def keep(
    part: Callable[[], Awaitable[None]], clock: Clock, *, but: type[Exception] | tuple[()] = ()
) -> None:
    """Run it, and again when it fails; what fails in the way of `but` is raised."""
    loop, wait = asyncio.get_running_loop(), SOONEST
    while True:
        begun = loop.time()
        try:
            return await part()
        except but:
            raise
        except Exception:
            log.exception("house.part_failed")
        if is_ending():  # it failed while it was cancelled, and the cancellation went with it
            raise asyncio.CancelledError
        wait = SOONEST if loop.time() - begun > wait else wait
        await clock.sleep(wait)
        wait = min(2 * wait, LATEST)


def is_ending() -> bool:
    """Whether the running task was cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel them and wait until they are over, whatever comes of it."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def until_over(life: asyncio.Task[None]) -> None:
    """Wait for it; when we are cancelled it ends first, when somebody else ended it we go on."""
    try:
        await asyncio.wait({life})
    except asyncio.CancelledError:
        await end(life)
        raise
    if not life.cancelled():
        life.result()


def innermost(error: BaseException) -> BaseException:
    """The first failure in a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """SIGTERM and Ctrl+C cancel what is inside, once; that it ends so is no error. The process is
    at its end then, and takes no notice of further ones: who is impatient presses twice."""
    loop, me, told = asyncio.get_running_loop(), asyncio.current_task(), [False]
    assert me

    def stop() -> None:
        if not told[0]:
            told[0] = True
            me.cancel()

    numbers = (signal.SIGTERM, signal.SIGINT)
    # Windows cannot, and ends the process by itself; a thread may not.
    with suppress(NotImplementedError, RuntimeError, ValueError):
        for number in numbers:
            loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not told[0]:
            raise
        me.uncancel()
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in numbers:
                loop.remove_signal_handler(number)
                if told[0]:
                    signal.signal(number, signal.SIG_IGN)
