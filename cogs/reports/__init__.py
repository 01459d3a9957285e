"""Reports: something that happened, read by two trusted servants whom the reporter picks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.rooms import Remove, Replace
from bot.core.text import key, t
from bot.core.work import Lane
from cogs.reports import words
from cogs.reports.adding import AddingCog
from cogs.reports.fields import Nth, What, Words
from cogs.reports.hearing import HearingCog
from cogs.reports.stored import Stored, eligible
from storage.reports import Copy, Report

__all__ = ["AddingCog", "HearingCog", "ReportsCog"]

READ, ADD = "hearing.read", "adding.add"
TWO = 2
FIGURES = 8
DONE = key("That was sent, or thrown away. /report shows what there is.")
CHANGED = key("Who serves has changed meanwhile. Please choose again; nothing was sent.")
ENOUGH = key(
    "You have sent three this week; one that you took back counts, too. You can add to one that"
    " stands, or ask the host."
)


class ReportsCog(Cog):
    """`contact` is the host's, as they gave it in the configuration."""

    name = "reports"

    def __init__(self, stored: Stored, contact: str) -> None:
        self._stored, self._contact = stored, contact
        self._reports, self._copies, self._people = stored.reports, stored.copies, stored.people
        self._groups, self._blocks = stored.groups, stored.blocks

    @command("Report that something is wrong", who=Who.GROUP, want=Want.GROUP)
    async def report(self, ctx: Context, what: What = "") -> Answer:
        return await self._begin(ctx, what) if what else await self._list(ctx)

    @action("Write it down", who=Who.GROUP)
    async def write(self, ctx: Context, what: Words) -> Answer:
        return await self._begin(ctx, what)

    @action("Whom does it concern?", who=Who.THEIRS)
    async def concerns(self, ctx: Context, report: Report, which: Nth) -> Answer:
        """One press ticks somebody, another takes the tick away."""
        self._open(report, which)
        changed = replace(report, concerned=report.concerned ^ {which}, chosen=())
        ctx.work.write(self._reports.change(changed))
        return replace(await self._who_is_concerned(ctx, changed), replaces=True)

    @action("Choose two", who=Who.THEIRS)
    async def choose(self, ctx: Context, report: Report) -> Answer:
        self._open(report)
        free = [n for n in range(len(report.servants)) if n not in report.concerned]
        if len(free) < TWO:
            ctx.work.write(self._reports.delete(report))
            few = await self._too_few(ctx, report.group, await self._ticked(report), thrown=True)
            return replace(few, replaces=True)
        return replace(await self._which_two(ctx, report), replaces=True)

    @action("This one", who=Who.THEIRS)
    async def pick(self, ctx: Context, report: Report, which: Nth) -> Answer:
        self._open(report, which)
        if which in report.concerned:
            raise UserError(CHANGED)
        others = tuple(n for n in report.chosen if n != which)
        chosen = others if which in report.chosen else (*others, which)[-TWO:]
        changed = replace(report, chosen=chosen)
        ctx.work.write(self._reports.change(changed))
        return replace(await self._which_two(ctx, changed), replaces=True)

    @action("Look at it first", who=Who.THEIRS)
    async def look(self, ctx: Context, report: Report) -> Answer:
        self._open(report)
        return replace(await self._preview(ctx, report), replaces=True)

    @action("Show my name", who=Who.THEIRS)
    async def name_me(self, ctx: Context, report: Report) -> Answer:
        """With the name or without it: one press for each."""
        self._open(report)
        changed = replace(report, named=not report.named)
        ctx.work.write(self._reports.change(changed))
        return replace(await self._preview(ctx, changed), replaces=True)

    @action("Send it to both", who=Who.THEIRS)
    async def send(self, ctx: Context, report: Report) -> Answer:
        self._open(report)
        await self._room_for_one(ctx)
        two = await self._two(report)
        free = await eligible(self._stored, ctx, report.group)
        if len(two) != TWO or {p.ref for p in two} - {*free}:
            raise UserError(CHANGED, way=(key("Choose two"), Call("reports.choose", (report.ref,))))
        receipt = "".join(secrets.choice("0123456789") for _ in range(FIGURES))
        # Who keeps them away hears nothing of them, and it looks like no answer.
        kept = [await self._blocks.kept_from(person.ref) for person in two]
        hear = [p for p, away in zip(two, kept, strict=True) if ctx.person.ref not in away]
        sent = replace(
            report,
            words="",
            servants=tuple(person.ref for person in two),
            chosen=(),
            concerned=frozenset(),
            receipt=receipt,
            sent=True,
            unheard=not hear,
        )
        mine = self._reports.texts.hand(report.ref, ctx.person.ref, report.words, report.at)
        ctx.work.write(self._reports.change(sent), mine)
        ctx.work.write(self._reports.sent.add(ctx.person.ref, ctx.now))
        for person in hear:
            ref, name = secrets.token_urlsafe(9), ctx.person.name if report.named else ""
            copy = Copy(ref, report.ref, person.ref, report.words, name)
            ctx.work.write(self._reports.hand(copy))
            read = Button(words.label("Read it", person), Call(READ, (ref,)))
            card = words.neutral(person, read)
            ctx.work.do(Replace(person, report.panel, card), about=(ctx.person.ref,))
        stands = self.mine.button(ctx.label("How it stands"), report.ref)
        return words.sent(ctx, two, receipt, (stands, self._more(ctx, report)))

    @action("Throw it away", who=Who.THEIRS)
    async def drop(self, ctx: Context, report: Report) -> Answer:
        self._open(report)
        ctx.work.write(self._reports.delete(report))
        said = ctx.t("All right. Nothing of it was kept.")
        return Card(said, buttons=(self._back(ctx),), replaces=True)

    @action("How it stands", who=Who.THEIRS)
    async def mine(self, ctx: Context, report: Report) -> Answer:
        if not report.sent:
            return replace(await self._preview(ctx, report), replaces=True)
        copies = await self._reports.copies(report.ref)
        answers = await self._reports.answers(report)
        texts = await self._reports.texts.of(report.ref, ctx.person.ref)
        back = self.withdraw.button(ctx.label("Take it back"), report.ref, tone=Tone.CAREFUL)
        more = (self._more(ctx, report),) if copies or report.unheard else ()
        return words.standing(ctx, report, copies, texts, answers, (*more, back))

    @action("Take it back", who=Who.THEIRS)
    async def withdraw(self, ctx: Context, report: Report) -> Answer:
        await self._taken_back(ctx, report)
        ctx.work.write(self._reports.delete(report))
        said = ctx.t(
            "Taken back. Neither of them can read it from here on. What was read was read."
        )
        return Card(said, buttons=(self._back(ctx),), replaces=True)

    async def take_back(self, ctx: Context) -> None:
        """The word to the two goes with whoever is forgotten, too."""
        for report in await self._reports.of(ctx.person.ref):
            await self._taken_back(ctx, report)

    async def _begin(self, ctx: Context, what: str) -> Card:
        assert ctx.group  # `decide` saw to it
        await self._room_for_one(ctx)
        found = await eligible(self._stored, ctx, ctx.group.ref)
        if len(found) < TWO:
            return await self._too_few(ctx, ctx.group.ref, thrown=True)
        report = Report(
            secrets.token_urlsafe(9),
            ctx.person.ref,
            ctx.group.ref,
            ctx.now,
            what,
            tuple(found),
        )
        ctx.work.write(self._reports.add(report))
        return await self._who_is_concerned(ctx, report)

    async def _room_for_one(self, ctx: Context) -> None:
        if await self._reports.sent.enough(ctx.person.ref, ctx.now):
            raise UserError(ENOUGH, way=(key("Back to the overview"), Call("reports.report")))

    async def _named(self, report: Report) -> list[str]:
        """How those are called who can be chosen; who is gone has no name."""
        people = await self._people.many(report.servants)
        return [people[ref].name if ref in people else "" for ref in report.servants]

    async def _two(self, report: Report) -> list[Person]:
        people = await self._people.many(report.servants[n] for n in report.chosen)
        return [*people.values()]

    async def _who_is_concerned(self, ctx: Context, report: Report) -> Card:
        buttons = tuple(
            self.concerns.button(words.ticked(name, n in report.concerned), report.ref, n)
            for n, name in enumerate(await self._named(report))
            if name
        )
        go_on = self.choose.button(ctx.label("Go on"), report.ref, tone=Tone.GOOD)
        said = ctx.t(
            "Is one of these part of it, or too near to it? Tick them, and they will not hear of"
            " it. Nothing is sent yet."
        )
        return Card(said, buttons=(*buttons, go_on, self._away(ctx, report)))

    async def _which_two(self, ctx: Context, report: Report) -> Card:
        buttons = tuple(
            self.pick.button(words.ticked(name, n in report.chosen), report.ref, n)
            for n, name in enumerate(await self._named(report))
            if name and n not in report.concerned
        )
        if len(report.chosen) == TWO:
            buttons += (self.look.button(ctx.label("Go on"), report.ref, tone=Tone.GOOD),)
        said = ctx.t("Which two shall read it? Nothing is sent yet.")
        return Card(said, buttons=(*buttons, self._away(ctx, report)))

    async def _preview(self, ctx: Context, report: Report) -> Card:
        two = await self._two(report)
        named = ctx.label("Without my name") if report.named else ctx.label("Show my name")
        buttons = (
            self.send.button(ctx.label("Send it to both"), report.ref, tone=Tone.GOOD),
            self.name_me.button(named, report.ref),
            self.choose.button(ctx.label("Choose two"), report.ref),
            self._away(ctx, report),
        )
        return words.preview(ctx, report, two, buttons)

    async def _too_few(
        self, ctx: Context, group: str, ticked: Sequence[str] = (), *, thrown: bool = False
    ) -> Card:
        """Whom the group names to turn to is left out when one of the ticked is among them."""
        settings = await self._groups.settings(group)
        contact = settings.contact if settings else ""
        if any(name.casefold() in contact.casefold() for name in ticked):
            contact = ""
        return words.too_few(ctx, contact, self._contact, thrown)

    async def _ticked(self, report: Report) -> list[str]:
        names = enumerate(await self._named(report))
        return [name for n, name in names if name and n in report.concerned]

    async def _list(self, ctx: Context) -> Card:
        assert ctx.group
        sent, mine = await self._reports.of(ctx.person.ref), await self._copies.to(ctx.person.ref)
        buttons = [
            Button(ctx.label("To read: {n}", n=n), Call(READ, (copy.ref,)))
            for n, copy in enumerate(mine, 1)
        ]
        buttons += [
            self.mine.button(ctx.label("Receipt {number}", number=one.receipt), one.ref)
            for one in sent
        ]
        if len(await eligible(self._stored, ctx, ctx.group.ref)) < TWO:
            few = await self._too_few(ctx, ctx.group.ref)
            return replace(few, buttons=(*buttons, *few.buttons))
        write = self.write.button(ctx.label("Write something down"))
        return words.listed(ctx, (write, *buttons))

    async def _taken_back(self, ctx: Context, report: Report) -> None:
        copies = await self._reports.copies(report.ref)
        people = await self._people.many(copy.person for copy in copies)
        texts = await self._reports.texts.of(report.ref, report.person)
        for person in people.values():
            instead = Card(t("This was taken back.", person.language), private=True)
            for name in (report.panel, *map(report.added, range(len(texts)))):
                ctx.work.do(Remove(person, name, instead), lane=Lane.NOW)

    def _open(self, report: Report, which: int = 0) -> None:
        """What was sent is not changed any more, and whoever is meant is on the list."""
        if report.sent:
            raise UserError(DONE)
        if which >= len(report.servants):
            raise UserError(CHANGED)

    def _more(self, ctx: Context, report: Report) -> Button:
        return Button(ctx.label("Add to it"), Call(ADD, (report.ref,)))

    def _back(self, ctx: Context) -> Button:
        return self.report.button(ctx.label("Back to the overview"))

    def _away(self, ctx: Context, report: Report) -> Button:
        return self.drop.button(ctx.label("Throw it away"), report.ref)
