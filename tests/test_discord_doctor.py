"""`homegroup doctor` says what is wrong between here and Discord, and mends what it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from bot.config import Config
from bot.doctor import Finding, Mark
from bot.doctor import fix as mended
from bot.doctor.discord import discord
from bot.platforms.discord import checkup
from bot.platforms.discord.permissions import ADMINISTRATOR, LEAST, missing
from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord
from tests.life import Types, configured
from tests.life import types as types


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with fake_discord() as fake:
        fake.world.guild()
        fake.world.allowed = LEAST
        yield fake
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


def settings(fake: FakeDiscord, folder: Path, **more: str) -> Config:
    given = {"TOKEN": TOKEN, "ADDRESS": fake.address, **more}
    return configured(folder, {f"HOMEGROUP__DISCORD__{k}": v for k, v in given.items()})


async def found(config: Config, *, fix: bool = False) -> list[Finding]:
    if fix:
        await mended(config)
    return await discord(config)


async def broken(config: Config) -> list[str]:
    return [f.sentence for f in await found(config) if f.mark is Mark.BROKEN]


async def test_all_is_well_and_the_link_is_told(fake: FakeDiscord, tmp_path: Path) -> None:
    config = settings(fake, tmp_path)
    told = await found(config)
    assert not [f for f in told if f.mark is Mark.BROKEN]
    assert f"permissions={LEAST}" in told[-1].sentence
    assert not LEAST & ADMINISTRATOR


async def test_what_can_be_set_from_here_is_set(fake: FakeDiscord, tmp_path: Path) -> None:
    config = settings(fake, tmp_path)
    assert any("--fix" in f.mend for f in await found(config))
    assert not any("--fix" in f.mend for f in await found(config, fix=True))
    asked = fake.world.app["integration_types_config"]["0"]["oauth2_install_params"]
    assert int(asked["permissions"]) == LEAST
    assert fake.world.app["description"] == checkup.ABOUT


async def test_a_token_that_is_not_taken_is_said(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.world.token = "another"
    assert await broken(settings(fake, tmp_path)) == ["Discord does not take the token."]


async def test_an_option_that_is_not_allowed_is_said(fake: FakeDiscord, tmp_path: Path) -> None:
    config = settings(fake, tmp_path, MESSAGE_CONTENT="true", MEMBERS="true")
    assert len(await broken(config)) == 2
    fake.world.app["flags"] = 1 << 15 | 1 << 19
    assert not await broken(config)


@pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_a_clock_that_is_off_is_said(
    off: timedelta, fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = f"{checkup.__name__}.parsedate_to_datetime"
    monkeypatch.setattr(late, lambda said: parsedate_to_datetime(said) + off)
    [said] = await broken(settings(fake, tmp_path))
    assert "seconds off" in said


async def test_what_is_missing_in_a_server_is_said(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.world.allowed = LEAST & ~(1 << 11)
    assert [one.name for one in missing(fake.world.allowed)] == ["Send Messages"]
    assert "lacks a permission: 1" in (await broken(settings(fake, tmp_path)))[0]
    fake.world.allowed = ADMINISTRATOR
    told = await found(settings(fake, tmp_path))
    assert any("everything: 1" in f.sentence for f in told)


async def test_a_page_that_nobody_can_open_is_said(fake: FakeDiscord, tmp_path: Path) -> None:
    [said] = await broken(settings(fake, tmp_path, PRIVATE_ENTRY="web"))
    assert "the web room has no address" in said
    away = {"HOMEGROUP__WEB__PUBLIC_URL": "https://room.example.org"}
    given = {"TOKEN": TOKEN, "ADDRESS": fake.address, "PRIVATE_ENTRY": "web"}
    away |= {f"HOMEGROUP__DISCORD__{name}": value for name, value in given.items()}
    assert not await broken(configured(tmp_path, away))


async def test_commands_that_go_elsewhere_are_said(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.world.app["interactions_endpoint_url"] = "https://elsewhere.example"
    assert "instead of to this program" in (await broken(settings(fake, tmp_path)))[0]


async def test_without_a_way_to_discord_it_says_so(tmp_path: Path) -> None:
    environ = {
        "HOMEGROUP__DISCORD__TOKEN": "x",
        "HOMEGROUP__DISCORD__ADDRESS": "http://127.0.0.1:1",
    }
    told = await found(configured(tmp_path, environ))
    assert [f.mark for f in told] == [Mark.NOTE]


async def test_a_host_types_it(
    fake: FakeDiscord, tmp_path: Path, types: Types, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"HOMEGROUP__DISCORD__TOKEN": TOKEN, "HOMEGROUP__DISCORD__ADDRESS": fake.address}
    typed = await asyncio.to_thread(types, tmp_path / "data", "doctor", "--fix", **environ)
    assert "Discord takes the token. The bot is in one server." in typed[1]
