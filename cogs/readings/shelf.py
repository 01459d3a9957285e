"""What was read on the last days, and what somebody keeps of it; theirs alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Call, Card, Choice, Field, Page, Tone
from bot.core.model import Context
from bot.core.text import Text
from cogs.readings import words
from cogs.readings.bringing import Hours
from cogs.readings.library import Library, Read
from storage.readings import Readings

WEEK = 7
"""Days that the list shows."""
FEW = 3
"""Of what is one's own, on the same card."""
SHOWN = 8
"""On one card of a list."""
LIST, LIKED, WRITTEN, EXPORT, DELETE = "list", "favourites", "reflections", "export", "delete"
WAYS = (
    Choice(LIST, "The last days"),
    Choice(LIKED, "My favourites"),
    Choice(WRITTEN, "My reflections"),
    Choice(EXPORT, "Take a copy"),
    Choice(DELETE, "Delete all"),
)

ONE, MINE = "readings.one", "readings.mine"

Number = Annotated[int, Field("Which page?", least=1, most=9999)]


class ShelfCog(Cog):
    name = "shelf"

    def __init__(self, readings: Readings, library: Library, hours: Hours) -> None:
        self._readings, self._library, self._hours = readings, library, hours

    @command("Readings, and what you keep of them", want=Want.MINE)
    async def readings(
        self,
        ctx: Context,
        what: Annotated[str, Field("What would you like to see?", choices=WAYS)] = LIST,
    ) -> Answer:
        ways = {LIKED: self.favourites, WRITTEN: self.reflections}
        if what in ways:
            return await ways[what](ctx)
        if what == EXPORT:
            return await self.export(ctx)
        return await self.delete_all(ctx) if what == DELETE else await self._list(ctx)

    @action("My favourites")
    async def favourites(self, ctx: Context, page: Number = 1) -> Answer:
        found = await self._readings.liked(ctx.person.ref, SHOWN + 1, (page - 1) * SHOWN)
        named = [(f.title, Call(ONE, (f.track, f.day.isoformat()))) for f in found]
        empty = ctx.t("There are none here. “Keep this one” under a reading keeps it.")
        said = words.liked(found[:SHOWN]) or empty
        more = self._turning(ctx, self.favourites.id, page, len(found) > SHOWN)
        return self._listed(ctx, ctx.label("My favourites"), said, named[:SHOWN], more)

    @action("My reflections")
    async def reflections(self, ctx: Context, page: Number = 1) -> Answer:
        found = await self._readings.latest(ctx.person.ref, SHOWN + 1, (page - 1) * SHOWN)
        named = [(r.title, Call(MINE, (r.ref,))) for r in found]
        empty = ctx.t("There are none here. “Reflect” under a reading is for a note to yourself.")
        said = words.written(found[:SHOWN], notes=True) or empty
        more = self._turning(ctx, self.reflections.id, page, len(found) > SHOWN)
        return self._listed(ctx, ctx.label("My reflections"), said, named[:SHOWN], more)

    @action("Take a copy")
    async def export(self, ctx: Context) -> Answer:
        said = ctx.t("What you keep can be taken along as a file. The web room has this button.")
        back = self.readings.button(ctx.label("Other readings"))
        kept = await self._readings.mine(ctx.person.ref)
        return Page("readings_export", kept, Card(said, buttons=(back,), replaces=True))

    @action("Delete all")
    async def delete_all(
        self, ctx: Context, sure: Annotated[bool, Field("Delete all of them?")] = False
    ) -> Answer:
        number, back = await self._readings.count(ctx.person.ref), self._back(ctx)
        if not number:
            said = ctx.t("You keep nothing of them here.")
            return Card(said, buttons=(back,), replaces=True)
        if sure:
            ctx.work.write(*self._readings.forget(ctx.person.ref))
            return Card(ctx.t("Deleted, all of them."), buttons=(back,), replaces=True)
        asked = ctx.t("All your favourites and reflections would go, and cannot be brought back.")
        yes = self.delete_all.button(ctx.label("Yes, delete all"), "yes", tone=Tone.CAREFUL)
        keep = self.readings.button(ctx.label("Keep them"))
        return Card(asked, buttons=(yes, keep), tone=Tone.CAREFUL, replaces=True)

    async def _list(self, ctx: Context) -> Page:
        track, me = await self._hours.track(ctx.person, ctx.group), ctx.person.ref
        past = (ctx.today - timedelta(n) for n in range(WEEK))
        found = (self._library.reading(track, ctx.locale, day) for day in past)
        reads = [read for read in found if read]
        liked, written = await self._readings.liked(me, FEW), await self._readings.latest(me, FEW)
        facts = (
            (ctx.label("My favourites"), words.liked(liked)),
            (ctx.label("My reflections"), words.written(written)),
        )
        named = [(r.reading.title, Call(ONE, _args(r))) for r in reads]
        buttons = [Button(f"{n}. {title}", call) for n, (title, call) in enumerate(named, 1)]
        buttons.append(self.favourites.button(ctx.label("My favourites")))
        buttons.append(self.reflections.button(ctx.label("My reflections")))
        buttons.append(Button(ctx.label("When it comes"), Call("bringing.own")))
        if liked or written:
            buttons.append(self.export.button(ctx.label("Take a copy")))
            buttons.append(self.delete_all.button(ctx.label("Delete all")))
        card = Card(
            words.days(reads) or ctx.t("There is no reading for these days."),
            ctx.label("Readings"),
            tuple(fact for fact in facts if fact[1]),
            tuple(buttons),
            replaces=True,
        )
        data = {
            "days": [{"day": r.day, "title": r.reading.title} for r in reads],
            "favourites": [{"day": f.day, "title": f.title} for f in liked],
            "reflections": [{"day": r.day, "title": r.title, "note": r.note} for r in written],
        }
        return Page("readings", data, card)

    def _listed(
        self,
        ctx: Context,
        title: str,
        said: Text,
        named: Sequence[tuple[str, Call]],
        more: Sequence[Button],
    ) -> Card:
        opens = [Button(f"{n}. {name}", call) for n, (name, call) in enumerate(named, 1)]
        # Two of a track may be read on one day, and a card holds each call once.
        buttons = {str(button.call): button for button in (*opens, *more, self._back(ctx))}
        return Card(said, title, buttons=tuple(buttons.values()), replaces=True)

    def _turning(self, ctx: Context, id: str, page: int, earlier: bool) -> list[Button]:
        ways = [Button(ctx.label("Earlier"), Call(id, (str(page + 1),)))] if earlier else []
        if page > 1:
            ways.append(Button(ctx.label("Later"), Call(id, (str(page - 1),))))
        return ways

    def _back(self, ctx: Context) -> Button:
        return self.readings.button(ctx.label("Other readings"))


def _args(read: Read) -> tuple[str, str]:
    return read.pack.ident, read.day.isoformat()
