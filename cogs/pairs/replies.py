"""Replies to a call: that one is getting in touch, that it cannot be now, or a few words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Field, Tone
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.text import Name, Plain, Text
from bot.core.work import Lane, Write
from cogs.pairs import telling, words
from cogs.pairs.company import Companies, Company, Stored
from cogs.pairs.fields import LONGEST
from storage.agreements import Agreement, part_mark
from storage.codes import Codes

CALLED, REPLIED, ANSWERED, WRITTEN = "called", "replied", "answered", "written"
FRESH = timedelta(hours=1)
"""So long whoever called is awake, whatever the hour: an answer reaches them at once."""
AT_ONCE = 3
"""So many of them; the others wait for the end of quiet hours."""
LINES = 20
"""That somebody writes within an hour."""
AGAIN = timedelta(minutes=2)
"""So soon after a reply the same one says nothing new."""

Caller = Annotated[str, Field("To whom?", longest=16)]
Line = Annotated[
    str, Field("What would you like to say?", long=True, private=True, longest=LONGEST)
]


def buttons(ctx: Context, agreement: Agreement, caller: str) -> tuple[Button, ...]:
    """Under what this person asks or writes, in the words of whoever reads it."""
    named = (agreement.ref, part_mark(agreement, caller))
    coming = Call("replies.coming", named)
    return (
        Button(ctx.label("I am getting in touch"), coming, Tone.GOOD),
        Button(ctx.label("Answer with a few words"), Call("replies.line", named)),
        Button(ctx.label("Not just now"), Call("replies.cannot", named)),
    )


def called(codes: Codes, agreement: Agreement, caller: str, now: datetime) -> Write:
    """To be written with a call: for an hour what is answered comes at once."""
    return codes.remember(CALLED, f"{agreement.ref} {caller}", now + FRESH)


class RepliesCog(Cog):
    """Whoever replies does not learn whether the other listens: it may be a quiet day there."""

    name = "replies"

    def __init__(self, stored: Stored, companies: Companies) -> None:
        self._codes, self._companies = stored.codes, companies

    @action("I am getting in touch", who=Who.THEIRS)
    async def coming(self, ctx: Context, agreement: Agreement, caller: Caller) -> Answer:
        company, to = await self._to(ctx, agreement, caller)
        heard, name = words.spoken(ctx, to), Name(ctx.person.name)
        said = heard.t("{name} is getting in touch with you.", name=name)
        await self._once(ctx, company, to, "coming", said)
        return _passed(ctx, company, to, ctx.t("Thank you. I pass it on."))

    @action("Not just now", who=Who.THEIRS)
    async def cannot(self, ctx: Context, agreement: Agreement, caller: Caller) -> Answer:
        company, to = await self._to(ctx, agreement, caller)
        heard, name = words.spoken(ctx, to), Name(ctx.person.name)
        said = heard.t("{name} cannot just now. That says nothing about you.", name=name)
        await self._once(ctx, company, to, "cannot", said, words.talk(heard))
        said = ctx.t("That is all right. I pass on that it cannot be now, and no more.")
        return _passed(ctx, company, to, said)

    @action("Answer with a few words", who=Who.THEIRS)
    async def line(self, ctx: Context, agreement: Agreement, caller: Caller, line: Line) -> Answer:
        company, to = await self._to(ctx, agreement, caller)
        wrote = f"{agreement.ref} {ctx.person.ref}"
        if await self._codes.tries(WRITTEN, wrote, ctx.now) >= LINES:
            raise UserError("That was often. Please wait an hour.")
        ctx.work.write(self._codes.tried(WRITTEN, wrote, ctx.now, LINES))
        heard = words.spoken(ctx, to)
        said = (*heard.t("{name} writes:", name=Name(ctx.person.name)), Plain(f"\n{line}"))
        named = (agreement.ref, part_mark(agreement, ctx.person.ref))
        back = Button(heard.label("Answer with a few words"), Call("replies.line", named))
        await self._send(ctx, company, to, said, back)
        return _passed(ctx, company, to, ctx.t("Thank you. I pass it on."))

    async def _to(self, ctx: Context, agreement: Agreement, caller: str) -> tuple[Company, Person]:
        """UserError when they are in it no more."""
        company = await self._companies.of(agreement, ctx.person.ref)
        for part in company.others if company.part.agreed else ():
            if part_mark(agreement, part.person) == caller:
                return company, company.people[part.person]
        raise UserError(GONE)

    async def _once(
        self, ctx: Context, company: Company, to: Person, what: str, said: Text, *ways: Button
    ) -> None:
        who = f"{company.agreement.ref} {company.me.ref} {to.ref} {what}"
        if not await self._codes.tries(REPLIED, who, ctx.now):
            ctx.work.write(self._codes.tried(REPLIED, who, ctx.now, 1, AGAIN))
            await self._send(ctx, company, to, said, *ways)

    async def _send(
        self, ctx: Context, company: Company, to: Person, said: Text, *ways: Button
    ) -> None:
        if to not in telling.listening(ctx, company):
            return
        who = f"{company.agreement.ref} {to.ref}"
        lane, called = Lane.PINGS, await self._codes.tries(CALLED, who, ctx.now)
        if called and await self._codes.tries(ANSWERED, who, ctx.now) < AT_ONCE:
            ctx.work.write(self._codes.tried(ANSWERED, who, ctx.now, AT_ONCE, FRESH))
            lane = Lane.NOW
        telling.send(ctx, company, to, words.note(words.spoken(ctx, to), said), ways, lane)


def _passed(ctx: Context, company: Company, to: Person, said: Text) -> Card:
    """Beside what is answered, which stays with its buttons: it may be thought better of."""
    facts = ((ctx.label("To"), (Name(to.name),)),)
    return Card(said, facts=facts, buttons=(telling.see(ctx, company.agreement),))
