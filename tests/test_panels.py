"""Cards that stand under a name; and nothing stands that names somebody who is forgotten."""

from __future__ import annotations

import pytest

from bot.core.errors import Later
from bot.core.model import Account, Person, Place
from bot.core.rooms import Post, Remove, Replace
from bot.core.work import Lane
from storage import Storage
from storage.values import load
from tests.post import (
    Ledger,
    Lost,
    Mail,
    PowerCut,
)


@pytest.fixture
def office(storage: Storage) -> Mail:
    return Mail(storage, Ledger())


def at(place: str, shows: list[str]) -> list[str]:
    return [line.partition(": ")[2] for line in shows if line.startswith(f"{place}: ")]


async def test_a_panel_that_still_waits_is_superseded_where_it_stands(office: Mail) -> None:
    await office.takes("a: before")
    await office.shows_panel("first hand")
    await office.takes("a: after")
    await office.shows_panel("second hand")
    await office.shows_panel("a third", place="b")
    await office.works()
    assert at("a", office.ledger.shows) == ["before", "floor new second hand", "after"]
    assert at("b", office.ledger.shows) == ["floor new a third"]


async def test_a_panel_on_its_way_is_followed_by_its_successor(office: Mail) -> None:
    await office.shows_panel("first hand")
    await office.storage.outbox.claim(office.now, 1)
    await office.shows_panel("second hand")
    await office.waits(91)
    assert at("a", office.ledger.shows) == ["floor new first hand", "floor message 1 second hand"]


async def test_a_panel_is_changed_where_it_stands_until_it_is_taken_away(office: Mail) -> None:
    await office.shows_panel("one hand")
    await office.works()
    await office.shows_panel("two hands")
    await office.works()
    await office.sends("away", Remove(Place("door", "a"), "floor"))
    await office.works()
    await office.shows_panel("three hands")
    await office.works()
    assert at("a", office.ledger.shows) == [
        "floor new one hand",
        "floor message 1 two hands",
        "floor message 1 gone",
        "floor new three hands",
    ]


async def test_what_a_person_was_shown_is_taken_away_where_it_was_shown(storage: Storage) -> None:
    """She uses another door by then, where the same would be shown anew."""
    here, there = Ledger(), Ledger(name="other")
    office = Mail(storage, here, others=(there,))
    ana = await office.joins("ana", "door", "other")
    await office.sends("1", Replace(ana, "shown", office.card("hello")))
    await office.works()
    await storage.units.commit((storage.people.close_account(Account("door", "ana")),))
    await office.sends("2", Replace(ana, "shown", office.card("hello again")))
    await office.works()
    assert (here.shows, there.shows) == (["ana: shown new hello"], ["ana: shown new hello again"])
    await storage.units.commit((storage.people.reopen(Account("door", "ana")),))
    await office.sends("3", Remove(ana, "shown"))
    await office.works()
    assert there.shows[-1] == "ana: shown message 1 gone"
    assert not await storage.db.read("SELECT * FROM panels")


async def test_where_something_stands_is_forgotten_with_whom_it_was_shown_to(
    office: Mail,
) -> None:
    ana = await office.joins("ana", "door")
    await office.sends("1", Replace(ana, "shown", office.card("hello")))
    await office.works()
    await office.storage.units.commit(office.storage.forget(ana.ref))
    await office.sends("2", Remove(ana, "shown"))
    await office.works()
    assert office.ledger.shows == ["ana: shown new hello"]
    assert not await office.storage.db.read("SELECT * FROM panels")


async def test_what_is_not_there_need_not_be_taken_away(office: Mail) -> None:
    await office.sends("away", Remove(Place("door", "a"), "floor"))
    assert await office.works() == 1
    assert office.ledger.asked == 0
    assert office.done() == ["away"]


async def test_a_change_of_what_stands_there_may_be_repeated(office: Mail) -> None:
    await office.shows_panel("one hand")
    await office.works()
    await office.shows_panel("two hands")
    office.ledger.trouble = [Lost(TimeoutError())]
    await office.works()
    await office.waits(5)
    assert await office.states() == ["sent", "sent"]


async def test_receipts_are_not_kept_in_clear(office: Mail) -> None:
    await office.shows_panel("one hand")
    await office.works()
    [row] = await office.storage.db.read("SELECT * FROM panels")
    assert b"message 1" not in row["receipt"]


async def test_forgetting_takes_back_what_goes_to_somebody_and_what_speaks_of_them(
    office: Mail,
) -> None:
    ana, bo = await office.joins("ana", "door"), await office.joins("bo", "door")
    await office.sends("to ana", Post(ana, office.card("hello")))
    await office.takes("a: ana comes", "a: ana goes", about=(ana.ref, bo.ref))
    await office.takes("a: all")
    await office.sends("to bo", Post(bo, office.card("ana asked")), about=(ana.ref,))
    await office.sends("bo", Post(bo, office.card("hello")))
    await office.takes("a: ana asks", about=(ana.ref,), lane=Lane.NOW)
    await office.takes("a: help", lane=Lane.NOW)
    await office.storage.units.commit(office.storage.outbox.forget(ana.ref))
    for table in ("outbox", "outbox_about"):
        rows = await office.storage.db.read(f"SELECT * FROM {table}")
        assert ana.ref not in str([{**row} for row in rows])
    office.ledger.trouble = [Later(60)]
    await office.works()
    await office.waits(31)
    assert office.ledger.shows == ["bo: hello", "a: help"]
    await office.waits(30)
    assert office.ledger.shows[-1] == "a: all"


async def test_what_is_being_sent_about_somebody_forgotten_is_not_repeated(
    storage: Storage,
) -> None:
    office = Mail(storage, Ledger(trouble=[Lost(PowerCut())]))
    await office.takes("a: ana comes", about=("ref-ana",))
    await office.dies()
    await storage.units.commit(storage.outbox.forget("ref-ana"))
    await office.works()
    assert office.ledger.shows == ["a: ana comes"]
    assert await office.states() == ["unknown"]


async def test_a_person_stands_in_a_row_by_their_ref_alone(office: Mail) -> None:
    ana = await office.joins("ana", "door")
    await office.sends("one", Post(ana, office.card("hello")))
    [row] = await office.storage.db.read("SELECT * FROM outbox")
    body = office.storage.vault.open("", "outbox.body/one", row["body"])
    assert load(body, Post).to == Person(ana.ref, "")
    assert "Ana" not in body
    assert "Berlin" not in body
    [parcel] = await office.storage.outbox.claim(office.now, 1)
    assert parcel.deed.to == ana
    assert parcel.to == Place("door", "ana", private=True)


async def test_no_place_is_named_in_clear(office: Mail) -> None:
    await office.takes("somewhere: hello")
    [row] = await office.storage.db.read("SELECT destination, body FROM outbox")
    assert "somewhere" not in row["destination"]
    assert b"somewhere" not in row["body"]
