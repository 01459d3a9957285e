"""What others may read of a notebook, what they suggest, and what its author says to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.ages import may_pair
from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.agreements import Agreement, Agreements
from storage.blocks import Blocks
from storage.database import Database, Row
from storage.entries import Entries, Notebooks, opened, sealed
from storage.notebook import Entry, Notebook, lets, may_share, readers
from storage.people import People
from storage.values import instant, millis

CHUNK = 50
"""Entries that are looked at together."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry for those whom its author lets read it now; for nobody else it is not there."""

    entry: Entry
    notebook: Notebook
    readers: Mapping[str, Agreement]

    @property
    def ref(self) -> str:
        return self.entry.ref

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset(self.readers)


class Reading:
    """What is let read: looked up through its author's own row, at each call anew."""

    kind = Shown

    def __init__(
        self,
        notebooks: Notebooks,
        entries: Entries,
        agreements: Agreements,
        blocks: Blocks,
        people: People,
    ) -> None:
        self._notebooks, self._entries = notebooks, entries
        self._agreements, self._blocks, self._people = agreements, blocks, people

    async def load(self, ref: str) -> Shown | None:
        entry = await self._entries.load(ref)
        notebook = await self._notebooks.load(entry.notebook) if entry else None
        if entry is None or notebook is None:
            return None
        return Shown(entry, notebook, await self.readers(notebook, entry))

    async def readers(self, notebook: Notebook, entry: Entry) -> dict[str, Agreement]:
        under = await self._agreements.of(entry.person)
        others = {person for agreement in under for person in agreement.belongs_to}
        away = await apart(self._blocks, self._people, entry.person, others)
        return readers(notebook, entry, under, away)

    async def under(self, agreement: Agreement, reader: str, most: int, skip: int) -> list[Shown]:
        """What the other lets them read; the newest first, after that many were passed over."""
        found: list[Shown] = []
        for part in agreement.others(reader):
            shared = may_share(agreement, part.person) and agreement.part(reader).agreed
            away = await apart(self._blocks, self._people, reader, [part.person])
            if shared and part.person not in away:
                found += await self._let(agreement, reader, part.person, most + skip)
        return found[skip : skip + most]

    def hold(self, ref: str, version: int) -> Write:
        """Whoever reads changes nothing, so the version stays."""
        return Write(
            "UPDATE step_entries SET version = version WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def still(
        self, notebook: Notebook, agreement: Agreement, reader: str, *, held: bool = False
    ) -> Unit:
        """Fails when less may be read by now than when this was looked up. `held` when the unit
        holds the notebook itself."""
        same = () if held else (_same("step_notebooks", notebook.ref, notebook.version),)
        return (
            *same,
            _same("agreements", agreement.ref, agreement.version),
            self._blocks.none(notebook.person, reader),
        )

    async def _let(self, agreement: Agreement, reader: str, author: str, most: int) -> list[Shown]:
        notebooks = {one.ref: one for one in await self._notebooks.of(author)}
        found: list[Shown] = []
        skip = 0
        while len(found) < most and (some := await self._entries.of(author, CHUNK, skip)):
            shared = [e for e in some if lets(notebooks[e.notebook], e, agreement.ref)]
            found += [Shown(e, notebooks[e.notebook], {reader: agreement}) for e in shared]
            skip += CHUNK
        return found[:most]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody suggests about another's entry; it is theirs, under their own key."""

    ref: str
    person: str
    entry: str
    at: datetime
    text: str
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


class Suggestions:
    kind = Suggestion

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Suggestion | None:
        rows = await self._db.read("SELECT * FROM step_suggestions WHERE ref = :ref", ref=ref)
        return next(map(self._suggestion, rows), None)

    async def on(self, entry: str) -> list[Suggestion]:
        """The oldest first."""
        rows = await self._db.read(
            "SELECT * FROM step_suggestions WHERE entry = :entry ORDER BY at, ref", entry=entry
        )
        return [self._suggestion(row) for row in rows]

    async def of(self, person: str, most: int = -1, skip: int = 0) -> list[Suggestion]:
        """What somebody has suggested; the newest first, after that many were passed over."""
        rows = await self._db.read(
            "SELECT * FROM step_suggestions WHERE person = :person ORDER BY at DESC, ref"
            " LIMIT :most OFFSET :skip",
            person=person,
            most=most,
            skip=skip,
        )
        return [self._suggestion(row) for row in rows]

    def hold(self, ref: str, version: int) -> Write:
        return _same("step_suggestions", ref, version)

    def add(self, made: Suggestion) -> Write:
        """The same said twice stands once."""
        row = f"step_suggestions.body/{made.ref}"
        return Write(
            "INSERT INTO step_suggestions (ref, person, entry, mark, at, body)"
            " VALUES (:ref, :person, :entry, :mark, :at, :body) ON CONFLICT DO NOTHING",
            {
                "ref": made.ref,
                "person": made.person,
                "entry": made.entry,
                "mark": self._vault.mark(f"suggestion {made.person} {made.entry} {made.text}"),
                "at": millis(made.at),
                "body": sealed(self._vault, made.person, row, {"text": made.text}),
            },
        )

    def delete(self, gone: Suggestion) -> Write:
        return Write("DELETE FROM step_suggestions WHERE ref = :ref", {"ref": gone.ref}, expect=1)

    async def answers(self, entry: str) -> dict[str, str]:
        """What the author says, by the suggestion's ref; also to what was taken back."""
        rows = await self._db.read(
            "SELECT suggestion AS ref, person, body FROM step_answers WHERE entry = :entry",
            entry=entry,
        )
        return {row["ref"]: opened(self._vault, row, "step_answers")["text"] for row in rows}

    async def answered(self, person: str) -> list[tuple[datetime, str]]:
        """All that somebody has said to suggestions, the oldest first."""
        rows = await self._db.read(
            "SELECT suggestion AS ref, person, at, body FROM step_answers WHERE person = :person"
            " ORDER BY at",
            person=person,
        )
        return [
            (instant(row["at"]), opened(self._vault, row, "step_answers")["text"]) for row in rows
        ]

    def answer(self, to: Suggestion, author: str, text: str, at: datetime) -> Write:
        """In place of what they said to it before."""
        row = f"step_answers.body/{to.ref}"
        return Write(
            "INSERT INTO step_answers (suggestion, entry, person, at, body)"
            " VALUES (:ref, :entry, :person, :at, :body)"
            " ON CONFLICT (suggestion) DO UPDATE SET at = excluded.at, body = excluded.body",
            {
                "ref": to.ref,
                "entry": to.entry,
                "person": author,
                "at": millis(at),
                "body": sealed(self._vault, author, row, {"text": text}),
            },
            expect=1,
        )

    def unanswer(self, ref: str, author: str) -> Write:
        return Write(
            "DELETE FROM step_answers WHERE suggestion = :ref AND person = :person",
            {"ref": ref, "person": author},
        )

    def _suggestion(self, row: Row) -> Suggestion:
        text = opened(self._vault, row, "step_suggestions")["text"]
        at = instant(row["at"])
        return Suggestion(row["ref"], row["person"], row["entry"], at, text, row["version"])


@dataclass(frozen=True, slots=True)
class Received:
    """A suggestion for whom it was made: the author of the entry."""

    suggestion: Suggestion
    author: str
    blocked: bool

    @property
    def ref(self) -> str:
        return self.suggestion.ref

    @property
    def version(self) -> int:
        return self.suggestion.version

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset() if self.blocked else frozenset({self.author})


class Inbound:
    """Suggestions as their receivers meet them: not from somebody who is kept apart."""

    kind = Received

    def __init__(
        self, suggestions: Suggestions, entries: Entries, blocks: Blocks, people: People
    ) -> None:
        self._suggestions, self._entries = suggestions, entries
        self._blocks, self._people = blocks, people

    async def load(self, ref: str) -> Received | None:
        suggestion = await self._suggestions.load(ref)
        entry = await self._entries.load(suggestion.entry) if suggestion else None
        if suggestion is None or entry is None:
            return None
        return Received(suggestion, entry.person, not await self.heard(suggestion, entry))

    async def heard(self, suggestion: Suggestion, entry: Entry) -> bool:
        """Whether nothing keeps the two apart."""
        other = suggestion.person
        return other not in await apart(self._blocks, self._people, entry.person, [other])

    def hold(self, ref: str, version: int) -> Write:
        return self._suggestions.hold(ref, version)


async def apart(
    blocks: Blocks, people: People, person: str, others: Iterable[str]
) -> frozenset[str]:
    """Those of them who are kept apart from somebody: by a block, whoever made it, or because one
    of the two is under 18 and the other is not."""
    blocked, known = await blocks.around(person), await people.many([person, *others])
    me, now = known.get(person), people.now()
    return blocked | {
        ref for ref, other in known.items() if me and ref != person and not may_pair(me, other, now)
    }


def _same(table: str, ref: str, version: int) -> Write:
    """Fails when it was changed, or is gone."""
    return Write(
        f"UPDATE {table} SET version = version WHERE ref = :ref AND version = :version",
        {"ref": ref, "version": version},
        expect=1,
    )
