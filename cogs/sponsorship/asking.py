"""Asking: what becomes of it for whoever asked, up to the day when silence is an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.cards import Call
from bot.core.model import Person
from bot.core.ports import Due
from bot.core.work import Must, Unit, Write
from storage.requests import PENDING, WAITS, Request, Requests, State
from storage.schedule import Schedule

LAPSE = "sponsorship.lapse"
"""The action of the clock."""


class Waiting:
    """How long a request waits: a row of the schedule for each."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def begin(self, request: Request, asker: Person, now: datetime) -> Write:
        return self._schedule.add(_due(request, asker, now))

    def longer(self, request: Request, asker: Person, now: datetime) -> Write:
        """Counted anew: somebody has answered something."""
        return self._schedule.change(_due(request, asker, now))

    def over(self, request: Request) -> Write:
        return self._schedule.remove(f"asked/{request.ref}")


def lapsed(requests: Requests, request: Request) -> Unit:
    """Silence is a no, and looks like one; nothing when it was answered. A wish to talk first was
    none, whoever let it pass."""
    if request.state not in PENDING:
        return ()
    state = State.NO if request.state is State.OPEN else State.PAST
    return (requests.change(replace(request, state=state, words="", reached="", answer="")),)


def _due(request: Request, asker: Person, now: datetime) -> Due:
    call = Call(LAPSE, (request.ref,))
    return Due(f"asked/{request.ref}", call, asker, now + WAITS, grace=WAITS, must=Must.ONCE)
