"""Who else may read a notebook, or one page of it; given and taken back with one button."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Plain, Strong, Text
from cogs.steps import words
from cogs.steps.company import Company, Other
from cogs.steps.words import STALE, Tag
from storage.notebook import Entry, Notebook, lets
from storage.steps import Steps

FEW = 2
"""As many have a button of their own on a page."""


class LettingCog(Cog):
    name = "letting"

    def __init__(self, steps: Steps, company: Company) -> None:
        self._steps, self._company = steps, company

    @action("Who may read it", who=Who.THEIRS)
    async def whole(self, ctx: Context, notebook: Notebook) -> Answer:
        others = await self._company.of(ctx.person.ref)
        return self._whole(ctx, notebook, others)

    @action("Let them read all of it", who=Who.THEIRS)
    async def let_all(self, ctx: Context, notebook: Notebook, tag: Tag) -> Answer:
        other = await self._company.tagged(ctx.person.ref, notebook.ref, tag)
        if other.agreement.ref not in notebook.lets:
            notebook = notebook.letting(other.agreement.ref)
            ctx.work.write(self._steps.notebooks.change(notebook))
            await self._tells(ctx, notebook, other)
        said = ctx.t(
            "{name} can read this notebook from now on, also what you still write in it. What you"
            " took back page by page stays yours alone.",
            name=Strong(other.name),
        )
        return self._answer(ctx, said, notebook, other)

    @action("Take it all back", who=Who.THEIRS)
    async def back_all(self, ctx: Context, notebook: Notebook, tag: Tag) -> Answer:
        other = await self._company.tagged(ctx.person.ref, notebook.ref, tag)
        notebook = notebook.taking_back(other.agreement.ref)
        ctx.work.write(self._steps.notebooks.change(notebook))
        self._company.quiets(ctx, notebook.ref, [other])
        said = ctx.t(
            "Taken back. {name} can read nothing of this notebook now, and is not told.",
            name=Strong(other.name),
        )
        return self._answer(ctx, said, notebook, other)

    @action("Who may read this", who=Who.THEIRS)
    async def page(self, ctx: Context, entry: Entry) -> Answer:
        notebook = await self._notebook(entry)
        others = await self._company.of(ctx.person.ref)
        said = self._readers(ctx, let(notebook, entry, others))
        back = Button(ctx.label("Back to the page"), Call("pages.entry", (entry.ref,)))
        buttons = (*_each(ctx, notebook, entry, others), back)
        return Card(said, ctx.label("Who may read this"), buttons=buttons, replaces=True)

    @action("Let them read this", who=Who.THEIRS)
    async def let_page(self, ctx: Context, entry: Entry, tag: Tag) -> Answer:
        other = await self._company.tagged(ctx.person.ref, entry.ref, tag)
        notebook, under = await self._notebook(entry), other.agreement.ref
        if not lets(notebook, entry, under):
            entry = entry.saying(under, True, notebook.back(under))
            ctx.work.write(self._steps.entries.change(entry))
            reading = await self._company.reading(notebook, entry)
            told = [one for one in reading if one.agreement.ref == under]
            await self._company.tells(ctx, notebook, told)
        said = ctx.t("{name} can read this from now on.", name=Strong(other.name))
        back = Button(
            ctx.label("Take that back"), Call(self.back_page.id, (entry.ref, other.tag(entry.ref)))
        )
        return words.told(said, back, _to(ctx, entry))

    @action("Take that back", who=Who.THEIRS)
    async def back_page(self, ctx: Context, entry: Entry, tag: Tag) -> Answer:
        other = await self._company.tagged(ctx.person.ref, entry.ref, tag)
        notebook, under = await self._notebook(entry), other.agreement.ref
        if lets(notebook, entry, under):
            entry = entry.saying(under, False, notebook.back(under))
            ctx.work.write(self._steps.entries.change(entry))
            self._company.quiets(ctx, notebook.ref, [other])
        said = ctx.t(
            "Taken back. {name} cannot read this now, and is not told.", name=Strong(other.name)
        )
        again = Button(
            ctx.label("Let {name} read this", name=other.name),
            Call(self.let_page.id, (entry.ref, other.tag(entry.ref))),
        )
        return words.told(said, again, _to(ctx, entry))

    async def _tells(self, ctx: Context, notebook: Notebook, other: Other) -> None:
        """If there is something to read by now."""
        written = await self._steps.entries.of(ctx.person.ref)
        under = other.agreement.ref
        shown = (e for e in written if e.notebook == notebook.ref and lets(notebook, e, under))
        if entry := next(shown, None):
            reading = await self._company.reading(notebook, entry)
            told = [one for one in reading if one.agreement.ref == under]
            await self._company.tells(ctx, notebook, told, held=True)

    def _whole(self, ctx: Context, notebook: Notebook, others: Sequence[Other]) -> Card:
        reading = [other for other in others if other.agreement.ref in notebook.lets]
        said = self._readers(ctx, reading) if reading else ctx.t("Only you read all of it.")
        said += (Plain("\n"),)
        said += (
            ctx.t("A page can be let read by itself, too; there is a button under each.")
            if others
            else ctx.t("You are working with nobody here yet. You can write all the same.")
        )
        buttons = tuple(self._way(ctx, notebook, other) for other in others)
        buttons += (Button(ctx.label("Back"), Call("steps.notebook", (notebook.ref,))),)
        return Card(said, ctx.label("Who may read it"), buttons=buttons, replaces=True)

    def _way(self, ctx: Context, notebook: Notebook, other: Other) -> Button:
        tag = other.tag(notebook.ref)
        if other.agreement.ref in notebook.lets:
            label = ctx.label("Take all back from {name}", name=other.name)
            return self.back_all.button(label, notebook.ref, tag)
        label = ctx.label("Let {name} read all of it", name=other.name)
        return self.let_all.button(label, notebook.ref, tag)

    def _answer(self, ctx: Context, said: Text, notebook: Notebook, other: Other) -> Card:
        back = Button(ctx.label("Back"), Call("steps.notebook", (notebook.ref,)))
        return words.told(said, self._way(ctx, notebook, other), back)

    def _readers(self, ctx: Context, reading: Sequence[Other]) -> Text:
        if not reading:
            return ctx.t("Only you can read this.")
        names = ", ".join(other.name for other in reading)
        return ctx.t("You let these read it: {names}.", names=Strong(names))

    async def _notebook(self, entry: Entry) -> Notebook:
        if notebook := await self._steps.notebooks.load(entry.notebook):
            return notebook
        raise UserError(STALE)


def let(notebook: Notebook, entry: Entry, others: Sequence[Other]) -> list[Other]:
    """Whom its author lets read it. A block that another made changes nothing about this list,
    so that nobody can tell one from it."""
    return [other for other in others if lets(notebook, entry, other.agreement.ref)]


def ways(
    ctx: Context, notebook: Notebook, entry: Entry, others: Sequence[Other]
) -> tuple[Button, ...]:
    """What stands under a page: a button for each of a few people, else one that leads to all."""
    if len(others) > FEW:
        return (Button(ctx.label("Who may read this"), Call("letting.page", (entry.ref,))),)
    return _each(ctx, notebook, entry, others)


def _each(
    ctx: Context, notebook: Notebook, entry: Entry, others: Sequence[Other]
) -> tuple[Button, ...]:
    reading, buttons = let(notebook, entry, others), list[Button]()
    for other in others:
        args = (entry.ref, other.tag(entry.ref))
        if other in reading:
            label = ctx.label("Take back from {name}", name=other.name)
            buttons.append(Button(label, Call("letting.back_page", args)))
        else:
            label = ctx.label("Let {name} read this", name=other.name)
            buttons.append(Button(label, Call("letting.let_page", args)))
    return tuple(buttons)


def _to(ctx: Context, entry: Entry) -> Button:
    return Button(ctx.label("Back to the page"), Call("pages.entry", (entry.ref,)))
