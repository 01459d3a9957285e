"""Questions and answers between processes: one JSON object a line, over a Unix socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

Verbs: TypeAlias = Mapping[str, Callable[..., Awaitable[object]]]
Lines: TypeAlias = set[asyncio.StreamWriter]

LONGEST = 2**20
"""Bytes of a line."""


class Line:
    """Asks, and is answered; many questions may be open at once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def to(cls, path: Path) -> Line:
        return cls(*await asyncio.open_unix_connection(path, limit=LONGEST))

    async def ask(self, verb: str, **given: object) -> Any:
        number = next(self._numbers)
        answer = self._open[number] = asyncio.get_running_loop().create_future()
        self._writer.write(_line([number, verb, given]))
        return await answer

    async def close(self) -> None:
        self._listening.cancel()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            number, answer = json.loads(line)
            waiting = self._open.pop(number)
            if not waiting.done():
                waiting.set_result(answer)


async def serve(path: Path, verbs: Verbs, lines: Lines) -> asyncio.Server:
    """In `lines` is whoever is there, or is gone but something that they asked is not done."""
    return await asyncio.start_unix_server(partial(_serve_one, verbs, lines), path, limit=LONGEST)


async def _serve_one(
    verbs: Verbs, lines: Lines, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """What was asked is done though whoever asked is gone, as it is by any platform."""
    lines.add(writer)
    asked: set[asyncio.Task[None]] = set()
    with suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
        while (line := await reader.readline()).endswith(b"\n"):  # else it was cut off
            task = asyncio.create_task(_answer(verbs, line, writer))
            asked.add(task)
            task.add_done_callback(asked.discard)
    await asyncio.gather(*asked)
    lines.discard(writer)
    writer.close()


async def _answer(verbs: Verbs, line: bytes, writer: asyncio.StreamWriter) -> None:
    number, verb, given = json.loads(line)
    answer = await verbs[verb](**given)
    if not writer.is_closing():
        writer.write(_line([number, answer]))


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
