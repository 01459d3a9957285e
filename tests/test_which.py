"""In a direct chat with somebody of several groups: which one it is about, and another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config
from bot.config.settings import Web
from bot.core.app import App
from bot.core.cards import MAX_CALL_BYTES, Call, Card, Page
from bot.core.decide import GONE
from bot.core.model import Group, Place
from bot.core.which import WHICH
from cogs import build
from storage import Storage
from tests.room import HOME, Actor, Door, Room, ref_of, words

OWLS = Group("night-owls-x", "Night Owls")


class Somewhere:
    def link(self, secret: str) -> str:
        return f"https://room.example.org/enter/{secret}"


@pytest.fixture
def public(storage: Storage, door: Door) -> Room:
    """An instance that can be reached from outside, so that somebody can be invited."""
    config = Config(data=Path("/nowhere"), web=Web(public_url="https://room.example.org"))
    return Room(App(build(storage, config, Somewhere()), storage.ports), storage, door)


async def in_two(room: Room, language: str = "en") -> Actor:
    """Ana, in her own chat; she came to Night Owls after Harbour Street, and was last there."""
    ana = await room.person("Ana", language=language)
    await found(room, OWLS)
    await enter(room, OWLS, "Ana")
    await used(room, HOME)
    ana.here = ana.own
    return ana


async def found(room: Room, group: Group) -> None:
    place = Place(room.name, f"room of {group.ref}")
    await room.storage.units.commit(room.storage.groups.found(group, place, room.now))


async def enter(room: Room, group: Group, name: str) -> None:
    [person] = (await room.storage.people.many([ref_of(name)])).values()
    await room.storage.units.commit(room.storage.groups.enter(group, person, room.now))


async def leave(room: Room, group: Group) -> None:
    await room.storage.units.commit(room.storage.groups.leave(group.ref, ref_of("Ana")))


async def used(room: Room, group: Group) -> None:
    write = room.storage.groups.use(group.ref, ref_of("Ana"), room.now)
    await room.storage.units.commit((write,))


async def founds(room: Room, group: Group) -> None:
    until = room.now + timedelta(days=30)
    role = room.storage.roles.give(group.ref, ref_of("Ana"), "founder", room.now, until)
    await room.storage.units.commit((role,))


async def test_a_card_names_the_group_it_is_about_and_leads_to_another(room: Room) -> None:
    ana = await in_two(room)
    await ana.types("/roles")
    assert ana.sees("Who serves in Harbour Street")
    assert ana.sees("For Harbour Street")
    await ana.presses("Another group")
    assert ana.sees("Which group?")
    assert ana.seen[-1].private
    await ana.presses("Night Owls")
    assert ana.sees("Who serves in Night Owls")
    assert ana.sees("For Night Owls")
    assert ana.seen[-1].replaces, "the list of groups has done its work"
    await ana.types("/roles")
    assert ana.sees("For Night Owls"), "it is the one used last"
    await ana.presses("Another group")
    await ana.presses("Harbour Street")
    assert ana.sees("For Harbour Street")


async def test_leaving_is_about_the_group_that_is_named(room: Room) -> None:
    ana = await in_two(room)
    await ana.types("/leave")
    assert ana.sees("For Harbour Street")
    assert not ana.can_press("Leave Night Owls")
    await ana.presses("Another group")
    await ana.presses("Night Owls")
    await ana.presses("Leave Night Owls")
    assert ana.sees("You have left Night Owls.")
    await ana.types("/leave")
    assert ana.can_press("Leave Harbour Street")
    assert not ana.sees("For "), "there is nothing to choose any more"
    assert not ana.can_press("Another group")


async def test_an_invitation_says_for_which_group_it_is(public: Room) -> None:
    ana = await in_two(public)
    await ana.types("/invite")
    assert ana.sees("It leads to Harbour Street.")
    assert ana.sees("For Harbour Street")
    await ana.presses("Another group")
    assert not ana.seen[-1].replaces, "the link that was shown is still to be used"
    await ana.presses("Night Owls")
    assert ana.sees("It leads to Night Owls.")


async def test_a_refusal_leads_to_the_group_where_it_would_be_done(room: Room) -> None:
    ana = await in_two(room)
    await founds(room, OWLS)
    await ana.types("/setup")
    assert ana.sees("That is for whoever looks after this place.")
    assert ana.sees("For Harbour Street")
    await ana.presses("Another group")
    await ana.presses("Night Owls")
    assert ana.seen[-1].title == "Night Owls"
    assert ana.can_press("Change the name")


async def test_a_line_whose_answer_is_posted_says_it_too(public: Room) -> None:
    ana = await in_two(public)
    origin = replace(ana.origin(), answer=ana.own)
    assert await public.app.perform(Call("invites.invite"), origin) is None
    await public.passes()
    assert ana.sees("For Harbour Street")
    assert ana.can_press("Another group")


async def test_nothing_is_said_where_there_is_nothing_to_choose(room: Room) -> None:
    ana, bo = await in_two(room), await room.person("Bo")
    ana.here, bo.here = None, bo.own
    for who in (ana, bo):  # in the room of a group, and in one group alone
        await who.types("/roles")
        assert who.sees("Who serves in Harbour Street")
        assert not who.sees("For Harbour Street")
        assert not who.can_press("Another group")
    ana.here = ana.own
    for line in ("/me", "/checkins", "/help", "/roles a-code-of-some-group"):
        await ana.types(line)
        assert not ana.can_press("Another group"), line


async def test_a_page_that_says_the_group_has_a_switch_of_its_own(room: Room) -> None:
    ana = await in_two(room)
    for group in (HOME, OWLS):
        origin = replace(ana.origin(), group=group.ref)
        page = await room.app.perform(Call("roles.roles"), origin)
        assert isinstance(page, Page)
        card = page.card
        assert f"Who serves in {group.name}" in words(card)
        assert "For " not in words(card)
        assert not [button for button in card.buttons if button.call.action == WHICH]
        pressed = await room.app.perform(Call(WHICH, ("roles.roles", OWLS.ref)), origin)
        assert isinstance(pressed, Card)
        assert GONE in words(pressed)


@pytest.mark.unwired(
    discord="in a chat of one's own Discord vouches for nobody",
    telegram="in a chat of one's own Telegram vouches for nobody",
)
async def test_who_founds_in_private_is_not_asked_for_which_group(room: Room) -> None:
    ana = await in_two(room)
    ana.hosts = True
    await ana.types("/setup")
    assert ana.sees("This place has no group yet.")
    assert not ana.can_press("Another group")


async def test_a_group_that_was_left_meanwhile_is_not_chosen(room: Room) -> None:
    ana = await in_two(room)
    await ana.types("/roles")
    await ana.presses("Another group")
    await leave(room, OWLS)
    await ana.presses("Night Owls")
    assert ana.sees("You are not in that group.")
    assert [button.label for button in ana.seen[-1].buttons] == ["Harbour Street"]
    await ana.presses("Another group")
    assert ana.sees("You are in no other group.")
    await ana.presses("Harbour Street")
    assert ana.sees("Who serves in Harbour Street")
    await leave(room, HOME)
    for label in ("Another group", "Harbour Street"):
        await ana.presses(label)
        assert ana.sees(GONE), label


@pytest.mark.unwired(
    discord="a button is pressed where it stands", telegram="a button is pressed where it stands"
)
async def test_a_button_from_a_chat_says_nothing_in_a_room(room: Room) -> None:
    ana = await in_two(room)
    await ana.types("/roles")
    await ana.presses("Another group")
    ana.here = None
    for label in ("Another group", "Night Owls"):
        await ana.presses(label)
        assert ana.sees(GONE), label
    ana.here = ana.own
    await ana.types("/roles")
    assert ana.sees("For Harbour Street")


@pytest.mark.unwired(discord="no button can say that", telegram="no button can say that")
async def test_made_up_buttons_lead_nowhere(room: Room) -> None:
    ana, zoe = await in_two(room), room.guest("Zoe")
    await found(room, Group("strangers-xx", "Strangers"))
    roles = "which:roles.roles"
    for data in ("which", "which:", "which:no.such", "which:checkins.checkin", f"{roles}:a:b"):
        await ana.sends(data)
        assert ana.sees(GONE), data
    for ref in ("", "x" * 300, "\ud800", "strangers-xx", ref_of("Ana")):
        await ana.sends(f"{roles}:{ref}")
        assert ana.sees("You are not in that group."), ref
        assert not ana.sees("Strangers")
    for here in (None, zoe.own):
        zoe.here = here
        await zoe.sends(f"{roles}:{HOME.ref}")
        assert zoe.sees(GONE)
    await ana.types("/roles")
    assert ana.sees("For Harbour Street")


async def test_it_is_said_in_ones_own_language(room: Room) -> None:
    ana = await in_two(room, "es")
    await ana.types("/roles")
    assert ana.sees("Para Harbour Street")
    await ana.presses("Otro grupo")
    await ana.presses("Night Owls")
    assert ana.sees("Para Night Owls")


async def test_in_no_group_only_what_makes_sense_there_is_offered(room: Room) -> None:
    ana = await room.person("Ana")
    ana.here = ana.own
    await ana.types("/help")
    for there in ("/roles", "/invite", "/leave"):
        assert ana.sees(there)
    await leave(room, HOME)
    await ana.types("/help")
    for hidden in ("/roles", "/invite", "/leave"):
        assert not ana.sees(hidden)
        await ana.types(hidden)
        assert ana.sees("That is for people in a group.")
        assert not ana.can_press("Another group")
        await ana.types("/help")
    assert ana.sees("/checkin Check in with yourself")
    ana.here = None
    await ana.types("/roles")
    assert ana.sees("That is for people who belong to this group.")
    assert ana.can_press("Join")


async def test_the_button_of_a_group_always_fits(room: Room) -> None:
    about = [action.id for action in room.app.actions.values() if action.spec.of_group]
    assert {"roles.roles", "invites.invite", "keeping.leave", "groups.setup"} <= {*about}
    longest = max(len(str(Call(WHICH, (id, "x" * 12))).encode()) for id in about)
    assert longest <= MAX_CALL_BYTES


async def test_a_code_of_another_group_opens_nothing(room: Room) -> None:
    ana = await room.person("Ana")
    await founds(room, HOME)
    room.group = None
    eve = await room.person("Eve")
    await found(room, OWLS)
    await enter(room, OWLS, "Eve")
    ana.here, eve.here = ana.own, eve.own
    await ana.sends(f"roles.hand:{HOME.ref}")
    code = words(ana.seen[-1]).partition("/roles ")[2].split()[0]
    await eve.types(f"/roles {code}")
    assert eve.sees("That code does not open anything.")
    assert await room.storage.groups.servants(OWLS.ref) == frozenset()
