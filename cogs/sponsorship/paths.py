"""What there is in a group, by its path: what it is called, and what is suggested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.cards import Choice
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Plain, Text, translate
from cogs.sponsorship.wording import PATHS, Wording
from storage.groups import Groups, Settings
from storage.offers import For

MANY = 5
"""Suggestions that are shown; more than that is a text, not a list."""
PeerHelp = Callable[[str], tuple[str, str]]
"""What one calls it on a path, and what is suggested, by the path's name."""


@dataclass(frozen=True, slots=True)
class Path:
    """A group as it is for whoever looks for help of others there."""

    settings: Settings
    words: Mapping[For, Wording]
    usual: str
    """What its path suggests, a sentence of the catalogue."""

    @property
    def first(self) -> For:
        """What it is known for."""
        return next(iter(self.words))

    @property
    def paired(self) -> bool:
        """Whether there is more than checking in with each other."""
        return self.first is not For.PAIR

    def of(self, kind: For) -> Wording:
        """Refused where there is no such thing in this group."""
        if kind not in self.words:
            raise UserError("That is not what this group does. /sponsor shows what there is.")
        return self.words[kind]

    def suggested(self, kind: For, locale: str) -> tuple[Choice, ...]:
        """One by one, in the group's words or else the path's; for sponsors and mentors alone."""
        if kind not in (For.SPONSOR, For.MENTOR):
            return ()
        whole = self.settings.suggested or self.usual
        shown = self.settings.suggested or translate(self.usual, locale)
        return tuple(map(Choice, _parts(whole), _parts(shown)))[:MANY]


def _parts(whole: str) -> list[str]:
    parts = (part.strip() for part in whole.replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


class Paths:
    def __init__(self, groups: Groups, peer_help: PeerHelp, contact: str) -> None:
        """`contact` is the host's, where a group has named nobody."""
        self._groups, self._peer_help, self._contact = groups, peer_help, contact

    async def of(self, group: str) -> Path:
        settings = await self._groups.settings(group)
        if settings is None:
            raise UserError("There is no such group any more.")
        called, usual = self._peer_help(settings.profile)
        return Path(settings, PATHS[called], usual)

    def young(self, ctx: Context, path: Path) -> Text:
        """What somebody under 18 is told; nothing to the others."""
        if ctx.person.adult:
            return ()
        contact = path.settings.contact or self._contact
        whom = (
            (Plain(contact),) if contact else ctx.t("a trusted servant; /roles shows who they are")
        )
        said = ctx.t(
            "You are under 18, so nobody over 18 is brought together with you here. If you would"
            " like somebody to talk to, turn to: {whom}.",
            whom=whom,
        )
        return (*said, Plain("\n\n"))
