"""People who offer to be asked, for the tests that are about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.cards import Call
from bot.core.model import Via
from storage.agreements import Agreement, Kind
from storage.offers import For, Found, Offer
from storage.parts import Part, Role
from tests.room import HOME, Actor, Room, ref_of

MONTH = timedelta(days=30)


async def offered(room: Room, name: str, kind: For = For.SPONSOR, **given: Any) -> Offer:
    """Somebody who is there offers, in one step."""
    values = {"capacity": 2, "languages": ("en",), **given}
    ref = f"offer-{kind.value[:3]}-{name}".ljust(12, "_")[:12]
    offer = Offer(ref, ref_of(name), HOME.ref, kind, **values)
    await room.storage.units.commit((room.storage.offers.put(offer),))
    return offer


async def sponsors(room: Room, sponsor: str, sponsee: str) -> Agreement:
    """One sponsors the other from now on."""
    parts = (
        Part(ref_of(sponsor), role=Role.SPONSOR, agreed=True),
        Part(ref_of(sponsee), role=Role.SPONSEE, agreed=True),
    )
    ref = f"agr-{sponsor}-{sponsee}".ljust(12, "_")[:12]
    one = Agreement(ref, Kind.SPONSOR, parts, room.now, room.now + MONTH, HOME.ref)
    await room.storage.units.commit(room.storage.agreements.add(one))
    return one


async def found(room: Room, asker: str, kind: For = For.SPONSOR) -> list[str]:
    """The names that somebody is shown, in their order."""
    return [one.person.name for one in await openings(room, asker, kind)]


async def openings(room: Room, asker: str, kind: For = For.SPONSOR) -> list[Found]:
    profile = await room.storage.people.profile(ref_of(asker))
    assert profile
    day = room.now.date()
    return await room.storage.offers.open_to(profile.person, HOME.ref, kind, room.now, day)


async def says_their_age(room: Room, name: str, *, adult: bool) -> None:
    people = room.storage.people
    profile = await people.profile(ref_of(name))
    assert profile
    person = replace(profile.person, adult=adult)
    await room.storage.units.commit((people.change(replace(profile, person=person)),))


async def house(room: Room, *names: str, profile: str = "twelve-step") -> list[Actor]:
    """A group on that path, of people who have been there for a while, each in a chat of their
    own."""
    room.group = replace(HOME, profile=profile)
    people = [await room.person(name) for name in names]
    room.now += 2 * MONTH
    for one in people:
        one.here = one.own
    return people


async def asks(room: Room, who: Actor, of: Offer, time: str = "open", words: str = "") -> None:
    """They have seen the card, and fill in what is asked."""
    form = room.app.actions["sponsorship.ask"].form(Call("sponsorship.ask", (of.ref,)))
    call = replace(form.call, args=(*form.call.args, time, words))
    await who._receive(await room.app.perform(call, who.origin(Via.FILLED)))


async def agreements(room: Room, name: str) -> list[Agreement]:
    return await room.storage.agreements.of(ref_of(name))


async def request_to(room: Room, name: str) -> str:
    """The ref of the one that waits for them."""
    [one] = await room.storage.requests.to(ref_of(name), HOME.ref)
    return one.ref
