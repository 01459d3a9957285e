"""Who may be brought together, by what both said of their age. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import Person

SETTLES = timedelta(days=30)
"""So long somebody who says that they are under 18, and said something else before, is with
nobody: an adult who says so for a day is not shown who is."""


def may_pair(one: Person, other: Person, now: datetime) -> bool:
    """Whether anything passes between two people: both say that they are 18 or over, or both say
    that they are not and have said nothing else within 30 days. It looks at `adult` and `aged` of
    two whole persons, as they are stored at this moment; the order of them makes no difference.
    """
    if one.adult and other.adult:
        return True
    return _settled(one, now) and _settled(other, now)


def says(person: Person, *, adult: bool, now: datetime) -> Person:
    """Who somebody is once they have answered anew; the same answer again changes nothing."""
    if adult == person.adult:
        return person
    return replace(person, adult=adult, aged=now)


def _settled(person: Person, now: datetime) -> bool:
    return not person.adult and (person.aged is None or now - person.aged >= SETTLES)
