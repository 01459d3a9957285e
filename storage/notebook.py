"""A notebook of somebody's own, what is written in it, and who else may read which of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from storage.agreements import Agreement, Kind

OF_TWO = frozenset({Kind.SPONSOR, Kind.PAIR})
"""Agreements under which one may let the other read; a circle is for other things."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """What somebody writes along one guide. Nothing in it is ever done."""

    ref: str
    person: str
    guide: str
    since: datetime
    open: tuple[str, ...] = ()
    """The steps that are open, by their keys, the one taken up last at the end."""
    lets: frozenset[str] = frozenset()
    """The agreements whose other may read all of it, also what is still to be written."""
    backs: Mapping[str, int] = field(default_factory=dict)
    """How often that was taken back, by agreement: a yes from before holds no more."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def taking_up(self, step: str) -> Notebook:
        return replace(self, open=(*(one for one in self.open if one != step), step))

    def putting_aside(self, step: str) -> Notebook:
        return replace(self, open=tuple(one for one in self.open if one != step))

    def letting(self, agreement: str) -> Notebook:
        return replace(self, lets=self.lets | {agreement})

    def taking_back(self, agreement: str) -> Notebook:
        """All of it, also what they were let read piece by piece."""
        backs = {**self.backs, agreement: self.back(agreement) + 1}
        return replace(self, lets=self.lets - {agreement}, backs=backs)

    def back(self, agreement: str) -> int:
        return self.backs.get(agreement, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wrote to one question on one day."""

    ref: str
    notebook: str
    person: str
    at: datetime
    day: date
    """Their own, as it was when they began it."""
    step: str
    question: str
    asked: str
    """The question as they read it; a guide may change."""
    text: str
    said: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    """Whether the other may read this one, by agreement, where that was said of it alone, and
    how often it had been taken back for the whole notebook by then."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def noted(self, text: str) -> Entry:
        """With these words under those that were there; the same sent twice stands once."""
        if self.text == text or self.text.endswith(f"\n\n{text}"):
            return self
        return replace(self, text=f"{self.text}\n\n{text}" if self.text else text)

    def saying(self, agreement: str, yes: bool, back: int) -> Entry:
        return replace(self, said={**self.said, agreement: (yes, back)})


def lets(notebook: Notebook, entry: Entry, agreement: str) -> bool:
    """Whether the author lets the other of that agreement read it: what was said of this one
    goes before what was said of the whole, but for a yes that was taken back with the whole."""
    yes, back = entry.said.get(agreement, (True, -1))
    if yes and back != notebook.back(agreement):
        return agreement in notebook.lets
    return yes


def may_share(agreement: Agreement, author: str) -> bool:
    """Whether something can be let read under it at all: it is live, and for two."""
    agreed = any(part.person == author and part.agreed for part in agreement.parts)
    return agreement.kind in OF_TWO and agreement.live and agreed


def readers(
    notebook: Notebook, entry: Entry, agreements: Iterable[Agreement], blocked: Collection[str]
) -> dict[str, Agreement]:
    """Who besides the author may read it, and under which agreement. `blocked` are those between
    whom and the author there is a block, whoever made it."""
    return {
        part.person: agreement
        for agreement in agreements
        if may_share(agreement, entry.person) and lets(notebook, entry, agreement.ref)
        for part in agreement.others(entry.person)
        if part.agreed and part.person not in blocked
    }
