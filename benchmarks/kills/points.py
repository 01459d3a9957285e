"""The named points at which a process kills itself, put around its parts from the outside."""

from __future__ import annotations

import os
import signal
from typing import Any

POINTS = tuple(
    f"{when} {what}"
    for what in ("commit", "claim", "send", "acknowledge")
    for when in ("before", "after")
)
RANDOM = "at random"


class Points:
    """`point` is one of POINTS, or RANDOM for none of them; the process ends when it passes
    there for the `countdown`th time."""

    def __init__(self, point: str, countdown: int) -> None:
        self._point, self._left = point, countdown

    def put_around(self, part: object, method: str, what: str) -> None:
        """What was claimed in vain is not a point after a claim."""
        inner = getattr(part, method)

        async def passed(*args: Any, **given: Any) -> Any:
            self._pass(f"before {what}")
            result = await inner(*args, **given)
            if result is None or result:
                self._pass(f"after {what}")
            return result

        setattr(part, method, passed)

    def _pass(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
