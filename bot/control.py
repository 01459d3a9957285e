"""How the command line speaks to a running server: one line of JSON each way over a socket.

The server alone writes to the database; `backup` and `restore` ask it to.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

log = logging.getLogger(__name__)

Told: TypeAlias = Callable[[int, int], None]
"""Progress: what is done, and how much there is."""
Verb: TypeAlias = Callable[[Mapping[str, Any], Told], Awaitable[Mapping[str, Any]]]

LONGEST = 64 * 1024
"""Bytes in a line; ours are a path at the most."""


class Refused(Exception):
    """The server answered, and the answer is no; the sentence says why."""


class Control:
    """The server's end. Only the person who runs the server can open the socket (0600)."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self._path, self._verbs = path, verbs

    async def serve(self) -> None:
        """Until cancelled. Where there are no Unix sockets it returns at once."""
        if not hasattr(asyncio, "start_unix_server"):
            log.warning("control.no_socket_here")
            return
        self._path.unlink(missing_ok=True)  # of a server that was killed; we hold the lock
        former = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._hear, self._path, limit=LONGEST)
        finally:
            os.umask(former)
        try:
            async with server:
                await server.serve_forever()
        finally:
            self._path.unlink(missing_ok=True)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(**line: Any) -> None:
            writer.write(json.dumps(line).encode() + b"\n")

        try:
            asked = json.loads(await reader.readline())
            verb = self._verbs[asked["verb"]]
            told = await verb(asked.get("with", {}), lambda done, all: say(done=done, all=all))
            say(told=dict(told))
        except Refused as refusal:
            say(refused=str(refusal))
        except (ValueError, KeyError, TypeError):
            say(refused="The server does not know that word; are both of the same version?")
        except Exception:
            log.exception("control.verb_failed")
            say(refused="The server could not do it; its log has the reason.")
        with suppress(ConnectionError):
            await writer.drain()
            writer.close()


def ask(path: Path, verb: str, told: Told, **given: str) -> Mapping[str, Any]:
    """The client's end, which waits. OSError when no server listens; Refused when it says no."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(path))
        line.sendall(json.dumps({"verb": verb, "with": given}).encode() + b"\n")
        for answer in map(json.loads, line.makefile()):
            if "told" in answer:
                result: Mapping[str, Any] = answer["told"]
                return result
            if "refused" in answer:
                raise Refused(answer["refused"])
            told(answer["done"], answer["all"])
    raise Refused("The server stopped before it had answered.")
