"""Proposals: all the terms on one card, a code that is handed over, and a yes or a no."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Call, Card, Form, Tone
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Name, Plain, Strong
from bot.core.work import Must
from cogs.pairs import agreement as machine
from cogs.pairs import telling, words
from cogs.pairs.cards import back, one, proposed, whole
from cogs.pairs.company import Companies, Company, Stored
from cogs.pairs.fields import (
    BOTH,
    DAYS,
    Asked,
    Calls,
    Days,
    Hour,
    Secret,
    Shown,
    Stamp,
    With,
    asked_terms,
)
from cogs.pairs.plans import Plans
from storage.agreements import Agreement, Kind, about
from storage.codes import TRIES
from storage.parts import Shows
from storage.people import account_of

EVENING = "20:00"
PAIR, PROPOSED = "pair", "proposed"
"""What a code is for, and what is counted."""
LIFETIME = timedelta(days=7)
WEEKLY = 10
"""Codes that one person makes within a week."""
WEEK = timedelta(days=7)
MOST = 12
"""Agreements and proposals that one person has at once."""
SAME = timedelta(minutes=5)
"""A proposal like one from so short a time ago is that one."""


class ProposalsCog(Cog):
    name = "proposals"

    def __init__(self, stored: Stored, companies: Companies, plans: Plans) -> None:
        self._agreements, self._codes = stored.agreements, stored.codes
        self._pings, self._companies, self._plans = stored.pings, companies, plans
        self._people = stored.people

    @action("Propose checking in with each other")
    async def begin(self, ctx: Context, kind: With) -> Answer:
        """Asks with the commonest filled in: every day, and to show no more than has to be."""
        days = ",".join(str(day.value) for day in DAYS)
        given = (BOTH, days, EVENING, str(Shows.ANSWERED.value), "no")
        call = Call(self.propose.id, (kind,))
        return Form(self.propose.spec.summary, call, self.propose.unasked(call.args), given)

    @action("Propose checking in with each other")
    async def propose(
        self,
        ctx: Context,
        kind: With,
        asked: Asked,
        days: Days,
        hour: Hour,
        shows: Shown,
        calls: Calls,
    ) -> Answer:
        terms, offered = asked_terms(self.propose.spec.fields[2], asked, days, hour, shows)
        mine = replace(terms, calls=calls)
        group = ctx.group.ref if ctx.group else ""
        ref, me = secrets.token_urlsafe(9), ctx.person.ref
        made = machine.propose(ref, Kind(kind), me, mine, offered, ctx.now, group)
        had = await self._agreements.of(me)
        same = (a for a in had if not a.others(me) and ctx.now - a.since < SAME)
        if again := next((a for a in same if a.parts == made.parts and a.kind == kind), None):
            return await self._own(ctx, again)
        if len(had) >= MOST:
            raise UserError(
                "You have as many as I can keep apart. End one that you do not need.",
                way=("Your agreements", Call("pairs.pairs")),
            )
        ctx.work.write(*self._agreements.add(made))
        return whole(ctx, await self._companies.of(made, me), {})

    @action("A code to hand over", who=Who.THEIRS)
    async def code(self, ctx: Context, agreement: Agreement) -> Answer:
        """For one person, once; whoever types it sees all the terms."""
        me, proposal = ctx.person.ref, machine.offers(agreement)
        if proposal is None or proposal.person != me or not machine.has_room(agreement):
            raise UserError(GONE)
        if await self._codes.tries(PROPOSED, me, ctx.now) >= WEEKLY:
            raise UserError("Those were many codes for one week. In a few days there are more.")
        count = self._codes.tried(PROPOSED, me, ctx.now, WEEKLY, WEEK)
        secret, kept = self._codes.make(PAIR, me, "", ctx.now, LIFETIME, note=agreement.ref)
        ctx.work.write(count, kept)
        said = ctx.t(
            "Give this to one person, yourself: they type {line}, see all the terms, and say yes"
            " or no. It works once, for a week.",
            line=Strong(f"/pairs {secret}"),
        )
        return Card(said, ctx.label("Your code"), buttons=(telling.see(ctx, agreement),))

    @action("Use a code")
    async def take(self, ctx: Context, code: Secret) -> Answer:
        """Whatever is wrong with it is said in the same words; each try counts."""
        account = str(account_of(ctx.actor))
        if await self._codes.tries(PAIR, account, ctx.now) >= TRIES:
            raise UserError("That was often. Please wait an hour.")
        ctx.work.write(self._codes.tried(PAIR, account, ctx.now))
        found = await self._codes.find(PAIR, code, ctx.now)
        agreement = await self._agreements.load(found.note) if found else None
        if found is None or agreement is None:
            return self._nothing(ctx)
        me = ctx.person
        if me.ref in agreement.belongs_to:
            return await self._own(ctx, agreement)
        if found.used:
            return self._nothing(ctx)
        after = machine.ask(agreement, me.ref, ctx.now)
        many = len(await self._agreements.of(me.ref)) >= MOST
        if many or after == agreement or not await self._companies.may_meet(agreement, me):
            return self._nothing(ctx)
        held = self._agreements.hold(agreement.ref, agreement.version)
        changed = self._agreements.change(agreement, after)
        ctx.work.write(self._codes.show(found), held, *changed)
        return proposed(ctx, await self._companies.of(after, me.ref))

    @action("Yes, I agree", who=Who.THEIRS)
    async def accept(self, ctx: Context, agreement: Agreement, terms: Stamp) -> Answer:
        return await self._accept(ctx, agreement, terms, "")

    @action("Yes, at another hour", who=Who.THEIRS)
    async def accept_at(
        self, ctx: Context, agreement: Agreement, terms: Stamp, hour: Hour
    ) -> Answer:
        return await self._accept(ctx, agreement, terms, f"{hour:%H:%M}")

    @action("No, thank you", who=Who.THEIRS)
    async def decline(self, ctx: Context, agreement: Agreement) -> Answer:
        """Whoever proposed it hears a kind no, and no reason."""
        company = await self._companies.of(agreement, ctx.person.ref)
        if company.part.agreed:
            return await self._own(ctx, agreement)
        after, proposal = (
            machine.leave(agreement, ctx.person.ref, ctx.now),
            machine.offers(agreement),
        )
        if after is None:
            ctx.work.write(*self._plans.end(agreement))
        else:
            ctx.work.write(*self._agreements.change(agreement, after))
        to = company.people.get(proposal.person) if proposal else None
        if to and to.ref not in company.apart:
            heard = words.spoken(ctx, to)
            said = heard.t("Your proposal has a kind no: not this time. It says nothing about you.")
            card = Card(words.note(heard, said), private=True, locale=to.language)
            ctx.work.do(Post(to, card), must=Must.ONCE, about=about(agreement, told=to.ref))
        said = ctx.t("All right. They hear a kind no, and no reason.")
        return Card(said, buttons=(back(ctx),), replaces=True)

    async def _accept(self, ctx: Context, agreement: Agreement, terms: str, hour: str) -> Answer:
        me = ctx.person
        same = await self._people.still(agreement.belongs_to)
        company = await self._companies.of(agreement, me.ref)
        if company.part.agreed or company.part.wish:
            return await self._own(ctx, agreement)
        kept_away = any(part.person in company.apart for part in company.others)
        if kept_away or not machine.offers(agreement):
            raise UserError(GONE)
        if terms != machine.stamp(agreement):
            card = proposed(ctx, company)
            said = ctx.t("The terms have changed since you saw them. Here they are.")
            return replace(card, text=(*said, Plain("\n"), *card.text))
        after = machine.accept(agreement, me.ref, ctx.now, hour)
        if after == agreement:
            raise UserError(GONE)
        ctx.work.write(*same, *self._agreements.change(agreement, after))
        return await self._came(ctx, after)

    async def _came(self, ctx: Context, after: Agreement) -> Card:
        """It begins, or waits for those who are in a circle already."""
        company = await self._companies.of(after, ctx.person.ref)
        if not company.part.agreed:
            asked = [part for part in company.others if part.person not in company.part.yes]
            await telling.wished(self._codes, ctx, company, asked)
            said = ctx.t("Thank you. It begins for you when those who are in it said yes, too.")
            return Card(said, buttons=(back(ctx),), replaces=True)
        begin(ctx, company, self._plans)
        said = ctx.t("Thank you. It begins now.")
        return whole(ctx, company, await self._pings.under(after.ref), said)

    async def _own(self, ctx: Context, agreement: Agreement) -> Card:
        company = await self._companies.of(agreement, ctx.person.ref)
        return one(ctx, company, await self._pings.under(agreement.ref))

    def _nothing(self, ctx: Context) -> Card:
        said = ctx.t("That code does not open anything. It may be used, or over: they last a week.")
        return Card(said, tone=Tone.CAREFUL, buttons=(back(ctx),))


def begin(ctx: Context, company: Company, plans: Plans) -> None:
    """Somebody is in it from now on: what comes to whom is planned, and the others hear of it."""
    ctx.work.write(*plans.all(company.agreement, company.people, ctx.now))
    for to in telling.listening(ctx, company):
        heard = words.spoken(ctx, to)
        said = heard.t("{name} said yes to checking in with you.", name=Name(company.me.name))
        button = telling.see(heard, company.agreement)
        telling.send(ctx, company, to, words.note(heard, said), (button,))
