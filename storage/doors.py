"""Where groups meet and are spoken to: doors, each for everything or for one thing."""

from __future__ import annotations

from bot.core.model import Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Write
from storage.database import Database, Row

ROOM = "room"
"""The purpose of a door where the group talks; others are for one thing each."""
CHECKINS, READINGS, MEETINGS, NOTICES = "checkins", "readings", "meetings", "notices"
PURPOSES = (CHECKINS, READINGS, MEETINGS, NOTICES)
"""What can have a place of its own. Without one it comes to where the group talks."""


def web_room(group: str) -> Place:
    """Every group has a room of its own on the web."""
    return Place("web", group)


class Doors:
    """A place is one group's, whatever it is for."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def door(self, place: Place) -> str:
        """The ref of the group whose door this place is, or ""."""
        rows = await self._db.read(
            "SELECT grp FROM doors WHERE mark = :mark LIMIT 1", mark=self._mark(place)
        )
        return next((str(row["grp"]) for row in rows), "")

    async def doors(
        self, group: str, *, shut: bool = False, also: Place | None = None
    ) -> dict[str, list[Place]]:
        """Where it is spoken to, by what for, the oldest first; with `shut` also where it is not
        for now, or only `also` of those."""
        found: dict[str, list[Place]] = {purpose: [] for purpose in (ROOM, *PURPOSES)}
        rows = await self._db.read(
            "SELECT * FROM doors WHERE grp = :grp ORDER BY nth, mark", grp=group
        )
        for row in rows:
            place = self._place(row)
            if shut or not row["shut"] or place == also:
                found.setdefault(row["purpose"], []).append(place)
        return found

    async def shut(self, group: str) -> list[Place]:
        """Those that are closed for now, each once."""
        sql = "SELECT * FROM doors WHERE grp = :grp AND shut = 1 ORDER BY nth, mark"
        rows = await self._db.read(sql, grp=group)
        return [*dict.fromkeys(map(self._place, rows))]

    async def everywhere(self) -> list[Place]:
        """Every door that there is."""
        return [*dict.fromkeys(map(self._place, await self._db.read("SELECT * FROM doors")))]

    async def places(self, group: str) -> list[Place]:
        """Where it talks, the oldest first."""
        return (await self.doors(group))[ROOM]

    async def room(
        self,
        group: str,
        purpose: str = ROOM,
        without: Place | None = None,
        also: Place | None = None,
    ) -> Place:
        """Where the group is spoken to: its first door, or else its room on the web. What has a
        place of its own there comes to that. `also` counts as open."""
        web, doors = web_room(group), await self.doors(group, also=also)
        room = next((each for each in doors[ROOM] if each not in (web, without)), web)
        own = [] if purpose == ROOM else [each for each in doors[purpose] if each != without]
        return next((each for each in own if room == web or each.platform == room.platform), room)

    async def each(self, group: str, purpose: str) -> list[Place]:
        """Where it comes what all of its doors are told: on every platform to the place of its
        own, else to where the group talks there."""
        doors = await self.doors(group)
        own = doors[purpose]
        platforms = {place.platform for place in own}
        others = [place for place in doors[ROOM] if place.platform not in platforms]
        return [*own, *others] or [web_room(group)]

    def add_door(
        self, group: str, place: Place, purpose: str = ROOM, *, first: bool = False
    ) -> Write:
        """Its last one, or its first: there it is spoken to. Fails when it is one by now, or
        another group's."""
        mark = self._mark(place)
        sealed = self._vault.seal(HOUSE, f"doors.place/{mark}", str(place))
        return Write(
            "INSERT INTO doors (mark, grp, place, purpose, nth)"
            " SELECT :mark, :grp, :place, :purpose,"
            " CASE :first WHEN 1 THEN coalesce(low, 1) - 1 ELSE coalesce(high, -1) + 1 END"
            " FROM (SELECT min(nth) AS low, max(nth) AS high FROM doors WHERE grp = :grp) AS mine"
            " WHERE NOT EXISTS (SELECT 1 FROM doors WHERE mark = :mark AND grp <> :grp)"
            " ON CONFLICT (mark, purpose) DO NOTHING",
            {
                **{"mark": mark, "grp": group, "place": sealed, "purpose": purpose},
                "first": int(first),
            },
            expect=1,
        )

    def remove_door(self, place: Place, purpose: str = "") -> Write:
        """For that purpose, or for all there are. Nothing, where it is none."""
        sql = "DELETE FROM doors WHERE mark = :mark AND :purpose IN ('', purpose)"
        return Write(sql, {"mark": self._mark(place), "purpose": purpose})

    def shut_door(self, place: Place, *, shut: bool = True) -> Write:
        """For all that it is for; or open it again. Nothing, where it is none."""
        sql = "UPDATE doors SET shut = :shut WHERE mark = :mark"
        return Write(sql, {"mark": self._mark(place), "shut": int(shut)})

    def _mark(self, place: Place) -> str:
        return self._vault.mark(f"door {place}")

    def _place(self, row: Row) -> Place:
        opened = self._vault.open(HOUSE, f"doors.place/{row['mark']}", row["place"])
        platform, _, name = opened.partition(":")
        return Place(platform, name)
