"""Who may read what of a notebook, over everything that can happen between two people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.decide import Allow, Thing, Who, decide
from bot.core.model import CLOCK, GUEST, Actor, Person
from storage.agreements import Agreement, Kind
from storage.notebook import Entry, Notebook, lets, readers
from storage.parts import Part
from storage.suggestions import Received, Shown, Suggestion
from tests.room import HOME, MORNING, PURPOSES

ANA, BO, CY = "ref-ana", "ref-bo", "ref-cy"
BOOK = Notebook("book", ANA, "twelve", MORNING)
PAGE = Entry("page", "book", ANA, MORNING, date(2026, 3, 1), "1", "cost", "What?", "Much.")


def between(ref: str, *people: str, kind: Kind = Kind.SPONSOR, agreed: bool = True) -> Agreement:
    first, *others = people
    parts = (Part(first, agreed=True), *(Part(other, agreed=agreed) for other in others))
    return Agreement(ref, kind, parts, MORNING, MORNING)


@dataclass
class Said:
    """What Ana has said to one other about one page, as she would tell it."""

    whole: bool = False
    page: bool | None = None
    """None where nothing holds that was said of the page alone."""

    @property
    def yes(self) -> bool:
        return self.whole if self.page is None else self.page


@dataclass
class Life:
    """One notebook with one page, two agreements, and what is said over time."""

    book: Notebook = BOOK
    page: Entry = PAGE
    agreements: dict[str, Agreement] = field(
        default_factory=lambda: {"a": between("a", ANA, BO), "b": between("b", ANA, CY)}
    )
    blocked: set[str] = field(default_factory=set)
    said: dict[str, Said] = field(default_factory=lambda: {"a": Said(), "b": Said()})

    def lives(self, what: str, which: str) -> None:
        said, back = self.said[which], self.book.back(which)
        match what:
            case "lets all":
                self.book, said.whole = self.book.letting(which), True
            case "takes all back":
                self.book = self.book.taking_back(which)
                said.whole, said.page = False, None if said.page else said.page
            case "lets the page":
                self.page, said.page = self.page.saying(which, True, back), True
            case "takes the page back":
                self.page, said.page = self.page.saying(which, False, back), False
            case "ends":
                self.agreements.pop(which, None)
            case "blocks" | "unblocks":
                other = {"a": BO, "b": CY}[which]
                (self.blocked.add if what == "blocks" else self.blocked.discard)(other)
            case "writes":
                self.page = self.page.noted(f"More, {len(self.page.text)}.")

    def readers(self) -> set[str]:
        return {*readers(self.book, self.page, self.agreements.values(), self.blocked)}


WHAT = [
    *("lets all", "takes all back", "lets the page", "takes the page back"),
    *("ends", "blocks", "unblocks", "writes"),
]


@given(st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from("ab")), max_size=30))
def test_somebody_reads_while_they_are_let_and_it_is_live_and_nobody_is_blocked(
    events: list[tuple[str, str]],
) -> None:
    life = Life()
    for what, which in events:
        life.lives(what, which)
        allowed = {
            other
            for ref, other in (("a", BO), ("b", CY))
            if life.said[ref].yes and ref in life.agreements and other not in life.blocked
        }
        assert life.readers() == allowed


def test_every_cell() -> None:
    """Whatever was agreed, ended, blocked, said of the whole or of the page, or taken back."""
    sure, said = [True, False], [None, True, False]
    for kind, agreed, ended, blocked in product(Kind, sure, sure, sure):
        for whole, page, back in product(sure, said, sure):
            agreement = between("a", ANA, BO, kind=kind, agreed=agreed)
            book = BOOK.letting("a") if whole else BOOK
            entry = PAGE if page is None else PAGE.saying("a", page, book.back("a"))
            book = book.taking_back("a") if back else book
            yes = not back and (whole if page is None else page)
            may = kind is not Kind.CIRCLE and agreed and not ended and not blocked and yes
            there, kept_away = [] if ended else [agreement], [BO] if blocked else []
            found = readers(book, entry, there, kept_away)
            assert found == ({BO: agreement} if may else {})


SHOWN = Shown(PAGE, BOOK, {BO: between("a", ANA, BO)})
ADVICE = Suggestion("advice", BO, PAGE.ref, MORNING, "Ring the bank.")
THINGS: list[tuple[Thing, set[str]]] = [
    (BOOK, {ANA}),
    (PAGE, {ANA}),
    (SHOWN, {BO}),
    (replace(SHOWN, readers={}), set()),
    (ADVICE, {BO}),
    (Received(ADVICE, ANA, blocked=False), {ANA}),
    (Received(ADVICE, ANA, blocked=True), set()),
]
"""Everything that a button of step work can name, and whose it is."""


@pytest.mark.parametrize(("thing", "whose"), THINGS)
def test_a_thing_is_for_those_whose_it_is_and_nobody_else(thing: Thing, whose: set[str]) -> None:
    people = [GUEST, CLOCK, *(Person(ref, ref, consents=PURPOSES) for ref in (ANA, BO, CY))]
    for person, serves, who in product(people, [True, False], Who):
        roles = frozenset({"founder", "servant"}) if serves else frozenset[str]()
        actor = Actor(person, HOME, roles, member=serves, host=serves)
        verdict = decide(actor, who, thing)
        may = who is Who.THEIRS and person.ref in whose
        always = who is Who.ANYONE and person != CLOCK
        assert isinstance(verdict, Allow) == (may or always or _general(who, person, serves))


def _general(who: Who, person: Person, serves: bool) -> bool:
    """What hangs on no thing: no action of step work that names one is for these."""
    if who is Who.CLOCK:
        return person == CLOCK
    return who is Who.GUESTS and person != CLOCK and (person == GUEST or not serves)


def test_a_new_agreement_with_the_same_person_begins_with_nothing() -> None:
    book, entry = BOOK.letting("a"), PAGE.saying("a", True, 0)
    assert not readers(book, entry, [between("new", ANA, BO)], ())


def test_nobody_reads_what_is_not_the_authors_agreement() -> None:
    """An agreement of two others, whatever the notebook holds."""
    assert not readers(BOOK.letting("a"), PAGE, [between("a", BO, CY)], ())


def test_what_was_let_again_as_a_whole_is_read_but_what_was_kept_back_is_not() -> None:
    kept = PAGE.saying("a", False, 0)
    let = PAGE.saying("a", True, 0)
    book = BOOK.taking_back("a").letting("a")
    assert lets(book, let, "a")
    assert lets(book, PAGE, "a")
    assert not lets(book, kept, "a")


def test_an_author_who_has_not_agreed_lets_nobody_read() -> None:
    asked = between("a", BO, ANA, agreed=False)
    assert not readers(BOOK.letting("a"), PAGE, [asked], ())
    both = replace(asked, parts=(*asked.parts, Part(CY, agreed=True)))
    assert not readers(BOOK.letting("a"), PAGE, [both], ())


def test_the_same_words_sent_twice_stand_once() -> None:
    once = PAGE.noted("Also this.")
    assert once.noted("Also this.") == once
    assert once.text == "Much.\n\nAlso this."


def test_a_step_taken_up_twice_is_open_once() -> None:
    book = BOOK.taking_up("1").taking_up("4").taking_up("1")
    assert book.open == ("4", "1")
    assert book.putting_aside("1").putting_aside("9").open == ("4",)
