"""What the outbox sends to Discord arrives once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.cards import Button, Call, Card
from bot.core.model import Person, Place
from bot.core.rooms import Deed, Post, Remove, Replace
from bot.core.text import Plain, t
from bot.core.work import Lane, Must, Sending
from bot.platforms.discord import client
from bot.platforms.discord.deeds import mark, nonce
from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import Fault, fake_discord
from tests.fakes.discord.people import said
from tests.fakes.discord.world import SEND, Json
from tests.room import Hour, ref_of

LATER = timedelta(minutes=10)


@pytest.fixture
async def home(storage: Storage, tmp_path: Path) -> AsyncIterator[Home]:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        await home.founded()
        yield home
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


async def sends(
    home: Home, words: str, to: Place | Person | None = None, must: Must = Must.ARRIVE
) -> None:
    """A deed is queued."""
    place = to or home.place
    private = isinstance(place, Person) or place.private
    deed = Post(place, Card((Plain(words),), buttons=(Button("ok", Call("a.b")),), private=private))
    await queued(home, deed, f"test/{words[:20]}", must)


async def queued(home: Home, deed: Deed, key: str, must: Must = Must.ARRIVE) -> None:
    sending = Sending(deed, lane=Lane.NOW, must=must)
    await home.storage.units.commit(home.storage.outbox.queue(key, sending, home.storage.now()))


async def passes(home: Home, by: timedelta) -> None:
    """Time, here and at Discord; then the outbox looks."""
    assert isinstance(home.storage.now, Hour)
    home.storage.now.at += by
    home.fake.world.advance(by.total_seconds())
    await home.delivers()


def shown(home: Home) -> list[Json]:
    return home.fake.world.shown(home.channel["id"], "nobody")


async def test_a_card_is_shown_to_all_in_a_channel(home: Home) -> None:
    await sends(home, "Good morning.")
    assert await home.delivers() == 1
    assert [said(message) for message in shown(home)] == ["Good morning."]


async def test_a_note_comes_to_somebody_in_a_chat_of_their_own(home: Home) -> None:
    ana = await home.member("Ana")
    await sends(home, "A note.", Person(ref_of("Ana"), "Ana"))
    await home.delivers()
    chat = home.fake.world.direct(ana.id)
    assert [said(m) for m in home.fake.world.shown(chat["id"], ana.id)] == ["A note."]


@pytest.mark.parametrize("kind", ["reset", "drop", "500", "refuse"])
async def test_what_may_have_arrived_is_sent_again_and_stands_once(kind: str, home: Home) -> None:
    home.fake.world.faults.append(Fault("POST", "/messages", kind, times=1))
    await sends(home, "Once.")
    await home.delivers()
    await passes(home, timedelta(seconds=6))
    assert [said(message) for message in shown(home)] == ["Once."]
    assert await home.storage.outbox.counts() == {"sent": 1}


@pytest.mark.parametrize("must", [Must.ARRIVE, Must.ONCE])
async def test_when_the_nonce_is_forgotten_it_is_looked_for(must: Must, home: Home) -> None:
    home.fake.world.faults.append(Fault("POST", "/messages", "drop", times=1))
    await sends(home, "Once.", must=must)
    await home.delivers()
    for n in range(20):
        home.fake.world.message(home.channel["id"], home.fake.world.bot, {"content": str(n)})
    await passes(home, LATER)
    assert [said(m) for m in shown(home) if m["components"]] == ["Once."]
    assert await home.storage.outbox.counts() == {"sent": 1}


async def test_what_is_surely_not_there_is_sent_after_all(home: Home) -> None:
    home.fake.world.faults.append(Fault("POST", "/messages", "refuse", times=1))
    await sends(home, "Once.", must=Must.ONCE)
    await home.delivers()
    await passes(home, LATER)
    assert [said(message) for message in shown(home)] == ["Once."]


async def test_a_long_card_of_which_half_arrived_is_made_whole(home: Home) -> None:
    words = " ".join(f"word{n}" for n in range(600))
    home.fake.world.faults += [
        Fault("POST", "/messages", "slow", times=1),
        Fault("POST", "/messages", "refuse", times=1),
    ]
    await sends(home, words)
    await home.delivers()
    assert len(shown(home)) == 1
    await passes(home, LATER)
    assert "".join(said(message) for message in shown(home)) == words


async def test_a_card_that_arrived_whole_in_parts_is_found(home: Home) -> None:
    words = " ".join(f"word{n}" for n in range(600))
    home.fake.world.faults += [
        Fault("POST", "/messages", "slow", times=2),
        Fault("POST", "/messages", "drop", times=1),
    ]
    await sends(home, words)
    await home.delivers()
    before = len(shown(home))
    await passes(home, LATER)
    assert (before, len(shown(home))) == (3, 3)


async def test_somebody_who_takes_no_messages_is_left_in_peace(home: Home) -> None:
    ana = await home.member("Ana")
    home.fake.world.closed.add(ana.id)
    await sends(home, "A note.", Person(ref_of("Ana"), "Ana"))
    await home.delivers()
    asked = len(home.fake.world.log)
    await sends(home, "Another.", Person(ref_of("Ana"), "Ana"))
    await passes(home, LATER)
    assert await home.storage.outbox.counts() == {"failed": 2}
    assert len(home.fake.world.log) == asked, "nothing is asked of Discord in vain"
    ana.channel = home.fake.world.direct(ana.id)["id"]
    await ana.types("/now")
    await ana.types("/me")
    home.fake.world.closed.clear()
    await sends(home, "A third.", Person(ref_of("Ana"), "Ana"))
    await home.delivers()
    assert ana.sees("A third.")


@pytest.mark.parametrize("how", ["gone", "hidden", "mute"])
async def test_a_channel_that_takes_nothing_is_left_alone_for_a_day(how: str, home: Home) -> None:
    denied = {"hidden": 1 << 10, "mute": SEND}
    if how == "gone":
        home.fake.world.channels.pop(home.channel["id"])
    else:
        home.channel["permission_overwrites"] = [
            {"id": home.guild["id"], "type": 0, "allow": "0", "deny": str(denied[how])}
        ]
    await sends(home, "Good morning.")
    await home.delivers()
    asked = len(home.fake.world.log)
    await sends(home, "Good evening.")
    await passes(home, LATER)
    assert len(home.fake.world.log) == asked
    assert await home.storage.outbox.counts() == {"failed": 2}


async def test_when_asked_to_wait_it_waits(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.fake.world.faults.append(Fault("POST", "/messages", "429", seconds=0.05))
    await sends(home, "Soon.")
    await home.delivers()
    assert [said(message) for message in shown(home)] == ["Soon."]
    home.fake.world.faults.append(Fault("POST", "/messages", "429", seconds=300.0))
    await sends(home, "Later.")
    await home.delivers()
    assert len(shown(home)) == 1
    await passes(home, timedelta(seconds=301))
    assert [said(message) for message in shown(home)] == ["Soon.", "Later."]


async def test_what_it_was_refused_is_counted(home: Home) -> None:
    before = home.door.gate.budget(0.0)
    home.fake.world.channels.pop(home.channel["id"])
    home.fake.world.faults.append(Fault("POST", "/messages", "403"))
    await sends(home, "Good morning.")
    await home.delivers()
    assert home.door.gate.budget(0.0) < before
    assert {401, 403, 429} == client.COUNTED


async def test_a_panel_is_changed_where_it_stands_and_posted_anew_where_it_is_gone(
    home: Home,
) -> None:
    def panel(words: str) -> Replace:
        return Replace(home.place, "floor", Card((Plain(words),)))

    for number, words in enumerate(("one", "two")):
        await queued(home, panel(words), f"test/{number}")
        await home.delivers()
    assert [said(message) for message in shown(home)] == ["two"]
    home.fake.world.messages.clear()
    await queued(home, panel("three"), "test/3")
    await home.delivers()
    assert [said(message) for message in shown(home)] == ["three"]
    await queued(home, Remove(home.place, "floor"), "test/4")
    await home.delivers()
    assert not shown(home)


async def test_while_it_is_not_connected_deeds_wait(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake:
        async with at_home(fake, storage, tmp_path) as home:
            await home.founded()
            guild = home.guild
        await sends(home, "Soon.")
        assert await home.delivers() == 0
        async with at_home(fake, storage, tmp_path, guild=guild) as again:
            await passes(again, timedelta(seconds=10))
            assert [said(message) for message in shown(again)] == ["Soon."]


async def test_nobody_is_called_by_what_is_sent(home: Home) -> None:
    deed = Post(home.place, Card(t("{who} <@1> @here", who="@everyone")))
    await queued(home, deed, "test/loud")
    await home.delivers()
    sent = [body for method, path, body in home.fake.world.log if path.endswith("/messages")]
    assert sent[0]["allowed_mentions"] == {"parse": []}
    assert sent[0]["nonce"] == nonce("test/loud", 0)
    assert sent[0]["components"][0]["id"] == mark("test/loud") + 25


def test_a_nonce_is_as_long_as_discord_takes_it() -> None:
    assert len(nonce("x" * 500, 24)) <= 25
    assert mark("x" * 500) + 50 < 2**31
