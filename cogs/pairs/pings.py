"""Pings: somebody is asked how today is, answers, and the others hear as much as was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Form, Tone
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context, Person, Via
from bot.core.rooms import Post
from bot.core.text import Day, Name, Plain, Text
from bot.core.work import Must, Unit
from bot.core.writing import agreed
from cogs.pairs import agreement as machine
from cogs.pairs import telling, words
from cogs.pairs.company import Companies, Company, Stored
from cogs.pairs.fields import NOTHING, Asking, Halt, Mood, NewNote, Note
from cogs.pairs.plans import following as next_after
from cogs.pairs.plans import had, slot
from storage.agreements import Agreement, about, marked
from storage.checkins import CheckIn
from storage.moods import HARD, MOODS
from storage.outbox import LONGEST as LONGEST_WAIT
from storage.parts import Shows
from storage.pings import Ping, first, following

SILENT, LONG = 3, 14
"""Questions without an answer, or days, after which the others may get their gentle word."""


class Keeps(Protocol):
    """Keeps an answer in somebody's own history, if they agreed to that."""

    async def keep(
        self,
        person: Person,
        now: datetime,
        mood: int,
        halt: tuple[str, ...],
        note: str,
        *,
        ref: str = "",
        was: str = "",
    ) -> tuple[CheckIn | None, Unit]: ...

    async def behind(self, ctx: Context, entry: CheckIn) -> tuple[Text, tuple[Button, ...]]:
        """What to say, and the ways there are, where others were shown it as it was before."""
        ...


class PingsCog(Cog):
    name = "pings"

    def __init__(self, stored: Stored, companies: Companies, journal: Keeps) -> None:
        self._pings, self._agreements = stored.pings, stored.agreements
        self._companies, self._journal = companies, journal

    @action("You are asked how today is", who=Who.CLOCK)
    async def ask(self, ctx: Context, agreement: Agreement) -> Answer:
        """The person whose row it is, once for each day of theirs that they agreed to."""
        company = await self._companies.of(agreement, ctx.place.id)
        me, part = company.me, company.part
        day = slot(part.terms, me.zone, ctx.now)
        if day is None or not agreed(me):
            return None
        if not machine.may_ping(agreement, me.ref, day, ctx.now):
            return None
        last = await self._pings.last(agreement.ref, me.ref)
        if had(last, day):
            return None
        ping = following(last, ctx.now, day) if last else first(agreement.ref, me.ref, ctx.now, day)
        if part.terms.tells and _long_silent(ping):
            telling.hint(ctx, company)
            ping = replace(ping, hinted=True)
        if last:
            ctx.work.write(*self._taken_back(last, ctx.now))
        ctx.work.write(self._pings.ask(ping))
        self._post(ctx, company, ping)
        return None

    @action("Answer", who=Who.THEIRS)
    async def answer(self, ctx: Context, ping: Ping, day: Asking, mood: Mood) -> Answer:
        if day != ping.day:
            return self._newer(ctx, ping)
        return await self._keep(ctx, ping, replace(ping, answered=True, mood=mood))

    @action("Not today", who=Who.THEIRS)
    async def not_today(self, ctx: Context, ping: Ping, day: Asking) -> Answer:
        """An answer that is shown to nobody."""
        if day != ping.day:
            return self._newer(ctx, ping)
        new = replace(ping, answered=True, mood=0, halt=(), note="")
        ctx.work.write(self._pings.change(new), *self._taken_back(ping, ctx.now))
        said = ctx.t("All right. Nobody hears of it, and it can be answered until the next one.")
        back = self.again.button(ctx.label("Answer after all"), ping.ref, day.isoformat())
        return Card(said, buttons=(back, _call(ctx, ping)), replaces=True)

    @action("Answer after all", who=Who.THEIRS)
    async def again(self, ctx: Context, ping: Ping, day: Asking) -> Answer:
        return self._newer(ctx, ping) if day != ping.day else self._card(ctx, ping)

    @action("Add a note", who=Who.THEIRS)
    async def add_note(self, ctx: Context, ping: Ping, day: Asking, note: Note) -> Answer:
        if day != ping.day:
            return self._newer(ctx, ping)
        if not ping.mood:
            return self._card(ctx, ping)
        return await self._keep(ctx, ping, replace(ping, note=note))

    @action("Change it", who=Who.THEIRS)
    async def change(self, ctx: Context, ping: Ping, day: Asking) -> Answer:
        """Asks with everything filled in as it is."""
        if day != ping.day:
            return self._newer(ctx, ping)
        call = Call(self.changed.id, (ping.ref, day.isoformat()))
        fields = tuple(replace(field, hint="") for field in self.changed.unasked(call.args))
        given = (str(ping.mood or ""), ",".join(ping.halt), ping.note)
        return Form(self.changed.spec.summary, call, fields, given)

    @action("Change it", who=Who.THEIRS)
    async def changed(
        self,
        ctx: Context,
        ping: Ping,
        day: Asking,
        mood: Mood,
        halt: Halt = (),
        note: NewNote = "",
    ) -> Answer:
        """A form shows what there was, so that empty is meant; a chat cannot show it."""
        if day != ping.day:
            return self._newer(ctx, ping)
        if ctx.via is not Via.FILLED:
            note = "" if note == NOTHING else note or ping.note
        new = replace(ping, answered=True, mood=mood, halt=halt, note=note)
        return await self._keep(ctx, ping, new)

    async def _keep(self, ctx: Context, was: Ping, new: Ping) -> Card:
        """The answer, in their own history too, and a word to the others unless they had one, or
        it is a quiet day to them."""
        agreement = await self._agreements.load(was.agreement)
        if agreement is None:
            raise UserError(GONE)
        company = await self._companies.of(agreement, ctx.person.ref)
        entry, unit = await self._journal.keep(
            ctx.person, ctx.now, new.mood, new.halt, new.note, ref=was.entry, was=was.note
        )
        told = was.told or self._is_heard(ctx, company)
        if told and not was.told:
            telling.answered(ctx, company, new)
        kept = replace(
            new,
            told=told,
            shows=company.part.terms.shows,
            entry=entry.ref if entry else was.entry,
        )
        held = self._agreements.hold(agreement.ref, agreement.version)
        ctx.work.write(held, *unit, self._pings.change(kept))
        ctx.work.write(*self._taken_back(was, ctx.now))
        before, show = await self._journal.behind(ctx, entry) if entry else ((), ())
        card = self._thanks(ctx, company, kept)
        text = (*card.text, Plain("\n"), *before) if before else card.text
        return replace(card, text=text, buttons=(*show, *card.buttons))

    def _is_heard(self, ctx: Context, company: Company) -> bool:
        """Whether an answer is for anybody: not in one's own pause, nor where nothing passes."""
        others = {part.person for part in company.others}
        return not machine.rests(company.part, ctx.now) and not others <= company.apart

    def _taken_back(self, last: Ping, now: datetime) -> Unit:
        """That question, if it still waits for the end of quiet hours: it is answered by now, or
        another one comes, and two at once would be one too many."""
        if last.answered or now - last.at >= LONGEST_WAIT:
            return ()
        return self._agreements.quiet(marked(last.agreement, last.person, "asked"))

    def _post(self, ctx: Context, company: Company, ping: Ping) -> None:
        """Twice would be nagging, and one that is lost looks like a quiet day: so, once. Where
        there are two it goes with the other; a circle's question hangs on nobody else."""
        me, agreement = company.me, company.agreement
        heard = words.spoken(ctx, me)
        card = replace(self._card(heard, ping), private=True, replaces=False, locale=me.language)
        only = [part.person for part in company.others] if len(company.others) == 1 else []
        until = next_after(company.part.terms, me.zone, ctx.now)
        named = about(agreement, *only, asked=me.ref)
        ctx.work.do(Post(me, card), must=Must.ONCE, about=named, until=until)

    def _card(self, ctx: Context, ping: Ping) -> Card:
        said = ctx.t("A note from your group. How is today?")
        return Card(said, buttons=self._buttons(ctx, ping), replaces=True)

    def _buttons(self, ctx: Context, ping: Ping) -> tuple[Button, ...]:
        named = (ping.ref, ping.day.isoformat())
        moods = (self.answer.button(ctx.label(m.label), *named, m.value) for m in MOODS)
        return (
            *moods,
            _call(ctx, ping),
            self.not_today.button(ctx.label("Not today"), *named),
            Button(ctx.label("Pause a week"), Call("rests.week", (ping.agreement,))),
            Button(ctx.label("Stop"), Call("rests.stop", (ping.agreement,))),
        )

    def _newer(self, ctx: Context, ping: Ping) -> Card:
        """An old card may be far up in a chat: what stands there is not answered any more."""
        said = ctx.t("A newer question has come since, of {day}. How is today?", day=Day(ping.day))
        return Card(said, buttons=self._buttons(ctx, ping))

    def _thanks(self, ctx: Context, company: Company, ping: Ping) -> Card:
        said = (*ctx.t("Thank you for telling me."), Plain(" "), *_shown(ctx, company, ping))
        named = (ping.ref, ping.day.isoformat())
        buttons: tuple[Button, ...] = (words.talk(ctx),) if ping.mood <= HARD else ()
        if not ping.note:
            buttons += (self.add_note.button(ctx.label("Add a note"), *named),)
        buttons += (
            self.change.button(ctx.label("Change it"), *named),
            _call(ctx, ping),
            telling.see(ctx, company.agreement),
        )
        facts = ((ctx.label("You said"), words.answer(ctx, ping, Shows.ALL)),)
        return Card(said, facts=facts, buttons=buttons, replaces=True)


def _call(ctx: Context, ping: Ping) -> Button:
    call = Call("calls.call", (ping.agreement,))
    return Button(ctx.label("Call me"), call, Tone.CAREFUL)


def _shown(ctx: Context, company: Company, ping: Ping) -> Text:
    """What of it others can see; it says nothing of whether they look."""
    if not ping.told and machine.rests(company.part, ctx.now):
        return ctx.t("You pause, so nobody else sees it.")
    if not company.reached:
        return ctx.t("Nobody else sees it.")
    names = Name(company.names(company.reached))
    match company.part.terms.shows:
        case Shows.ANSWERED:
            return ctx.t("{names} can see that you answered, and no more.", names=names)
        case Shows.MOOD:
            return ctx.t("{names} can see the mood, and no more.", names=names)
        case _:
            return ctx.t("{names} can see all of it.", names=names)


def _long_silent(ping: Ping) -> bool:
    """Once in a silence."""
    since = ping.quiet_since or ping.day
    return not ping.hinted and (ping.silent >= SILENT or (ping.day - since).days >= LONG)
