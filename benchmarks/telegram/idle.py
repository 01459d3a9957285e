"""`python -m benchmarks.telegram.idle`: both chat doors connected and idle, beside a bare program.

That program has the same two libraries and aiosqlite, and does nothing. Memory, and the CPU from
the command until both are connected (Linux). With --nonebot, the interpreter of an environment that
has nonebot2[httpx,websockets], nonebot-adapter-discord and nonebot-adapter-telegram, a program with
these stands beside the two.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.process import resident
from benchmarks.table import ROOT, Figures, Promise, arguments, middle, show
from tests.fakes.discord import TOKEN as DISCORD_TOKEN
from tests.fakes.discord import FakeDiscord, fake_discord
from tests.fakes.telegram import TOKEN, TelegramServer, telegram_server

IDLE = 2.0
LATEST = 60.0
LOOK = 0.005
CPU, MEMORY = "CPU to connected, ms", "memory, MB"
TICK = os.sysconf("SC_CLK_TCK")


def worked(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def begun(
    command: Sequence[str],
    settings: Mapping[str, str],
    discord: FakeDiscord,
    telegram: TelegramServer,
    python: str = sys.executable,
) -> Figures:
    """Connected is when it has said who it is to one, and asked the other for updates."""
    telegram.calls.clear()
    discord.gateway.sessions.clear()
    process = await asyncio.create_subprocess_exec(
        python,
        *command,
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LATEST):
            await telegram.until(lambda: bool(telegram.of("getUpdates")))
            identified = discord.gateway.sessions
            for _ in iter(lambda: bool(identified), True):
                await asyncio.sleep(LOOK)
        spent = worked(process.pid)
        await asyncio.sleep(IDLE)
        return {CPU: 1000 * spent, MEMORY: resident(process.pid)}
    finally:
        process.terminate()
        await process.wait()


async def measured(rounds: int, nonebot: str = "") -> dict[str, list[Figures]]:
    found: dict[str, list[Figures]] = {"ours": [], "bare": []}
    found |= {"nonebot2": []} if nonebot else {}
    with tempfile.TemporaryDirectory() as name:
        async with fake_discord() as discord, telegram_server(checked=False) as telegram:
            address = f"http://127.0.0.1:{telegram.port}"
            given = {
                "HOMEGROUP__DATA": f"{name}/ours",
                "HOMEGROUP__WEB__ENABLED": "false",
                "HOMEGROUP__DISCORD__TOKEN": DISCORD_TOKEN,
                "HOMEGROUP__DISCORD__ADDRESS": discord.address,
                "HOMEGROUP__TELEGRAM__TOKEN": TOKEN,
                "HOMEGROUP__TELEGRAM__ADDRESS": address,
            }
            told = [discord.address, DISCORD_TOKEN, address, TOKEN, name]
            beside = ["-m", "benchmarks.telegram.bare", *told]
            third = ["-m", "benchmarks.telegram.nonebot", *told]
            for number in range(rounds + 1):  # the first is for what Python compiles
                for side, command, settings, python in (
                    ("ours", ["-m", "bot", "run"], given, sys.executable),
                    ("bare", beside, {}, sys.executable),
                    *([("nonebot2", third, dict[str, str](), nonebot)] if nonebot else []),
                ):
                    figures = await begun(command, settings, discord, telegram, python)
                    found[side] += [figures] if number else []
    return found


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.telegram.idle", __doc__)
    parser.add_argument("--nonebot", default="", metavar="PYTHON")
    options = parser.parse_args(given)
    found = asyncio.run(measured(options.rounds, options.nonebot))
    us, them = found["ours"], found["bare"]
    promises = [
        Promise("memory, ours to bare", middle(us, MEMORY) / middle(them, MEMORY), 1.2),
        Promise("CPU to connected, ours to bare", middle(us, CPU) / middle(them, CPU), 1.25),
    ]
    return show("Both chat doors connected and idle", options.seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
