"""A program with discord.py and aiosqlite and nothing else, to be measured beside."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiosqlite
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord.world import TOKEN

Handle = Callable[[discord.Interaction, int], Awaitable[None]]


def client(address: str) -> discord.Client:
    """As little as it can be told to do."""
    Route.BASE = f"{address}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address.replace("http", "ws") + "/")
    intents = discord.Intents.none()
    intents.guilds = True
    return discord.Client(
        intents=intents,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
    )


def tree(of: discord.Client, handle: Handle) -> app_commands.CommandTree[Any]:
    """With one command, `/checkin mood`."""
    made: app_commands.CommandTree[Any] = app_commands.CommandTree(of)

    @made.command(name="checkin", description="Check in with yourself")
    async def checkin(interaction: discord.Interaction, mood: int) -> None:
        await handle(interaction, mood)

    return made


async def serve(address: str, folder: Path) -> None:
    async with aiosqlite.connect(folder / "bare.db") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("CREATE TABLE IF NOT EXISTS lines (ref TEXT PRIMARY KEY, said TEXT)")
        await db.commit()

        async def answer(interaction: discord.Interaction, mood: int) -> None:
            await db.execute_fetchall("SELECT said FROM lines WHERE ref = 'now'")
            await interaction.response.send_message("Thank you.", ephemeral=True)

        bot = client(address)
        commands = tree(bot, answer)
        async with bot:
            await bot.login(TOKEN)
            await commands.sync()
            await bot.connect()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
