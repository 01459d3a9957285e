"""What lies on the desk: notebooks, the steps in them, and all of it to take along or delete."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Link, Plain, Strong, Text, plain, short
from cogs.steps import words
from cogs.steps.company import Company, Other
from cogs.steps.guides import Guide, Step, guides
from cogs.steps.words import DELETE, EXPORT, LIST, STALE, WAYS, Key
from storage.notebook import Entry, Notebook
from storage.people import People
from storage.steps import Steps

PURPOSE = "steps"
FEW = 3
"""Of the people one works with, on the first card; more have a card of their own."""

Named = Annotated[str, Field("Which one?", longest=20)]
What = Annotated[str, Field("What would you like to do with it?", choices=WAYS)]


class StepsCog(Cog):
    name = "steps"

    def __init__(self, steps: Steps, people: People, company: Company, address: str = "") -> None:
        """`address` is that of the web room's page, "" where nobody can be led there."""
        self._steps, self._people, self._company = steps, people, company
        self._address = address

    @command("Step work: a notebook of your own", want=Want.MINE)
    async def steps(self, ctx: Context, what: What = LIST) -> Answer:
        if what == EXPORT:
            return await self.export(ctx)
        if what == DELETE:
            return await self.delete_all(ctx)
        notebooks = await self._steps.notebooks.of(ctx.person.ref)
        others = await self._company.of(ctx.person.ref)
        if not notebooks:
            return self._before(ctx, others)
        said: Text = ()
        for notebook in notebooks:
            guide = words.guide_of(notebook)
            said += (Strong(ctx.label(guide.name)), Plain("\n"), *self._open(ctx, notebook, guide))
            said += (Plain("\n\n"),)
        said += ctx.t("Several steps can be open at once, and none is ever done.")
        buttons = (
            *(self._to(ctx, notebook) for notebook in notebooks),
            *self._others(ctx, others),
            *(
                (self.another.button(ctx.label("Another guide")),)
                * (len(notebooks) < len(guides()))
            ),
            Button(ctx.label("What I suggested"), Call("suggesting.mine")),
            self.export.button(ctx.label("Take a copy")),
            self.delete_all.button(ctx.label("Delete all")),
        )
        return Card(said, ctx.label("Your step work"), buttons=buttons, replaces=True)

    @action("Begin")
    async def begin(self, ctx: Context) -> Answer:
        """The yes to what was said before the first entry."""
        me = await self._people.profile(ctx.person.ref)
        if me is None:
            raise UserError(STALE)
        allowed = me.allowing(PURPOSE, ctx.now)
        if allowed.person.consents != me.person.consents:
            ctx.work.write(self._people.change(allowed))
        return self._guides(ctx)

    @action("Another guide")
    async def another(self, ctx: Context) -> Answer:
        return self._guides(ctx)

    @action("Choose a guide", consent=PURPOSE)
    async def choose(self, ctx: Context, guide: Named) -> Answer:
        if guide not in guides():
            raise UserError(STALE)
        mine = await self._steps.notebooks.of(ctx.person.ref)
        if there := next((one for one in mine if one.guide == guide), None):
            return self._notebook(ctx, there)
        made = Notebook(secrets.token_urlsafe(9), ctx.person.ref, guide, ctx.now)
        ctx.work.write(self._steps.notebooks.add(made))
        return self._closed(ctx, made)

    @action("A notebook of yours", who=Who.THEIRS)
    async def notebook(self, ctx: Context, notebook: Notebook) -> Answer:
        return self._notebook(ctx, notebook)

    @action("Open another step", who=Who.THEIRS)
    async def closed(self, ctx: Context, notebook: Notebook) -> Answer:
        return self._closed(ctx, notebook)

    @action("Open this step", who=Who.THEIRS, consent=PURPOSE)
    async def take_up(self, ctx: Context, notebook: Notebook, step: Key) -> Answer:
        words.step_of(notebook, step)
        if step not in notebook.open:
            notebook = notebook.taking_up(step)
            ctx.work.write(self._steps.notebooks.change(notebook))
        return await self._step(ctx, notebook, step)

    @action("Put it aside", who=Who.THEIRS)
    async def put_aside(self, ctx: Context, notebook: Notebook, step: Key) -> Answer:
        named = words.called(ctx, words.step_of(notebook, step))
        if step in notebook.open:
            notebook = notebook.putting_aside(step)
            ctx.work.write(self._steps.notebooks.change(notebook))
        said = ctx.t("{step} is put aside. What you wrote stays there.", step=Strong(named))
        back = self.take_up.button(ctx.label("Open it again"), notebook.ref, step)
        return words.told(said, back, self._to(ctx, notebook))

    @action("A step of yours", who=Who.THEIRS)
    async def step(self, ctx: Context, notebook: Notebook, step: Key) -> Answer:
        return await self._step(ctx, notebook, step)

    @action("Take a copy")
    async def export(self, ctx: Context) -> Answer:
        said = ctx.t(
            "What you wrote can be taken along as one page, to print or to keep. The web room has"
            " the button for it, under /steps."
        )
        if self._address:
            said += (Plain("\n"), Link(self._address, self._address))
        back = self.steps.button(ctx.label("Your step work"))
        card = Card(said, ctx.label("Your step work"), buttons=(back,), replaces=True)
        mine = await self._steps.mine(ctx.person.ref)
        return Page("steps_export", await self._whole(ctx), card, file=mine)

    @action("Delete all")
    async def delete_all(
        self, ctx: Context, sure: Annotated[bool, Field("Delete all of it?")] = False
    ) -> Answer:
        back = self.steps.button(ctx.label("Your step work"))
        if not await self._steps.mine(ctx.person.ref):
            return words.told(ctx.t("There is nothing of yours here."), back)
        if sure:
            ctx.work.write(*self._steps.forget(ctx.person.ref))
            others = await self._company.of(ctx.person.ref)
            for notebook in await self._steps.notebooks.of(ctx.person.ref):
                self._company.quiets(ctx, notebook.ref, others)
            return words.told(ctx.t("Deleted, all of it."), back)
        said = ctx.t(
            "Your notebooks, what you suggested to others and what you said to suggestions would"
            " go, for whoever could read them too. It cannot be brought back."
        )
        yes = self.delete_all.button(ctx.label("Yes, delete all"), "yes", tone=Tone.CAREFUL)
        keep = self.steps.button(ctx.label("Keep it"))
        return replace(words.told(said, yes, keep), tone=Tone.CAREFUL)

    def _before(self, ctx: Context, others: Sequence[Other]) -> Card:
        """What whoever has the server in hand could read, before anything is written."""
        said = ctx.t(
            "Here is room for a notebook: questions, and what you write to them. It is yours."
            " Somebody you work with can read as much of it as you let them, for as long as you"
            " like."
        )
        facts = (
            (
                ctx.label("How it is kept"),
                ctx.t(
                    "Under a key of your own, until you delete it. It does not go by itself."
                    " /forgetme destroys the key."
                ),
            ),
            (
                ctx.label("Who could read it"),
                ctx.t(
                    "Whoever holds this server holds the keys, and could read it if they set out"
                    " to. No command shows it to them. An app you write in can read what passes"
                    " through it."
                ),
            ),
        )
        buttons = (
            self.begin.button(ctx.label("Yes, begin"), tone=Tone.GOOD),
            Button(ctx.label("Not now"), Call("help.help")),
            *self._others(ctx, others),
        )
        return Card(said, ctx.label("Your step work"), facts, buttons, replaces=True)

    def _guides(self, ctx: Context) -> Page:
        said = ctx.t("Which would you like? You can have both, and stop and go on as you like.")
        facts = tuple((ctx.label(g.name), ctx.t(g.about)) for g in guides().values())
        buttons = tuple(
            self.choose.button(ctx.label(guide.name), key) for key, guide in guides().items()
        )
        card = Card(said, ctx.label("Your step work"), facts, buttons, replaces=True)
        return _to_choose(card)

    def _notebook(self, ctx: Context, notebook: Notebook) -> Card:
        guide = words.guide_of(notebook)
        steps = [step for key in notebook.open if (step := guide.step(key))]
        buttons = tuple(
            self.step.button(words.called(ctx, step), notebook.ref, step.key) for step in steps
        )
        if len(steps) < len(guide.steps):
            buttons += (self.closed.button(ctx.label("Open another step"), notebook.ref),)
        buttons += (
            Button(ctx.label("Who may read it"), Call("letting.whole", (notebook.ref,))),
            self.steps.button(ctx.label("Your step work")),
        )
        said = self._open(ctx, notebook, guide)
        return Card(said, ctx.label(guide.name), buttons=buttons, replaces=True)

    def _closed(self, ctx: Context, notebook: Notebook) -> Page:
        guide = words.guide_of(notebook)
        steps = [step for step in guide.steps if step.key not in notebook.open]
        said = ctx.t("Open whichever you like, in any order. You can put it aside at any time.")
        facts = tuple((words.called(ctx, step), ctx.t(step.about)) for step in steps)
        buttons = tuple(
            self.take_up.button(words.called(ctx, step), notebook.ref, step.key) for step in steps
        )
        buttons += (self._to(ctx, notebook),)
        return _to_choose(Card(said, ctx.label(guide.name), facts, buttons, replaces=True))

    async def _step(self, ctx: Context, notebook: Notebook, key: str) -> Page:
        step = words.step_of(notebook, key)
        latest = await self._latest(ctx, notebook, step)
        said: Text = ctx.t(step.about)
        rows: list[dict[str, Any]] = []
        for n, (name, asked) in enumerate(step.questions.items(), 1):
            entry, question = latest.get(name), ctx.label(asked)
            said += (Plain(f"\n\n{n}. {question}"),)
            said += (Plain(f"\n- {short(entry.text, words.SHORT)}"),) if entry else ()
            snippet = short(entry.text, 300) if entry else ""
            rows.append({"question": question, "text": snippet, "day": entry and entry.day})
        buttons = tuple(
            Button(
                ctx.label("Question {n}", n=n), Call("pages.question", (notebook.ref, key, name))
            )
            for n, name in enumerate(step.questions, 1)
        )
        if step.daily:
            days = Call("pages.days", (notebook.ref, key))
            buttons += (Button(ctx.label("Earlier days"), days),)
        aside = self.put_aside.button(ctx.label("Put it aside"), notebook.ref, key)
        up = self.take_up.button(ctx.label("Open this step"), notebook.ref, key)
        buttons += (aside if key in notebook.open else up, self._to(ctx, notebook))
        card = Card(said, words.called(ctx, step), buttons=buttons, replaces=True)
        data = {"about": ctx.label(step.about), "rows": rows, "daily": step.daily}
        return Page("steps_step", data, card)

    async def _latest(self, ctx: Context, notebook: Notebook, step: Step) -> dict[str, Entry]:
        """To each question what was written last; of a daily step only today's."""
        entries = self._steps.entries
        if step.daily:
            found = await entries.on(notebook, step.key, list(step.questions), ctx.today)
        else:
            found = await entries.of_step(notebook, step.key)
        latest: dict[str, Entry] = {}
        for entry in found:
            latest.setdefault(entry.question, entry)
        return latest

    async def _whole(self, ctx: Context) -> dict[str, Any]:
        """All that they wrote, by guide, step and question; the oldest first."""
        books = []
        entries = list(reversed(await self._steps.entries.of(ctx.person.ref)))
        for notebook in await self._steps.notebooks.of(ctx.person.ref):
            guide = guides().get(notebook.guide)
            inside = [entry for entry in entries if entry.notebook == notebook.ref]
            order = [step.key for step in guide.steps] if guide else []
            inside.sort(key=lambda e: order.index(e.step) if e.step in order else len(order))
            rows = [
                {**words.on_page(e, words.asked(ctx, notebook, e)), "step": _named(ctx, guide, e)}
                for e in inside
            ]
            books.append({"name": ctx.label(guide.name) if guide else "", "entries": rows})
        return {"notebooks": [book for book in books if book["entries"]], "today": ctx.today}

    def _open(self, ctx: Context, notebook: Notebook, guide: Guide) -> Text:
        open_ = [step for key in notebook.open if (step := guide.step(key))]
        if not open_:
            return ctx.t("No step is open at the moment.")
        return (Plain("\n".join(f"- {words.called(ctx, step)}" for step in open_)),)

    def _to(self, ctx: Context, notebook: Notebook) -> Button:
        name = ctx.label(words.guide_of(notebook).name)
        return self.notebook.button(name, notebook.ref)

    def _others(self, ctx: Context, others: Sequence[Other]) -> tuple[Button, ...]:
        if len(others) > FEW:
            return (Button(ctx.label("What others let me read"), Call("suggesting.others")),)
        return tuple(
            Button(
                ctx.label("What {name} lets me read", name=other.name),
                Call("suggesting.shared", (other.agreement.ref,)),
            )
            for other in others
        )


def _named(ctx: Context, guide: Guide | None, entry: Entry) -> str:
    step = guide.step(entry.step) if guide else None
    return words.called(ctx, step) if step else ""


def _to_choose(card: Card) -> Page:
    """Where there is room, what is said about each stands with its button."""
    rows = [{"name": name, "about": plain(about)} for name, about in card.facts]
    return Page("steps_choose", {"rows": rows}, card)
