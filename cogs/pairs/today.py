"""Questions of today that somebody has not answered, for the front of the house."""

from __future__ import annotations

from bot.core.cards import Button, Call
from bot.core.model import Context
from cogs.pairs.company import Stored


class Today:
    def __init__(self, stored: Stored) -> None:
        self._agreements, self._pings = stored.agreements, stored.pings

    async def ways(self, ctx: Context) -> tuple[Button, ...]:
        """To the question; to the list of agreements where there are several."""
        me, open_ones = ctx.person.ref, []
        for agreement in await self._agreements.of(me):
            ping = await self._pings.last(agreement.ref, me)
            if ping and not ping.answered and ping.day == ctx.today:
                open_ones.append(ping)
        if not open_ones:
            return ()
        if len(open_ones) > 1:
            return (Button(ctx.label("Questions of today"), Call("pairs.pairs")),)
        [ping] = open_ones
        call = Call("pings.again", (ping.ref, ping.day.isoformat()))
        return (Button(ctx.label("The question of today"), call),)
