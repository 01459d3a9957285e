"""What goes first, what may pass, and what has lost its sense."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Later
from bot.core.work import Lane, Write
from storage import Storage
from storage.outbox import LONGEST
from tests.post import (
    ATTENTIVE,
    Ledger,
    Lost,
    Mail,
    PowerCut,
    a_day_passes,
)
from tests.room import MORNING


@pytest.fixture
def office(storage: Storage) -> Mail:
    return Mail(storage, Ledger())


def at(place: str, shows: list[str]) -> list[str]:
    return [line.partition(": ")[2] for line in shows if line.startswith(f"{place}: ")]


async def test_what_is_needed_now_goes_first_then_by_lane_then_by_age(office: Mail) -> None:
    for n, lane in enumerate([Lane.READINGS, Lane.PINGS, Lane.FLOOR, Lane.NOW] * 2):
        office.seconds += 1
        await office.takes(f"{n}: x", lane=lane)
    box, order = office.storage.outbox, list[str]()
    while parcels := await box.claim(office.now, 3):
        assert len(parcels) <= 3
        order += [parcel.to.id for parcel in parcels if parcel.to]
    assert order == ["3", "7", "2", "6", "1", "5", "0", "4"]


async def test_what_is_stuck_for_half_a_minute_lets_the_urgent_pass_and_nobody_else(
    office: Mail,
) -> None:
    await office.takes("a: one", "a: two")
    await office.takes("a: help", "a: soon", lane=Lane.NOW)
    await office.takes("a: three")
    office.ledger.trouble = [Later(120)]
    await office.works()
    assert await office.waits(29) == 0
    await office.waits(1)
    assert office.ledger.shows == ["a: help", "a: soon"]
    await office.waits(90)
    assert at("a", office.ledger.shows) == ["help", "soon", "one", "two", "three"]


async def test_what_died_on_its_way_lets_the_urgent_pass_too(storage: Storage) -> None:
    office = Mail(storage, Ledger(ATTENTIVE, trouble=[Lost(PowerCut())]))
    await office.takes("a: one", "a: two")
    await office.takes("a: help", lane=Lane.NOW)
    await office.dies()
    office.seconds = 31
    await office.works()
    assert at("a", office.ledger.shows) == ["one", "help"]
    office.seconds = 91
    await office.works()
    assert at("a", office.ledger.shows) == ["one", "help", "two"]


async def test_the_urgent_wait_for_the_urgent(office: Mail) -> None:
    office.ledger.trouble = [Later(120), Later(120)]
    await office.takes("a: one")
    await office.takes("a: help", "a: soon", lane=Lane.NOW)
    await office.works()
    await office.waits(40)
    await office.waits(40)
    assert office.ledger.shows == []
    await office.waits(40)
    await office.waits(40)
    assert at("a", office.ledger.shows) == ["one", "help", "soon"]


async def test_what_has_lost_its_sense_is_not_sent_and_what_follows_is(office: Mail) -> None:
    soon = MORNING + timedelta(seconds=10)
    await office.takes("a: one", "a: two", until=soon)
    await office.takes("a: three")
    await office.waits(10)
    assert office.ledger.shows == ["a: three"]
    assert await office.states() == ["expired", "expired", "sent"]


async def test_a_wait_ends_when_the_deed_has_lost_its_sense(office: Mail) -> None:
    await office.takes("a: one", until=MORNING + timedelta(seconds=20))
    await office.takes("a: two")
    office.ledger.trouble = [Later(3600)]
    await office.works()
    await office.waits(20)
    assert office.ledger.shows == ["a: two"]


async def test_what_expires_in_our_hands_is_not_sent(office: Mail) -> None:
    await office.takes("a: one", until=MORNING + timedelta(seconds=5))
    [parcel] = await office.storage.outbox.claim(MORNING, 9)
    assert not await office.storage.outbox.sending(parcel, MORNING + timedelta(seconds=5))


async def test_what_may_have_arrived_before_it_expired_is_unknown(storage: Storage) -> None:
    office = Mail(storage, Ledger(trouble=[Lost(TimeoutError())]))
    await office.takes("a: one", until=MORNING + timedelta(seconds=5))
    await office.works()
    await office.waits(5)
    assert await office.states() == ["unknown"]


async def test_nothing_waits_longer_than_the_key_that_seals_it(office: Mail) -> None:
    await office.takes("a: one", "a: two", until=MORNING + timedelta(days=9))
    office.ledger.trouble = [Later(99 * 3600)]
    await office.works()
    office.seconds = LONGEST.total_seconds()
    await office.storage.units.commit(office.storage.outbox.tidy(office.now))
    rows = await office.storage.db.read("SELECT body FROM outbox WHERE state = 'expired'")
    assert [row["body"] for row in rows] == [None]
    await office.works()
    assert await office.states() == ["expired", "expired"]
    assert office.ledger.shows == []


async def test_a_deed_whose_key_is_gone_stands_in_nobodys_way(office: Mail) -> None:
    await office.takes("a: one")
    await a_day_passes(office.storage)
    await office.takes("a: two")
    await office.works()
    assert office.ledger.shows == ["a: two"]
    assert await office.states() == ["expired", "sent"]


async def test_a_deed_that_no_version_knows_any_more_stands_in_nobodys_way(office: Mail) -> None:
    await office.takes("a: one", "a: two")
    body = office.storage.vault.seal("", "outbox.body/test/a: one", '{"": "Sing"}')
    change = Write("UPDATE outbox SET body = :body WHERE seq = 1", {"body": body})
    await office.storage.units.commit((change,))
    await office.works()
    assert office.ledger.shows == ["a: two"]
