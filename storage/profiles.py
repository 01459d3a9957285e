"""What somebody told us about themselves, and what they agreed to, when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import json

from bot.core.model import Person

REMEMBERED = 20
"""Withdrawals that are kept, with their dates."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A purpose that was agreed to once."""

    purpose: str
    given: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, with the dates of what they agreed to."""

    person: Person
    consents: Mapping[str, datetime]
    withdrawn: tuple[Withdrawn, ...] = ()
    version: int = 1

    def allowing(self, purpose: str, now: datetime) -> Profile:
        """Agreed to from now on; the first yes keeps its date."""
        return self._agreed({purpose: now, **self.consents})

    def withdrawing(self, purpose: str, now: datetime) -> Profile:
        if purpose not in self.consents:
            return self
        gone = Withdrawn(purpose, self.consents[purpose], now)
        left = {p: given for p, given in self.consents.items() if p != purpose}
        kept = (*self.withdrawn, gone)[-REMEMBERED:]
        return replace(self._agreed(left), withdrawn=kept)

    def _agreed(self, consents: Mapping[str, datetime]) -> Profile:
        person = replace(self.person, consents=frozenset(consents))
        return replace(self, person=person, consents=consents)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it, and as /mydata shows it."""
        person = self.person
        aged = {"age_changed": person.aged.isoformat()} if person.aged else {}
        return {
            "name": person.name,
            "zone": person.zone,
            "language": person.language,
            "quiet": list(person.quiet),
            "adult": person.adult,
            **aged,
            "consents": {purpose: at.isoformat() for purpose, at in self.consents.items()},
            "withdrawn": [
                [gone.purpose, gone.given.isoformat(), gone.ended.isoformat()]
                for gone in self.withdrawn
            ],
        }

    def text(self) -> str:
        return json.encode(self.plain()).decode()


def profile_in(ref: str, text: str, version: int) -> Profile:
    """What `Profile.text` wrote."""
    kept = json.decode(text)
    at = datetime.fromisoformat
    consents = {purpose: at(given) for purpose, given in kept["consents"].items()}
    withdrawn = tuple(Withdrawn(p, at(given), at(ended)) for p, given, ended in kept["withdrawn"])
    return Profile(_person(ref, kept), consents, withdrawn, version)


def person_in(ref: str, text: str) -> Person:
    """The person alone, without dates: on the way of every call."""
    return _person(ref, json.decode(text))


def _person(ref: str, kept: dict[str, Any]) -> Person:
    (start, end), at = kept["quiet"], datetime.fromisoformat
    return Person(
        ref,
        kept["name"],
        kept["zone"],
        kept["language"],
        (start, end),
        kept["adult"],
        frozenset(kept["consents"]),
        at(kept["age_changed"]) if "age_changed" in kept else None,
    )
