"""Discord, with its own client on a real socket: people type, press, fill in, and see answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import fake_discord
from tests.fakes.discord.people import said
from tests.fakes.discord.world import EPHEMERAL


@pytest.fixture
async def home(storage: Storage, tmp_path: Path) -> AsyncIterator[Home]:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        yield home
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


async def test_somebody_types_a_command_and_sees_the_answer_alone(home: Home) -> None:
    ana, bo = await home.member("Ana"), await home.member("Bo")
    await ana.types("/checkin", mood=4)
    assert ana.sees("Thank you")
    assert not bo.shown()
    assert ana.shown()[-1]["flags"] & EPHEMERAL


async def test_what_is_missing_is_asked_in_a_dialog(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/checkin")
    assert ana.dialog
    await ana.fills("2")
    assert ana.sees("Thank you")


async def test_someone_to_talk_to_is_there_for_a_stranger(home: Home) -> None:
    eve = home.guest("Eve")
    await eve.types("/now")
    assert said(eve.shown()[-1])
