"""What somebody is in: whom they have, whom they asked, who asks them, what they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.ages import may_pair
from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Context, Person
from bot.core.text import Name, Plain, Text
from cogs.sponsorship import cards
from cogs.sponsorship.paths import Path, Paths
from cogs.sponsorship.wording import NONE
from storage.agreements import Agreement, Agreements
from storage.offers import BECOMES, For, Offer, Offers
from storage.parts import Role
from storage.people import People
from storage.requests import OVER, PENDING, Asking, Request, Requests, State

SHOWN = 4
"""Buttons of one kind: a card has room for some twenty."""


class Overview:
    def __init__(
        self,
        offers: Offers,
        requests: Requests,
        agreements: Agreements,
        people: People,
        paths: Paths,
    ) -> None:
        self._offers, self._requests, self._agreements = offers, requests, agreements
        self._people, self._paths = people, paths

    async def card(self, ctx: Context, path: Path) -> Card:
        """All of it, and the ways from there."""
        me, group = ctx.person.ref, path.settings.ref
        bound = [a for a in await self._agreements.of(me) if a.live and a.group == group]
        to, by = await self._requests.to(me, group), await self._requests.by(me, group)
        refs = {person for one in bound for person in one.belongs_to}
        refs |= {one.person for one in to} | {one.request.asked for one in by}
        people = await self._people.many(refs - {me})
        waits = [one for one in to if one.state in PENDING and _may(ctx, people.get(one.person))]
        mine = await self._offers.of(me, group)
        facts = [*_bound(ctx, path, bound, people), *_asked(ctx, by, people)]
        if waits:
            asking = cards.names([people[one.person] for one in waits])
            facts.append((ctx.label("Who asks you"), asking))
        facts += await self._offered(ctx, path, mine)
        said = self._paths.young(ctx, path)
        said += (
            ctx.t("You can look for somebody, or offer yourself. Each is one person's own yes.")
            if path.paired
            else ctx.t(NONE)
        )
        buttons = (
            *_answers(ctx, waits, people),
            *_ways(ctx, path, by, bound, people),
            *(_look(ctx, words.look, kind) for kind, words in path.words.items()),
            *_offers(ctx, path, mine),
        )
        return Card(said, ctx.label(path.words[path.first].title), tuple(facts), buttons)

    async def asked(self, ctx: Context, path: Path, asking: Asking, other: Person) -> Card:
        """Where one thing stands that somebody asked."""
        request, ref = asking.request, asking.ref
        back, name = cards.back(ctx), Name(other.name)
        take_back = Button(ctx.label("Take it back"), Call("sponsorship.take_back", (ref,)))
        match asking.state:
            case State.YES:
                return await self._begun(ctx, path, asking, other)
            case State.NO:
                said = ctx.t("{name}: not this time. It says nothing about you.", name=name)
                return Card(said, buttons=(back,), replaces=True)
            case State.PAST:
                said = ctx.t(
                    "{name} wanted to talk first. Its time has passed, and that says nothing about"
                    " either of you.",
                    name=name,
                )
                return Card(said, buttons=(back,), replaces=True)
            case State.COFFEE:
                said = ctx.t("{name} would like to talk first. Would you like that?", name=name)
                said += (Plain("\n"), *ctx.t("Then each of you is told how to reach the other."))
                call = Call("sponsorship.ask_introduce", (ref,))
                meet = Button(ctx.label("Introduce us"), call, Tone.GOOD)
                return Card(said, buttons=(meet, take_back, back), replaces=True)
            case State.MET:
                said = ctx.t(
                    "You and {name} are introduced. Both of you are still free.", name=name
                )
                facts = (cards.reach(ctx, other, request.answer),)
                return Card(said, "", facts, (take_back, back), replaces=True)
        said = ctx.t("You asked {name}. There is no answer yet.", name=name)
        return Card(said, buttons=(take_back, back), replaces=True)

    def nameless(self, ctx: Context, asking: Asking) -> Card:
        """The same where whoever was asked is known no more."""
        if asking.state in OVER:
            said = ctx.t("Not this time. It says nothing about you.")
            return Card(said, buttons=(cards.back(ctx),), replaces=True)
        take_back = Button(ctx.label("Take it back"), Call("sponsorship.take_back", (asking.ref,)))
        said = ctx.t("There is no answer yet.")
        return Card(said, buttons=(take_back, cards.back(ctx)), replaces=True)

    async def _begun(self, ctx: Context, path: Path, asking: Asking, other: Person) -> Card:
        """With what was told at the yes, and nothing newer; where something keeps them apart
        meanwhile, without it."""
        request = asking.request
        becomes = BECOMES[request.kind]
        agreed = [
            one
            for one in await self._agreements.of(request.person)
            if one.live and one.kind is becomes.kind and request.asked in one.belongs_to
        ]
        if not agreed:
            said = ctx.t("That has ended. Go well, both of you.")
            return Card(said, buttons=(cards.back(ctx),), replaces=True)
        said = ctx.t(path.of(request.kind).begun_by_me, name=Name(other.name))
        said += (Plain("\n"),)
        said += ctx.t("Neither is responsible for the other's recovery, and either ends it freely.")
        facts = (cards.reach(ctx, other, "" if asking.apart else request.answer),)
        buttons = (cards.agreement(ctx, agreed[0].ref, other), cards.back(ctx))
        return Card(said, "", facts, buttons, tone=Tone.GOOD, replaces=True)

    async def _offered(self, ctx: Context, path: Path, mine: Sequence[Offer]) -> cards.Facts:
        lines: list[Text] = []
        for offer in mine:
            if offer.kind not in path.words:
                continue
            line: Text = (Plain(f"{ctx.label(path.of(offer.kind).title)}: "),)
            if offer.resting(ctx.now):
                line += (*ctx.t("rests"), Plain(" "), *cards.rests(ctx, offer))
            elif offer.capacity:
                taken = await self._offers.taken(offer)
                line += ctx.t("{taken} of {most} places taken", taken=taken, most=offer.capacity)
            else:
                line += ctx.t("yes")
            lines.append(line)
        return ((ctx.label("What you offer"), cards.lines(lines)),) if lines else ()


def _may(ctx: Context, other: Person | None) -> bool:
    """Who said something else of their age meanwhile asks nothing any more."""
    return other is not None and may_pair(other, ctx.person, ctx.now)


def _bound(
    ctx: Context, path: Path, bound: Sequence[Agreement], people: Mapping[str, Person]
) -> list[tuple[str, Text]]:
    """Whom they have, under what the path calls them."""
    me, facts = ctx.person.ref, []
    for kind, words in path.words.items():
        becomes = BECOMES[kind]
        here = [one for one in bound if one.kind is becomes.kind]
        theirs = [one for one in here if _is(one, me, becomes.role)]
        ours = [one for one in here if one not in theirs and _has(one, me, becomes.role)]
        if becomes.role is becomes.other:
            ours, theirs = theirs, []
        for label, listed in ((words.mine, ours), (words.theirs, theirs)):
            others = [other for one in listed for other in _others(one, me, people)]
            if others:
                facts.append((ctx.label(label), cards.names(others)))
    return facts


def _is(agreement: Agreement, person: str, role: Role) -> bool:
    return agreement.part(person).role is role


def _has(agreement: Agreement, person: str, role: Role) -> bool:
    return any(part.role is role for part in agreement.others(person))


def _asked(
    ctx: Context, by: Sequence[Asking], people: Mapping[str, Person]
) -> list[tuple[str, Text]]:
    lines = [
        cards.asked(ctx, one, people[one.request.asked])
        for one in by
        if one.state is not State.YES and one.request.asked in people
    ]
    return [(ctx.label("Whom you asked"), cards.lines(lines))] if lines else []


def _answers(ctx: Context, waits: Sequence[Request], people: Mapping[str, Person]) -> list[Button]:
    return [
        Button(
            ctx.label("Answer {name}", name=people[one.person].name),
            Call("requests.see", (one.ref,)),
            Tone.GOOD,
        )
        for one in waits[:SHOWN]
    ]


def _ways(
    ctx: Context,
    path: Path,
    by: Sequence[Asking],
    bound: Sequence[Agreement],
    people: Mapping[str, Person],
) -> list[Button]:
    """To what was asked and is open, and to each agreement of a kind there is on this path."""
    kinds = {BECOMES[kind].kind for kind in path.words}
    asked = [
        Button(
            ctx.label("You asked {name}", name=people[one.request.asked].name),
            Call("sponsorship.asked", (one.ref,)),
        )
        for one in by
        if one.state in PENDING and one.request.asked in people
    ]
    agreed = [
        cards.agreement(ctx, one.ref, *others)
        for one in bound
        if one.kind in kinds and (others := _others(one, ctx.person.ref, people))
    ]
    return [*asked[:SHOWN], *agreed[: SHOWN + 2]]


def _others(agreement: Agreement, person: str, people: Mapping[str, Person]) -> list[Person]:
    others = (part.person for part in agreement.others(person) if part.agreed)
    return [people[ref] for ref in others if ref in people]


def _look(ctx: Context, label: str, kind: For) -> Button:
    return Button(ctx.label(label), Call("sponsorship.look", (kind.value,)))


def _offers(ctx: Context, path: Path, mine: Sequence[Offer]) -> list[Button]:
    """To what is offered, and to what can be."""
    offered = {offer.kind: offer for offer in mine}
    buttons = []
    for kind, words in path.words.items():
        title = ctx.label(words.title)
        if kind in offered:
            label = ctx.label("Your offer: {what}", what=title)
            buttons.append(Button(label, Call("offers.see", (offered[kind].ref,))))
        else:
            buttons.append(Button(ctx.label(words.offer), Call("offers.begin", (kind.value,))))
    return buttons
