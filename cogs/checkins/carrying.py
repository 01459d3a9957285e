"""Taking a check-in to those who are shown it, and away from there again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.cards import Card
from bot.core.model import Context
from bot.core.rooms import Remove, Replace
from bot.core.text import key, t
from bot.core.work import Lane
from bot.core.writing import by
from cogs.checkins import shown, words
from cogs.checkins.targets import Targets
from storage.agreements import about
from storage.checkins import CheckIn
from storage.people import People
from storage.shares import Share

ENDED = key("That has ended meanwhile. Nothing was sent.")


class Carrying:
    def __init__(self, targets: Targets, people: People) -> None:
        self._targets, self._people = targets, people

    async def post(self, ctx: Context, entry: CheckIn, share: Share) -> None:
        """To those who take it. Whether there is anybody is not told."""
        me = ctx.person
        if share.group:
            group = await self._targets.belongs(share)
            if group is None or share.place is None:
                raise words.refusal(entry, ENDED)
            card = shown.to_all(ctx, group, entry, share)
            ctx.work.do(Replace(share.place, share.panel, card, by=me.ref), about=(me.ref,))
            ctx.work.write(self._targets.held_in(share))
            return
        agreement = await self._targets.still(share)
        if agreement is None:
            raise words.refusal(entry, ENDED)
        ctx.work.write(self._targets.held(agreement))
        for person in await self._targets.open_to(share, agreement, ctx):
            under = about(agreement, me.ref, said=me.ref, told=person.ref)
            card = shown.to_one(ctx, person, agreement, entry, share)
            ctx.work.do(Replace(person, share.panel, card), about=(*under, by(me.ref)))

    async def withdraw(self, ctx: Context, shared: Sequence[Share]) -> None:
        """What waits is not sent, and what stands is removed; nobody waits for the morning."""
        sent = [share for share in shared if share.sent]
        people = await self._people.many(ref for share in sent for ref in share.people)
        for share in sent:
            for person in (people[ref] for ref in share.people if ref in people):
                instead = Card(t("This was taken back.", person.language), private=True)
                ctx.work.do(Remove(person, share.panel, instead), lane=Lane.NOW)
            if share.place:
                instead = Card(t("This was taken back.", ctx.locale))
                ctx.work.do(Remove(share.place, share.panel, instead), lane=Lane.NOW)
