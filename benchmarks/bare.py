"""A web server with a database and nothing else, to be measured beside: it answers GET /now."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiosqlite
from aiohttp import web


async def serve(folder: Path) -> None:
    """Until it is ended; says where it listens."""
    async with aiosqlite.connect(folder / "bare.db") as db:
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("CREATE TABLE IF NOT EXISTS lines (ref TEXT PRIMARY KEY, said TEXT)")
        await db.execute("INSERT OR REPLACE INTO lines VALUES ('now', 'Somebody to talk to')")
        await db.commit()

        async def now(_request: web.Request) -> web.Response:
            rows = await db.execute_fetchall("SELECT said FROM lines WHERE ref = 'now'")
            return web.Response(text=str(next(iter(rows))[0]))

        app = web.Application()
        app.router.add_get("/now", now)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        print(f"Open: http://{host}:{port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
