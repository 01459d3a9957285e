"""Blocks: silent, by name or beside it, and without telling whether there is such a person."""

from __future__ import annotations

from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Card, Field
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Name, Plain, Text, key
from storage.agreements import Agreement, part_mark
from storage.blocks import Block, Blocks
from storage.names import LONGEST, likeness, seen
from storage.namesakes import Namesakes, finds
from storage.people import People

MOST = 100
"""Names that one person keeps out."""
SHOWN = 8
"""On one card of the list."""
FULL = key("Your list is full. /block shows it, and takes names off it.")

Who_ = Annotated[
    str,
    Field(
        "The name they go by", hint="Left empty, you see your list.", private=True, longest=LONGEST
    ),
]
Called = Annotated[str, Field("The name they go by", private=True, longest=LONGEST)]
Whose = Annotated[str, Field("Whom?", longest=16)]
PageNumber = Annotated[int, Field("Which page?", least=1, most=999)]


class BlocksCog(Cog):
    name = "blocks"

    def __init__(self, blocks: Blocks, namesakes: Namesakes, people: People) -> None:
        self._blocks, self._namesakes, self._people = blocks, namesakes, people

    @command("Keep somebody away from you, silently", want=Want.ME)
    async def block(self, ctx: Context, name: Who_ = "") -> Answer:
        if not name:
            return await self._list(ctx, 1)
        shown = seen(name)
        if not likeness(shown):
            raise UserError("Please type the name as it stands in the group.")
        if likeness(shown) == likeness(ctx.person.name):
            raise UserError("That is your own name.")
        await self._has_room(ctx)
        for meant in await self._namesakes.of(shown, ctx.person.ref) or ("",):
            ctx.work.write(self._blocks.add(ctx.person.ref, shown, meant))
        # Somebody may have come by it while it was looked up.
        ctx.work.write(finds(ctx.person.ref))
        said = ctx.t(
            "Noted. Whoever goes by {name} in your groups does not reach you through me. They"
            " are not told, and it looks like no answer.",
            name=Name(shown),
        )
        return Card(said, buttons=(self.blocked.button(ctx.label("Your list"), 1),))

    @action("Keep somebody away")
    async def add(self, ctx: Context, name: Called) -> Answer:
        return await self.block(ctx, name)

    @action("Keep them away", who=Who.THEIRS)
    async def keep(self, ctx: Context, agreement: Agreement, whose: Whose) -> Answer:
        """Whoever has that part in it, whatever they go by."""
        others = [part.person for part in agreement.others(ctx.person.ref)]
        meant = [ref for ref in others if part_mark(agreement, ref) == whose]
        people = await self._people.many(meant)
        if not people:
            raise UserError(GONE)
        await self._has_room(ctx)
        person = next(iter(people.values()))
        ctx.work.write(self._blocks.add(ctx.person.ref, person.name, person.ref))
        said = ctx.t(
            "Noted. {name} does not reach you through me from here on, whatever they go by. They"
            " are not told, and it looks like no answer.",
            name=Name(person.name),
        )
        return Card(said, buttons=(self.blocked.button(ctx.label("Your list"), 1),), replaces=True)

    @action("Your list")
    async def blocked(self, ctx: Context, page: PageNumber) -> Answer:
        return await self._list(ctx, page)

    @action("Take a name off", who=Who.THEIRS)
    async def unblock(self, ctx: Context, block: Block) -> Answer:
        ctx.work.write(self._blocks.remove(block))
        said = ctx.t("{name} is off your list.", name=Name(block.name))
        return Card(said, buttons=(self.blocked.button(ctx.label("Your list"), 1),), replaces=True)

    async def _has_room(self, ctx: Context) -> None:
        if len(await self._blocks.of(ctx.person.ref)) >= MOST:
            raise UserError(FULL)

    async def _list(self, ctx: Context, page: int) -> Card:
        blocks = await self._blocks.of(ctx.person.ref)
        here = blocks[(page - 1) * SHOWN : page * SHOWN]
        if not here:
            said = ctx.t("Nobody. /block and a name keeps somebody away, silently.")
            return Card(said, buttons=(self.add.button(ctx.label("Keep somebody away")),))
        text: Text = ctx.t("Only you see this. A button takes a name off.")
        for block in here:
            text += (Plain("\n"), Name(block.name))
        buttons: tuple[Button, ...] = tuple(
            self.unblock.button(ctx.label("Unblock {name}", name=block.name), block.ref)
            for block in here
        )
        if page > 1:
            buttons += (self.blocked.button(ctx.label("Earlier"), page - 1),)
        if len(blocks) > page * SHOWN:
            buttons += (self.blocked.button(ctx.label("Later"), page + 1),)
        if len(blocks) < MOST:
            buttons += (self.add.button(ctx.label("Keep somebody away")),)
        return Card(text, ctx.label("Whom you keep away"), buttons=buttons, replaces=True)
