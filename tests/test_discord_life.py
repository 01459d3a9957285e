"""A group on Discord: founded in a channel, looked after, and followed when things change there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.settings import Discord as Config
from bot.core.actions import Cog
from bot.core.cards import Button, Call, Card
from bot.core.model import Account, Context, Place
from bot.core.rooms import (
    Announce,
    Came,
    Close,
    Done,
    DoorLost,
    Edited,
    Event,
    Hold,
    HoldBack,
    Open,
    Post,
    Replace,
    RoomDeed,
    Said,
    TakenBack,
    Went,
    Withdraw,
)
from bot.core.text import Plain
from bot.core.work import Sending
from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import TOKEN, Fault, fake_discord
from tests.fakes.discord.gateway import PRIVILEGED
from tests.fakes.discord.people import said
from tests.fakes.discord.world import ATTACH, SEND, THREAD, Json
from tests.room import HOME, Hour


class Ear(Cog):
    """Hears what happens."""

    name = "ear"

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def notice(self, ctx: Context, event: Event) -> None:
        self.heard.append(event)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def home(storage: Storage, tmp_path: Path, ear: Ear) -> AsyncIterator[Home]:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path, ear) as home:
        yield home
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


def denied(home: Home, bits: int) -> None:
    """A permission is taken from the bot in the channel, or given back."""
    one = {"id": home.guild["id"], "type": 0, "allow": "0", "deny": str(bits)}
    home.channel["permission_overwrites"] = [one] if bits else []
    home.fake.world.dispatch("CHANNEL_UPDATE", home.channel, home.guild["id"])


async def test_the_doctor_names_what_is_missing_and_looks_again(home: Home) -> None:
    ana = await home.member("Ana")
    ana.host = True
    await ana.types("/doctor")
    assert ana.sees("Nothing is in the way here.")
    denied(home, SEND | ATTACH)
    await ana.types("/doctor")
    assert ana.sees("**Send Messages:** to say what the group is told")
    assert ana.sees("**Attach Files:** to show a picture")
    assert ana.sees("under Permissions")
    denied(home, 0)
    await ana.presses("Look again")
    assert ana.sees("Nothing is in the way here.")


async def test_where_the_group_meets_the_doctor_asks_for_threads_too(home: Home) -> None:
    ana = await home.member("Ana")
    ana.host = True
    denied(home, 1 << 35 | 1 << 38)
    await ana.types("/doctor")
    assert ana.sees("**Create Public Threads:** to hold a meeting in a thread")
    assert ana.sees("**Send Messages in Threads:** to hold the floor there")
    hall = home.fake.world.channel(home.guild["id"], "hall")
    home.fake.world.dispatch("CHANNEL_CREATE", hall, home.guild["id"])
    there = Place("discord", hall["id"])
    await home.storage.units.commit((home.storage.groups.add_door(HOME.ref, there, "meetings"),))
    await ana.presses("Look again")
    assert ana.sees("Nothing is in the way here."), "they are opened elsewhere"


async def test_who_joins_to_found_a_group_is_led_on(home: Home) -> None:
    ana, bo = home.guest("Ana", host=True), home.guest("Bo")
    await ana.types("/setup")
    await ana.presses("Join")
    await ana.presses("Join")
    await ana.fills("yes", "en", "Europe/Berlin", "", "Ana")
    await ana.presses("Set up your group")
    assert ana.sees("This place has no group yet.")
    await bo.types("/setup")
    assert not bo.can_press("Set up your group")


async def test_the_doctor_is_for_those_who_may_set_a_place_up(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/doctor")
    assert ana.sees("That is for whoever looks after this place.")
    doctor = next(each for each in home.fake.world.commands if each["name"] == "doctor")
    assert doctor["default_member_permissions"] == str(1 << 5)


async def test_a_channel_that_was_deleted_is_no_door_any_more(home: Home, ear: Ear) -> None:
    await home.founded()
    gone = home.fake.world.channels.pop(home.channel["id"])
    home.fake.world.dispatch("CHANNEL_DELETE", gone, home.guild["id"])
    await noticed(home)
    assert DoorLost(home.place) in ear.heard
    assert not await home.storage.groups.door(home.place)
    assert await home.storage.groups.room(HOME.ref) == Place("web", HOME.ref)


async def test_who_was_sent_away_has_no_doors_there(home: Home, ear: Ear) -> None:
    ana = await home.member("Ana")
    await ana.types("/me")
    await home.door.quiet()
    home.fake.world.guilds.clear()
    home.fake.world.dispatch("GUILD_DELETE", {"id": home.guild["id"]}, home.guild["id"])
    await noticed(home)
    assert DoorLost(home.place) in ear.heard
    assert not await home.storage.servers.group(home.guild["id"])


async def test_what_was_lost_while_nobody_looked_is_seen_at_the_start(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake:
        async with at_home(fake, storage, tmp_path) as home:
            ana = await home.member("Ana")
            await ana.types("/me")
            await home.door.quiet()
            other = fake.world.channel(home.guild["id"], "another")
        fake.world.channels = {other["id"]: other}
        async with at_home(fake, storage, tmp_path, guild=home.guild) as again:
            await again.door.quiet()
            assert not await storage.groups.door(home.place)
            assert await storage.servers.group(home.guild["id"])


async def test_a_server_that_cannot_be_reached_is_not_lost(home: Home, ear: Ear) -> None:
    await home.founded()
    out = {"id": home.guild["id"], "unavailable": True}
    home.fake.world.dispatch("GUILD_DELETE", out, home.guild["id"])
    await noticed(home)
    assert await home.storage.groups.door(home.place)


async def test_a_server_may_be_called_otherwise(home: Home) -> None:
    ana = await home.member("Ana")
    renamed = {**home.guild, "name": "Another name"}
    home.fake.world.dispatch("GUILD_UPDATE", renamed, home.guild["id"])
    await ana.types("/checkin", mood=3)
    assert ana.sees("Thank you")


# --- rooms of their own ---


async def does(home: Home, deed: RoomDeed | Post | Replace | HoldBack, key: str) -> None:
    queued = home.storage.outbox.queue(key, Sending(deed), home.storage.now())
    await home.storage.units.commit(queued)
    await home.delivers()


def meeting(home: Home) -> Open:
    raise_hand = Button("Raise my hand", Call("a.b"))
    card = Card((Plain("The meeting begins."),), buttons=(raise_hand,))
    return Open(home.place, "floor", "Tuesday", card)


def threads(home: Home) -> list[Json]:
    return [c for c in home.fake.world.channels.values() if c["type"] == THREAD]


@pytest.mark.parametrize("fault", ["", "reset", "drop"])
async def test_a_meeting_has_a_thread_of_its_own(fault: str, home: Home, ear: Ear) -> None:
    await home.founded()
    if fault:
        home.fake.world.faults += [
            Fault("POST", "/messages", fault),
            Fault("POST", "/threads", fault),
        ]
    await does(home, meeting(home), "test/open")
    for n in range(3):
        await passes(home, 6 * (n + 1))
    [thread] = threads(home)
    opened = home.fake.world.messages[thread["id"]]
    assert (thread["name"], said(opened)) == ("Tuesday", "The meeting begins.")
    assert len(home.fake.world.shown(home.channel["id"], "nobody")) == 1
    assert Done("test/open", thread["id"]) in ear.heard
    there = Place("discord", thread["id"])
    await does(home, Replace(there, "panel", Card((Plain("Next: Ana"),))), "test/panel")
    await does(home, Hold(home.place, "floor", free=False), "test/hold")
    assert thread["thread_metadata"]["locked"]
    await does(home, Hold(home.place, "floor", free=True), "test/free")
    assert not thread["thread_metadata"]["locked"]
    await does(home, Close(home.place, "floor"), "test/close")
    assert thread["thread_metadata"]["archived"]
    await does(home, Close(home.place, "floor", keep=False), "test/gone")
    assert not threads(home)
    assert await home.storage.outbox.counts() == {"sent": 6}


async def test_who_speaks_out_of_turn_is_told_alone_where_nothing_is_taken_away(
    home: Home, ear: Ear
) -> None:
    ana = await home.member("Ana")
    word = Card((Plain("Bo has the floor. You are next."),), private=True)
    spoken = HoldBack(home.place, "5", Account("discord", ana.id), word)
    await does(home, spoken, "test/floor")
    assert "Bo has the floor" in said(ana.sees_all()[0])
    assert not [m for m in home.fake.world.messages.values() if m["channel_id"] == home.place.id]
    assert Done("test/floor", "") in ear.heard


async def passes(home: Home, seconds: float) -> None:
    assert isinstance(home.storage.now, Hour)
    home.storage.now.at += timedelta(seconds=seconds)
    home.fake.world.advance(seconds)
    await home.delivers()


async def test_the_next_meeting_stands_in_the_calendar_and_moves_on(home: Home) -> None:
    await home.founded()
    start, hour = home.storage.now() + timedelta(days=1), timedelta(hours=1)

    def announced(n: int) -> Announce:
        at = start + n * timedelta(days=7)
        return Announce(home.place, "tuesday", "Tuesday", at, at + hour, "#general")

    home.fake.world.faults.append(Fault("POST", "/scheduled-events", "drop"))
    await does(home, announced(0), "test/0")
    await passes(home, 600)
    [event] = home.fake.world.events.values()
    assert (event["name"], event["entity_metadata"]) == ("Tuesday", {"location": "#general"})
    await does(home, announced(1), "test/1")
    assert event["scheduled_start_time"] == announced(1).starts.isoformat()
    home.fake.world.events.clear()
    await does(home, announced(2), "test/2")
    [event] = home.fake.world.events.values()
    await does(home, Withdraw(home.place, "tuesday"), "test/3")
    assert not home.fake.world.events
    assert await home.storage.outbox.counts() == {"sent": 4}


async def happens(home: Home, thread: str) -> tuple[Account, str]:
    """All that can happen in a server, to Ana and what she writes: who she is there, and where."""
    world, server, ana = home.fake.world, home.guild["id"], await home.member("Ana")
    world.dispatch(
        "GUILD_MEMBER_ADD", {**world.member(ana.user), "guild_id": server}, home.guild["id"]
    )
    other = world.channel(server, "another")
    world.dispatch("CHANNEL_CREATE", other, server)
    for channel in (thread, other["id"], home.channel["id"]):
        written = world.message(channel, ana.user, {"content": "Hello."})
        world.tell("MESSAGE_CREATE", written)
    ours = world.message(home.channel["id"], world.bot, {"content": "We say it."})
    world.tell("MESSAGE_CREATE", ours)
    world.tell("MESSAGE_UPDATE", {**written, "content": "Hello again."})
    gone = {"id": written["id"], "channel_id": written["channel_id"], "guild_id": server}
    world.dispatch("MESSAGE_DELETE", gone, server)
    left = {"guild_id": server, "user": ana.user}
    world.dispatch("GUILD_MEMBER_REMOVE", left, server)
    await noticed(home)
    return Account("discord", ana.id), str(written["id"])


async def test_who_comes_and_goes_and_what_is_said_is_heard_where_the_options_are_on(
    storage: Storage, tmp_path: Path, ear: Ear
) -> None:
    """In the group's places, that is: what happens in another channel is nobody's business."""
    async with fake_discord() as fake:
        fake.gateway.allowed = sum(PRIVILEGED.values())
        config = Config(token=TOKEN, address=fake.address, message_content=True, members=True)
        async with at_home(fake, storage, tmp_path, ear, config=config) as home:
            await home.founded()
            await does(home, meeting(home), "test/open")
            [thread] = threads(home)
            who, last = await happens(home, thread["id"])
            here, there = home.place, Place("discord", thread["id"])
    heard = [event for event in ear.heard if not isinstance(event, Done)]
    [in_thread] = [event for event in heard if event.place == there]
    assert isinstance(in_thread, Said)
    assert (in_thread.account, in_thread.text) == (who, "Hello.")
    assert [event for event in heard if event.place != there] == [
        Came(here, who),
        Said(here, who, last, "Hello."),
        Edited(here, who, last, "Hello again."),
        TakenBack(here, last),
        Went(here, who),
    ]


async def test_without_the_options_nobody_is_listened_to(home: Home, ear: Ear) -> None:
    await home.founded()
    await does(home, meeting(home), "test/open")
    await happens(home, threads(home)[0]["id"])
    assert not [event for event in ear.heard if not isinstance(event, Done)]


async def noticed(home: Home) -> None:
    """Until the door has heard of all that happened so far: it hears in order."""
    eve = home.fake.person("Eve")
    await eve.types("/now")
    await home.door.quiet()
