"""Rests: a pause, and hearing nothing of the others; both at once, and told to nobody."""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.text import Moment, Text
from cogs.pairs import agreement as machine
from cogs.pairs import telling
from cogs.pairs.cards import less, one
from cogs.pairs.company import Companies, Stored
from cogs.pairs.plans import Plans
from storage.agreements import Agreement, marked
from storage.parts import FOR_NOW


class RestsCog(Cog):
    name = "rests"

    def __init__(self, stored: Stored, companies: Companies, plans: Plans) -> None:
        self._agreements, self._pings = stored.agreements, stored.pings
        self._companies, self._plans = companies, plans

    @action("Pause or end it", who=Who.THEIRS)
    async def less(self, ctx: Context, agreement: Agreement) -> Answer:
        company = await self._companies.of(agreement, ctx.person.ref)
        if not company.part.agreed or not company.others:
            return await self._card(ctx, agreement, ())
        return less(ctx, company)

    @action("Pause a week", who=Who.THEIRS)
    async def week(self, ctx: Context, agreement: Agreement) -> Answer:
        until = ctx.now + machine.WEEK
        said = ctx.t(
            "You pause until {when}. To the others it looks like quiet days.", when=Moment(until)
        )
        return await self._pause(ctx, agreement, until, said)

    @action("Stop", who=Who.THEIRS)
    async def stop(self, ctx: Context, agreement: Agreement) -> Answer:
        said = ctx.t("Nothing more comes until you say so. To the others it looks like quiet days.")
        return await self._pause(ctx, agreement, FOR_NOW, said)

    @action("End my pause", who=Who.THEIRS)
    async def resume(self, ctx: Context, agreement: Agreement) -> Answer:
        after = machine.resume(agreement, ctx.person.ref)
        ctx.work.write(*self._agreements.change(agreement, after))
        if after.part(ctx.person.ref).agreed:
            ctx.work.write(*self._plans.one(after, ctx.person, ctx.now))
        return await self._card(ctx, after, ctx.t("Your pause is over."))

    @action("Hear nothing of them", who=Who.THEIRS)
    async def mute(self, ctx: Context, agreement: Agreement) -> Answer:
        after = machine.mute(agreement, ctx.person.ref, True)
        ctx.work.write(*self._agreements.change(agreement, after))
        ctx.work.write(*self._agreements.quiet(marked(after.ref, ctx.person.ref, "told")))
        said = ctx.t("You hear nothing of what the others answer, until you want to.")
        return await self._card(ctx, after, said)

    @action("Hear of them again", who=Who.THEIRS)
    async def unmute(self, ctx: Context, agreement: Agreement) -> Answer:
        after = machine.mute(agreement, ctx.person.ref, False)
        ctx.work.write(*self._agreements.change(agreement, after))
        return await self._card(ctx, after, ctx.t("You hear of them again."))

    async def _pause(
        self, ctx: Context, agreement: Agreement, until: datetime, said: Text
    ) -> Answer:
        """What is on its way and would come all the same is taken back."""
        after = machine.pause(agreement, ctx.person.ref, until)
        if not after.part(ctx.person.ref).agreed:
            return await self._card(ctx, after, ())
        ctx.work.write(*self._agreements.change(agreement, after))
        ctx.work.write(*telling.hushed(self._agreements, after, ctx.person.ref))
        ctx.work.write(*self._plans.one(after, ctx.person, ctx.now))
        buttons = (
            self.resume.button(ctx.label("End my pause"), agreement.ref),
            Button(ctx.label("End it"), Call("pairs.end", (agreement.ref,))),
            telling.see(ctx, agreement),
        )
        return Card(said, buttons=buttons, replaces=True)

    async def _card(self, ctx: Context, agreement: Agreement, said: Text) -> Card:
        company = await self._companies.of(agreement, ctx.person.ref)
        return one(ctx, company, await self._pings.under(agreement.ref), said)
