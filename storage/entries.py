"""Notebooks and what is written in them: each sealed under its author's own key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.core.ports import Vault
from bot.core.work import Value, Write
from storage.database import Database, Row
from storage.notebook import Entry, Notebook
from storage.values import instant, millis

BLOCK = 512
"""Bytes to which a text is filled up, so that its length tells little."""


class Notebooks:
    kind = Notebook

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Notebook | None:
        rows = await self._db.read("SELECT * FROM step_notebooks WHERE ref = :ref", ref=ref)
        return next(map(self._notebook, rows), None)

    async def of(self, person: str) -> list[Notebook]:
        """The oldest first."""
        rows = await self._db.read(
            "SELECT * FROM step_notebooks WHERE person = :person ORDER BY at, ref", person=person
        )
        return [self._notebook(row) for row in rows]

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE step_notebooks SET version = version + 1"
            " WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, made: Notebook) -> Write:
        """Fails when they have one of that guide."""
        return Write(
            "INSERT INTO step_notebooks (ref, person, mark, at, body)"
            " VALUES (:ref, :person, :mark, :at, :body) ON CONFLICT DO NOTHING",
            {
                "ref": made.ref,
                "person": made.person,
                "mark": self._vault.mark(f"notebook {made.person} {made.guide}"),
                "at": millis(made.since),
                "body": self._sealed(made),
            },
            expect=1,
        )

    def change(self, changed: Notebook) -> Write:
        """To be held first, or a change made meanwhile would be lost."""
        return Write(
            "UPDATE step_notebooks SET body = :body WHERE ref = :ref AND person = :person",
            {"ref": changed.ref, "person": changed.person, "body": self._sealed(changed)},
            expect=1,
        )

    def _sealed(self, one: Notebook) -> bytes:
        body = {
            "guide": one.guide,
            "open": one.open,
            "lets": sorted(one.lets),
            "backs": dict(one.backs),
        }
        return sealed(self._vault, one.person, f"step_notebooks.body/{one.ref}", body)

    def _notebook(self, row: Row) -> Notebook:
        body = opened(self._vault, row, "step_notebooks")
        return Notebook(
            row["ref"],
            row["person"],
            body["guide"],
            instant(row["at"]),
            tuple(body["open"]),
            frozenset(body["lets"]),
            body["backs"],
            row["version"],
        )


class Entries:
    kind = Entry

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault

    async def load(self, ref: str) -> Entry | None:
        rows = await self._db.read("SELECT * FROM step_entries WHERE ref = :ref", ref=ref)
        return next(map(self._entry, rows), None)

    async def on(
        self, notebook: Notebook, step: str, questions: Sequence[str], day: date
    ) -> list[Entry]:
        """What was written to these questions on that day."""
        marks = {f"m{n}": self._mark(notebook.ref, step, q, day) for n, q in enumerate(questions)}
        if not marks:
            return []
        named = ", ".join(f":{name}" for name in marks)
        rows = await self._db.read(f"SELECT * FROM step_entries WHERE mark IN ({named})", **marks)
        return [self._entry(row) for row in rows]

    async def of_step(self, notebook: Notebook, step: str) -> list[Entry]:
        """The newest first."""
        rows = await self._db.read(
            "SELECT * FROM step_entries WHERE step = :step ORDER BY at DESC, ref",
            step=self._step(notebook.ref, step),
        )
        return [self._entry(row) for row in rows]

    async def of(self, person: str, most: int = -1, skip: int = 0) -> list[Entry]:
        """Of all their notebooks; the newest first, after that many were passed over."""
        rows = await self._db.read(
            "SELECT * FROM step_entries WHERE person = :person ORDER BY at DESC, ref"
            " LIMIT :most OFFSET :skip",
            person=person,
            most=most,
            skip=skip,
        )
        return [self._entry(row) for row in rows]

    async def count(self, person: str) -> int:
        rows = await self._db.read(
            "SELECT count(*) AS n FROM step_entries WHERE person = :person", person=person
        )
        return int(rows[0]["n"])

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE step_entries SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, made: Entry) -> Write:
        """Fails when there is one to that question of that day."""
        values: dict[str, Value] = {
            "ref": made.ref,
            "notebook": made.notebook,
            "person": made.person,
            "step": self._step(made.notebook, made.step),
            "mark": self._mark(made.notebook, made.step, made.question, made.day),
            "at": millis(made.at),
            "body": self._sealed(made),
        }
        return Write(
            "INSERT INTO step_entries (ref, notebook, person, step, mark, at, body)"
            " VALUES (:ref, :notebook, :person, :step, :mark, :at, :body) ON CONFLICT DO NOTHING",
            values,
            expect=1,
        )

    def change(self, changed: Entry) -> Write:
        """To be held first, or a change made meanwhile would be lost."""
        return Write(
            "UPDATE step_entries SET body = :body WHERE ref = :ref AND person = :person",
            {"ref": changed.ref, "person": changed.person, "body": self._sealed(changed)},
            expect=1,
        )

    def delete(self, gone: Entry) -> Write:
        return Write("DELETE FROM step_entries WHERE ref = :ref", {"ref": gone.ref}, expect=1)

    def _step(self, notebook: str, step: str) -> str:
        return self._vault.mark(f"step {notebook} {step}")

    def _mark(self, notebook: str, step: str, question: str, day: date) -> str:
        return self._vault.mark(f"entry {notebook} {step} {question} {day.isoformat()}")

    def _sealed(self, one: Entry) -> bytes:
        body = {
            "day": one.day.isoformat(),
            "step": one.step,
            "question": one.question,
            "asked": one.asked,
            "text": one.text,
            "said": dict(one.said),
        }
        return sealed(self._vault, one.person, f"step_entries.body/{one.ref}", body)

    def _entry(self, row: Row) -> Entry:
        body = opened(self._vault, row, "step_entries")
        return Entry(
            row["ref"],
            row["notebook"],
            row["person"],
            instant(row["at"]),
            date.fromisoformat(body["day"]),
            body["step"],
            body["question"],
            body["asked"],
            body["text"],
            {agreement: (yes, back) for agreement, (yes, back) in body["said"].items()},
            row["version"],
        )


def sealed(vault: Vault, person: str, row: str, body: Mapping[str, Any]) -> bytes:
    text = json.dumps(body, ensure_ascii=False)
    return vault.seal(person, row, text.ljust(-(-len(text) // BLOCK) * BLOCK))


def opened(vault: Vault, row: Row, table: str) -> dict[str, Any]:
    """What `sealed` has closed, by the person of the row."""
    text = vault.open(row["person"], f"{table}.body/{row['ref']}", row["body"])
    body: dict[str, Any] = json.loads(text)
    return body
