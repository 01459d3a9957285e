"""Joining, and one's own page, as people meet them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import Call
from bot.core.model import Account, Group, Place
from storage import Storage
from storage.database import Database
from storage.keys import Keys
from storage.names import likeness, seen
from storage.profiles import Profile
from tests.instance import INSTANCE_KEY
from tests.room import HOME, PURPOSES, Actor, Hour, Room, ref_of, words

CANAL = Group("canal-group0", "Canal Street")


async def greeted(room: Room, name: str) -> tuple[Actor, str]:
    """Somebody who has typed /join, and the code in their button."""
    await room.opens()
    guest = room.guest(name)
    await guest.types("/join")
    [button] = [b for b in guest.seen[-1].buttons if b.label == "Join"]
    return guest, button.call.args[0]


async def joins(room: Room, name: str, *, adult: str = "yes", called: str = "") -> Actor:
    guest, _ = await greeted(room, name)
    await guest.presses("Join")
    await guest.fills(adult, "en", "Europe/Berlin", "checkins", called)
    return guest


async def profile(room: Room, actor: Actor) -> Profile:
    storage = room.storage
    found = await storage.people.profile(await storage.people.known(actor.account))
    assert found
    return found


async def count(room: Room, table: str) -> int:
    [row] = await room.storage.db.read(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


async def test_a_newcomer_is_told_who_runs_this_and_who_could_read_it(room: Room) -> None:
    zoe, _ = await greeted(room, "Zoe")
    greeting = words(zoe.seen[-1])
    assert "I am a bot" in greeting
    assert "Whoever holds this server holds the keys" in greeting
    assert "without joining" in greeting
    assert "Each of us speaks for ourselves" in greeting
    assert zoe.seen[-1].private
    assert zoe.can_press("Someone to talk to now")


async def test_nothing_is_kept_of_somebody_who_only_read_the_greeting(room: Room) -> None:
    await greeted(room, "Zoe")
    assert [await count(room, t) for t in ("people", "accounts", "members")] == [0, 0, 0]


async def test_who_joins_is_welcomed_and_belongs_to_the_group(room: Room) -> None:
    zoe = await joins(room, "Zoe", called="Zoë")
    assert zoe.sees("Welcome, Zoë. Stay as long as you like. You are in Harbour Street now.")
    me = await profile(room, zoe)
    assert (me.person.name, me.person.zone, me.person.adult) == ("Zoë", "Europe/Berlin", True)
    assert dict(me.consents) == {"checkins": room.now}
    assert await room.storage.groups.has(HOME.ref, me.person.ref)
    await zoe.types("/checkin 4")
    assert zoe.sees("Thank you for telling me.")


async def test_who_gives_no_name_gets_the_one_that_was_suggested(room: Room) -> None:
    await room.opens()
    zoe = room.guest("Zoe")
    await zoe.types("/join")
    await zoe.presses("Join")
    suggested = words(zoe.seen[0]).partition("I suggest ")[2].rstrip(".")
    await zoe.fills("yes", "en", "UTC", "checkins", "")
    assert (await profile(room, zoe)).person.name == suggested
    assert len(suggested.split()) == 2


async def test_a_name_is_never_taken_from_a_platform(room: Room) -> None:
    zoe = await joins(room, "Zoe")
    assert "kowalska" not in (await profile(room, zoe)).person.name.lower()
    assert "zoe" not in (await profile(room, zoe)).person.name.lower()


async def test_the_way_in_leads_to_the_group_that_greeted_wherever_it_is_filled_in(
    room: Room,
) -> None:
    zoe, way = await greeted(room, "Zoe")
    zoe.here = zoe.own
    await zoe.sends(f"people.enter:{way}:yes:en:UTC::Zoe")
    assert zoe.sees("You are in Harbour Street now.")


async def test_somebody_under_18_is_told_what_is_theirs_and_whom_to_turn_to(room: Room) -> None:
    await room.opens()
    settings = await room.storage.groups.settings(HOME.ref)
    assert settings
    named = replace(settings, contact="Dana, 555 0100")
    await room.storage.units.commit((room.storage.groups.change(named),))
    kim = await joins(room, "Kim", adult="no")
    assert kim.sees("You are under 18.")
    assert kim.sees("Dana, 555 0100")
    assert not (await profile(room, kim)).person.adult


@pytest.mark.unwired(
    discord="of presses at once one message shows the last",
    telegram="of presses at once the last is shown",
)
async def test_pressing_twice_and_at_once_is_one_person(room: Room) -> None:
    zoe, way = await greeted(room, "Zoe")
    line = f"people.enter:{way}:yes:en:UTC::Zoe"
    await asyncio.gather(zoe.sends(line), zoe.sends(line), zoe.sends(line))
    await zoe.sends(line)
    said = [words(card) for card in zoe.seen[-4:]]
    assert sum("Welcome, Zoe" in one for one in said) == 1
    assert sum("You have joined." in one for one in said) == 3
    assert [await count(room, t) for t in ("people", "accounts", "members")] == [1, 1, 1]


async def test_of_two_with_the_same_name_one_is_asked_for_another(room: Room) -> None:
    ana, way = await greeted(room, "Ana")
    bo, other = await greeted(room, "Bo")
    await asyncio.gather(
        ana.sends(f"people.enter:{way}:yes:en:UTC::Robin"),
        bo.sends(f"people.enter:{other}:yes:en:UTC::Rοbin"),  # noqa: RUF001 a Greek o
    )
    first, second = (ana, bo) if ana.sees("Welcome") else (bo, ana)
    assert first.sees("Welcome, R")
    assert second.sees("Somebody here goes by a name like that.")
    assert await count(room, "people") == 1


async def test_a_taken_name_can_be_mended_without_filling_in_the_rest_again(room: Room) -> None:
    await joins(room, "Ana", called="Robin")
    bo = await joins(room, "Bo", called="robin")
    if bo.form:
        assert bo.form.slip == "name"
        assert bo.form.given == ("yes", "en", "Europe/Berlin", "checkins", "robin")
        await bo.fills("yes", "en", "Europe/Berlin", "checkins", "Bo")
    else:
        assert bo.sees("Somebody here goes by a name like that.")
        await bo.types("Bo")
    assert bo.sees("Welcome, Bo.")


ODD_NAMES = {
    "<b>Bo</b> & *x*": "<b>Bo</b> & *x*",
    "Fred\u202egnp.exe": "Fredgnp.exe",
    "Z\u200bo\u200be": "Zoe",
    "  Ana \n of   the sea ": "Ana of the sea",
    "Flower 🌼": "Flower 🌼",
    "راما": "راما",
    "@everyone": "@everyone",
    "{name}": "{name}",
}


async def test_odd_names_are_letters_and_nothing_more(room: Room) -> None:
    for n, (typed, shown) in enumerate(ODD_NAMES.items()):
        zoe, way = await greeted(room, f"Zoe{n}")
        await zoe.sends(str(Call("people.enter", (way, "yes", "en", "UTC", "", typed))))
        assert zoe.sees(f"Welcome, {shown}.")
        await zoe.types("/me")
        assert zoe.sees(shown)


@pytest.mark.unwired(discord="no button can say that", telegram="no button can say that")
async def test_what_is_no_name_is_refused_kindly(room: Room) -> None:
    zoe, way = await greeted(room, "Zoe")
    for typed in ("🌸", "...", "\u3164\u3164", "\u200b", "x" * 4000, "\ud800"):
        await zoe.sends(str(Call("people.enter", (way, "yes", "en", "UTC", "", typed))))
        assert not zoe.sees("Welcome")
        assert not zoe.sees("went wrong")
    assert await count(room, "people") == 0


@pytest.mark.unwired(discord="no button can say that", telegram="no button can say that")
async def test_a_way_in_that_was_made_up_leads_nowhere(room: Room) -> None:
    await room.person("Ana")
    eve = room.guest("Eve")
    for way in ("", "x" * 12, "ref-Ana_____", "x" * 4000):
        await eve.sends(str(Call("people.enter", (way, "yes", "en", "UTC", "", "Eve"))))
        assert eve.sees("This way in has closed.")
        await eve.sends(str(Call("people.enter_too", (way,))))
    assert await count(room, "people") == 1


async def test_a_greeting_leads_in_for_a_day(room: Room) -> None:
    zoe, way = await greeted(room, "Zoe")
    room.now += timedelta(days=1, seconds=1)
    await zoe.sends(f"people.enter:{way}:yes:en:UTC::Zoe")
    assert zoe.sees("This way in has closed. Type /join once more")


async def test_who_has_joined_is_told_so(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/join")
    assert ana.sees("You have joined already. /me shows it.")


@pytest.mark.unwired(discord="a room has one place there", telegram="a room has one place there")
async def test_who_is_in_another_group_brings_their_page_along(room: Room) -> None:
    ana = await joins(room, "Ana", called="Ana")
    before = await profile(room, ana)
    street = Place(room.name, "canal")
    await room.storage.units.commit(room.storage.groups.found(CANAL, street, room.now))
    ana.here = street
    await ana.types("/join")
    assert ana.sees("You are known here as Ana. Join Canal Street as well?")
    await ana.presses("Join")
    await ana.presses("Join")
    after = await profile(room, ana)
    assert after == before
    assert [one.group.name for one in await room.storage.groups.of(after.person.ref)] == [
        "Canal Street",
        "Harbour Street",
    ]


async def test_a_stranger_without_a_group_is_shown_the_way(room: Room) -> None:
    zoe = room.guest("Zoe")
    zoe.here = zoe.own
    await zoe.types("/join")
    assert zoe.sees("type /join where the group meets")


@pytest.mark.unwired(telegram="in a chat of one's own Telegram vouches for nobody")
async def test_a_host_can_join_before_there_is_a_group(room: Room) -> None:
    room.group = None
    zoe = room.guest("Zoe")
    zoe.hosts = True
    await zoe.types("/join")
    await zoe.presses("Join")
    await zoe.fills("yes", "en", "UTC", "checkins", "Zoe")
    assert zoe.sees("Welcome, Zoe.")
    assert await count(room, "members") == 0


async def test_everything_on_ones_page_can_be_changed(room: Room) -> None:
    ana = await room.person("Ana")
    for label, values in (
        ("Change my name", ("Ana of the sea",)),
        ("Change my time zone", ("Asia/Kathmandu",)),
        ("Change my quiet hours", ("21:30", "06:00")),
        ("Change what I said about my age", ("no",)),
        ("Change my language", ("es",)),
    ):
        await ana.types("/me")
        await ana.presses(label)
        await ana.fills(*values)
    me = (await profile(room, ana)).person
    assert (me.name, me.zone, me.language) == ("Ana of the sea", "Asia/Kathmandu", "es")
    assert (me.quiet, me.adult) == ((21 * 60 + 30, 6 * 60), False)


async def test_a_page_shows_what_was_agreed_to_and_since_when(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/me")
    assert ana.sees("Keep my check-ins yes, since 2026-03-01")
    assert ana.sees(f"Your accounts {room.name.capitalize()}")
    assert ana.account.id not in words(ana.seen[-1])
    assert ref_of("Ana") not in str(ana.seen[-1])


async def test_what_was_agreed_to_is_taken_back_as_easily_and_deleted_if_wanted(
    room: Room,
) -> None:
    ana = await room.person("Ana")
    await ana.types("/checkin 4")
    await ana.types("/me")
    await ana.presses("Take back: Keep my check-ins")
    assert ana.sees("Taken back: Keep my check-ins.")
    await ana.types("/checkin 4")
    assert ana.sees("May I keep this?")
    assert len(await room.storage.checkins.latest(ref_of("Ana"), 9, 0)) == 1
    await ana.presses("Delete what is kept")
    await ana.presses("Yes, delete all")
    assert not await room.storage.checkins.latest(ref_of("Ana"), 9, 0)
    await ana.types("/me")
    assert ana.sees("no, taken back on 2026-03-01")
    await ana.types("/checkin 4")
    await ana.presses("Yes, keep it")
    assert ana.sees("Thank you for telling me.")


async def test_taking_back_twice_is_one_withdrawal(room: Room) -> None:
    ana = await room.person("Ana")
    for _ in range(3):
        await ana.sends("people.withdraw:messages")
    await ana.sends("people.allow:dates")
    me = await profile(room, ana)
    assert [gone.purpose for gone in me.withdrawn] == ["messages"]
    assert me.consents.keys() == PURPOSES - {"messages"}


async def test_a_purpose_that_was_made_up_is_refused(room: Room) -> None:
    ana = await room.person("Ana")
    for data in ("people.allow:everything", "people.withdraw:x", "people.clear:messages:yes"):
        await ana.sends(data)
        assert not ana.sees("went wrong")
    assert (await profile(room, ana)).consents.keys() == PURPOSES


async def test_of_two_who_take_one_name_one_is_asked_for_another(room: Room) -> None:
    ana, bo = await room.person("Ana"), await room.person("Bo")
    await asyncio.gather(ana.sends("people.set_name:Robin"), bo.sends("people.set_name:R0bin"))
    names = {(await profile(room, who)).person.name for who in (ana, bo)}
    assert names in ({"Robin", "Bo"}, {"Ana", "R0bin"})
    assert any(who.sees("Somebody here goes by a name like that.") for who in (ana, bo))


@pytest.mark.unwired(discord="of presses at once one message shows the last")
async def test_two_changes_at_once_are_both_kept(room: Room) -> None:
    ana = await room.person("Ana")
    await asyncio.gather(
        ana.sends("people.set_zone:Asia/Tokyo"),
        ana.sends("people.set_name:Anna"),
        ana.sends("people.withdraw:dates"),
    )
    me = await profile(room, ana)
    assert (me.person.name, me.person.zone) == ("Anna", "Asia/Tokyo")
    assert "dates" not in me.consents


async def test_somebody_with_two_groups_is_met_in_the_one_they_were_last_in(room: Room) -> None:
    ana, people = await room.person("Ana"), room.storage.people
    canal = Place(room.name, "canal")
    person = (await profile(room, ana)).person
    room.now += timedelta(hours=1)
    await room.storage.units.commit(
        (
            *room.storage.groups.found(CANAL, canal, room.now),
            *room.storage.groups.enter(CANAL, person, room.now),
        )
    )

    async def where(place: Place, named: str = "") -> str:
        actor = await people.meet(ana.account, place, named)
        assert actor.group
        return actor.group.name

    assert await where(ana.own) == "Canal Street"
    room.now += timedelta(hours=1)
    assert await where(room.place) == "Harbour Street"
    assert await where(ana.own) == "Harbour Street"
    assert await where(ana.own, CANAL.ref) == "Canal Street"
    assert await where(canal, HOME.ref) == "Canal Street"


async def test_a_service_is_put_down_from_ones_own_page(room: Room) -> None:
    ana, storage = await room.person("Ana"), room.storage
    until = room.now + timedelta(days=90)
    given = storage.roles.give(HOME.ref, ref_of("Ana"), "servant", room.now, until)
    await storage.units.commit((given,))
    await ana.types("/me")
    assert ana.sees("Service trusted servant, until 2026-05-30")
    await ana.presses("Step down: trusted servant")
    await ana.presses("Step down")
    assert ana.sees("Thank you for your service.")
    assert not await storage.roles.held(ref_of("Ana"), room.now)


async def test_a_term_that_is_over_is_no_role(room: Room) -> None:
    ana, storage = await room.person("Ana"), room.storage
    until = room.now + timedelta(days=90)
    given = storage.roles.give(HOME.ref, ref_of("Ana"), "servant", room.now, until)
    await storage.units.commit((given,))
    assert (await storage.people.meet(ana.account, room.place)).roles == {"servant"}
    room.now = until
    assert (await storage.people.meet(ana.account, room.place)).roles == frozenset()


async def test_an_account_that_takes_nothing_any_more_is_not_written_to(room: Room) -> None:
    ana, people = await room.person("Ana"), room.storage.people
    phone = Account("telegram", "77")
    room.now += timedelta(hours=1)
    await room.storage.units.commit((people.add_account(phone, ref_of("Ana")),))
    assert await people.reach(ref_of("Ana")) == Place("telegram", "77", private=True)
    await room.storage.units.commit((people.close_account(phone),))
    assert await people.reach(ref_of("Ana")) == ana.own
    await people.meet(phone, Place("telegram", "group"))
    assert await people.reach(ref_of("Ana")) == ana.own
    await people.meet(phone, Place("telegram", "77", private=True))
    assert await people.reach(ref_of("Ana")) == Place("telegram", "77", private=True)


async def test_meeting_somebody_is_one_read(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, reads = await room.person("Ana"), 0
    read = room.storage.db.read

    async def counted(sql: str, /, **values: object) -> object:
        nonlocal reads
        reads += 1
        return await read(sql, **values)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(room.storage.db, "read", counted)
    actor = await room.storage.people.meet(ana.account, room.place)
    assert (actor.person.name, actor.member, reads) == ("Ana", True, 1)


async def test_people_are_there_after_a_restart(room: Room) -> None:
    zoe = await joins(room, "Zoe", called="Zoë")
    storage = room.storage
    await storage.db.close()
    await storage.keys.close()
    keys = Keys(storage.keys.store, INSTANCE_KEY)
    await keys.open()
    db = Database(storage.db.path, keys.main)
    await db.open()
    actor = await Storage(db, keys, Hour()).people.meet(zoe.account, room.place)
    assert (actor.person.name, actor.member) == ("Zoë", True)
    await db.close()
    await keys.close()
    await storage.keys.open()
    await storage.db.open()


@given(st.text(max_size=60))
def test_what_is_seen_of_a_name_has_no_hidden_letters_and_stays(name: str) -> None:
    shown = seen(name)
    assert seen(shown) == shown
    assert "\n" not in shown
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(st.text(max_size=60))
def test_a_name_looks_like_itself_in_any_case_and_spacing(name: str) -> None:
    assert likeness(seen(name)) == likeness(seen(f" {name}\u200b "))
    if name.isascii():
        assert likeness(name.upper()) == likeness(name.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "Аnа"), ("Quiet Heron", "quiet-heron"), ("Zoë", "Zoe"), ("lan", "Ian")],  # noqa: RUF001
)
def test_names_that_eyes_confuse_are_alike(one: str, other: str) -> None:
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(("one", "other"), [("राम", "रमा"), ("か", "が"), ("Ana", "Anna")])
def test_names_that_are_two_stay_two(one: str, other: str) -> None:
    assert likeness(one) != likeness(other)
