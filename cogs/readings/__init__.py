"""Daily readings: to read, to write about for oneself, to keep."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Field, Form, Page, Tone
from bot.core.decide import Who
from bot.core.errors import Slip, UserError
from bot.core.model import Context
from bot.core.text import Day, Plain, Text, key
from cogs.readings import words
from cogs.readings.bringing import BRING, SHARE, BringingCog, Hours
from cogs.readings.hours import open_to
from cogs.readings.library import Library, Read
from cogs.readings.shelf import ShelfCog
from cogs.readings.words import On, Track
from storage.readings import Favourite, Readings, Reflection

__all__ = ["BringingCog", "Hours", "Library", "ReadingsCog", "ShelfCog"]

LONGEST = 2000
"""Characters in a reflection."""
SHELF = Call("shelf.readings")
NONE = key("There is no reading for that day.")
FULL = key("It has {length} characters by now, and {longest} fit. You can shorten what is there.")

Note = Annotated[
    str,
    Field(
        "What does it bring up?",
        hint="For you alone, sealed under your own key.",
        long=True,
        private=True,
        longest=LONGEST,
    ),
]
Alone = Annotated[bool, Field("On a card of one's own?")]
"""Whether the card that was pressed is theirs alone: then the answer takes its place."""


class ReadingsCog(Cog):
    """Lists are in `shelf`, and what comes by itself is in `bringing`."""

    name = "readings"

    def __init__(self, readings: Readings, library: Library, hours: Hours) -> None:
        self._readings, self._library, self._hours = readings, library, hours

    @command("The reading of the day", want=Want.TODAY)
    async def today(self, ctx: Context) -> Answer:
        return await self._page(ctx, self._find(ctx, await self._track(ctx), ctx.today))

    async def twice(self, ctx: Context, coming: Collection[str]) -> Collection[str]:
        """The group's is theirs once more, unless they chose other readings."""
        if not ctx.group or not {BRING.action, SHARE.action} <= {*coming}:
            return ()
        return () if await self._hours.other(ctx.person, ctx.group) else (SHARE.action,)

    @action("A reading")
    async def one(self, ctx: Context, track: Track, day: On) -> Answer:
        return await self._page(ctx, self._find(ctx, track, day))

    @action("I read it")
    async def read(self, ctx: Context, track: Track, day: On, alone: Alone = False) -> Answer:
        """Counts nothing."""
        read = self._find(ctx, track, day)
        said = ctx.t("Good. It stays here if you want to come back to it.")
        args = (read.pack.ident, day.isoformat())
        buttons = (
            self.reflect.button(ctx.label("Reflect"), *args),
            self.one.button(ctx.label("Read it again"), *args),
        )
        return Card(said, buttons=buttons, replaces=alone)

    @action("Keep this one", consent="readings")
    async def favourite(
        self,
        ctx: Context,
        track: Track,
        day: On,
        keep: Annotated[bool, Field("Keep it?")] = True,
        alone: Alone = False,
    ) -> Answer:
        read, me = self._find(ctx, track, day), ctx.person.ref
        ident, name = read.pack.ident, read.reading.key
        if keep:
            ref, title = secrets.token_urlsafe(9), read.reading.title
            liked = Favourite(ref, me, ctx.now, ident, name, day, title)
            ctx.work.write(self._readings.like(liked))
        else:
            ctx.work.write(self._readings.unlike(me, ident, name))
        if alone:
            return await self._page(ctx, read, kept=keep)
        said = ctx.t("Kept among your favourites.") if keep else ctx.t("No longer kept.")
        buttons = (
            self.one.button(ctx.label("Read it again"), ident, day.isoformat()),
            Button(ctx.label("My favourites"), Call("shelf.favourites")),
        )
        return Card(said, buttons=buttons)

    @action("Reflect", consent="readings")
    async def reflect(self, ctx: Context, track: Track, day: On) -> Answer:
        """Asks, or shows what was written before: there is one for each reading and day."""
        read = self._find(ctx, track, day)
        if before := await self._readings.written(ctx.person.ref, read.pack.ident, day):
            return self._reflection(ctx, before)
        return self.write.form(Call(self.write.id, (read.pack.ident, day.isoformat())))

    @action("Reflect", consent="readings")
    async def write(self, ctx: Context, track: Track, day: On, note: Note) -> Answer:
        read, me = self._find(ctx, track, day), ctx.person.ref
        title = read.reading.title
        if before := await self._readings.written(me, read.pack.ident, day):
            whole = self._fitting(before.noted(note))
            hold = self._readings.hold(before.ref, before.version)
            ctx.work.write(hold, self._readings.change(whole))
        else:
            ref = secrets.token_urlsafe(9)
            whole = Reflection(ref, me, ctx.now, read.pack.ident, day, title, note)
            ctx.work.write(self._readings.write(whole))
        return self._reflection(ctx, whole, ctx.t("It is kept, for you alone."))

    @action("What I wrote", who=Who.THEIRS)
    async def mine(self, ctx: Context, entry: Reflection) -> Answer:
        return replace(self._reflection(ctx, entry), replaces=True)

    @action("Change it", who=Who.THEIRS, consent="readings")
    async def change(self, ctx: Context, entry: Reflection) -> Answer:
        """Asks with what was written filled in."""
        call = Call(self.changed.id, (entry.ref,))
        fields = self.changed.unasked(call.args)
        return Form(self.changed.spec.summary, call, fields, (entry.note,))

    @action("Change it", who=Who.THEIRS, consent="readings")
    async def changed(self, ctx: Context, entry: Reflection, note: Note) -> Answer:
        new = replace(entry, note=note)
        ctx.work.write(self._readings.change(new))
        return replace(self._reflection(ctx, new, ctx.t("Changed.")), replaces=True)

    @action("Delete it", who=Who.THEIRS)
    async def delete(
        self, ctx: Context, entry: Reflection, sure: Annotated[bool, Field("Delete it?")] = False
    ) -> Answer:
        if sure:
            ctx.work.write(self._readings.delete(entry))
            back = Button(ctx.label("Other readings"), SHELF)
            return Card(ctx.t("Deleted."), buttons=(back,), replaces=True)
        asked = ctx.t("What you wrote about it cannot be brought back.")
        buttons = (
            self.delete.button(ctx.label("Yes, delete it"), entry.ref, "yes", tone=Tone.CAREFUL),
            self.mine.button(ctx.label("Keep it"), entry.ref),
        )
        return Card(asked, entry.title, buttons=buttons, tone=Tone.CAREFUL, replaces=True)

    async def _track(self, ctx: Context) -> str:
        return await self._hours.track(ctx.person, ctx.group)

    def _find(self, ctx: Context, track: str, day: date) -> Read:
        read = None
        if open_to(day, ctx.today):
            read = self._library.reading(track, ctx.locale, day)
        if read is None:
            raise UserError(NONE)
        return read

    async def _page(self, ctx: Context, read: Read, kept: bool | None = None) -> Page:
        """`kept` where it was just decided."""
        me, ident = ctx.person.ref, read.pack.ident
        before = await self._readings.written(me, ident, read.day)
        written = before.ref if before else ""
        if kept is None:
            kept = await self._readings.likes(me, ident, read.reading.key)
        card = words.for_one(ctx, read, kept=kept, written=written)
        return Page("today", words.data(read, kept=kept, written=written), card)

    def _reflection(self, ctx: Context, entry: Reflection, said: Text = ()) -> Card:
        """It may answer a press on a card that everybody sees, so it takes no card's place."""
        first = (*said, Plain("\n\n")) if said else ()
        text = (*first, Day(entry.day), Plain("\n"), Plain(entry.note))
        buttons = (
            self.change.button(ctx.label("Change it"), entry.ref),
            self.delete.button(ctx.label("Delete it"), entry.ref),
            self.one.button(ctx.label("Read it again"), entry.track, entry.day.isoformat()),
            Button(ctx.label("My reflections"), Call("shelf.reflections")),
        )
        return Card(text, entry.title, buttons=buttons)

    def _fitting(self, whole: Reflection) -> Reflection:
        if len(whole.note) > LONGEST:
            why = UserError(FULL, length=len(whole.note), longest=LONGEST)
            raise Slip(self.write.spec.fields[-1], why)
        return whole
