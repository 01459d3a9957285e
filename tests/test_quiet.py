"""Nobody is written to first who has not agreed to it, and nobody in their quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.actions import Cog, command
from bot.core.app import App
from bot.core.cards import Answer, Card
from bot.core.model import Account, Context, Person, Place
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Lane
from bot.core.writing import quiet_until
from cogs import build
from storage import Storage
from tests.post import Ledger, Mail
from tests.room import HOME, MORNING, PURPOSES, Actor, Door, Room, ref_of, words

BERLIN = "Europe/Berlin"
MINUTES = st.integers(0, 24 * 60 - 1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def until(now: str, *quiet: int) -> datetime | None:
    hours = (quiet[0] * 60, quiet[1] * 60)
    return quiet_until(Person("ref", "Ana", BERLIN, quiet=hours), berlin(now))


def test_quiet_hours_are_those_of_ones_own_clock() -> None:
    assert until("2026-03-10T21:59", 22, 7) is None
    assert until("2026-03-10T22:00", 22, 7) == berlin("2026-03-11T07:00")
    assert until("2026-03-11T06:59", 22, 7) == berlin("2026-03-11T07:00")
    assert until("2026-03-11T07:00", 22, 7) is None
    assert until("2026-03-11T13:00", 12, 14) == berlin("2026-03-11T14:00")
    assert until("2026-03-11T15:00", 12, 14) is None
    assert until("2026-03-11T03:00", 3, 3) is None, "the same hour twice is never"


def test_when_the_clocks_change_the_hour_counts_that_they_show() -> None:
    assert until("2026-03-28T23:00", 22, 7) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert until("2026-10-24T23:00", 22, 7) == datetime(2026, 10, 25, 6, tzinfo=UTC)
    night = Person("ref", "Ana", BERLIN, quiet=(22 * 60, 150))
    assert quiet_until(night, berlin("2026-03-29T01:59")) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    assert quiet_until(night, first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet_until(night, first + timedelta(hours=1)) is None, "half past two has been"


def test_a_zone_that_is_gone_keeps_nothing_back() -> None:
    assert quiet_until(Person("ref", "Ana", "Atlantis/Port", quiet=(0, 1439)), MORNING) is None


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(sorted(available_timezones())),
    MINUTES,
    MINUTES,
)
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), BERLIN, 22 * 60, 150)
def test_quiet_hours_end_within_the_day_and_are_over_then(
    now: datetime, zone: str, start: int, end: int
) -> None:
    person = Person("ref", "Ana", zone, quiet=(start, end))
    over = quiet_until(person, now)
    local = now.astimezone(ZoneInfo(zone))
    if over:
        assert now < over <= now + timedelta(hours=26)
        assert quiet_until(person, over) is None
    elif start != end and local.utcoffset() == (local - timedelta(days=2)).utcoffset():
        shown = local.hour * 60 + local.minute
        inside = start <= shown < end if start < end else shown >= start or shown < end
        assert not inside or _changes_near(local)


def _changes_near(local: datetime) -> bool:
    return len({(local + timedelta(hours=h)).utcoffset() for h in range(-48, 49)}) > 1


@pytest.fixture
def office(storage: Storage) -> Mail:
    return Mail(storage, Ledger())


async def joins(
    office: Mail, quiet: tuple[int, int], consents: frozenset[str] = PURPOSES
) -> Person:
    ana = Person("ref-ana_____", "Ana", quiet=quiet, consents=consents)
    await office.storage.units.commit(office.storage.people.join(Account("door", "ana"), ana))
    return ana


async def changes(office: Mail, person: Person) -> None:
    """Their own page, with other hours or another zone on it."""
    profile = await office.storage.people.profile(person.ref)
    assert profile
    unit = (office.storage.people.change(replace(profile, person=person)),)
    await office.storage.units.commit(unit)


async def test_a_ping_waits_for_the_end_of_quiet_hours(office: Mail) -> None:
    ana = await joins(office, (7 * 60, 9 * 60))  # it is eight
    await office.sends("one", Post(ana, office.card("one")))
    await office.sends("two", Post(ana, office.card("two")), lane=Lane.READINGS)
    await office.takes("room: hello")
    assert await office.works() == 1
    assert await office.waits(3599) == 0
    assert await office.waits(1) == 2
    assert office.ledger.shows == ["room: hello", "ana: one", "ana: two"]


async def test_what_is_needed_now_does_not_wait_behind_it(office: Mail) -> None:
    ana = await joins(office, (7 * 60, 9 * 60))
    await office.sends("one", Post(ana, office.card("one")))
    await office.works()
    await office.sends("help", Post(ana, office.card("help")), lane=Lane.NOW)
    await office.works()
    assert office.ledger.shows == ["ana: help"]
    await office.waits(3600)
    assert office.ledger.shows == ["ana: help", "ana: one"]


async def test_it_is_looked_at_again_when_its_time_comes(office: Mail) -> None:
    ana = await joins(office, (7 * 60, 9 * 60))
    await office.sends("one", Post(ana, office.card("one")))
    await changes(office, replace(ana, quiet=(7 * 60, 10 * 60)))
    assert await office.waits(3600) == 0
    assert await office.waits(3600) == 1


async def test_who_was_thought_to_be_awake_is_looked_up(office: Mail) -> None:
    ana = await joins(office, (7 * 60, 9 * 60))
    await office.sends("one", Post(Person(ana.ref, "", quiet=(0, 0)), office.card("one")))
    assert await office.works() == 0
    assert await office.waits(3600) == 1


async def test_what_expires_while_it_waits_is_not_sent(office: Mail) -> None:
    ana = await joins(office, (7 * 60, 9 * 60))
    soon = MORNING + timedelta(minutes=30)
    await office.sends("one", Post(ana, office.card("one")), until=soon)
    await office.sends("two", Post(ana, office.card("two")))
    await office.waits(1800)
    assert await office.states() == ["expired", "pending"]
    await office.waits(1800)
    assert office.ledger.shows == ["ana: two"]


async def test_what_may_have_arrived_is_settled_before_it_is_quiet(office: Mail) -> None:
    """Hours later a repeat could not be told from a second message."""
    ana = await joins(office, (8 * 60 + 1, 10 * 60))
    office.ledger.trouble = [TimeoutError()]
    await office.sends("one", Post(ana, office.card("one")))
    await office.works()
    assert await office.waits(65) == 1


async def test_who_has_not_agreed_is_not_written_to_first(office: Mail) -> None:
    ana = await joins(office, (0, 0), frozenset({"checkins"}))
    await office.sends("one", Post(ana, office.card("one")))
    await office.sends("help", Post(ana, office.card("help")), lane=Lane.NOW)
    await office.works()
    assert office.ledger.shows == ["ana: help"]
    assert await office.states() == ["expired", "sent"]


class Echo(Cog):
    name = "echo"

    @command("Write to me")
    async def echo(self, ctx: Context) -> Answer:
        ctx.work.do(Post(ctx.person, Card((Plain("Here it is."),), private=True)))
        return Card((Plain("It comes."),))


async def test_an_answer_to_what_somebody_just_did_is_not_held(
    storage: Storage, door: Door
) -> None:
    room = Room(App([*build(storage), Echo()], storage.ports), storage, door)
    ana = await room.person("Ana")
    room.now = MORNING.replace(hour=23)
    await ana.types("/echo")
    await room.passes()
    assert ana.sees("Here it is.")


async def serving(room: Room) -> tuple[Actor, Actor]:
    """Ana and Bo look after the group together."""
    ana, bo = await room.person("Ana"), await room.person("Bo")
    until = room.now + timedelta(days=90)
    give, now = room.storage.roles.give, room.now
    await room.storage.units.commit(
        (
            give(HOME.ref, ref_of("Ana"), "servant", now, until),
            give(HOME.ref, ref_of("Bo"), "servant", now, until),
        )
    )
    return ana, bo


async def test_who_shortens_their_quiet_hours_gets_what_waited(room: Room) -> None:
    ana, bo = await serving(room)
    room.now = MORNING.replace(hour=23)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    assert not bo.seen
    await bo.sends("people.set_quiet:01~100:07~100")
    await room.passes()
    assert bo.sees("Ana would like to change this:")


async def test_who_moves_to_where_it_is_day_gets_what_waited(room: Room) -> None:
    ana, bo = await serving(room)
    room.now = MORNING.replace(hour=23)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    await bo.sends("people.set_zone:Asia/Tokyo")
    await room.passes()
    assert bo.sees("Ana would like to change this:")


async def test_a_servant_who_is_not_written_to_finds_what_waits_for_them(room: Room) -> None:
    ana, bo = await serving(room)
    await bo.sends("people.withdraw:messages")
    before = len(bo.seen)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    assert len(bo.seen) == before, "nobody wrote to them"
    told = words(room.posted[-1])
    assert "A change of our settings waits for another trusted servant." in told
    assert "Ana" not in told
    assert "Canal Street" not in told
    await bo.types("/roles")
    assert bo.sees("A change of the settings waits for an answer.")
    await bo.presses("The group's settings")
    assert bo.sees("Name: Canal Street (it was: Harbour Street)")
    await bo.presses("Agree: Name")
    settings = await room.storage.groups.settings(HOME.ref)
    assert settings
    assert settings.name == "Canal Street"


async def test_who_asked_sees_that_it_waits_and_answers_it_not(room: Room) -> None:
    ana, _ = await serving(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await ana.sends(f"groups.settings:{HOME.ref}")
    assert ana.sees("Waits for another trusted servant to agree:")
    assert not ana.can_press("Agree: Name")


async def test_that_a_second_account_was_linked_is_said_at_once(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.sends("people.withdraw:messages")
    await ana.types("/link")
    code = words(ana.seen[-1]).partition("/link ")[2].split()[0]
    other = room.guest("Other")
    other.here = Place(room.name, other.account.id, private=True)
    await other.types(f"/link {code}")
    await room.passes()
    assert ana.sees("One more account was linked with this one.")
