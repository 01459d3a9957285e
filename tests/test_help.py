"""Help, by what somebody came for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.cards import NOW
from bot.core.decide import Allow, decide
from storage import Storage
from tests.room import HOME, Room, ref_of, words
from tests.web_house import PASS, open_house


async def test_the_way_out_comes_first_for_everybody(room: Room) -> None:
    ana, zoe = await room.person("Ana"), room.guest("Zoe")
    for who in (ana, zoe):
        await who.types("/help")
        assert who.seen[-1].buttons[0].call == NOW
        assert next(label for label, _ in who.seen[-1].facts) == "When it is hard, now"
        assert who.seen[-1].private


async def test_a_guest_is_shown_what_a_guest_can_do(room: Room) -> None:
    await room.opens()
    zoe = room.guest("Zoe")
    await zoe.types("/help")
    for there in ("/now", "/join", "/link", "/help"):
        assert zoe.sees(there)
    for hidden in ("/checkin", "/me ", "/roles", "/setup", "/forgetme"):
        assert not zoe.sees(hidden)


async def test_who_has_joined_is_not_asked_to_join(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/help")
    assert ana.sees("/checkin Check in with yourself")
    assert not ana.sees("/join")
    assert not ana.sees("/setup")


async def test_who_has_joined_is_asked_to_join_another_group_alone(storage: Storage) -> None:
    """Who left their only group, or founds one, has joined; who was invited elsewhere has not."""
    async with open_house(storage) as house:
        host = await house.stranger()
        await host.opens(await house.link("found"))
        await host.presses("Come in", new=PASS)
        assert host.sees("Join the group")
        await host.types("/join")
        await host.presses("Join")
        await host.presses("Send", **{"f.adult": "yes", "f.language": "en", "f.zone": "UTC"})
        await host.opens("/")
        assert host.sees("Set up your group")
        assert not host.sees("Join the group")
        await host.types("/help")
        assert not host.sees("Join the group")
        await host.types("/join")
        assert host.sees("You have joined already.")
        await house.founded()
        await host.opens(await house.link("invite", HOME.ref))
        await host.presses("Open it")
        assert host.sees("Join the group")
        await host.types("/join")
        await host.presses("Join")
        assert host.sees("You are in Harbour Street now.")
        await host.opens("/")
        assert not host.sees("Join the group")


@pytest.mark.unwired(telegram="only what is for hosts asks who is one")
async def test_a_host_is_shown_how_a_place_is_set_up(room: Room) -> None:
    ana = await room.person("Ana")
    ana.hosts = True
    await ana.types("/help")
    assert ana.sees("/setup")


async def test_whatever_help_names_is_not_refused(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/help")
    actor = await room.storage.people.meet(ana.account, room.place)
    for action in room.app.commands:
        allowed = isinstance(decide(actor, action.spec.who), Allow)
        assert ana.sees(f"/{action.spec.name} ") is allowed, action.id


async def test_who_serves_is_shown_to_those_inside(room: Room) -> None:
    ana, zoe = await room.person("Ana"), room.guest("Zoe")
    until = room.now + timedelta(days=30)
    given = room.storage.roles.give(HOME.ref, ref_of("Ana"), "servant", room.now, until)
    await room.storage.units.commit((given,))
    await ana.types("/help")
    assert ana.sees("Ana, trusted servant, until 2026-03-31")
    await zoe.types("/help")
    assert not zoe.sees("Ana")
    room.now = until
    await ana.types("/help")
    assert "trusted servant" not in words(ana.seen[-1])


@pytest.mark.unwired(
    discord="nothing is cancelled on Discord: a dialog is closed",
    telegram="in a chat of one's own Telegram vouches for nobody",
)
async def test_every_button_of_every_card_here_leads_somewhere(room: Room) -> None:
    ana = await room.person("Ana")
    ana.hosts = True
    for action in list(room.app.commands):
        await ana.types(f"/{action.spec.name}")
        ana.form = None
        await ana.cancels()
    buttons = [button for card in ana.seen for button in card.buttons]
    assert buttons
    for button in buttons:
        assert button.call.action in (*room.app.actions, "say"), button
