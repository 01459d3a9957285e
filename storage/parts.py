"""Parts: what each of those who agree settles for themselves, and how it is written down."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from storage.values import instant, millis

FOR_NOW = instant(253_370_764_800_000)
"""The year 9999: until they say otherwise."""


class Role(StrEnum):
    """What somebody is in an agreement."""

    PEER = "peer"
    SPONSOR = "sponsor"
    SERVICE = "service sponsor"
    """A sponsor for service, whose other is a sponsee as well."""
    SPONSEE = "sponsee"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Shows(IntEnum):
    """What the others see of an answer; each shows what those before it do."""

    ANSWERED = 0
    MOOD = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody agrees to for themselves."""

    days: tuple[int, ...] = ()
    """On which they are asked, as `date.weekday()` counts; none: they are not asked."""
    hour: str = "20:00"
    """On their own clock."""
    shows: Shows = Shows.ANSWERED
    calls: bool = False
    """Whether a "call me" of the others reaches them in their quiet hours, too."""
    tells: bool = False
    """Whether the others get one gentle word after a long silence."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of those who agree."""

    person: str
    terms: Terms = Terms()
    role: Role = Role.PEER
    agreed: bool = False
    """False while they have only been asked."""
    rests: datetime | None = None
    """Until when they pause; `FOR_NOW` when they did not say."""
    muted: bool = False
    """Whether they are left alone with what the others answer."""
    wish: Terms | None = None
    """Terms that show or send more, which wait for the yes of the others."""
    yes: frozenset[str] = frozenset()
    """Who has said it."""
    offered: Terms | None = None
    """What they propose to whoever takes up their code."""
    goes_on: bool = False
    """Whether they said so at this review."""
    waits: datetime | None = None
    """Since when they have been asked, or wait for the yes of the others; None once they are in
    it."""

    def hears(self, now: datetime) -> bool:
        """Whether they want to be told what the others do: neither do they pause, nor have they
        said that they would hear nothing of it."""
        return self.agreed and not self.muted and (self.rests is None or self.rests <= now)


def said(terms: Terms) -> dict[str, object]:
    """For the person whose they are, in English words."""
    days = [calendar.day_name[day] for day in terms.days]
    shown = terms.shows.name.lower()
    asked = {"weekdays": days, "hour": terms.hour, "shown": shown}
    return {**asked, "calls": terms.calls, "tells": terms.tells}


def written(part: Part) -> dict[str, Any]:
    """As it is sealed."""
    return {
        "role": part.role.value,
        "terms": _plain(part.terms),
        "rests": millis(part.rests) if part.rests else None,
        "muted": part.muted,
        "wish": _plain(part.wish),
        "yes": sorted(part.yes),
        "offered": _plain(part.offered),
        "goes_on": part.goes_on,
    }


def read(person: str, agreed: bool, waits: datetime | None, body: dict[str, Any]) -> Part:
    return Part(
        person,
        _terms(body["terms"]) or Terms(),
        Role(body["role"]),
        agreed,
        None if body["rests"] is None else instant(body["rests"]),
        body["muted"],
        _terms(body["wish"]),
        frozenset(body["yes"]),
        _terms(body["offered"]),
        body["goes_on"],
        waits=waits,
    )


def _plain(terms: Terms | None) -> list[Any] | None:
    if terms is None:
        return None
    return [list(terms.days), terms.hour, int(terms.shows), terms.calls, terms.tells]


def _terms(kept: list[Any] | None) -> Terms | None:
    if kept is None:
        return None
    days, hour, shows, calls, tells = kept
    return Terms(tuple(days), hour, Shows(shows), calls, tells)
