"""How somebody reads: in which language, on which clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.model import GUEST, Actor, Group
from bot.core.text import LANGUAGES

LONGEST = 500
"""Characters of an Accept-Language header that are looked at."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a page is read: in which language, by which clock."""

    locale: str = "en"
    zone: str = "UTC"
    named: bool = True
    """Whether hours carry the zone's name, because it is not one that they chose."""


HOME = Reader()
"""How a house reads that has settled nothing else."""


def guest(accepted: str, home: Reader = HOME) -> Reader:
    """Somebody of whom nothing is known but what their browser accepts."""
    return Reader(spoken(accepted) or home.locale, home.zone)


def visitor(asked: str, accepted: str, home: Reader = HOME) -> Reader:
    """The same, where the page that led here may know them and say it (`?in=`)."""
    return Reader(asked, home.zone) if asked in LANGUAGES else guest(accepted, home)


def reader(actor: Actor, group: Group | None, accepted: str, home: Reader = HOME) -> Reader:
    """A person reads as they chose. A guest has chosen nothing: their browser's language is
    nearest to it, as at every door, then the group's; and the group's clock, which is named."""
    if actor.person != GUEST:
        language = actor.person.language
        return Reader(language if language in LANGUAGES else "en", actor.person.zone, named=False)
    zone = group.zone if group else home.zone
    return Reader(spoken(accepted) or (group.language if group else home.locale), zone)


def spoken(accepted: str) -> str:
    """The first of our languages in an Accept-Language header by its weights; "" for none."""
    for tag in _wanted(accepted[:LONGEST].split(",")):
        for known in (tag, tag.partition("-")[0]):
            if match := next((code for code in LANGUAGES if code.lower() == known), ""):
                return match
    return ""


def _wanted(parts: Sequence[str]) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for part in parts:
        tag, _, given = part.partition(";")
        try:
            weight = float(given.replace("q=", "", 1)) if given.strip() else 1.0
        except ValueError:
            continue
        if weight > 0:
            weighed.append((-weight, tag.strip().lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
