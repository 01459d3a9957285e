"""What is kept of somebody: taken along as a whole, left behind in a group, or forgotten."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import NOW, SOMEONE, Answer, Button, Call, Card, Field, Page, Tone
from bot.core.decide import Who
from bot.core.model import Context, Group
from bot.core.text import Day, Plain, Strong, Text, plain
from bot.core.work import Unit
from cogs.keeping.words import NAMES, Words, lines
from storage.groups import Groups
from storage.keeping import Keeper
from storage.people import People, account_of
from storage.vacancies import LAST

COPIES = timedelta(days=7)
"""How long a copy of the keys lives: see `storage.keys`."""
LONGEST = 8000
"""Characters of it that a card shows: some five messages at the tightest door."""

Which = Annotated[str, Field("Which group?", longest=64)]


class KeepingCog(Cog):
    """`keepers` by the name of what they keep; `forget` makes a unit that ends all of it, and
    `farewells` take back what they showed to others."""

    name = "keeping"

    def __init__(
        self,
        keepers: Mapping[str, Keeper],
        forget: Callable[[str], Unit],
        leave: Callable[[str, str], Unit],
        people: People,
        groups: Groups,
        words: Words,
        farewells: Sequence[Callable[[Context], Awaitable[None]]],
    ) -> None:
        self._keepers, self._words = keepers, words
        self._forget, self._leave = forget, leave
        self._people, self._groups, self._farewells = people, groups, farewells

    @command("Everything I keep about you", want=Want.MINE)
    async def mydata(self, ctx: Context) -> Answer:
        data = {
            name: _plain(await keeper.mine(ctx.person.ref))
            for name, keeper in self._keepers.items()
        }
        told = {name: self._words.readable(ctx, kept) for name, kept in data.items()}
        said = ctx.t("This is everything I keep about you. The web room gives it to you as a file.")
        for name, kept in told.items():
            if kept:
                said += (Plain("\n\n"), Strong(ctx.label(NAMES.get(name, name))))
                for line in lines(kept, ctx):
                    said += (Plain("\n"), *line)
        if len(whole := plain(said)) > LONGEST:
            said = (Plain(f"{whole[:LONGEST]}…\n\n"), *ctx.t("The rest is in that file."))
        buttons = (
            Button(ctx.label("My settings"), Call("people.me")),
            self.forgetme.button(ctx.label("Forget me")),
        )
        card = Card(said, ctx.label("Your data"), buttons=buttons)
        return Page("mydata", told, card, file=data)

    @command("Leave this group", who=Who.GROUP, want=Want.GROUP)
    async def leave(self, ctx: Context) -> Answer:
        assert ctx.group  # `decide` saw to it
        said = ctx.t(
            "Your place in the group and your service there go, and what you said in its room"
            " here. What you keep for yourself stays, and what you wrote in an app is there"
            " until you delete it."
        )
        said += await self._alone(ctx, [ctx.group])
        return Card(said, buttons=(self._way_out(ctx, ctx.group),))

    @action("Leave this group")
    async def left(self, ctx: Context, group: Which) -> Answer:
        if not await self._groups.has(group, ctx.person.ref):
            return self._nowhere(ctx)
        mine = await self._groups.of(ctx.person.ref)
        ctx.work.write(*self._leave(group, ctx.person.ref))
        name = next(one.group.name for one in mine if one.group.ref == group)
        said = ctx.t("You have left {group}. Go well. The door stays open.", group=Strong(name))
        if len(mine) > 1:
            return Card(said, replaces=True)
        said += (Plain("\n"),)
        said += ctx.t(
            "It was your last group. Your name, settings and what you kept for yourself are"
            " still here. If they are to go as well:"
        )
        return Card(said, buttons=(self.forgetme.button(ctx.label("Forget me")),), replaces=True)

    @command("Have everything about you forgotten", want=Want.MINE)
    async def forgetme(self, ctx: Context) -> Answer:
        said = ctx.t("This ends everything I keep about you, in all your accounts, for good.")
        mine = await self._groups.of(ctx.person.ref)
        said += await self._alone(ctx, [one.group for one in mine])
        facts = (
            (
                ctx.label("Gone at once"),
                ctx.t(
                    "Your name and settings, check-ins and what you showed of them, reports,"
                    " dates, step work, what you keep of readings, service, blocks, what you said"
                    " in a room here, what waits to be sent, and the key that opens it."
                ),
            ),
            (
                ctx.label("Not mine to delete"),
                ctx.t("What you wrote in Discord or Telegram. I will say how you can."),
            ),
        )
        buttons = (
            self.forgotten.button(ctx.label("Yes, forget me"), tone=Tone.CAREFUL),
            self.mydata.button(ctx.label("Take everything along")),
            Button(ctx.label(SOMEONE), NOW, Tone.CAREFUL),
        )
        return Card(said, ctx.label("Forget me"), facts, buttons, tone=Tone.CAREFUL)

    @action("Forget me", who=Who.ANYONE)
    async def forgotten(self, ctx: Context) -> Answer:
        person = await self._people.known(account_of(ctx.actor))
        if not person:
            said = ctx.t("Nothing of you is kept here. Go well. The door stays open.")
            return Card(said, replaces=True)
        for farewell in self._farewells:
            await farewell(ctx)
        ctx.work.write(*self._forget(person))
        return self._receipt(ctx)

    async def _alone(self, ctx: Context, groups: Sequence[Group]) -> Text:
        """A line for each group that nobody else looks after."""
        said: Text = ()
        for group in groups:
            if await self._groups.servants(group.ref) == {ctx.person.ref}:
                said += (Plain("\n\n"), *ctx.t(LAST, group=Strong(group.name)))
        return said

    def _receipt(self, ctx: Context) -> Card:
        day = Day((ctx.now + COPIES).astimezone(ZoneInfo(ctx.person.zone)).date())
        said = ctx.t("Done. What I kept about you is gone, and so is the key to it.")
        said += (Plain("\n"),)
        said += ctx.t(
            "Copies of the keys last seven days. After {day} nobody can bring it back, from no"
            " backup.",
            day=day,
        )
        facts = (
            (ctx.label("In Discord"), ctx.t("Hold or right-click a message of yours: Delete.")),
            (
                ctx.label("In Telegram"),
                ctx.t("Hold a message of yours: Delete, and also for everyone."),
            ),
        )
        said += (Plain("\n"),)
        said += ctx.t("Messages that you wrote in an app are theirs to delete; here is how.")
        bye = (ctx.label("Go well"), ctx.t("The door stays open."))
        return Card(said, facts=(*facts, bye), replaces=True)

    def _way_out(self, ctx: Context, group: Group) -> Button:
        label = ctx.label("Leave {group}", group=group.name[:60])
        return self.left.button(label, group.ref, tone=Tone.CAREFUL)

    def _nowhere(self, ctx: Context) -> Card:
        said = ctx.t("You are not in this group. Nothing more is to be done.")
        return Card(said, buttons=(self.forgetme.button(ctx.label("Forget me")),))


def _plain(kept: object) -> object:
    """As JSON can hold it."""
    return json.loads(json.dumps(kept, ensure_ascii=False, default=str))
