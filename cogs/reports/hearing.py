"""What was reported, for the two who were asked to read it."""

from __future__ import annotations

import secrets

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Replace
from bot.core.text import key
from cogs.reports import words
from cogs.reports.fields import Reply
from storage.people import People
from storage.reports import Copy, Reports, State

STANDS = "reports.mine"
GONE = key("It was taken back, or its time is over.")


class HearingCog(Cog):
    name = "hearing"

    def __init__(self, reports: Reports, people: People) -> None:
        self._reports, self._people = reports, people

    @action("Read it", who=Who.THEIRS)
    async def read(self, ctx: Context, copy: Copy) -> Answer:
        buttons = [self.answer.button(ctx.label("Answer"), copy.ref)]
        if copy.state is State.NEW:
            buttons.insert(0, self.seen.button(ctx.label("Say that I have read it"), copy.ref))
        buttons.append(self.close.button(ctx.label("Close it"), copy.ref))
        return words.reading(ctx, copy, tuple(buttons))

    @action("Say that I have read it", who=Who.THEIRS)
    async def seen(self, ctx: Context, copy: Copy) -> Answer:
        if copy.state is State.NEW:
            ctx.work.write(*self._reports.mark(copy, State.READ))
            await self._tell(ctx, copy)
        said = ctx.t("Noted. Whoever sent it can see that it was read.")
        buttons = (
            self.answer.button(ctx.label("Answer"), copy.ref),
            self.close.button(ctx.label("Close it"), copy.ref),
        )
        return Card(said, buttons=buttons, replaces=True)

    @action("Answer", who=Who.THEIRS)
    async def answer(self, ctx: Context, copy: Copy, reply: Reply) -> Answer:
        """It goes to whoever sent it; the two never learn more than they were shown."""
        report = await self._reports.load(copy.report)
        if report is None:
            raise UserError(GONE)
        told = f"{ctx.person.name}: {reply}"
        ctx.work.write(self._reports.answer(secrets.token_urlsafe(9), report, told, ctx.now))
        if copy.state is State.NEW:
            ctx.work.write(*self._reports.mark(copy, State.READ))
        await self._tell(ctx, copy)
        close = self.close.button(ctx.label("Close it"), copy.ref)
        said = ctx.t("Sent. They read it here, under your name.")
        return Card(said, buttons=(close,), replaces=True)

    @action("Close it", who=Who.THEIRS)
    async def close(self, ctx: Context, copy: Copy) -> Answer:
        ctx.work.write(*self._reports.mark(copy, State.CLOSED))
        said = ctx.t("Closed for you. When both of you have closed it, its words are deleted.")
        return Card(said, replaces=True)

    async def _tell(self, ctx: Context, copy: Copy) -> None:
        """The reporter, in words that say nothing on a lock screen."""
        report = await self._reports.load(copy.report)
        people = await self._people.many([report.person]) if report else {}
        for person in people.values():
            look = Button(words.label("How it stands", person), Call(STANDS, (copy.report,)))
            card = words.news(person, look)
            ctx.work.do(Replace(person, f"report {copy.report}", card), about=(person.ref,))
