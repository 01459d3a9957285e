"""Where the demo takes place: a group, its people, and the hours between which it begins."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

from bot.core.cards import Call
from bot.core.model import Account, Person, Place
from bot.core.work import Unit
from storage import Storage
from storage.groups import Settings, web_room

ZONE = "America/Halifax"
FOUNDED = timedelta(days=63, hours=1)
"""Before the first morning."""


def ref(*words: str) -> str:
    """Twelve characters that stay the same from one demo to the next; elsewhere they are random."""
    return urlsafe_b64encode(sha256("\n".join(words).encode()).digest()[:9]).decode()


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who is made up."""

    key: str
    """What stands in a form for them."""
    person: Person
    about: str
    """One line on what can be seen as them; a sentence of the catalogue."""
    days: int
    """Since when they belong to the group, counted back from the first morning."""

    @property
    def ref(self) -> str:
        return self.person.ref

    @property
    def account(self) -> Account:
        return Account("web", ref("account", self.key))

    def at(self, day: date, hour: str) -> datetime:
        """That hour of their own clock."""
        return datetime.combine(day, time.fromisoformat(hour), ZoneInfo(self.person.zone))


GROUP = Settings(
    ref("group"),
    "Harbour Street",
    ZONE,
    profile="twelve-step",
    question="18:00",
    reading="07:30",
    gather="20:30",
    contact="Joel, Inés",
)


@dataclass(frozen=True, slots=True)
class Village:
    """What a feature finds when it puts its part in."""

    storage: Storage
    group: Settings
    people: Sequence[Resident]
    opens: datetime
    """The first morning: when the demo opens."""

    @property
    def today(self) -> date:
        """The first day, on the group's own clock."""
        return self.opens.astimezone(ZoneInfo(self.group.zone)).date()

    @property
    def room(self) -> Place:
        return web_room(self.group.ref)

    def at(self, day: date, hour: str) -> datetime:
        """That hour of the group's own clock."""
        return datetime.combine(day, time.fromisoformat(hour), ZoneInfo(self.group.zone))

    def who(self, key: str) -> Resident:
        return next(one for one in self.people if one.key == key)

    def dice(self, what: str) -> Random:
        """Thrown the same way in every demo."""
        return Random(f"Harbour Street {what}")


@dataclass(frozen=True, slots=True)
class Happens:
    """Something at an hour of the last day before the demo opens."""

    at: datetime
    does: Callable[[], Awaitable[None]]


async def nothing(village: Village) -> Unit:
    return ()


def quiet(village: Village) -> Sequence[Happens]:
    return ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one feature adds; `bot.demo.parts` lists them."""

    puts: Callable[[Village], Awaitable[Unit]] = nothing
    """What has been there for weeks, as one unit of the feature's own writes."""
    happens: Callable[[Village], Sequence[Happens]] = quiet
    """What happens between yesterday afternoon and this morning, with the clock at that hour."""
    cards: Sequence[Call] = ()
    """What is shown side by side, as it looks at each door."""


def morning(now: datetime) -> datetime:
    """When it opens: today, while the morning in the group's zone is young."""
    return _on(now, "09:12")


def before(today: datetime) -> datetime:
    """From when on the clock is moved hour by hour: what comes every day comes by itself then."""
    return _on(today - timedelta(days=1), "13:00")


def long_ago(today: datetime) -> datetime:
    return today - FOUNDED


def _on(now: datetime, hour: str) -> datetime:
    zone = ZoneInfo(ZONE)
    return datetime.combine(now.astimezone(zone).date(), time.fromisoformat(hour), zone)
