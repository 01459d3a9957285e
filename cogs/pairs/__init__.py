"""Agreements between people, and the questions that come to them under one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.actions import Cog
from bot.core.cards import Answer
from bot.core.model import Context
from cogs.pairs.calls import CallsCog
from cogs.pairs.company import Companies, Stored
from cogs.pairs.own import PairsCog
from cogs.pairs.pings import Keeps, PingsCog
from cogs.pairs.plans import Plans
from cogs.pairs.proposals import ProposalsCog
from cogs.pairs.replies import RepliesCog
from cogs.pairs.rests import RestsCog
from cogs.pairs.reviews import ReviewsCog
from cogs.pairs.today import Today
from cogs.pairs.wishes import WishesCog

__all__ = ["Plans", "Today", "pairs"]


def pairs(
    stored: Stored,
    plans: Plans,
    journal: Keeps,
    lines: Callable[[Context], Awaitable[Answer]],
) -> list[Cog]:
    """All that this feature is made of. `lines` is the card with numbers to ring."""
    companies = Companies(stored)
    proposals = ProposalsCog(stored, companies, plans)
    return [
        PairsCog(stored, companies, plans, proposals),
        proposals,
        WishesCog(stored, companies, plans),
        RestsCog(stored, companies, plans),
        PingsCog(stored, companies, journal),
        CallsCog(stored, companies, lines),
        RepliesCog(stored, companies),
        ReviewsCog(stored, companies, plans),
    ]
