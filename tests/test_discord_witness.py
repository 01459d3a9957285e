"""The fake is not fitted to one client: discord.js signs in to it, too, and answers somebody."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord
from tests.fakes.discord.rules import SPEC, spec

SCRIPT = Path(__file__).parent / "fakes" / "discord" / "witness.cjs"
NODE = shutil.which("node")


def is_there() -> bool:
    if NODE is None:
        return False
    asked = [NODE, "-e", "require.resolve('discord.js')"]
    return subprocess.run(asked, capture_output=True, env=os.environ, check=False).returncode == 0


@asynccontextmanager
async def discord_js(fake: FakeDiscord) -> AsyncIterator[asyncio.StreamReader]:
    assert NODE
    process = await asyncio.create_subprocess_exec(
        NODE, str(SCRIPT), fake.address, TOKEN, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


@pytest.mark.skipif(not is_there(), reason="discord.js is not in NODE_PATH: npm install discord.js")
async def test_another_client_signs_in_and_answers() -> None:
    async with fake_discord() as fake:
        guild = fake.world.guild()
        fake.world.channel(guild["id"], "general")
        ana, bo = fake.person("Ana", guild), fake.person("Bo", guild)
        async with discord_js(fake) as said, asyncio.timeout(60):
            assert await said.readline() == b"ready in 1\n"
            await ana.types("/hello")
            assert await said.readline() == b"answered\n"
            assert ana.shown()[-1]["content"] == "Hello."
            assert not bo.shown()
            await ana.presses("Press")
            assert await said.readline() == b"pressed\n"
            assert ana.shown()[-1]["content"] == "Pressed."
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


@pytest.mark.skipif(
    not SPEC.exists(), reason=f"Discord's description of its API is not here: {SPEC.name}"
)
def test_the_description_of_the_api_is_at_hand() -> None:
    """What is asked of the fake, and what it answers, is held against it in the other tests;
    without it by the limits that are written there by hand."""
    known = spec()
    assert known
    assert known.request("POST", "/channels/1/messages", {"content": "Hello."}) == []
    assert known.request("POST", "/channels/1/messages", {"content": 7})
    assert known.request("POST", "/nowhere", None)
