"""Requests as bytes, whatever they say, and what comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.platforms.web.security import HEADERS

PATIENCE = 10.0
CONTINUE = b"HTTP/1.1 100"
GLIMPSE = 0.1
"""Seconds for which a stream that does not end is listened to."""


@dataclass(frozen=True, slots=True)
class Request:
    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def __bytes__(self) -> bytes:
        lines = [self.method + b" " + self.target + b" HTTP/1.1", b"Connection: close"]
        lines += [name + b": " + value for name, value in self.headers]
        names = {name.lower() for name, _ in self.headers}
        if self.body and not names & {b"content-length", b"transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([*lines, b"", self.body])


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


async def sends(port: int, *parts: bytes, cut: bool = False) -> Reply | None:
    """What is answered, None for nothing; `cut` hangs up after the last part."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if cut:
            return None
        return await _read(reader)
    except ConnectionError:
        return None
    finally:
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Reply | None:
    try:
        async with asyncio.timeout(PATIENCE):
            head = CONTINUE
            while head.startswith(CONTINUE):
                head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines if line)}
    endless = headers.get("content-type", "").startswith("text/event-stream")
    length = int(headers.get("content-length", 2**30))
    body = b""
    try:
        async with asyncio.timeout(GLIMPSE if endless else PATIENCE):
            while len(body) < length and (more := await reader.read(2**16)):
                body += more
    except TimeoutError:
        assert endless, "the answer does not end"
    return Reply(int(first.split(" ")[1]), headers, body.decode("utf-8", "replace"))


def check_reply(reply: Reply) -> None:
    """Never our fault, never a word of how we are made, and always with the headers."""
    assert reply.status < 500 or reply.status == 503, reply
    assert "Traceback" not in reply.text
    assert 'File "' not in reply.text
    assert not reply.headers.get("server"), reply
    missing = [name for name in HEADERS if name.lower() not in reply.headers]
    assert not missing, (reply.status, missing, reply.text[:200])
