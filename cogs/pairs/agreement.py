"""What may become of an agreement: each of its people decides for themselves, and more of
anything takes the yes of all. Pure: an agreement and what somebody does give an agreement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from storage.agreements import Agreement, Kind
from storage.parts import FOR_NOW, Part, Terms

MOST = {Kind.PAIR: 2, Kind.SPONSOR: 2, Kind.CIRCLE: 5}
MONTH = timedelta(days=30)
"""After it everybody is asked whether to go on."""
WEEK = timedelta(days=7)
DECIDE = timedelta(days=14)
"""So long a temporary one waits for everybody's word, and is over without it."""
NOBODY: frozenset[str] = frozenset()


def propose(
    ref: str, kind: Kind, me: str, mine: Terms, offered: Terms, now: datetime, group: str = ""
) -> Agreement:
    """What somebody proposes: their own terms, and those of whoever says yes."""
    part = Part(me, mine, agreed=True, offered=offered)
    return Agreement(ref, kind, (part,), now, now + MONTH, group)


def offers(agreement: Agreement) -> Part | None:
    """Whose proposal it is, as long as they stand by it."""
    return next((p for p in agreement.parts if p.agreed and p.offered), None)


def has_room(agreement: Agreement) -> bool:
    """Only those count who agreed, or wait for the others to."""
    taken = sum(part.agreed or part.wish is not None for part in agreement.parts)
    return taken < MOST[agreement.kind]


def ask(agreement: Agreement, person: str, now: datetime) -> Agreement:
    """They have seen the terms, and have not answered; unchanged where nothing is offered."""
    proposal = offers(agreement)
    if proposal is None or person in agreement.belongs_to or not has_room(agreement):
        return agreement
    asked = Part(person, proposal.offered or Terms(), waits=now)
    return replace(agreement, parts=(*agreement.parts, asked))


def accept(agreement: Agreement, person: str, now: datetime, hour: str = "") -> Agreement:
    """Yes to what is offered, at their own hour where they name one. To whoever said yes before
    them what they show is new, so those have to say yes too."""
    part, proposal = _of(agreement, person), offers(agreement)
    if part is None or part.agreed or part.wish or not proposal or not has_room(agreement):
        return agreement
    terms = proposal.offered or Terms()
    terms = replace(terms, hour=hour or terms.hour)
    came = replace(part, terms=terms, wish=terms, yes=frozenset({proposal.person}), waits=now)
    return _settled(_with(agreement, came), now)


def settle(agreement: Agreement, person: str, terms: Terms, now: datetime) -> Agreement:
    """Other terms of one's own: what is less, or the same for the others, holds at once; what is
    more is a wish."""
    part = _of(agreement, person)
    if part is None or not part.agreed:
        return agreement
    at_once = least(part.terms, terms)
    wish = terms if terms != at_once else None
    offered = None if _of_two(agreement) else part.offered
    changed = replace(part, terms=at_once, wish=wish, yes=NOBODY, offered=offered)
    return _settled(_with(agreement, changed), now)


def suggest(agreement: Agreement, person: str, mine: Terms, theirs: Terms) -> Agreement:
    """New terms for both of two who have agreed on something; the other's yes is to both."""
    part = _of(agreement, person)
    if part is None or not part.agreed or not _of_two(agreement):
        return agreement
    at_once = least(part.terms, mine)
    changed = replace(part, terms=at_once, wish=mine, yes=NOBODY, offered=theirs)
    return _with(agreement, changed)


def least(had: Terms, new: Terms) -> Terms:
    """Of new terms what nobody else has to agree to."""
    days = new.days
    if len(new.days) > len(had.days):
        days = tuple(day for day in had.days if day in new.days)
    shows, tells = min(had.shows, new.shows), had.tells and new.tells
    return replace(new, days=days, shows=shows, tells=tells)


def say_yes(agreement: Agreement, person: str, whose: str, now: datetime) -> Agreement:
    """To what another wishes, and with it to what they offer where there are two."""
    part = _of(agreement, whose)
    if part is None or part.wish is None or person not in _asked(agreement, part):
        return agreement
    agreed = replace(part, yes=part.yes | {person})
    after = _settled(_with(agreement, agreed), now)
    if part.offered is None or not _of_two(agreement):
        return after
    mine = replace(after.part(person), terms=part.offered, wish=None, yes=NOBODY, offered=None)
    return _with(_with(after, replace(after.part(whose), offered=None)), mine)


def say_no(agreement: Agreement, person: str, whose: str) -> Agreement:
    """The wish is gone, and with it whoever wished to join."""
    part = _of(agreement, whose)
    if part is None or part.wish is None or person not in _asked(agreement, part):
        return agreement
    return take_back(agreement, whose)


def take_back(agreement: Agreement, person: str) -> Agreement:
    """A wish of one's own."""
    part = _of(agreement, person)
    if part is None or part.wish is None:
        return agreement
    if not part.agreed:
        return replace(agreement, parts=agreement.others(person))
    offered = None if _of_two(agreement) else part.offered
    return _with(agreement, replace(part, wish=None, yes=NOBODY, offered=offered))


def pause(agreement: Agreement, person: str, until: datetime = FOR_NOW) -> Agreement:
    return _own(agreement, person, rests=until)


def resume(agreement: Agreement, person: str) -> Agreement:
    return _own(agreement, person, rests=None)


def mute(agreement: Agreement, person: str, muted: bool) -> Agreement:
    return _own(agreement, person, muted=muted)


def leave(agreement: Agreement, person: str, now: datetime) -> Agreement | None:
    """Without them; None when that is its end, as when one of two goes, or whoever proposed."""
    part = _of(agreement, person)
    if part is None:
        return agreement
    left = replace(agreement, parts=agreement.others(person))
    if left.live:
        return _settled(left, now)
    return left if not part.agreed and any(p.agreed for p in left.parts) else None


def review(agreement: Agreement, now: datetime) -> Agreement:
    """A new round of asking whether to go on; silence in the last one changed nothing."""
    if agreement.review_at > now:
        return agreement
    rounds = (now - agreement.review_at) // MONTH + 1
    parts = agreement.parts
    if agreement.until is None:
        parts = tuple(replace(part, goes_on=False) for part in parts)
    return replace(agreement, parts=parts, review_at=agreement.review_at + rounds * MONTH)


def go_on(agreement: Agreement, person: str) -> Agreement:
    """A temporary one that everybody wants to go on is temporary no more."""
    after = _own(agreement, person, goes_on=True)
    if after.until and all(part.goes_on for part in after.parts if part.agreed):
        parts = tuple(replace(part, goes_on=False) for part in after.parts)
        return replace(after, parts=parts, until=None)
    return after


def is_over(agreement: Agreement, now: datetime) -> bool:
    """Whether a temporary one has waited long enough."""
    return agreement.until is not None and now >= agreement.until + DECIDE


def rests(part: Part, now: datetime) -> bool:
    return part.rests is not None and part.rests > now


def awake(
    agreement: Agreement, person: str, now: datetime, apart: Collection[str] = ()
) -> tuple[Part, ...]:
    """The others who want to know of this person at this hour. `apart` are those between whom
    and them nothing passes: it looks as if those rested."""
    if not agreement.part(person).agreed:
        return ()
    others = agreement.others(person)
    return tuple(p for p in others if p.agreed and not rests(p, now) and p.person not in apart)


def may_ping(agreement: Agreement, person: str, day: date, now: datetime) -> bool:
    """Whether this person is asked on that day of theirs: they and another agreed, and they do not
    rest. That another rests, or is kept from them, changes nothing: it would tell them so."""
    part = _of(agreement, person)
    if part is None or not part.agreed or rests(part, now) or not agreement.live:
        return False
    return day.weekday() in part.terms.days


def stamp(agreement: Agreement) -> str:
    """Of the terms as they stand: who says yes to a card says yes to what was on it."""
    told = [(p.person, p.terms, p.offered) for p in agreement.parts if p.agreed]
    return _mark(agreement.ref, told)


def wish_mark(agreement: Agreement, part: Part) -> str:
    """Names a wish, and nobody: another of the same person has another name."""
    return _mark(agreement.ref, (part.person, part.wish, part.offered))


def _mark(ref: str, what: object) -> str:
    return sha256(f"{ref} {what!r}".encode()).hexdigest()[:8]


def _of(agreement: Agreement, person: str) -> Part | None:
    return next((part for part in agreement.parts if part.person == person), None)


def _of_two(agreement: Agreement) -> bool:
    """Whether there are two, and no more can come."""
    return agreement.live and MOST[agreement.kind] == 2


def _with(agreement: Agreement, part: Part) -> Agreement:
    parts = tuple(part if p.person == part.person else p for p in agreement.parts)
    return replace(agreement, parts=parts)


def _own(agreement: Agreement, person: str, **new: object) -> Agreement:
    part = _of(agreement, person)
    if part is None or not part.agreed:
        return agreement
    return _with(agreement, replace(part, **new))  # type: ignore[arg-type]


def _asked(agreement: Agreement, part: Part) -> frozenset[str]:
    """Whose yes a wish waits for."""
    return frozenset(p.person for p in agreement.others(part.person) if p.agreed)


def _settled(agreement: Agreement, now: datetime) -> Agreement:
    """With each wish that waits for nobody any more; where there is no room left, without those
    who have only been asked."""
    for part in agreement.parts:
        if part.wish is None or not _asked(agreement, part) <= part.yes:
            continue
        begins = not part.agreed and not agreement.live
        came = replace(part, terms=part.wish, agreed=True, wish=None, yes=NOBODY, waits=None)
        agreement = _with(agreement, came)
        if begins:
            agreement = _begun(agreement, now)
    if has_room(agreement):
        return agreement
    stay = tuple(part for part in agreement.parts if part.agreed or part.wish)
    return replace(agreement, parts=stay)


def _begun(agreement: Agreement, now: datetime) -> Agreement:
    """From its first yes on; what was offered to one stands for nobody else."""
    begun = replace(agreement, since=now, review_at=now + MONTH)
    if not _of_two(begun):
        return begun
    return replace(begun, parts=tuple(replace(part, offered=None) for part in begun.parts))
