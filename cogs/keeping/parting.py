"""Who leaves the house that a group meets in, or is sent away from it, has left the group too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.core.actions import Cog
from bot.core.model import Account, Context, Place
from bot.core.ports import Chooses, Examines
from bot.core.rooms import Event, Went
from bot.core.work import Unit
from storage.groups import Groups
from storage.people import People


class PartingCog(Cog):
    """`examiners`, by platform, know which places are of one house. Nobody is told of it; what
    somebody keeps for themselves stays theirs, and /join leads back."""

    name = "parting"

    def __init__(
        self,
        people: People,
        groups: Groups,
        leave: Callable[[str, str], Unit],
        examiners: Mapping[str, Examines],
    ) -> None:
        self._people, self._groups, self._leave = people, groups, leave
        self._examiners = examiners

    async def notice(self, ctx: Context, event: Event) -> None:
        if not isinstance(event, Went) or not (who := await self._people.known(event.account)):
            return
        accounts = await self._people.accounts(who)
        for each in await self._groups.of(who):
            doors = await self._groups.doors(each.group.ref, shut=True)
            places = [place for some in doors.values() for place in some]
            if self._gone(event, places, accounts):
                ctx.work.write(*self._leave(each.group.ref, who))

    def _gone(self, event: Went, doors: Sequence[Place], accounts: Sequence[Account]) -> bool:
        """Whether none of their accounts may still be at one of the doors. A platform is not asked
        who is where: another account there, or another house of the group, is enough to stay."""
        elsewhere = [door for door in doors if not self._near(door, event.place)]
        if len(elsewhere) == len(doors):
            return False
        others = {account.platform for account in accounts if account != event.account}
        reached = others | {event.account.platform}
        return event.place.platform not in others and not any(
            door.platform in reached for door in elsewhere
        )

    def _near(self, door: Place, place: Place) -> bool:
        examiner = self._examiners.get(place.platform)
        return door == place or (isinstance(examiner, Chooses) and examiner.beside(door, place))
