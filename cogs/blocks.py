"""Blocks: silent, by name, and without telling whether there is such a person."""

from __future__ import annotations

from typing import Annotated

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Button, Card, Field
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Name, Plain, Text
from storage.blocks import Block, Blocks
from storage.groups import Groups
from storage.names import LONGEST, likeness, seen

MOST = 100
"""Names that one person keeps out."""
SHOWN = 8
"""On one card of the list."""

Who_ = Annotated[
    str,
    Field(
        "The name they go by", hint="Left empty, you see your list.", private=True, longest=LONGEST
    ),
]
Called = Annotated[str, Field("The name they go by", private=True, longest=LONGEST)]
PageNumber = Annotated[int, Field("Which page?", least=1, most=999)]


class BlocksCog(Cog):
    name = "blocks"

    def __init__(self, blocks: Blocks, groups: Groups) -> None:
        self._blocks, self._groups = blocks, groups

    @command("Keep somebody away from you, silently", want=Want.ME)
    async def block(self, ctx: Context, name: Who_ = "") -> Answer:
        if not name:
            return await self._list(ctx, 1)
        shown = seen(name)
        if not likeness(shown):
            raise UserError("Please type the name as it stands in the group.")
        if likeness(shown) == likeness(ctx.person.name):
            raise UserError("That is your own name.")
        if len(await self._blocks.of(ctx.person.ref)) >= MOST:
            raise UserError("Your list is full. /block shows it, and takes names off it.")
        group = ctx.group.ref if ctx.group else ""
        found = await self._groups.called(shown, ctx.person.ref, first=group)
        ctx.work.write(self._blocks.add(ctx.person.ref, shown, found))
        said = ctx.t(
            "Noted. Whoever goes by {name} in your groups does not reach you through me. They"
            " are not told, and it looks like no answer.",
            name=Name(shown),
        )
        return Card(said, buttons=(self.blocked.button(ctx.label("Your list"), 1),))

    @action("Keep somebody away")
    async def add(self, ctx: Context, name: Called) -> Answer:
        return await self.block(ctx, name)

    @action("Your list")
    async def blocked(self, ctx: Context, page: PageNumber) -> Answer:
        return await self._list(ctx, page)

    @action("Take a name off", who=Who.THEIRS)
    async def unblock(self, ctx: Context, block: Block) -> Answer:
        ctx.work.write(self._blocks.remove(block))
        said = ctx.t("{name} is off your list.", name=Name(block.name))
        return Card(said, buttons=(self.blocked.button(ctx.label("Your list"), 1),), replaces=True)

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
