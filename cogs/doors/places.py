"""What a group is told, and where: the places of its doors, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from bot.core.cards import Choice, Field
from bot.core.model import Context, Place
from bot.core.ports import Chooses, Examines
from bot.core.text import Plain, Strong, Text, key, plain
from storage.groups import CHECKINS, MEETINGS, NOTICES, PURPOSES, READINGS, ROOM, Groups

LABELS = {
    ROOM: key("Everything"),
    CHECKINS: key("The daily question"),
    READINGS: key("The daily reading"),
    MEETINGS: key("Meetings"),
    NOTICES: key("What is announced"),
}
MEANT = {
    ROOM: key("Whatever has no place of its own."),
    CHECKINS: key("How today is, once a day; each answer goes to nobody else."),
    READINGS: key("Once a day, at the hour that the group settled."),
    MEETINGS: key("They open there, and close again."),
    NOTICES: key("Settings that changed, somebody new in a service, another door."),
}
"""What each is for, for whoever chooses."""

CHOICES = tuple(Choice(purpose, label) for purpose, label in LABELS.items())
What = Annotated[str, Field("What is the place for?", choices=CHOICES)]
Maybe = Annotated[
    str,
    Field("What is the place for?", hint="Left empty, you see what comes where.", choices=CHOICES),
]


class Places:
    """`examiners`, by platform, are the doors that know their places."""

    def __init__(self, groups: Groups, examiners: Mapping[str, Examines]) -> None:
        self._groups, self._examiners = groups, examiners

    def called(self, ctx: Context, place: Place) -> Text:
        """As people know it, as far as its platform tells."""
        examiner = self._examiners.get(place.platform)
        known = examiner.called(place) if isinstance(examiner, Chooses) else ""
        if place.platform == "web":
            return ctx.t("the web room")
        if not known and place == ctx.place:
            return ctx.t("here")
        return (Strong(known or place.platform.capitalize()),)

    async def facts(
        self, ctx: Context, group: str, *, meant: bool = False
    ) -> tuple[tuple[str, Text], ...]:
        """Where each comes; with what it is for (`meant`). Nothing of a group that is just being
        founded: its doors are kept with it."""
        doors = await self._groups.doors(group)
        if not any(doors.values()):
            return ()
        rows: list[tuple[str, Text]] = []
        for purpose in (ROOM, *PURPOSES):
            said = self._listed(ctx, doors[purpose]) or ctx.t("with everything else")
            if meant:
                said += (Plain(" — "), *ctx.t(MEANT[purpose]))
            rows.append((ctx.label(LABELS[purpose]), said))
        for place in await self._groups.shut(group):
            what = ctx.label("A door that is closed: {door}", door=plain(self.called(ctx, place)))
            rows.append((what, ctx.t("I was sent away there. Add me again, and it is open.")))
        return tuple(rows)

    def _listed(self, ctx: Context, places: list[Place]) -> Text:
        said: Text = ()
        for place in places:
            said += (Plain(", "),) if said else ()
            said += self.called(ctx, place)
        return said
