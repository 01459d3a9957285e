"""A group is told each thing where it wants it: a place for everything, or for some of it alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.core.errors import Conflict
from bot.core.model import Group, Place
from bot.platforms.telegram.places import shared
from storage import Storage
from storage.doors import CHECKINS, MEETINGS, NOTICES, READINGS, web_room
from storage.roles import SERVANT
from tests.discord_house import Home, at_home
from tests.fakes.discord import Someone, fake_discord
from tests.fakes.discord.people import said
from tests.fakes.discord.world import ATTACH, Json
from tests.fakes.telegram_world import World
from tests.room import HOME, Hour, ref_of
from tests.telegram_house import telegram_house
from tests.web_house import open_house

DAY = timedelta(days=1)


@pytest.fixture
async def home(storage: Storage, tmp_path: Path) -> AsyncIterator[Home]:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        yield home
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


async def host(home: Home) -> Someone:
    ana = await home.member("Ana")
    ana.host = True
    return ana


def channel(home: Home, name: str, **more: Any) -> Json:
    made = home.fake.world.channel(home.guild["id"], name, **more)
    home.fake.world.dispatch("CHANNEL_CREATE", made, home.guild["id"])
    return made


def at(made: Json) -> Place:
    return Place("discord", made["id"])


def told(home: Home, made: Json) -> list[str]:
    return [said(message) for message in home.fake.world.shown(made["id"], "nobody")]


async def chosen(who: Someone, what: str, made: Json) -> None:
    await who.types("/place")
    await who.presses(f"{what}: another place")
    await who.fills(made["id"])
    await who.presses("Yes, there")


async def settled(home: Home, ana: Someone, **settings: str) -> None:
    """By Ana, who looks after the group."""
    storage = home.storage
    until = storage.now() + timedelta(days=90)
    role = storage.roles.give(HOME.ref, ref_of("Ana"), SERVANT, storage.now(), until)
    await storage.units.commit((role,))
    await ana.types("/place")
    for name, value in settings.items():
        await ana.clicks(ana.shown()[-1], f"groups.set_{name}:{HOME.ref}:{value}")


async def morning(home: Home) -> None:
    """The next one, and all that comes in it."""
    storage = home.storage
    assert isinstance(storage.now, Hour)
    storage.now.at = (storage.now() + timedelta(days=1)).replace(hour=7, minute=30)
    while await clock.tick(home.app, storage.schedule, storage.now()):
        continue
    while await home.delivers():
        continue


async def test_a_host_chooses_the_channel_in_which_everything_comes(home: Home) -> None:
    ana, other = await host(home), channel(home, "evenings")
    await ana.types("/place")
    assert ana.sees("**The daily reading:** with everything else")
    await ana.presses("Everything: another place")
    await ana.fills(other["id"])
    assert ana.sees("From now on this would come to **\\#evenings**")
    assert await home.storage.groups.room(HOME.ref) == home.place
    await ana.presses("Yes, there")
    await home.delivers()
    assert await home.storage.groups.room(HOME.ref) == at(other)
    assert await home.storage.groups.door(home.place) == ""
    assert told(home, other) == ["From now on I speak to **Harbour Street** here."]


async def test_readings_come_to_the_channel_of_readings_and_nowhere_else_there(home: Home) -> None:
    ana, readings = await host(home), channel(home, "readings")
    await settled(home, ana, reading="07~130", question="07~130")
    await chosen(ana, "The daily reading", readings)
    while await home.delivers():
        continue
    assert told(home, readings) == ["**The daily reading**: from now on that comes here."]
    before = told(home, home.channel)
    await morning(home)
    assert len(told(home, readings)) == 2
    [question] = told(home, home.channel)[len(before) :]
    assert "How" in question


async def test_each_purpose_has_its_place_and_goes_back(home: Home) -> None:
    ana, quiet = await host(home), channel(home, "quiet")
    groups = home.storage.groups
    for what, purpose in (("What is announced", NOTICES), ("The daily question", CHECKINS)):
        await chosen(ana, what, quiet)
        assert await groups.room(HOME.ref, purpose) == at(quiet)
    assert await groups.room(HOME.ref) == await groups.room(HOME.ref, MEETINGS) == home.place
    assert await groups.each(HOME.ref, READINGS) == [home.place, web_room(HOME.ref)]
    assert await groups.door(at(quiet)) == HOME.ref
    await ana.types("/place")
    assert ana.sees("**What is announced:** **\\#quiet**")
    await ana.presses("What is announced: with everything else")
    assert await groups.room(HOME.ref, NOTICES) == home.place
    assert await groups.room(HOME.ref, CHECKINS) == at(quiet)


async def test_one_channel_may_be_for_several_things(home: Home) -> None:
    ana, quiet, other = await host(home), channel(home, "quiet"), channel(home, "other")
    for what in ("The daily reading", "Meetings"):
        await chosen(ana, what, quiet)
    await chosen(ana, "Meetings", other)
    groups = home.storage.groups
    assert await groups.room(HOME.ref, READINGS) == at(quiet)
    assert await groups.room(HOME.ref, MEETINGS) == at(other)


async def test_a_channel_that_is_lost_gives_back_what_came_there(home: Home) -> None:
    ana, quiet = await host(home), channel(home, "quiet")
    await settled(home, ana, question="07~130")
    await chosen(ana, "The daily question", quiet)
    gone = home.fake.world.channels.pop(quiet["id"])
    home.fake.world.dispatch("CHANNEL_DELETE", gone, home.guild["id"])
    await ana.types("/now")
    await home.door.quiet()
    assert await home.storage.groups.room(HOME.ref, CHECKINS) == home.place
    assert await home.storage.groups.door(at(quiet)) == ""


async def test_what_was_lost_while_nobody_looked_is_seen_for_every_purpose(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake:
        async with at_home(fake, storage, tmp_path) as home:
            ana, quiet = await host(home), channel(home, "quiet")
            await chosen(ana, "What is announced", quiet)
            await home.door.quiet()
            guild = home.guild
        fake.world.channels.pop(quiet["id"])
        async with at_home(fake, storage, tmp_path, guild=guild) as home:
            await home.door.quiet()
            assert await storage.groups.room(HOME.ref, NOTICES) == home.place


async def test_the_doctor_looks_at_every_place_of_the_group(home: Home) -> None:
    ana, quiet = await host(home), channel(home, "quiet")
    await chosen(ana, "Meetings", quiet)
    await ana.types("/doctor")
    assert ana.sees("Nothing is in the way here.")
    assert ana.sees("**Meetings:** **\\#quiet**")
    denied = {"id": home.guild["id"], "type": 0, "allow": "0", "deny": str(ATTACH)}
    quiet["permission_overwrites"] = [denied]
    home.fake.world.dispatch("CHANNEL_UPDATE", quiet, home.guild["id"])
    await ana.types("/doctor")
    assert ana.sees("**Attach Files (#quiet):** to show a picture")


async def test_a_place_that_lacks_a_permission_is_not_chosen(home: Home) -> None:
    ana = await host(home)
    denied = {"id": home.guild["id"], "type": 0, "allow": "0", "deny": str(ATTACH)}
    quiet = channel(home, "quiet", permission_overwrites=[denied])
    await ana.types("/place")
    await ana.presses("Meetings: another place")
    await ana.fills(quiet["id"])
    assert ana.sees("I am not allowed enough in")
    assert ana.sees("**Attach Files:**")
    assert not ana.can_press("Yes, there")


async def test_the_settings_of_the_group_show_where_things_come(home: Home) -> None:
    ana, quiet = await host(home), channel(home, "quiet")
    await chosen(ana, "The daily reading", quiet)
    await ana.types("/setup")
    assert ana.sees("**The daily reading:** **\\#quiet**, the web room") or ana.sees("\\#quiet")
    await ana.presses("Where things come")
    assert ana.can_press("The daily reading: with everything else")


async def test_nobody_names_a_channel_of_another_server(home: Home) -> None:
    ana = await host(home)
    await ana.types("/doctor")
    message, there = ana.shown()[-1], home.fake.world.guild("Elsewhere")
    theirs = home.fake.world.channel(there["id"], "general")
    home.fake.world.dispatch("GUILD_CREATE", home.fake.world.whole(there), there["id"])
    for action in ("choose", "move"):
        await ana.clicks(message, f"doors.{action}:room:discord~1{theirs['id']}")
        assert ana.sees("I do not know that place.")
    ana.host = False
    await ana.clicks(message, f"doors.move:room:discord~1{home.channel['id']}")
    assert ana.sees("That is for whoever looks after this place.")


async def test_a_server_of_ones_own_is_no_way_to_a_group_one_is_in(home: Home) -> None:
    """Who looks after a server, and is in a group elsewhere, does not move that group there."""
    bo = await home.member("Bo")
    there = home.fake.world.guild("Elsewhere")
    theirs = home.fake.world.channel(there["id"], "general")
    home.fake.world.dispatch("GUILD_CREATE", home.fake.world.whole(there), there["id"])
    bo.guild, bo.channel, bo.host = there, theirs["id"], True
    await bo.types("/place")
    assert bo.sees("There is no group here yet.")
    for action in ("choose", "move"):
        await bo.clicks(bo.shown()[-1], f"doors.{action}:room:discord~1{theirs['id']}")
        assert bo.sees("There is no group here yet.")
    assert await home.storage.groups.room(HOME.ref) == home.place


async def test_a_place_is_one_groups_whatever_it_is_for(storage: Storage) -> None:
    other, place = Group("other", "Night Owls"), Place("discord", "1")
    for group in (HOME, other):
        room = Place("discord", group.ref)
        await storage.units.commit(storage.groups.found(group, room, storage.now()))
    await storage.units.commit((storage.groups.add_door(HOME.ref, place, READINGS),))
    with pytest.raises(Conflict):
        await storage.units.commit((storage.groups.add_door(other.ref, place, NOTICES),))
    await storage.units.commit((storage.groups.add_door(HOME.ref, place, NOTICES),))
    assert await storage.groups.each(HOME.ref, READINGS) == [place, web_room(HOME.ref)]


async def test_in_a_topic_of_telegram_it_is_chosen_by_asking_there(storage: Storage) -> None:
    async with telegram_house(storage, world=World(ephemeral=False)) as house:
        chat = await house.group(house.guest("Ana"), led_by=house.guest("Ana"))
        ana = await house.person("Ana")
        ana.here, ana.topic = chat, 77
        await house.types(ana, "/place readings")
        readings = [shared(chat.id, 77), web_room(HOME.ref)]
        assert await storage.groups.each(HOME.ref, READINGS) == readings
        ana.topic = 0
        await house.types(ana, "/place readings")
        assert shared(chat.id) in await storage.groups.each(HOME.ref, READINGS)


async def test_on_the_web_the_page_of_the_group_says_where_things_come(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        quiet = storage.groups.add_door(HOME.ref, Place("discord", "1"), READINGS)
        role = storage.roles.give(HOME.ref, "ref-Ana", SERVANT, storage.now(), storage.now() + DAY)
        await storage.units.commit((quiet, role))
        await ana.requests("POST", "/press", [("call", f"groups.settings:{HOME.ref}")])
        assert ana.sees("The daily reading Discord")
        assert ana.sees("What is announced with everything else")
