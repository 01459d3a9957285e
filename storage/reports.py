"""Reports: what somebody asked two trusted servants to read, a sealed copy for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.ports import Vault
from bot.core.work import Unit, Write
from storage.database import Database, Row
from storage.report_texts import Text, Texts
from storage.reports_sent import Sent
from storage.values import instant, millis

KEPT = timedelta(days=30)
DRAFTED = timedelta(days=1)
"""What was begun and not sent is gone after it."""


class State(StrEnum):
    """How far one of the two is with it."""

    NEW = "new"
    READ = "read"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Report:
    """Its reporter's side. The words are here only until it is sent."""

    ref: str
    person: str
    group: str
    at: datetime
    words: str = ""
    servants: tuple[str, ...] = ()
    """Who could be chosen when it was begun: they are meant by their place in this. Once it is
    sent, the two who were."""
    concerned: frozenset[int] = frozenset()
    chosen: tuple[int, ...] = ()
    named: bool = False
    """Whether the two see who it is from."""
    receipt: str = ""
    sent: bool = False
    unheard: bool = False
    """Whether neither got it, since both keep the reporter away: it looks like no answer."""
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})

    def added(self, n: int) -> str:
        """What the word of a later text is called: its own message, or nobody would hear of it."""
        return f"{self.panel} {n}"

    @property
    def panel(self) -> str:
        """What the word to the two is called where it stands."""
        return f"report {self.ref}"


@dataclass(frozen=True, slots=True)
class Copy:
    """One of the two's. `name` is the reporter's, or "" where it is not shown."""

    ref: str
    report: str
    person: str
    words: str
    name: str = ""
    state: State = State.NEW
    version: int = 1

    @property
    def belongs_to(self) -> frozenset[str]:
        return frozenset({self.person})


class Reports:
    kind = Report

    def __init__(self, db: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._db, self._vault, self._now = db, vault, now
        self.texts, self.sent = Texts(db, vault), Sent(db)

    async def load(self, ref: str) -> Report | None:
        rows = await self._db.read("SELECT * FROM reports WHERE ref = :ref", ref=ref)
        return next((self._report(row) for row in rows), None)

    async def of(self, person: str) -> list[Report]:
        """What somebody sent, the newest first."""
        rows = await self._db.read(
            "SELECT * FROM reports WHERE person = :person AND sent = 1 ORDER BY at DESC, ref",
            person=person,
        )
        return [self._report(row) for row in rows]

    async def copies(self, report: str) -> list[Copy]:
        rows = await self._db.read(
            "SELECT * FROM report_copies WHERE report = :report ORDER BY ref", report=report
        )
        return [self.copy(row) for row in rows]

    async def answers(self, report: Report) -> list[Text]:
        """The oldest first."""
        rows = await self._db.read(
            "SELECT * FROM report_answers WHERE report = :report ORDER BY at, ref",
            report=report.ref,
        )
        opened = (
            (
                row["at"],
                self._vault.open(report.person, f"report_answers.body/{row['ref']}", row["body"]),
            )
            for row in rows
        )
        return [Text(instant(at), words) for at, words in opened]

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE reports SET version = version + 1 WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )

    def add(self, report: Report) -> Write:
        return Write(
            "INSERT INTO reports (ref, person, grp, at, body)"
            " VALUES (:ref, :person, :grp, :at, :body)",
            {
                "ref": report.ref,
                "person": report.person,
                "grp": report.group,
                "at": millis(report.at),
                "body": self._sealed(report),
            },
            expect=1,
        )

    def change(self, report: Report) -> Write:
        """To be held first."""
        return Write(
            "UPDATE reports SET body = :body, sent = :sent WHERE ref = :ref",
            {"ref": report.ref, "body": self._sealed(report), "sent": int(report.sent)},
            expect=1,
        )

    def hand(self, copy: Copy) -> Write:
        """A copy for one of the two, under their own key."""
        body = json.dumps([copy.words, copy.name], ensure_ascii=False)
        return Write(
            "INSERT INTO report_copies (ref, report, person, state, body)"
            " VALUES (:ref, :report, :person, :state, :body)",
            {
                "ref": copy.ref,
                "report": copy.report,
                "person": copy.person,
                "state": copy.state.value,
                "body": self._vault.seal(copy.person, f"report_copies.body/{copy.ref}", body),
            },
            expect=1,
        )

    def answer(self, ref: str, report: Report, words: str, now: datetime) -> Write:
        """For the reporter, under their own key."""
        return Write(
            "INSERT INTO report_answers (ref, report, at, body) VALUES (:ref, :report, :at, :body)",
            {
                "ref": ref,
                "report": report.ref,
                "at": millis(now),
                "body": self._vault.seal(report.person, f"report_answers.body/{ref}", words),
            },
            expect=1,
        )

    def mark(self, copy: Copy, state: State) -> Unit:
        """How far one is; when both have closed it all its words go."""
        values = {"ref": copy.ref, "report": copy.report, "state": state.value}
        return (
            Write("UPDATE report_copies SET state = :state WHERE ref = :ref", values, expect=1),
            Write(
                "DELETE FROM report_copies WHERE report = :report AND NOT EXISTS"
                " (SELECT 1 FROM report_copies AS other"
                " WHERE other.report = :report AND other.state <> 'closed')",
                values,
            ),
            Write(
                "DELETE FROM report_texts WHERE report = :report AND NOT EXISTS"
                " (SELECT 1 FROM report_copies WHERE report = :report)",
                values,
            ),
        )

    def delete(self, report: Report) -> Write:
        """With the copies, the texts and the answers."""
        return Write("DELETE FROM reports WHERE ref = :ref", {"ref": report.ref}, expect=1)

    def forget(self, person: str) -> Unit:
        """What they sent, with its copies; and what was sent to them."""
        values = {"person": person}
        ours = "SELECT ref FROM reports WHERE person = :person"
        return (
            Write(f"DELETE FROM report_answers WHERE report IN ({ours})", values),
            Write(f"DELETE FROM report_texts WHERE person = :person OR report IN ({ours})", values),
            Write(
                f"DELETE FROM report_copies WHERE person = :person OR report IN ({ours})", values
            ),
            Write("DELETE FROM reports WHERE person = :person", values),
            self.sent.forget(person),
        )

    def tidy(self, now: datetime) -> Unit:
        return (
            *self.sent.tidy(now),
            Write(
                "DELETE FROM reports WHERE (sent = 0 AND at < :drafted) OR (at < :kept"
                " AND NOT EXISTS (SELECT 1 FROM report_texts"
                " WHERE report = reports.ref AND report_texts.at >= :kept))",
                {"kept": millis(now - KEPT), "drafted": millis(now - DRAFTED)},
            ),
            Write(
                "DELETE FROM panels WHERE name >= 'report ' AND name < 'report!'"
                " AND substr(name, 8, 12) NOT IN (SELECT ref FROM reports) AND NOT EXISTS"
                " (SELECT 1 FROM outbox WHERE outbox.panel = panels.name AND turn IS NOT NULL)",
                {},
            ),
        )

    async def mine(self, person: str) -> dict[str, list[dict[str, object]]]:
        """What they sent, with the answers; and what was sent to them."""
        sent = [
            {
                "at": report.at.isoformat(timespec="seconds"),
                "receipt": report.receipt,
                "words": [one.words for one in await self.texts.of(report.ref, person)],
                "answers": [one.words for one in await self.answers(report)],
            }
            for report in await self.of(person)
        ]
        read: list[dict[str, object]] = []
        for copy in await self.read_by("report_copies.person = :it", person):
            more = [one.words for one in await self.texts.of(copy.report, person)]
            read.append({"words": copy.words, **({"added": more} if more else {})})
        return {"sent": [{**one} for one in sent], "to read": read} if sent or read else {}

    async def read_by(self, which: str, it: str) -> list[Copy]:
        """Such copies, but only of whom still serves the group that the report is about."""
        rows = await self._db.read(
            "SELECT report_copies.* FROM report_copies"
            " JOIN reports ON reports.ref = report_copies.report"
            f" WHERE {which} AND EXISTS (SELECT 1 FROM roles WHERE grp = reports.grp"
            " AND roles.person = report_copies.person AND until > :now) ORDER BY report_copies.ref",
            it=it,
            now=millis(self._now()),
        )
        return [self.copy(row) for row in rows]

    def copy(self, row: Row) -> Copy:
        ref, person = row["ref"], row["person"]
        body = self._vault.open(person, f"report_copies.body/{ref}", row["body"])
        words, name = json.loads(body)
        return Copy(ref, row["report"], person, words, name, State(row["state"]), row["version"])

    def _sealed(self, report: Report) -> bytes:
        body = [
            report.words,
            list(report.servants),
            sorted(report.concerned),
            list(report.chosen),
            report.named,
            report.receipt,
            report.unheard,
        ]
        text = json.dumps(body, ensure_ascii=False)
        return self._vault.seal(report.person, f"reports.body/{report.ref}", text)

    def _report(self, row: Row) -> Report:
        ref, person = row["ref"], row["person"]
        opened = self._vault.open(person, f"reports.body/{ref}", row["body"])
        words, servants, concerned, chosen, named, receipt, *unheard = json.loads(opened)
        return Report(
            ref,
            person,
            row["grp"],
            instant(row["at"]),
            words,
            tuple(servants),
            frozenset(concerned),
            tuple(chosen),
            named,
            receipt,
            bool(row["sent"]),
            any(unheard),
            row["version"],
        )


class Copies:
    """The same store, for whoever reads: there is nothing to read for who serves no more."""

    kind = Copy

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def load(self, ref: str) -> Copy | None:
        return next(iter(await self._reports.read_by("report_copies.ref = :it", ref)), None)

    async def to(self, person: str) -> list[Copy]:
        """What somebody was asked to read and has not closed."""
        return await self._reports.read_by(
            "report_copies.person = :it AND report_copies.state <> 'closed'", person
        )

    def hold(self, ref: str, version: int) -> Write:
        return Write(
            "UPDATE report_copies SET version = version + 1"
            " WHERE ref = :ref AND version = :version",
            {"ref": ref, "version": version},
            expect=1,
        )
