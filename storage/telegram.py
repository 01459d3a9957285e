"""What is remembered of Telegram: who listens, what it was told, and which groups have moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Place
from bot.core.ports import HOUSE, Vault
from bot.core.work import Unit, Value, Write
from storage.codes import Codes
from storage.database import Database
from storage.deeds import STANDS
from storage.groups import Groups
from storage.inbox import Inbox
from storage.outbox import MARK
from storage.people import People
from storage.units import Units
from storage.values import millis


class Telegram:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> Write:
        """Fails while somebody else holds it."""
        return Write(
            "INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
            " WHERE leases.holder = :holder OR leases.until <= :now",
            {"name": name, "holder": holder, "now": millis(now), "until": millis(until)},
            expect=1,
        )

    def let_go(self, name: str, holder: str) -> Write:
        values = {"name": name, "holder": holder}
        return Write("DELETE FROM leases WHERE name = :name AND holder = :holder", values)

    def take_back(self) -> Unit:
        """For the start of a process that is alone with the database."""
        return (Write("DELETE FROM leases", {}),)

    async def told(self, name: str) -> str:
        """What the platform was told last; "" for nothing."""
        rows = await self._db.read("SELECT value FROM told WHERE name = :name", name=name)
        return next((str(row["value"]) for row in rows), "")

    def tell(self, name: str, value: str) -> Write:
        return Write(
            "INSERT INTO told (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": value},
        )

    async def rooms(self) -> list[Place]:
        """Where a meeting is being held."""
        rows = await self._db.read("SELECT * FROM told WHERE name LIKE 'room %' AND value <> ''")
        opened = (
            self._vault.open(HOUSE, f"told.value/{row['name']}", bytes.fromhex(row["value"]))
            for row in rows
        )
        return [Place(platform, name) for platform, _, name in (s.partition(":") for s in opened)]

    def room(self, place: Place, *, open: bool) -> Write:
        name = f"room {self._vault.mark(f'room {place}')}"
        sealed = self._vault.seal(HOUSE, f"told.value/{name}", str(place))
        return self.tell(name, sealed.hex() if open else "")

    async def moved(self, place: Place) -> Place | None:
        """Where a group is by now that was upgraded; None for one that was not."""
        mark = self._vault.mark(f"moved {place}")
        rows = await self._db.read("SELECT place FROM moved WHERE mark = :mark", mark=mark)
        for row in rows:
            opened = self._vault.open(HOUSE, f"moved.place/{mark}", row["place"])
            platform, _, name = opened.partition(":")
            return Place(platform, name)
        return None

    async def follow(self, old: Place, new: Place) -> Unit:
        """The rooms that are held in a group that has moved are the group itself, at its new place;
        to come before `move`."""
        rows = await self._db.read(
            "SELECT name FROM panels WHERE destination = :old AND name LIKE 'room %'",
            old=self._to(old),
        )
        to, unit = self._to(new), list[Write]()
        for row in rows:
            name = row["name"]
            sealed = self._vault.seal(HOUSE, f"panels.receipt/{to}/{name}", new.id)
            unit.append(Write(STANDS, {"to": to, "name": name, "receipt": sealed}))
        return tuple(unit)

    def move(self, old: Place, new: Place) -> Unit:
        """A group has another place from now on: its door, and what is on its way to the old
        one. Cards that stood there stay there, and are posted anew. Telling it twice is no harm."""
        gone, mark = self._vault.mark(f"moved {old}"), self._vault.mark(f"door {new}")
        here: dict[str, Value] = {
            "old": self._vault.mark(f"door {old}"),
            "new": mark,
            "place": self._vault.seal(HOUSE, f"doors.place/{mark}", str(new)),
        }
        sealed = self._vault.seal(HOUSE, f"moved.place/{gone}", str(new))
        return (
            Write(
                "INSERT INTO moved (mark, place) VALUES (:mark, :place)"
                " ON CONFLICT (mark) DO UPDATE SET place = excluded.place",
                {"mark": gone, "place": sealed},
            ),
            Write(
                "DELETE FROM doors WHERE mark = :old"
                " AND EXISTS (SELECT 1 FROM doors AS other WHERE other.mark = :new)",
                {"old": here["old"], "new": mark},
            ),
            Write("UPDATE doors SET mark = :new, place = :place, shut = 0 WHERE mark = :old", here),
            Write("DELETE FROM panels WHERE destination = :old", {"old": self._to(old)}),
        )

    def reopen(self, place: Place) -> Write:
        """It takes something from us again."""
        return Write("DELETE FROM closed_places WHERE destination = :to", {"to": self._to(place)})

    def _to(self, place: Place) -> str:
        """As the outbox calls it."""
        return self._vault.mark(f"place {place}")[:MARK]


@dataclass(frozen=True, slots=True)
class TelegramPorts:
    """What the Telegram door leans on."""

    inbox: Inbox
    kept: Telegram
    groups: Groups
    people: People
    codes: Codes
    units: Units
