"""Wishes: more of anything, or somebody who joins, waits for the yes of all the others."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Card
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Name, Text, key
from cogs.pairs import agreement as machine
from cogs.pairs import telling, words
from cogs.pairs.cards import back, one, wishing
from cogs.pairs.company import Companies, Company, Stored
from cogs.pairs.fields import Asked, Days, Hour, Shown, Stamp, asked_terms
from cogs.pairs.plans import Plans
from cogs.pairs.proposals import begin
from storage.agreements import Agreement, about
from storage.parts import Part

NOT_THERE = key("That wish is not there any more, or it is another by now.")


class WishesCog(Cog):
    name = "wishes"

    def __init__(self, stored: Stored, companies: Companies, plans: Plans) -> None:
        self._agreements, self._pings = stored.agreements, stored.pings
        self._codes = stored.codes
        self._companies, self._plans = companies, plans

    @action("Propose new terms", who=Who.THEIRS)
    async def suggest(
        self,
        ctx: Context,
        agreement: Agreement,
        asked: Asked,
        days: Days,
        hour: Hour,
        shows: Shown,
    ) -> Answer:
        """For both of two: one yes of the other is a yes to all of it."""
        terms = asked_terms(self.suggest.spec.fields[2], asked, days, hour, shows)
        part = agreement.part(ctx.person.ref)
        mine = replace(terms[0], calls=part.terms.calls, tells=part.terms.tells)
        other = next(iter(agreement.others(ctx.person.ref)), part)
        theirs = replace(terms[1], calls=other.terms.calls, tells=other.terms.tells)
        after = machine.suggest(agreement, ctx.person.ref, mine, theirs)
        company = await self._companies.of(after, ctx.person.ref)
        if after == agreement:
            return one(ctx, company, await self._pings.under(agreement.ref))
        ctx.work.write(*self._agreements.change(agreement, after))
        ctx.work.write(*self._plans.one(after, ctx.person, ctx.now))
        await telling.wished(self._codes, ctx, company, company.others)
        return await self._card(ctx, after, ctx.t("It waits for their yes."))

    @action("Take my wish back", who=Who.THEIRS)
    async def take_back(self, ctx: Context, agreement: Agreement) -> Answer:
        after = machine.take_back(agreement, ctx.person.ref)
        ctx.work.write(*self._agreements.change(agreement, after))
        if ctx.person.ref not in after.belongs_to:
            return Card(ctx.t("Taken back."), buttons=(back(ctx),), replaces=True)
        return await self._card(ctx, after, ctx.t("Taken back."))

    @action("Yes to that", who=Who.THEIRS)
    async def grant(self, ctx: Context, agreement: Agreement, wish: Stamp) -> Answer:
        company = await self._companies.of(agreement, ctx.person.ref)
        part = _wished(company, wish)
        after = machine.say_yes(agreement, ctx.person.ref, part.person, ctx.now)
        theirs = await self._companies.of(after, part.person)
        if not part.agreed and theirs.part.agreed:
            ctx.work.write(*self._agreements.change(agreement, after))
            begin(ctx, theirs, self._plans)
            heard = words.spoken(ctx, theirs.me)
            said = heard.t("You are in the circle now: all of them said yes.")
            card = Card(words.note(heard, said), private=True, locale=heard.locale)
            named = about(agreement, told=part.person)
            ctx.work.do(Post(theirs.me, card), about=named)
        else:
            ctx.work.write(*self._agreements.change(agreement, after))
            for ref in {part.person, ctx.person.ref}:
                ctx.work.write(*self._plans.one(after, company.people[ref], ctx.now))
            mine = await self._companies.of(after, ctx.person.ref)
            if theirs.part.wish is None and part.person not in mine.apart:
                heard = words.spoken(ctx, theirs.me)
                said = heard.t("{name} said yes to what you proposed.", name=Name(ctx.person.name))
                see = (telling.see(heard, after),)
                telling.send(ctx, mine, theirs.me, words.note(heard, said), see)
        return await self._card(ctx, after, ctx.t("Thank you."))

    @action("Not this time", who=Who.THEIRS)
    async def refuse(self, ctx: Context, agreement: Agreement, wish: Stamp) -> Answer:
        """A no is told to nobody, apart from somebody who waits to join."""
        company = await self._companies.of(agreement, ctx.person.ref)
        part = _wished(company, wish)
        after = machine.say_no(agreement, ctx.person.ref, part.person)
        ctx.work.write(*self._agreements.change(agreement, after))
        if not part.agreed:
            joins = company.people[part.person]
            heard = words.spoken(ctx, joins)
            told = heard.t("The circle has a kind no for now. It says nothing about you.")
            card = Card(words.note(heard, told), private=True, locale=joins.language)
            ctx.work.do(Post(joins, card), about=about(agreement, told=joins.ref))
        said = ctx.t("All right. It stays as it was, and no reason is asked for.")
        return await self._card(ctx, after, said)

    async def _card(self, ctx: Context, agreement: Agreement, said: Text) -> Card:
        company = await self._companies.of(agreement, ctx.person.ref)
        return one(ctx, company, await self._pings.under(agreement.ref), said)


def _wished(company: Company, mark: str) -> Part:
    """The very wish that stood on the card."""
    for part in wishing(company):
        if machine.wish_mark(company.agreement, part) == mark:
            return part
    raise UserError(NOT_THERE)
