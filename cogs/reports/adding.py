"""What somebody adds to a report of theirs, for the two who have it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.rooms import Replace
from bot.core.text import key
from cogs.reports import words
from cogs.reports.fields import More
from cogs.reports.stored import Stored, eligible
from storage.reports import Copy, Report, State

STANDS, READ = "reports.mine", "hearing.read"
MOST = 10
"""Texts of one report."""
NOT_SENT = key("It is not sent yet. /report begins anew.")
OVER = key("Both have closed it, and its words are deleted. /report begins another.")
NOBODY = key("Neither of the two can be sent more of it. You can take it back, and choose others.")


class AddingCog(Cog):
    name = "adding"

    def __init__(self, stored: Stored) -> None:
        self._stored, self._reports, self._copies = stored, stored.reports, stored.copies

    @action("Add to it", who=Who.THEIRS)
    async def add(self, ctx: Context, report: Report, more: More) -> Answer:
        """Whoever had closed it has it again. The same sent twice stands once."""
        me, copies = ctx.person.ref, await self._reports.copies(report.ref)
        if not report.sent:
            raise UserError(NOT_SENT)
        if not copies and not report.unheard:
            raise UserError(OVER)
        two = await self._two(ctx, report, copies)
        before = await self._reports.texts.of(report.ref, me)
        stands = Button(ctx.label("How it stands"), Call(STANDS, (report.ref,)))
        if more in {one.words for one in before}:
            return words.added(ctx, two, (stands,))
        if len(before) >= MOST:
            raise UserError("This one is full. You can tell them in person, or write another.")
        ctx.work.write(self._reports.texts.hand(report.ref, me, more, ctx.now))
        for copy in copies:
            for person in two:
                if person.ref == copy.person:
                    await self._tell(ctx, report.added(len(before)), copy, person, more)
        return words.added(ctx, two, (stands,))

    async def _two(self, ctx: Context, report: Report, copies: Sequence[Copy]) -> list[Person]:
        """Those of them who still serve, and whom they do not keep away."""
        refs = report.servants or [copy.person for copy in copies]
        may = await eligible(self._stored, ctx, report.group)
        people = await self._stored.people.many(ref for ref in refs if ref in may)
        if not people:
            raise UserError(NOBODY)
        return [*people.values()]

    async def _tell(self, ctx: Context, name: str, copy: Copy, person: Person, more: str) -> None:
        """Unless they keep whoever adds it away by now, where they know who that is: to whom the
        name is not shown it would tell it, if what is added stayed away."""
        if copy.name and ctx.person.ref in await self._stored.blocks.kept_from(person.ref):
            return
        ctx.work.write(
            self._copies.hold(copy.ref, copy.version),
            self._reports.texts.hand(copy.report, person.ref, more, ctx.now),
            *self._reports.mark(copy, State.NEW),
        )
        read = Button(words.label("Read it", person), Call(READ, (copy.ref,)))
        ctx.work.do(Replace(person, name, words.more(person, read)), about=(ctx.person.ref,))
