"""A program with discord.py, python-telegram-bot and aiosqlite, connected and nothing else."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiosqlite
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes


async def serve(discords: str, token: str, telegrams: str, other: str, folder: Path) -> None:
    """As little as each library can be told to do."""
    Route.BASE = f"{discords}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(discords.replace("http", "ws") + "/")
    intents = discord.Intents.none()
    intents.guilds = True
    client = discord.Client(
        intents=intents,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
    )
    async with aiosqlite.connect(folder / "bare.db") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("CREATE TABLE IF NOT EXISTS lines (ref TEXT PRIMARY KEY, said TEXT)")
        await db.commit()

        async def checkin(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            await db.execute_fetchall("SELECT said FROM lines WHERE ref = 'now'")
            if update.message:
                await update.message.reply_text("Thank you.")

        application = Application.builder().token(other).base_url(f"{telegrams}/bot").build()
        application.add_handler(CommandHandler("checkin", checkin))
        async with application, client:
            assert application.updater
            await application.start()
            await application.updater.start_polling()
            await client.login(token)
            await client.connect()


if __name__ == "__main__":
    one, its, other, whose, where = sys.argv[1:]
    asyncio.run(serve(one, its, other, whose, Path(where)))
