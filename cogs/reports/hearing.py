"""What was reported, for the two who were asked to read it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Post
from bot.core.text import key
from cogs.reports import words
from cogs.reports.fields import Reply, UpTo
from cogs.reports.stored import Stored
from storage.report_texts import Text
from storage.reports import Copy, Report, State

STANDS = "reports.mine"
GONE = key("It was taken back, or its time is over.")


class HearingCog(Cog):
    name = "hearing"

    def __init__(self, stored: Stored) -> None:
        self._reports, self._people, self._blocks = stored.reports, stored.people, stored.blocks

    @action("Read it", who=Who.THEIRS)
    async def read(self, ctx: Context, copy: Copy) -> Answer:
        return await self._page(ctx, copy, await self._texts(copy))

    @action("Say that I have read it", who=Who.THEIRS)
    async def seen(self, ctx: Context, copy: Copy, texts: UpTo = 1) -> Answer:
        if len(there := await self._texts(copy)) > texts:
            return await self._page(ctx, copy, there, more=True)
        if copy.state is State.NEW:
            ctx.work.write(*self._reports.mark(copy, State.READ))
            await self._tell(ctx, copy)
        said = ctx.t("Noted. Whoever sent it can see that it was read.")
        buttons = (
            self.answer.button(ctx.label("Answer"), copy.ref),
            self.close.button(ctx.label("Close it"), copy.ref, texts),
        )
        return Card(said, buttons=buttons, replaces=True)

    @action("Answer", who=Who.THEIRS)
    async def answer(self, ctx: Context, copy: Copy, reply: Reply) -> Answer:
        """It goes to whoever sent it; the two never learn more than they were shown. It says that
        they have read it, unless it may be an answer to less than there is. Of whom the reporter
        keeps away nothing arrives, and it looks as always."""
        report, texts = await self._reports.load(copy.report), await self._texts(copy)
        if report is None:
            raise UserError(GONE)
        told = f"{ctx.person.name}: {reply}"
        if await self._heard(ctx, report):
            ctx.work.write(self._reports.answer(secrets.token_urlsafe(9), report, told, ctx.now))
        whole = copy.state is not State.NEW or len(texts) == 1
        if copy.state is State.NEW and whole:
            ctx.work.write(*self._reports.mark(copy, State.READ))
        await self._tell(ctx, copy)
        way = self.read.button(ctx.label("Read it"), copy.ref)
        if whole:
            way = self.close.button(ctx.label("Close it"), copy.ref, len(texts))
        said = ctx.t("Sent. They read it here, under your name.")
        return Card(said, buttons=(way,), replaces=True)

    @action("Close it", who=Who.THEIRS)
    async def close(self, ctx: Context, copy: Copy, texts: UpTo = 1) -> Answer:
        if len(there := await self._texts(copy)) > texts:
            return await self._page(ctx, copy, there, more=True)
        ctx.work.write(*self._reports.mark(copy, State.CLOSED))
        said = ctx.t("Closed for you. When both of you have closed it, its words are deleted.")
        return Card(said, replaces=True)

    async def _page(
        self, ctx: Context, copy: Copy, texts: Sequence[Text], *, more: bool = False
    ) -> Card:
        """Its buttons are about so many texts as can be seen above them."""
        report, number = await self._reports.load(copy.report), len(texts)
        others = set(report.servants if report else ()) - {ctx.person.ref}
        names = sorted(person.name for person in (await self._people.many(others)).values())
        buttons = [self.answer.button(ctx.label("Answer"), copy.ref)]
        if copy.state is State.NEW:
            said = ctx.label("Say that I have read it")
            buttons.insert(0, self.seen.button(said, copy.ref, number))
        buttons.append(self.close.button(ctx.label("Close it"), copy.ref, number))
        return words.reading(ctx, copy, texts, tuple(buttons), ", ".join(names), more=more)

    async def _texts(self, copy: Copy) -> list[Text]:
        """All of it, the first one first."""
        report = await self._reports.load(copy.report)
        if report is None:
            raise UserError(GONE)
        added = await self._reports.texts.of(copy.report, copy.person)
        return [Text(report.at, copy.words), *added]

    async def _tell(self, ctx: Context, copy: Copy) -> None:
        """The reporter, in words that say nothing on a lock screen."""
        report = await self._reports.load(copy.report)
        heard = report is not None and await self._heard(ctx, report)
        people = await self._people.many([report.person]) if report and heard else {}
        for person in people.values():
            look = Button(words.label("How it stands", person), Call(STANDS, (copy.report,)))
            card = words.news(person, look)
            ctx.work.do(Post(person, card), about=(person.ref,))

    async def _heard(self, ctx: Context, report: Report) -> bool:
        """Whether the reporter does not keep them away."""
        return ctx.person.ref not in await self._blocks.kept_from(report.person)
