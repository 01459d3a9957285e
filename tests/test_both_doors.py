"""One person behind two doors at once: both real libraries, on sockets, over one core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import outbox
from bot.core.cards import Card
from bot.core.model import Person
from bot.core.ports import Platform
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Sending
from bot.platforms.telegram.places import own
from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import Someone as OnDiscord
from tests.fakes.discord import fake_discord
from tests.fakes.discord.people import said
from tests.fakes.telegram_people import Someone as OnTelegram
from tests.room import ref_of
from tests.telegram_house import TelegramHouse, telegram_house, words


@dataclass
class Both:
    """Ana has joined on Discord; on Telegram she is nobody yet."""

    storage: Storage
    discord: Home
    telegram: TelegramHouse
    there: OnDiscord
    here: OnTelegram

    async def types_there(self, command: str, **options: str | int) -> str:
        """Everything that she then sees on Discord."""
        await self.there.types(command, **options)
        await self.rests()
        return self.seen_there()

    async def types_here(self, line: str) -> str:
        """What she sees last on Telegram."""
        self.here.types(line)
        await self.rests()
        return words(self.here.sees()[-1])

    async def presses_here(self, label: str) -> str:
        self.here.presses(label)
        await self.rests()
        return words(self.here.sees()[-1])

    async def rests(self) -> None:
        """All that came is performed, and what followed is delivered at both doors."""
        doors: dict[str, Platform] = {
            "discord": self.discord.door,
            "telegram": self.telegram.door,
        }
        await self.telegram.rests()
        await self.discord.door.quiet()
        app, now = self.telegram.app, self.storage.now()
        while await outbox.deliver(app, self.storage.outbox, doors, now):
            continue

    def seen_there(self) -> str:
        return "\n".join(said(message) for message in self.there.sees_all())

    async def linked(self) -> None:
        code = (await self.types_there("link")).split("/link ")[1].split("*")[0].split()[0]
        assert "You are Ana here too" in await self.types_here(f"/link {code}")


@pytest.fixture
async def both(storage: Storage, tmp_path: Path) -> AsyncIterator[Both]:
    async with (
        fake_discord() as fake,
        at_home(fake, storage, tmp_path) as home,
        telegram_house(storage, app=home.app, delivers=False) as house,
    ):
        ana, anna = await home.member("Ana"), house.guest("Ana")
        anna.starts()
        both = Both(storage, home, house, ana, anna)
        await both.rests()
        yield both
        assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


async def test_what_is_kept_at_one_door_is_in_the_history_of_the_other(both: Both) -> None:
    await both.linked()
    assert "One more account was linked with this one" in both.seen_there()
    assert "Thank you" in await both.types_here("/checkin 4 none rain on the roof")
    await both.types_there("checkins")
    assert "rain on the roof" in both.seen_there()
    await both.types_there("checkin", mood=5)
    assert "Very good" in await both.types_here("/checkins")
    assert len(await both.storage.people.accounts(ref_of("Ana"))) == 2


async def test_parting_leaves_the_one_account_without_what_the_other_has(both: Both) -> None:
    await both.linked()
    await both.types_here("/checkin 4 none rain on the roof")
    await both.types_here("/unlink")
    assert "nobody's" in await both.presses_here("Part this account")
    assert "rain" not in await both.types_here("/checkins")
    await both.types_there("checkins")
    assert "rain on the roof" in both.seen_there()
    assert [a.platform for a in await both.storage.people.accounts(ref_of("Ana"))] == ["discord"]


async def test_who_cannot_be_reached_at_one_door_is_reached_at_the_other(both: Both) -> None:
    await both.linked()
    both.here.blocks()
    await both.rests()
    to = Person(ref_of("Ana"), "Ana", consents=frozenset({"messages"}))
    card = Card((Plain("A note from your group"),), private=True)
    unit = both.storage.outbox.queue("note", Sending(Post(to, card)), both.storage.now())
    await both.storage.units.commit(unit)
    await both.rests()
    assert "A note from your group" in both.seen_there()
    assert own(both.here.id) != await both.storage.people.reach(ref_of("Ana"))
