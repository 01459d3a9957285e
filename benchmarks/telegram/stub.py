"""Telegram's sending side in its own process: a sliding window, a ban for who exceeds it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, deque
from time import monotonic

from aiohttp import web

WITHIN = 1.0
BAN = 5.0
NOTE = "A note from your group"
ME = {"id": 7000001, "is_bot": True, "first_name": "Door", "username": "the_door_bot"}


class Stub:
    """`limit` messages in any second, 0 for as many as come; `ledger` is what it saw."""

    def __init__(self, limit: int) -> None:
        self._limit, self._sent, self._until = limit, deque[float](), 0.0
        self._ban_at, self._ban = 0, 0.0
        self.sent: Counter[str] = Counter()
        self.refused = self.in_ban = 0
        self.first = self.last = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == "getMe":
            return web.json_response({"ok": True, "result": ME})
        if method != "sendMessage":
            return web.json_response({"ok": True, "result": True})
        given = await (
            request.json() if request.content_type == "application/json" else request.post()
        )
        now = monotonic()
        if wait := self._refuses(now):
            self.refused += 1
            told = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
            return web.json_response(told | {"parameters": {"retry_after": wait}}, status=429)
        self.first, self.last = self.first or now, now
        self._sent.append(now)
        if str(given["text"]) == NOTE:  # and not a /now in between
            self.sent[str(given["chat_id"])] += 1
        if self._ban_at and sum(self.sent.values()) == self._ban_at:
            self._until = now + self._ban
        chat = {"id": int(str(given["chat_id"])), "type": "private", "first_name": "A"}
        message = {"message_id": 5, "date": 1_770_000_000, "chat": chat, "from": ME}
        return web.json_response({"ok": True, "result": message | {"text": "."}})

    def _refuses(self, now: float) -> int:
        """Seconds to wait; whoever asks in a ban is told the rest of it."""
        while self._sent and self._sent[0] <= now - WITHIN:
            self._sent.popleft()
        if now < self._until:
            self.in_ban += 1
            return int(self._until - now) + 1
        if self._limit and len(self._sent) >= self._limit:
            self._until = now + BAN
            return int(BAN)
        return 0

    async def ban(self, request: web.Request) -> web.Response:
        """After so many, nothing more for so long."""
        self._ban_at, self._ban = int(request.query["after"]), float(request.query["seconds"])
        return web.Response()

    async def ledger(self, request: web.Request) -> web.Response:
        told = {
            "different": len(self.sent),
            "all": sum(self.sent.values()),
            "refused": self.refused,
            "in_ban": self.in_ban,
            "seconds": self.last - self.first,
        }
        return web.json_response(told)


async def serve(limit: int) -> None:
    stub = Stub(limit)
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", stub.answer)
    app.router.add_get("/ledger", stub.ledger)
    app.router.add_get("/ban", stub.ban)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps(runner.addresses[0][1]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
