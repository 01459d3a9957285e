"""Half-answered forms: found where they were asked, for an hour, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.cards import Call
from bot.core.model import Account, Origin, Person, Place
from bot.core.ports import Draft
from storage import Storage
from tests.post import a_day_passes
from tests.room import MORNING

ANA = Origin(Account("door", "ana"), Place("door", "ana", private=True), MORNING, "c1")
MOOD = Draft(Call("checkins.checkin", ("4",)), ("tired", "angry"), "home-group")
NAME = Draft(Call("people.join"))


def later(**span: float) -> Origin:
    return replace(ANA, now=MORNING + timedelta(**span))


async def save(storage: Storage, origin: Origin, draft: Draft) -> None:
    await storage.units.commit((storage.drafts.save(origin, draft),))


async def test_a_draft_remembers_its_answers_its_ticks_and_its_group(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    assert await storage.drafts.load(ANA, "checkins.checkin") == MOOD
    assert await storage.drafts.latest(ANA) == MOOD
    assert await storage.drafts.load(ANA, "people.join") is None


async def test_the_question_asked_last_is_the_one_that_is_answered(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    await save(storage, ANA, NAME)
    assert await storage.drafts.latest(ANA) == NAME
    await save(storage, ANA, MOOD)  # in the same moment
    assert await storage.drafts.latest(ANA) == MOOD
    await storage.units.commit((storage.drafts.drop(ANA, MOOD.call.action),))
    assert await storage.drafts.latest(ANA) == NAME


async def test_another_person_or_another_place_has_none_of_it(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    for other in (
        replace(ANA, account=Account("door", "bo")),
        replace(ANA, place=Place("door", "room")),
        replace(ANA, account=Account("web", "ana")),
    ):
        assert await storage.drafts.latest(other) is None
        assert await storage.drafts.load(other, MOOD.call.action) is None


async def test_a_draft_is_good_for_an_hour_after_the_last_answer(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    await save(storage, later(minutes=30), MOOD)
    assert await storage.drafts.latest(later(minutes=89))
    assert await storage.drafts.latest(later(minutes=90)) is None
    assert await storage.drafts.load(later(minutes=90), MOOD.call.action) is None


async def rows(storage: Storage) -> int:
    return len(await storage.db.read("SELECT 1 FROM drafts"))


async def test_what_is_an_hour_old_is_deleted(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    await save(storage, later(minutes=1), NAME)
    await storage.units.commit(storage.drafts.tidy(MORNING + timedelta(hours=1)))
    assert await rows(storage) == 1


async def test_forgetting_somebody_ends_their_drafts_on_every_account(storage: Storage) -> None:
    ana, people = Person("ref-ana", "Ana"), storage.people
    web = replace(ANA, account=Account("web", "a1"), place=Place("web", "a1", private=True))
    bo = replace(ANA, account=Account("door", "bo"))
    unit = people.join(ANA.account, ana)
    await storage.units.commit((*unit, people.add_account(web.account, ana.ref)))
    for origin in (ANA, web, bo):
        await save(storage, origin, MOOD)
    await storage.units.commit((*storage.drafts.forget(ana.ref), *people.forget(ana.ref)))
    assert await rows(storage) == 1
    assert await storage.drafts.latest(bo) == MOOD


async def test_nobody_reads_in_a_row_what_was_answered_or_by_whom(storage: Storage) -> None:
    await save(storage, ANA, replace(MOOD, call=Call("checkins.checkin", ("a secret",))))
    [row] = await storage.db.read("SELECT * FROM drafts")
    shown = str({**row})
    assert "ana" not in shown
    assert "secret" not in shown
    assert "home-group" not in shown


async def test_a_draft_whose_key_is_gone_is_no_draft(storage: Storage) -> None:
    await save(storage, ANA, MOOD)
    await a_day_passes(storage)
    assert await storage.drafts.latest(ANA) is None
