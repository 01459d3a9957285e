"""Invitations: a link for one person, that opens once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.core.actions import Cog, Want, action, command
from bot.core.cards import Answer, Card
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Link, Plain
from storage.codes import Codes

INVITE = "invite"
LIFETIME = timedelta(days=7)
MOST = 5
"""Open at once, for one person and group."""


class InvitesCog(Cog):
    """`link` makes the address of a secret; None where nobody outside could open it."""

    name = "invites"

    def __init__(self, codes: Codes, link: Callable[[str], str] | None) -> None:
        self._codes, self._link = codes, link

    @command("Invite somebody to the group", who=Who.GROUP, want=Want.GROUP)
    async def invite(self, ctx: Context) -> Answer:
        group, me = ctx.group, ctx.person.ref
        assert group  # `decide` saw to it
        if self._link is None:
            raise UserError(
                "This Homegroup has no public address, so a link would lead nowhere. Whoever"
                " hosts it can set web.public_url."
            )
        if await self._codes.open_of(INVITE, me, group.ref, ctx.now) >= MOST:
            said = ctx.t("Five of your invitations are still open. You can end them.")
            end = self.end.button(ctx.label("End my open invitations"))
            return Card(said, buttons=(end,))
        secret, kept = self._codes.make(INVITE, me, group.ref, ctx.now, LIFETIME, most=MOST)
        ctx.work.write(kept)
        link = self._link(secret)
        said = ctx.t("For one person, once, within seven days:")
        said += (Plain("\n"), Link(link, link), Plain("\n"))
        said += ctx.t("It leads to {group}. Send it to them alone.", group=group.name)
        return Card(said, ctx.label("An invitation"))

    @action("End my open invitations")
    async def end(self, ctx: Context) -> Answer:
        ctx.work.write(*self._codes.end(INVITE, ctx.person.ref))
        return Card(ctx.t("Done. None of them opens any more."), replaces=True)
