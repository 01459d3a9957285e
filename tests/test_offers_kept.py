"""Offers and requests as they are kept: whom they are shown to, and when they are gone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Conflict
from bot.core.text import plain
from storage.asks import MOST
from storage.offers import For
from storage.parts import FOR_NOW
from storage.requests import Request, State
from tests.offering import MONTH, found, offered, openings, says_their_age, sponsors
from tests.room import HOME, MORNING, WEB, Room, ref_of

pytestmark = pytest.mark.parametrize("door", [WEB], indirect=True)
DAY = timedelta(days=1)


async def people(room: Room, *names: str) -> None:
    for name in names:
        await room.person(name)


def request(room: Room, who: str, asked: str, ref: str = "request-1234") -> Request:
    return Request(
        ref, ref_of(who), ref_of(asked), HOME.ref, For.SPONSOR, room.now, words="Tea first?"
    )


async def block(room: Room, one: str, other: str) -> None:
    blocks = room.storage.blocks
    await room.storage.units.commit((blocks.add(ref_of(one), other, ref_of(other)),))


async def test_an_offer_is_read_as_it_was_written(room: Room) -> None:
    await people(room, "Bo")
    offer = await offered(
        room,
        "Bo",
        languages=("en", "es"),
        words="Ten years of Sundays.",
        reached="In the evening",
        meant="men",
        wish="Whoever works at night",
        rests=FOR_NOW,
        met=frozenset({"a year"}),
    )
    assert await room.storage.offers.load(offer.ref) == offer
    assert await room.storage.offers.of(ref_of("Bo"), HOME.ref) == [offer]
    with pytest.raises(Conflict):
        await offered(room, "Bo")


async def test_only_those_with_room_who_do_not_rest_are_found(room: Room) -> None:
    await people(room, "Ana", "Bo", "Cy", "Di", "Ed")
    for name in ("Bo", "Cy"):
        await offered(room, name, capacity=1)
    await offered(room, "Di", rests=room.now + DAY)
    await offered(room, "Ed", kind=For.PAIR, capacity=0)
    await sponsors(room, "Bo", "Ed")
    assert await found(room, "Ana") == ["Cy"]
    assert await found(room, "Ana", For.PAIR) == ["Ed"]
    room.now += DAY
    assert sorted(await found(room, "Ana")) == ["Cy", "Di"]


async def test_nobody_finds_themselves_their_sponsor_or_somebody_of_another_age(room: Room) -> None:
    await people(room, "Ana", "Bo", "Cy", "Kim")
    await says_their_age(room, "Kim", adult=False)
    for name in ("Ana", "Bo", "Cy", "Kim"):
        await offered(room, name, capacity=5)
    await sponsors(room, "Bo", "Ana")
    assert await found(room, "Ana") == ["Cy"]
    assert await found(room, "Kim") == []
    assert sorted(await found(room, "Cy")) == ["Ana", "Bo"]


@pytest.mark.parametrize("who", [("Ana", "Bo"), ("Bo", "Ana")])
async def test_a_block_hides_both_from_each_other(room: Room, who: tuple[str, str]) -> None:
    await people(room, "Ana", "Bo")
    await offered(room, "Ana")
    await offered(room, "Bo")
    await block(room, *who)
    assert await found(room, "Ana") == []
    assert await found(room, "Bo") == []


async def test_who_took_back_their_yes_is_not_found(room: Room) -> None:
    await people(room, "Ana", "Bo")
    await offered(room, "Bo")
    profile = await room.storage.people.profile(ref_of("Bo"))
    assert profile
    changed = profile.withdrawing("found", room.now)
    await room.storage.units.commit((room.storage.people.change(changed),))
    assert await found(room, "Ana") == []


async def test_the_order_is_the_askers_own_for_a_day_and_gives_everybody_a_turn(room: Room) -> None:
    names = ["Bo", "Cy", "Di", "Ed", "Flo"]
    await people(room, "Ana", "Zoe", *names)
    for name in names:
        await offered(room, name)
    firsts: Counter[str] = Counter()
    for _ in range(40):
        order = await found(room, "Ana")
        assert order == await found(room, "Ana")
        assert sorted(order) == names
        firsts[order[0]] += 1
        room.now += DAY
    assert set(firsts) == set(names)
    orders = [(await found(room, "Ana"), await found(room, "Zoe"))]
    for _ in range(3):
        room.now += DAY
        orders.append((await found(room, "Ana"), await found(room, "Zoe")))
    assert any(mine != hers for mine, hers in orders)


async def test_a_filter_is_what_the_seeker_sets(room: Room) -> None:
    await people(room, "Bo")
    offer = await offered(room, "Bo", languages=("en", "es"), meant="women")
    assert offer.suits("", "")
    assert offer.suits("es", "women")
    assert not offer.suits("de", "")
    assert not offer.suits("en", "men")
    assert replace(offer, meant="").suits("en", "men")


async def test_who_was_asked_is_not_shown_again_for_a_month(room: Room) -> None:
    await people(room, "Ana", "Bo")
    await offered(room, "Bo", capacity=5)
    requests = room.storage.requests
    await room.storage.units.commit(requests.add(request(room, "Ana", "Bo")))
    assert await found(room, "Ana") == []
    asked = await requests.load("request-1234")
    assert asked == request(room, "Ana", "Bo")
    await room.storage.units.commit((requests.change(replace(asked, state=State.NO)),))
    kept = await requests.load("request-1234")
    assert kept
    assert (kept.state, kept.words) == (State.NO, "")
    with pytest.raises(Conflict):
        await room.storage.units.commit(requests.add(request(room, "Ana", "Bo", "request-5678")))
    room.now += MONTH
    assert await found(room, "Ana") == ["Bo"]
    await room.storage.units.commit(requests.add(request(room, "Ana", "Bo", "request-5678")))


async def test_somebody_kept_away_is_no_answer_to_the_one_and_nothing_to_the_other(
    room: Room,
) -> None:
    await people(room, "Ana", "Bo")
    requests = room.storage.requests
    await room.storage.units.commit(requests.add(request(room, "Ana", "Bo")))
    await block(room, "Bo", "Ana")
    assert await requests.to(ref_of("Bo"), HOME.ref) == []
    assert await requests.load("request-1234") is None
    [asking] = await requests.by(ref_of("Ana"), HOME.ref)
    assert asking.state is State.OPEN
    for state in (State.COFFEE, State.MET):
        changed = replace(asking.request, state=state, answer="By the door")
        await room.storage.units.commit((requests.change(changed),))
        [asking] = await requests.by(ref_of("Ana"), HOME.ref)
        assert (asking.state, asking.apart) == (state, True)


async def test_only_so_many_are_asked_in_a_week_also_at_once(room: Room) -> None:
    await people(room, "Ana", "Bo", "Cy")
    asks, commit = room.storage.asks, room.storage.units.commit
    for _ in range(MOST):
        await commit((asks.note(request(room, "Ana", "Cy"), newcomer=True),))
    with pytest.raises(Conflict):
        await commit((asks.note(request(room, "Ana", "Cy"), newcomer=True),))
    await commit((asks.note(request(room, "Bo", "Cy"), newcomer=False),))
    assert await asks.lately(ref_of("Ana"), room.now) == MOST
    assert await asks.approaches(HOME.ref, room.now, MOST) == [(ref_of("Ana"), MOST)]
    assert len(await asks.mine(ref_of("Ana"))) == MOST
    room.now += 7 * DAY
    assert await asks.lately(ref_of("Ana"), room.now) == 0
    room.now += MONTH
    await commit(asks.tidy(room.now))
    assert await asks.mine(ref_of("Ana")) == []


async def test_who_is_new_is_told_once(room: Room) -> None:
    await people(room, "Ana")
    asks, who = room.storage.asks, (HOME.ref, ref_of("Ana"))
    assert await asks.new(*who, room.now)
    assert not await asks.told(*who, room.now)
    await room.storage.units.commit((asks.tell(*who, room.now),))
    assert await asks.told(*who, room.now)
    assert not await asks.new(*who, MORNING + MONTH)


async def left(room: Room) -> dict[str, int]:
    counts = {}
    for table in ("offers", "requests", "asks"):
        [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
        counts[table] = row["n"]
    return counts


@pytest.mark.parametrize("gone", ["Ana", "Bo"])
@pytest.mark.parametrize("how", ["forgotten", "left"])
async def test_with_a_person_goes_what_they_offered_and_asked(
    room: Room, gone: str, how: str
) -> None:
    await people(room, "Ana", "Bo")
    storage = room.storage
    await offered(room, "Ana")
    await offered(room, "Bo")
    asked = request(room, "Ana", "Bo")
    note = storage.asks.note(asked, newcomer=False)
    await storage.units.commit((*storage.requests.add(asked), note))
    unit = storage.forget(ref_of(gone))
    if how == "left":
        unit = storage.leave(HOME.ref, ref_of(gone))
    await storage.units.commit(unit)
    # For its time: to Ana it looks like silence, and who left does not ask anew by coming back.
    waits = int(gone == "Bo" or how == "left")
    assert await left(room) == {"offers": 1, "requests": waits, "asks": waits}
    if (gone, how) == ("Ana", "left"):
        [row] = await storage.db.read("SELECT state, body FROM requests")
        assert (row["state"], row["body"]) == ("no", None)


async def test_mydata_has_what_each_wrote_and_nothing_of_the_other(room: Room) -> None:
    ana, bo = await room.person("Ana"), await room.person("Bo")
    ana.here, bo.here = ana.own, bo.own
    await offered(room, "Bo", words="Ten years of Sundays.", rests=FOR_NOW)
    asked = replace(request(room, "Ana", "Bo"), state=State.MET, answer="By the door")
    await room.storage.units.commit(room.storage.requests.add(asked))
    await room.storage.units.commit((room.storage.requests.change(asked),))
    await ana.types("/mydata")
    assert ana.sees("Tea first?")
    assert not ana.sees("By the door")
    await bo.types("/mydata")
    assert bo.sees("Ten years of Sundays.")
    assert bo.sees("By the door")
    assert not bo.sees("Tea first?")


async def test_mydata_is_in_ones_own_language(room: Room) -> None:
    bo = await room.person("Bo", language="es")
    await room.person("Ana")
    bo.here = bo.own
    await offered(room, "Bo", meant="women")
    await sponsors(room, "Bo", "Ana")
    await bo.types("/mydata")
    for said in ("para quién: Mujeres", "inglés", "tipo: Padrino o madrina"):
        assert bo.sees(said)
    assert not bo.sees("sponsor")


async def test_what_newcomers_are_asked_is_without_what_they_offer(room: Room) -> None:
    room.guest("Ana")
    [purposes] = [f for f in room.app.actions["people.enter"].spec.fields if f.name == "purposes"]
    assert "found" not in {choice.value for choice in purposes.choices}
    bo = await room.person("Bo")
    bo.here = bo.own
    await bo.types("/me")
    said = [plain(value) for label, value in bo.seen[-1].facts if "what I offer" in label]
    assert said[0].startswith("yes, since")
    assert await openings(room, "Bo") == []
