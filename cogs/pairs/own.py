"""One's own agreements: what was agreed to, and everything that can be done about it."""

from __future__ import annotations

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Call, Card, Form, Tone
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.text import Name, Text
from cogs.pairs import agreement as machine
from cogs.pairs import telling
from cogs.pairs.cards import back, listed, one
from cogs.pairs.company import Companies, Stored
from cogs.pairs.fields import Calls, Hour, MyDays, MyShown, Sure, Tells, Typed
from cogs.pairs.plans import Plans
from cogs.pairs.proposals import ProposalsCog
from storage.agreements import Agreement, marked
from storage.parts import Shows, Terms


class PairsCog(Cog):
    name = "pairs"

    def __init__(
        self, stored: Stored, companies: Companies, plans: Plans, proposals: ProposalsCog
    ) -> None:
        self._agreements, self._pings = stored.agreements, stored.pings
        self._codes = stored.codes
        self._companies, self._plans, self._proposals = companies, plans, proposals

    @command("With whom you check in", want=Want.TODAY)
    async def pairs(self, ctx: Context, code: Typed = "") -> Answer:
        if code:
            return await self._proposals.take(ctx, code)
        companies, pings = [], {}
        for agreement in await self._agreements.of(ctx.person.ref):
            companies.append(await self._companies.of(agreement, ctx.person.ref))
            pings[agreement.ref] = await self._pings.under(agreement.ref)
        return listed(ctx, companies, pings)

    @action("What you agreed on", who=Who.THEIRS)
    async def agreement(self, ctx: Context, agreement: Agreement) -> Answer:
        return await self._card(ctx, agreement)

    @action("Change my terms", who=Who.THEIRS)
    async def change_terms(self, ctx: Context, agreement: Agreement) -> Answer:
        """Asks with everything filled in as it is, or as it is wished."""
        part = agreement.part(ctx.person.ref)
        if not part.agreed:
            return await self._card(ctx, agreement)
        terms, call = part.wish or part.terms, Call(self.set_terms.id, (agreement.ref,))
        given = (
            ",".join(map(str, terms.days)),
            terms.hour,
            str(terms.shows.value),
            "yes" if terms.calls else "no",
            "yes" if terms.tells else "no",
        )
        fields = self.set_terms.unasked(call.args)
        return Form(self.set_terms.spec.summary, call, fields, given)

    @action("Change my terms", who=Who.THEIRS)
    async def set_terms(
        self,
        ctx: Context,
        agreement: Agreement,
        days: MyDays,
        hour: Hour,
        shows: MyShown,
        calls: Calls,
        tells: Tells,
    ) -> Answer:
        """What is less holds at once; what is more, when all the others say yes."""
        me = ctx.person.ref
        terms = Terms(tuple(sorted(days)), f"{hour:%H:%M}", Shows(shows), calls, tells)
        after = machine.settle(agreement, me, terms, ctx.now)
        if after == agreement:
            return await self._card(ctx, agreement, ctx.t("That is how it is already."))
        company = await self._companies.of(after, me)
        ctx.work.write(*self._agreements.change(agreement, after))
        ctx.work.write(*self._plans.one(after, company.me, ctx.now))
        before, now = agreement.part(me).terms, company.part.terms
        if now.shows < before.shows:
            ctx.work.write(*self._agreements.quiet(marked(after.ref, me, "said")))
        last = await self._pings.last(after.ref, me)
        if last and last.day.weekday() not in now.days:
            ctx.work.write(*self._agreements.quiet(marked(after.ref, me, "asked")))
        said = ctx.t("Changed.")
        if company.part.wish:
            await telling.wished(self._codes, ctx, company, company.others)
            said = ctx.t("What is less holds now. What is more waits for the yes of the others.")
        return await self._card(ctx, after, said)

    @action("End it", who=Who.THEIRS)
    async def end(self, ctx: Context, agreement: Agreement, sure: Sure = False) -> Answer:
        """The others are told that it has ended, at most."""
        company = await self._companies.of(agreement, ctx.person.ref)
        if not company.part.agreed:
            return await self._card(ctx, agreement)
        if company.others and not sure:
            names = Name(company.names())
            asked = ctx.t("{names} will hear that it has ended, and no reason.", names=names)
            if len(company.others) > 1:
                asked = ctx.t("The others will hear that you have left, and no reason.")
            yes = self.end.button(ctx.label("Yes, end it"), agreement.ref, "yes", tone=Tone.CAREFUL)
            keep = self.agreement.button(ctx.label("Keep it"), agreement.ref)
            return Card(asked, buttons=(yes, keep), tone=Tone.CAREFUL, replaces=True)
        after = machine.leave(agreement, ctx.person.ref, ctx.now)
        if after is None:
            ctx.work.write(*self._plans.end(agreement))
        else:
            ctx.work.write(*telling.hushed(self._agreements, after, ctx.person.ref))
            ctx.work.write(*self._agreements.change(agreement, after))
        telling.ended(ctx, company, after)
        return Card(ctx.t("It has ended."), buttons=(back(ctx),), replaces=True)

    async def _card(self, ctx: Context, agreement: Agreement, said: Text = ()) -> Card:
        company = await self._companies.of(agreement, ctx.person.ref)
        return one(ctx, company, await self._pings.under(agreement.ref), said)
