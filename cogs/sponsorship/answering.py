"""Answering: yes, no, or to talk first; nobody is introduced whom both did not want to be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.actions import Cog, action
from bot.core.ages import may_pair
from bot.core.cards import Answer, Button, Call, Card, Tone
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.rooms import Post
from bot.core.text import Name, Plain
from bot.core.work import Unit
from bot.core.writing import by
from cogs.sponsorship import cards
from cogs.sponsorship.asking import Waiting
from cogs.sponsorship.fields import Reached
from cogs.sponsorship.paths import Path, Paths
from storage.agreements import Agreement, Agreements
from storage.asks import Asks
from storage.blocks import Blocks
from storage.offers import BECOMES, Offer, Offers
from storage.parts import Part
from storage.people import People
from storage.requests import OVER, PENDING, Request, Requests, State

MONTH, LONG = timedelta(days=30), timedelta(days=90)
"""After which both are asked whether it goes on; and how long a temporary one lasts."""


class Plans(Protocol):
    def all(self, agreement: Agreement, people: Mapping[str, Person], now: datetime) -> Unit:
        """What comes to each of them under it, as rows of the schedule."""
        ...


class RequestsCog(Cog):
    name = "requests"

    def __init__(
        self,
        requests: Requests,
        offers: Offers,
        asks: Asks,
        people: People,
        agreements: Agreements,
        blocks: Blocks,
        paths: Paths,
        waiting: Waiting,
        plans: Plans,
    ) -> None:
        self._requests, self._offers, self._asks = requests, offers, asks
        self._people, self._agreements = people, agreements
        self._blocks, self._paths = blocks, paths
        self._waiting, self._plans = waiting, plans

    @action("Somebody asks you", who=Who.THEIRS)
    async def see(self, ctx: Context, request: Request) -> Answer:
        """To somebody new it says first, once, that they are free."""
        if await self._asks.told(request.group, ctx.person.ref, ctx.now):
            return await self._page(ctx, request)
        said = ctx.t(cards.FREE)
        said += (Plain("\n\n"), *ctx.t("Whoever you say no to is told “not this time”, no more."))
        go = self.go_on.button(ctx.label("Go on"), request.ref, tone=Tone.GOOD)
        return Card(said, buttons=(go, cards.back(ctx)), replaces=True)

    @action("Go on", who=Who.THEIRS)
    async def go_on(self, ctx: Context, request: Request) -> Answer:
        ctx.work.write(self._asks.tell(request.group, ctx.person.ref, ctx.now))
        return await self._page(ctx, request)

    @action("Yes", who=Who.THEIRS)
    async def yes(self, ctx: Context, request: Request) -> Answer:
        same = await self._people.still((request.person, request.asked))
        asker, path = await self._both(ctx, request)
        agreed = await self._agreed(request)
        ref = agreed.ref if agreed else ""
        if request.state in PENDING:
            offer = None if agreed else await self._offer(request)
            if offer and offer.capacity and await self._offers.taken(offer) >= offer.capacity:
                return self._full(ctx, offer)
            if offer:  # of two who are let in at once to the last place, one finds it taken
                ctx.work.write(self._offers.hold(offer.ref, offer.version))
            ctx.work.write(*same, self._blocks.none(request.person, request.asked))
            ref = ref or self._begin(ctx, request, asker)
            reached = request.answer or (offer.reached if offer else "")
            changed = replace(request, state=State.YES, words="", answer=reached)
            ctx.work.write(self._requests.change(changed), self._waiting.over(request))
            self._tell(ctx, changed, asker, ref)
        return self._begun(ctx, path, request, asker, ref)

    @action("Talk first", who=Who.THEIRS)
    async def ask_talk(self, ctx: Context, request: Request) -> Answer:
        """The question alone, since nothing is an answer to it."""
        return self.talk.form(Call(self.talk.id, (request.ref,)))

    @action("Talk first", who=Who.THEIRS)
    async def talk(self, ctx: Context, request: Request, reached: Reached = "") -> Answer:
        asker, _ = await self._both(ctx, request)
        if request.state is State.OPEN:
            changed = replace(request, state=State.COFFEE, answer=reached)
            ctx.work.write(self._requests.change(changed))
            ctx.work.write(self._waiting.longer(changed, asker, ctx.now))
            self._tell(ctx, changed, asker)
        said = ctx.t(
            "I ask {name} whether they would like that, too. Then both of you are told how to"
            " reach the other. It is no yes yet.",
            name=Name(asker.name),
        )
        return Card(said, buttons=(cards.back(ctx),), replaces=True)

    @action("Not this time", who=Who.THEIRS)
    async def no(self, ctx: Context, request: Request) -> Answer:
        if request.state in PENDING:
            changed = replace(request, state=State.NO, words="", reached="", answer="")
            ctx.work.write(self._requests.change(changed), self._waiting.over(request))
            found = await self._people.many([request.person])
            for asker in found.values():
                self._tell(ctx, changed, asker)
        said = ctx.t("That is fine. They are told “not this time”, no more, and nobody else is.")
        return Card(said, buttons=(cards.back(ctx),), replaces=True)

    async def _both(self, ctx: Context, request: Request) -> tuple[Person, Path]:
        """Whoever asked, as long as nothing speaks against it; else it is as if they had taken
        it back."""
        found = await self._people.many([request.person, request.asked])
        asker, me = found.get(request.person), found.get(request.asked)
        if asker is None or me is None or request.state in OVER:
            raise UserError(GONE)
        if not may_pair(asker, me, ctx.now):
            raise UserError(GONE)
        return asker, await self._paths.of(request.group)

    async def _offer(self, request: Request) -> Offer | None:
        """None when it is offered no more: a yes to one who asked before is still a yes."""
        mine = await self._offers.of(request.asked, request.group)
        return next((offer for offer in mine if offer.kind is request.kind), None)

    async def _agreed(self, request: Request) -> Agreement | None:
        becomes = BECOMES[request.kind]
        return next(
            (
                one
                for one in await self._agreements.of(request.asked)
                if one.live
                and one.kind is becomes.kind
                and request.person in one.belongs_to
                and one.part(request.asked).role is becomes.role
            ),
            None,
        )

    def _begin(self, ctx: Context, request: Request, asker: Person) -> str:
        becomes = BECOMES[request.kind]
        parts = (
            Part(request.asked, role=becomes.role, agreed=True),
            Part(request.person, role=becomes.other, agreed=True),
        )
        until = ctx.now + LONG if request.temporary else None
        made = Agreement(
            secrets.token_urlsafe(9),
            becomes.kind,
            parts,
            ctx.now,
            ctx.now + MONTH,
            request.group,
            until,
        )
        people = {person.ref: person for person in (ctx.person, asker)}
        ctx.work.write(*self._agreements.add(made), *self._plans.all(made, people, ctx.now))
        return made.ref

    def _tell(self, ctx: Context, request: Request, asker: Person, *about: str) -> None:
        """That there is an answer; which, they see when they look."""
        ctx.work.write(*self._requests.seen(request))
        card = cards.note(asker, True, Call("sponsorship.asked", (request.ref,)))
        asked = request.asked
        ctx.work.do(Post(asker, card), about=(request.ref, asked, by(asked), *about))

    async def _page(self, ctx: Context, request: Request) -> Card:
        asker, path = await self._both(ctx, request)
        if request.state is State.YES:
            agreed = await self._agreed(request)
            return self._begun(ctx, path, request, asker, agreed.ref if agreed else "")
        card = cards.request(ctx, path, request, asker)
        ways = [self.yes.button(ctx.label("Yes"), request.ref, tone=Tone.GOOD)]
        if request.state is State.OPEN:
            ways.append(self.ask_talk.button(ctx.label("Talk first"), request.ref))
        ways.append(self.no.button(ctx.label("Not this time"), request.ref))
        return replace(card, buttons=(*ways, cards.back(ctx)))

    def _begun(
        self, ctx: Context, path: Path, request: Request, asker: Person, agreement: str
    ) -> Card:
        if not agreement:
            said = ctx.t("That has ended. Go well, both of you.")
            return Card(said, buttons=(cards.back(ctx),), replaces=True)
        said = ctx.t(path.of(request.kind).begun_with_me, name=Name(asker.name))
        said += (Plain("\n"),)
        said += ctx.t("Neither is responsible for the other's recovery, and either ends it freely.")
        facts = (cards.reach(ctx, asker, request.reached),)
        buttons = (cards.agreement(ctx, agreement, asker), cards.back(ctx))
        return Card(said, "", facts, buttons, tone=Tone.GOOD, replaces=True)

    def _full(self, ctx: Context, offer: Offer) -> Card:
        said = ctx.t("You have no room for more at the moment. You can make some, or say no.")
        room = Button(ctx.label("Change for how many"), Call("offers.set_room", (offer.ref,)))
        return Card(said, buttons=(room, cards.back(ctx)), replaces=True)
