"""What others let one read, what one suggests about it, and what they say to that."""

from __future__ import annotations

import secrets
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.calendar import in_zone
from bot.core.cards import Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import Slip, UserError
from bot.core.model import Context
from bot.core.text import Day, Plain, Strong, Text, key, short
from cogs.steps import words
from cogs.steps.company import Company
from cogs.steps.desk import PURPOSE
from cogs.steps.words import SHOWN, Noted, Number, Reply
from storage.agreements import Agreement
from storage.steps import Steps
from storage.suggestions import Received, Shown, Suggestion

MOST = 10
"""Suggestions of one person about one page."""
ENOUGH = key("There are {most} suggestions of yours about this. Take one back first.")

Taken = Annotated[bool, Field("Take it back?")]


class SuggestingCog(Cog):
    name = "suggesting"

    def __init__(self, steps: Steps, company: Company) -> None:
        self._steps, self._company = steps, company

    @action("What others let me read")
    async def others(self, ctx: Context) -> Answer:
        found = await self._company.of(ctx.person.ref)
        said = (
            ctx.t("Whose notebook would you like to look into?")
            if found
            else ctx.t("You are working with nobody here at the moment.")
        )
        buttons = tuple(self.shared.button(other.name, other.agreement.ref) for other in found)
        return words.told(said, *buttons, _desk(ctx))

    @action("What somebody lets you read", who=Who.THEIRS)
    async def shared(self, ctx: Context, agreement: Agreement, page: Number = 1) -> Answer:
        me, skip = ctx.person.ref, (page - 1) * SHOWN
        found = await self._steps.reading.under(agreement, me, SHOWN + 1, skip)
        shown = found[:SHOWN]
        if not shown:
            return words.told(ctx.t("There is nothing here for you to read."), _desk(ctx))
        names = await self._company.called(one.entry.person for one in shown)
        heads = [words.asked(ctx, one.notebook, one.entry) for one in shown]
        said = words.dated([one.entry for one in shown], heads)
        buttons = tuple(
            self.read.button(words.opens(ctx, n, head), one.ref)
            for n, (one, head) in enumerate(zip(shown, heads, strict=True), 1)
        )
        earlier = len(found) > SHOWN
        buttons += words.turning(ctx, self.shared.id, (agreement.ref,), page, earlier)
        title = ctx.label("{name} lets you read", name=", ".join(names.values()))
        return Card(said, title, buttons=(*buttons, _desk(ctx)), replaces=True)

    @action("A page you may read", who=Who.THEIRS)
    async def read(self, ctx: Context, shown: Shown, part: Number = 1) -> Answer:
        entry, me = shown.entry, ctx.person.ref
        question = words.asked(ctx, shown.notebook, entry)
        names = await self._company.called([entry.person])
        mine = [s for s in await self._steps.suggestions.on(entry.ref) if s.person == me]
        answers = await self._steps.suggestions.answers(entry.ref) if mine else {}
        facts: list[tuple[str, Text]] = []
        for one in mine:
            facts.append((ctx.label("You suggested"), (Plain(one.text),)))
            if answer := answers.get(one.ref):
                label = ctx.label("{name} said to it", name=names.get(entry.person, "?"))
                facts.append((label, (Plain(answer),)))
        back = self.shared.button(ctx.label("Back"), shown.readers[me].ref)
        buttons = (
            *words.more(ctx, self.read.id, entry, part),
            self.suggest.button(ctx.label("Suggest something"), entry.ref),
            *((self.mine.button(ctx.label("What I suggested")),) if mine else ()),
            back,
        )
        said = words.written(ctx, question, entry, part)
        title = names.get(entry.person, "")
        card = Card(said, title, tuple(facts), buttons, replaces=True)
        return Page("steps_read", words.on_page(entry, question), card)

    @action("Suggest something", who=Who.THEIRS, consent=PURPOSE)
    async def suggest(self, ctx: Context, shown: Shown, text: Noted) -> Answer:
        field, me, entry = self.suggest.spec.fields[-1], ctx.person.ref, shown.entry
        typed = words.plain(text, field)
        suggestions, agreement = self._steps.suggestions, shown.readers[me]
        mine = [s for s in await suggestions.on(entry.ref) if s.person == me]
        if len(mine) >= MOST:
            raise Slip(field, UserError(ENOUGH, most=MOST))
        if typed not in [one.text for one in mine]:
            made = Suggestion(secrets.token_urlsafe(9), me, entry.ref, ctx.now, typed)
            ctx.work.write(suggestions.add(made))
            ctx.work.write(*self._steps.reading.still(shown.notebook, agreement, me))
            found = await self._company.of(me)
            author = next((o for o in found if o.agreement.ref == agreement.ref), None)
            if author:
                await self._company.tells_author(ctx, shown.notebook, author)
        back = self.read.button(ctx.label("Back to the page"), entry.ref)
        return words.told(ctx.t("It is noted. You can take it back at any time."), back)

    @action("A suggestion to you", who=Who.THEIRS)
    async def received(self, ctx: Context, suggestion: Received) -> Answer:
        one = suggestion.suggestion
        names = await self._company.called([one.person])
        answer = (await self._steps.suggestions.answers(one.entry)).get(one.ref, "")
        said: Text = (Plain(one.text),)
        facts = ((ctx.label("You said to it"), (Plain(answer),)),) if answer else ()
        label = ctx.label("Say something else") if answer else ctx.label("Answer it")
        gone = self.unanswer.button(ctx.label("Take my answer back"), one.ref)
        buttons = (
            self.answer.button(label, one.ref),
            *((gone,) if answer else ()),
            Button(ctx.label("Back to the page"), Call("pages.entry", (one.entry,))),
        )
        title = ctx.label("{name} suggests", name=names.get(one.person, "?"))
        return Card(said, title, facts, buttons, replaces=True)

    @action("Answer it", who=Who.THEIRS, consent=PURPOSE)
    async def answer(self, ctx: Context, suggestion: Received, text: Reply) -> Answer:
        one, me = suggestion.suggestion, ctx.person.ref
        typed = words.plain(text, self.answer.spec.fields[-1])
        there = await self._steps.suggestions.answers(one.entry)
        if there.get(one.ref) != typed:
            ctx.work.write(self._steps.suggestions.answer(one, me, typed, ctx.now))
            shown = await self._steps.reading.load(one.entry)
            if shown and one.person in shown.readers:
                reading = await self._company.reading(shown.notebook, shown.entry)
                told = [other for other in reading if other.person.ref == one.person]
                await self._company.tells(ctx, shown.notebook, told)
        back = Button(ctx.label("Back to the page"), Call("pages.entry", (one.entry,)))
        return words.told(ctx.t("It stands under the suggestion."), back)

    @action("Take my answer back", who=Who.THEIRS)
    async def unanswer(self, ctx: Context, suggestion: Received) -> Answer:
        one = suggestion.suggestion
        ctx.work.write(self._steps.suggestions.unanswer(one.ref, ctx.person.ref))
        back = Button(ctx.label("Back to the page"), Call("pages.entry", (one.entry,)))
        return words.told(ctx.t("Taken back."), back)

    @action("What I suggested")
    async def mine(self, ctx: Context, page: Number = 1) -> Answer:
        """Also about pages that they may read no more: it stays theirs to take back."""
        me, skip = ctx.person.ref, (page - 1) * SHOWN
        found = await self._steps.suggestions.of(me, SHOWN + 1, skip)
        shown = found[:SHOWN]
        said: Text = () if shown else ctx.t("There is nothing that you suggested.")
        for n, one in enumerate(shown, 1):
            said += (Plain(f"\n\n{n}. " if n > 1 else f"{n}. "), Plain(short(one.text, 200)))
        buttons = tuple(
            self.withdraw.button(ctx.label("Take back {n}", n=n), one.ref)
            for n, one in enumerate(shown, 1)
        )
        buttons += words.turning(ctx, self.mine.id, (), page, len(found) > SHOWN)
        title = ctx.label("What I suggested")
        return Card(said, title, buttons=(*buttons, _desk(ctx)), replaces=True)

    @action("Take it back", who=Who.THEIRS)
    async def withdraw(self, ctx: Context, suggestion: Suggestion, sure: Taken = False) -> Answer:
        back = self.mine.button(ctx.label("What I suggested"))
        if sure:
            ctx.work.write(self._steps.suggestions.delete(suggestion))
            return words.told(ctx.t("Taken back."), back)
        day = Day(in_zone(suggestion.at, ctx.person.zone))
        said: Text = (Strong(short(suggestion.text, 200)), Plain(" ("), day, Plain(")\n\n"))
        said += ctx.t("It would be gone for both of you, and cannot be brought back.")
        label = ctx.label("Yes, take it back")
        yes = self.withdraw.button(label, suggestion.ref, "yes", tone=Tone.CAREFUL)
        return words.told(said, yes, back)


def _desk(ctx: Context) -> Button:
    return Button(ctx.label("Your step work"), Call("steps.steps"))
