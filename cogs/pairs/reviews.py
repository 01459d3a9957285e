"""Reviews: every thirty days, and at the end of a temporary one, people are asked to go on."""

from __future__ import annotations

from datetime import timedelta

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Tone
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import Name, Plain, Text
from bot.core.work import Must
from cogs.pairs import agreement as machine
from cogs.pairs import words
from cogs.pairs.company import Companies, Company, Stored
from cogs.pairs.plans import Plans
from storage.agreements import Agreement, about

NEAR = timedelta(days=7)
"""So long before a temporary one is asked about its end, it is not asked about anything else."""


class ReviewsCog(Cog):
    name = "reviews"

    def __init__(self, stored: Stored, companies: Companies, plans: Plans) -> None:
        self._agreements, self._companies, self._plans = stored.agreements, companies, plans

    @action("You are asked whether to go on", who=Who.CLOCK)
    async def ask(self, ctx: Context, agreement: Agreement) -> Answer:
        """One of them. Silence changes nothing, and is asked again after thirty days."""
        company = await self._companies.of(agreement, ctx.place.id)
        after = machine.review(agreement, ctx.now)
        ctx.work.write(*self._agreements.change(agreement, after))
        ends = agreement.until is not None and agreement.until - ctx.now < NEAR
        if ends or machine.rests(company.part, ctx.now) or not company.reached:
            return None
        heard, names = words.spoken(ctx, company.me), Name(company.names())
        said = heard.t(
            "You and {names} agreed on something. Would you like to go on? If you say nothing, it"
            " goes on.",
            names=names,
        )
        if any(part.terms.days for part in agreement.parts if part.agreed):
            said = heard.t(
                "You and {names} agreed to check in with each other. Would you like to go on? If"
                " you say nothing, it goes on.",
                names=names,
            )
        self._post(ctx, company, said)
        return None

    @action("The end of a time together", who=Who.CLOCK)
    async def over(self, ctx: Context, agreement: Agreement) -> Answer:
        """Everybody is asked; two weeks later it ends, unless all said that it goes on."""
        ends = machine.is_over(agreement, ctx.now)
        if agreement.until is None:
            return None
        if ends:
            ctx.work.write(*self._agreements.end(agreement))
        for part in agreement.parts:
            if part.agreed:
                company = await self._companies.of(agreement, part.person)
                heard = words.spoken(ctx, company.me)
                names = Name(company.names())
                if ends:
                    said = heard.t("Your time with {names} was agreed on until now.", names=names)
                    said = (*said, Plain(" "), *heard.t("It has ended."))
                    card = Card(words.note(heard, said), private=True, locale=heard.locale)
                    others = tuple(other.person for other in company.others)
                    ctx.work.do(Post(company.me, card), about=others)
                else:
                    said = heard.t(
                        "The time that you and {names} agreed on is over. It goes on if each of"
                        " you says so within two weeks; else it ends.",
                        names=names,
                    )
                    self._post(ctx, company, said)
        return None

    @action("Go on", who=Who.THEIRS)
    async def go_on(self, ctx: Context, agreement: Agreement) -> Answer:
        after = machine.go_on(agreement, ctx.person.ref)
        ctx.work.write(*self._agreements.change(agreement, after))
        if agreement.until and after.until is None:
            company = await self._companies.of(after, ctx.person.ref)
            ctx.work.write(*self._plans.all(after, company.people, ctx.now))
        said = ctx.t("Thank you. It goes on.")
        if after.until:
            said = ctx.t("Thank you. It goes on if each of you says so.")
        return Card(said, buttons=(_open(ctx, agreement),), replaces=True)

    def _post(self, ctx: Context, company: Company, said: Text) -> None:
        me, agreement = company.me, company.agreement
        heard = words.spoken(ctx, me)
        buttons = (
            self.go_on.button(heard.label("Go on"), agreement.ref, tone=Tone.GOOD),
            _open(heard, agreement),
            Button(heard.label("End it"), Call("pairs.end", (agreement.ref,))),
        )
        card = Card(words.note(heard, said), buttons=buttons, private=True, locale=me.language)
        others = tuple(part.person for part in company.others)
        named = about(agreement, *others, reviewed=me.ref)
        ctx.work.do(Post(me, card), must=Must.ONCE, about=named)


def _open(ctx: Context, agreement: Agreement) -> Button:
    return Button(ctx.label("Open it"), Call("pairs.agreement", (agreement.ref,)))
