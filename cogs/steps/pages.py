"""The pages of a notebook: a question, what is written to it, and what becomes of that."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Field, Form, Page, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.fit import size
from bot.core.model import Context
from bot.core.text import Day, Plain, Strong, Text, plain
from cogs.steps import letting, words
from cogs.steps.company import Company
from cogs.steps.desk import PURPOSE
from cogs.steps.guides import Step
from cogs.steps.words import SHOWN, STALE, Answered, Asked, Changed, Key, Number, Sure
from storage.notebook import Entry, Notebook
from storage.steps import Steps
from storage.suggestions import Suggestion

DIALOG = 3500
"""UTF-16 units of a text that a chat's dialog takes whole."""
HEARD = 5
"""Suggestions that a page shows, the newest."""
On = Annotated[date, Field("Which day?", hint="Year, month, day, like 2026-03-31.")]


class PagesCog(Cog):
    name = "pages"

    def __init__(self, steps: Steps, company: Company) -> None:
        self._steps, self._company = steps, company

    @action("A question", who=Who.THEIRS)
    async def question(
        self, ctx: Context, notebook: Notebook, step: Key, question: Asked, page: Number = 1
    ) -> Answer:
        told = words.step_of(notebook, step)
        asked = ctx.label(words.question_of(told, question))
        found = await self._written(ctx, notebook, told, question)
        shown = found[(page - 1) * SHOWN : page * SHOWN]
        said: Text = (Strong(asked),)
        readers = await self._readers(ctx, notebook)
        said += (Plain("\n"), *readers) if readers else ()
        if shown:
            said += (Plain("\n\n"), *words.dated(shown))
        args = (notebook.ref, step, question)
        buttons = (
            Button(ctx.label("Write"), Call(self.write.id, args), Tone.GOOD),
            *(
                self.entry.button(ctx.label("Open {n}", n=n), entry.ref)
                for n, entry in enumerate(shown, 1)
            ),
            *words.turning(ctx, self.question.id, args, page, len(found) > page * SHOWN),
            *self._around(ctx, notebook, told, question),
        )
        card = Card(said, words.called(ctx, told), buttons=buttons, replaces=True)
        data = {
            "question": asked,
            "readers": plain(readers),
            "write": Call(self.write.id, args),
            "longest": words.LONGEST,
            "today": any(entry.day == ctx.today for entry in found),
            "entries": [words.on_page(entry, asked) for entry in shown],
        }
        return Page("steps_question", data, card)

    @action("Write", who=Who.THEIRS, consent=PURPOSE)
    async def write(
        self, ctx: Context, notebook: Notebook, step: Key, question: Asked, text: Answered
    ) -> Answer:
        """One entry for a question and a day: more goes under what was written that day."""
        told, field = words.step_of(notebook, step), self.write.spec.fields[-1]
        asked = ctx.label(words.question_of(told, question))
        typed = words.plain(text, field)
        entries = self._steps.entries
        today = await entries.on(notebook, step, [question], ctx.today)
        if today:
            entry = words.fits(today[0].noted(typed), field)
            if entry != today[0]:
                ctx.work.write(entries.hold(entry.ref, entry.version), entries.change(entry))
        else:
            ref, me = secrets.token_urlsafe(9), ctx.person.ref
            entry = Entry(ref, notebook.ref, me, ctx.now, ctx.today, step, question, asked, typed)
            ctx.work.write(entries.add(entry))
        if step not in notebook.open:
            ctx.work.write(self._steps.notebooks.change(notebook.taking_up(step)))
        return await self._kept(ctx, notebook, entry, told)

    @action("What you wrote", who=Who.THEIRS)
    async def entry(self, ctx: Context, entry: Entry, part: Number = 1) -> Answer:
        return await self._shown(ctx, entry, part)

    @action("Add to it", who=Who.THEIRS, consent=PURPOSE)
    async def add(self, ctx: Context, entry: Entry, text: Answered) -> Answer:
        field = self.add.spec.fields[-1]
        more = words.fits(entry.noted(words.plain(text, field)), field)
        return await self._changed(ctx, entry, more)

    @action("Change it", who=Who.THEIRS, consent=PURPOSE)
    async def change(self, ctx: Context, entry: Entry) -> Answer:
        """Asks with everything as it is, where a dialog can hold it."""
        if size(entry.text) > DIALOG:
            said = ctx.t(
                "This one is too long to be changed in a chat. The web room shows it whole; here"
                " you can add to it."
            )
            add = self.add.button(ctx.label("Add to it"), entry.ref)
            return Card(said, buttons=(add, self._back(ctx, entry)))
        call = Call(self.changed.id, (entry.ref,))
        fields = self.changed.unasked(call.args)
        return Form(self.changed.spec.summary, call, fields, (entry.text,))

    @action("Change it", who=Who.THEIRS, consent=PURPOSE)
    async def changed(self, ctx: Context, entry: Entry, text: Changed) -> Answer:
        words_now = words.plain(text, self.changed.spec.fields[-1])
        return await self._changed(ctx, entry, replace(entry, text=words_now))

    @action("Delete it", who=Who.THEIRS)
    async def delete(self, ctx: Context, entry: Entry, sure: Sure = False) -> Answer:
        args = (entry.notebook, entry.step, entry.question)
        back = Button(ctx.label("The question"), Call(self.question.id, args))
        if sure:
            ctx.work.write(self._steps.entries.delete(entry))
            others = await self._company.of(ctx.person.ref)
            self._company.quiets(ctx, entry.notebook, others)
            return words.told(ctx.t("Deleted."), back)
        said = ctx.t("It would go with what was suggested about it, and cannot be brought back.")
        yes = self.delete.button(ctx.label("Yes, delete it"), entry.ref, "yes", tone=Tone.CAREFUL)
        keep = self.entry.button(ctx.label("Keep it"), entry.ref)
        return replace(words.told(said, yes, keep), tone=Tone.CAREFUL)

    @action("Earlier days", who=Who.THEIRS)
    async def days(self, ctx: Context, notebook: Notebook, step: Key, page: Number = 1) -> Answer:
        """Of a daily step: the days on which something was written, the newest first."""
        told = words.step_of(notebook, step)
        found = await self._steps.entries.of_step(notebook, step)
        days = sorted({entry.day for entry in found}, reverse=True)
        shown = days[(page - 1) * SHOWN : page * SHOWN]
        said: Text = () if shown else ctx.t("Nothing is written there yet.")
        for n, day in enumerate(shown, 1):
            said += (Plain(f"\n{n}. " if n > 1 else f"{n}. "), Day(day))
        buttons = tuple(
            self.day.button(ctx.label("Open {n}", n=n), notebook.ref, step, day.isoformat())
            for n, day in enumerate(shown, 1)
        )
        args, earlier = (notebook.ref, step), len(days) > page * SHOWN
        buttons += words.turning(ctx, self.days.id, args, page, earlier)
        buttons += (self._to_step(ctx, notebook, told),)
        return Card(said, words.called(ctx, told), buttons=buttons, replaces=True)

    @action("A day", who=Who.THEIRS)
    async def day(self, ctx: Context, notebook: Notebook, step: Key, on: On) -> Answer:
        told = words.step_of(notebook, step)
        found = await self._steps.entries.on(notebook, step, list(told.questions), on)
        order = list(told.questions)
        found.sort(key=lambda entry: order.index(entry.question))
        heads = [words.asked(ctx, notebook, entry) for entry in found]
        said = words.dated(found, heads) or ctx.t("Nothing is written there yet.")
        buttons = tuple(
            self.entry.button(words.opens(ctx, n, head), entry.ref)
            for n, (entry, head) in enumerate(zip(found, heads, strict=True), 1)
        )
        earlier = self.days.button(ctx.label("Earlier days"), notebook.ref, step)
        buttons += (earlier, self._to_step(ctx, notebook, told))
        return Card(said, words.called(ctx, told), buttons=buttons, replaces=True)

    async def _readers(self, ctx: Context, notebook: Notebook) -> Text:
        """Who reads whatever is written from here on; nothing where that is nobody."""
        others = await self._company.of(ctx.person.ref)
        names = ", ".join(one.name for one in others if one.agreement.ref in notebook.lets)
        if not names:
            return ()
        return ctx.t("You let these read what you write here: {names}.", names=Strong(names))

    async def _written(
        self, ctx: Context, notebook: Notebook, step: Step, question: str
    ) -> list[Entry]:
        """The newest first; to a daily question only today's."""
        if step.daily:
            return await self._steps.entries.on(notebook, step.key, [question], ctx.today)
        found = await self._steps.entries.of_step(notebook, step.key)
        return [entry for entry in found if entry.question == question]

    async def _kept(self, ctx: Context, notebook: Notebook, entry: Entry, step: Step) -> Card:
        await self._company.tells(
            ctx, notebook, await self._company.reading(notebook, entry), held=True
        )
        others = await self._company.of(ctx.person.ref)
        names = ", ".join(other.name for other in letting.let(notebook, entry, others))
        said = (
            ctx.t("It is kept. {names} can read it.", names=Strong(names))
            if names
            else ctx.t("It is kept, and only you can read it.")
        )
        buttons = self._around(ctx, notebook, step, entry.question)
        opened = self.entry.button(ctx.label("Open it"), entry.ref)
        return words.told(said, *buttons[:-1], opened, buttons[-1])

    async def _changed(self, ctx: Context, before: Entry, after: Entry) -> Answer:
        notebook = await self._notebook(after)
        if after != before:
            ctx.work.write(self._steps.entries.change(after))
            if len(after.text) > len(before.text):
                reading = await self._company.reading(notebook, after)
                await self._company.tells(ctx, notebook, reading)
        return await self._shown(ctx, after, len(words.pieces(after.text)))

    async def _shown(self, ctx: Context, entry: Entry, part: int) -> Page:
        notebook = await self._notebook(entry)
        others = await self._company.of(ctx.person.ref)
        heard = (await self._steps.suggestions.on(entry.ref))[-HEARD:]
        heard = [one for one in heard if await self._steps.inbound.heard(one, entry)]
        names = await self._company.called(one.person for one in heard)
        question = words.asked(ctx, notebook, entry)
        let = [other.name for other in letting.let(notebook, entry, others)]
        who = ", ".join(let) or ctx.label("Only you")
        facts: tuple[tuple[str, Text], ...] = ((ctx.label("Who may read this"), (Plain(who),)),)
        facts += await self._suggested(ctx, entry, heard, names)
        buttons = (
            *words.more(ctx, self.entry.id, entry, part),
            *letting.ways(ctx, notebook, entry, others),
            *(
                Button(
                    ctx.label("Answer {name}", name=names.get(one.person, "?")),
                    Call("suggesting.received", (one.ref,)),
                )
                for one in heard
            ),
            self.add.button(ctx.label("Add to it"), entry.ref),
            self.change.button(ctx.label("Change it"), entry.ref),
            self.delete.button(ctx.label("Delete it"), entry.ref),
            self._back(ctx, entry),
        )
        text = words.written(ctx, question, entry, part)
        card = Card(text, facts=facts, buttons=buttons, replaces=True)
        data = words.on_page(entry, question)
        changes = {"change": Call(self.changed.id, (entry.ref,)), "longest": words.LONGEST}
        return Page("steps_entry", data | changes, card)

    async def _suggested(
        self, ctx: Context, entry: Entry, heard: Sequence[Suggestion], names: dict[str, str]
    ) -> tuple[tuple[str, Text], ...]:
        """What was suggested, and what its author said to it; also to what was taken back."""
        answers = await self._steps.suggestions.answers(entry.ref)
        facts: list[tuple[str, Text]] = []
        for one in heard:
            label = ctx.label("{name} suggests", name=names.get(one.person, "?"))
            facts.append((label, (Plain(one.text),)))
            if answer := answers.pop(one.ref, ""):
                facts.append((ctx.label("You said to it"), (Plain(answer),)))
        there = {one.ref for one in await self._steps.suggestions.on(entry.ref)}
        left = [text for ref, text in answers.items() if ref not in there]
        return (
            *facts,
            *((ctx.label("You said to something taken back"), (Plain(t),)) for t in left),
        )

    async def _notebook(self, entry: Entry) -> Notebook:
        if notebook := await self._steps.notebooks.load(entry.notebook):
            return notebook
        raise UserError(STALE)

    def _around(
        self, ctx: Context, notebook: Notebook, step: Step, question: str
    ) -> tuple[Button, ...]:
        """To the next question, and to the step."""
        keys = list(step.questions)
        after = keys[keys.index(question) + 1 :][:1]
        ways = tuple(
            self.question.button(ctx.label("Next question"), notebook.ref, step.key, key)
            for key in after
        )
        return (*ways, self._to_step(ctx, notebook, step))

    def _to_step(self, ctx: Context, notebook: Notebook, step: Step) -> Button:
        call = Call("steps.step", (notebook.ref, step.key))
        return Button(ctx.label("All questions"), call)

    def _back(self, ctx: Context, entry: Entry) -> Button:
        args = (entry.notebook, entry.step, entry.question)
        return Button(ctx.label("The question"), Call(self.question.id, args))
