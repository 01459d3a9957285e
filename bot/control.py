"""How the command line speaks to a running server: one line of JSON each way over a socket.

The server alone writes to the database; `backup` and `restore` ask it to.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

log = logging.getLogger(__name__)

Told: TypeAlias = Callable[[int, int], None]
"""Progress: what is done, and how much there is."""
Verb: TypeAlias = Callable[[Mapping[str, Any], Told], Awaitable[Mapping[str, Any]]]

LONGEST = 64 * 1024
"""Bytes in a line; ours are a path at the most."""
LONGEST_PATH = 100
"""Bytes in the path of a socket: 107 on Linux, 103 on a Mac."""
HANDLES = Path("/proc/self/fd")
"""Where a folder has a short name while it is open, on Linux."""
PATIENCE = 1.0
"""Seconds in which whoever asked takes the answer when the server ends."""


class Refused(Exception):
    """The server answered, and the answer is no; the sentence says why."""


class Control:
    """The server's end. Only the person who runs the server can open the socket."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self._path, self._verbs = path, verbs
        self._heard: set[asyncio.Task[Any]] = set()
        self._busy: set[asyncio.Task[Any]] = set()

    async def serve(self) -> None:
        """Until cancelled, and then until what was begun is done. Raises OSError when there can
        be no socket; to be called by whoever has the lock, since one that is there goes. Where
        there are no Unix sockets, on Windows, it returns at once."""
        if not hasattr(socket, "AF_UNIX"):
            log.warning("control.no_socket_here")
            return
        with _short(self._path) as short:
            self._path.unlink(missing_ok=True)  # of a server that was killed
            bound = _bound(short)
            server = await asyncio.start_unix_server(
                self._hear, sock=bound, limit=LONGEST, start_serving=False
            )
            try:
                await server.start_serving()
                await asyncio.Event().wait()
            finally:
                server.close()
                self._path.unlink(missing_ok=True)
                await self._end()

    async def _end(self) -> None:
        """Who has not asked yet is sent away; a restore is never left half done."""
        for task in self._heard - self._busy:
            task.cancel()
        while self._busy:
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
            self._busy = {task for task in self._busy if not task.done()}
        if self._heard:
            await asyncio.wait(self._heard, timeout=PATIENCE)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(**line: Any) -> None:
            if not writer.is_closing():
                writer.write(json.dumps(line).encode() + b"\n")

        task = asyncio.current_task()
        assert task
        self._heard.add(task)
        task.add_done_callback(self._heard.discard)
        # A cancelled task ends here: a Python before 3.12 would complain about it.
        with suppress(ConnectionError, asyncio.CancelledError):
            await self._answer(reader, say, task)
            await writer.drain()
        writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, say: Callable[..., None], task: asyncio.Task[Any]
    ) -> None:
        try:
            asked = json.loads(await reader.readline())
            verb, given = self._verbs[asked["verb"]], dict(asked["with"])
        except (ValueError, KeyError, TypeError):
            say(refused="The server does not know that word; are both of the same version?")
            return
        self._busy.add(task)
        try:
            say(told=dict(await verb(given, lambda done, all: say(done=done, all=all))))
        except Refused as refusal:
            say(refused=str(refusal))
        except Exception:
            log.exception("control.verb_failed")
            say(refused="The server could not do it; its log has the reason.")
        finally:
            self._busy.discard(task)


def ask(
    path: Path,
    verb: str,
    given: Mapping[str, str],
    told: Told = lambda done, all: None,
    patience: float | None = None,
) -> Mapping[str, Any]:
    """The client's end, which waits; `patience` is in seconds for each line. OSError when no
    server listens; Refused when it says no, or says nothing."""
    with connected(path) as line, line.makefile("rb") as answers:
        line.settimeout(patience)
        try:
            line.sendall(json.dumps({"verb": verb, "with": dict(given)}).encode() + b"\n")
            for answer in map(json.loads, answers):
                if "told" in answer:
                    result: Mapping[str, Any] = answer["told"]
                    return result
                if "refused" in answer:
                    raise Refused(answer["refused"])
                told(answer["done"], answer["all"])
        except TimeoutError:
            raise Refused("The server is running, and does not answer.") from None
        except (OSError, ValueError):  # it was killed in the middle of a line
            pass
    raise Refused("The server stopped before it had answered.")


@contextmanager
def connected(path: Path) -> Iterator[socket.socket]:
    """Raises OSError when no server listens, and where there are no Unix sockets."""
    with _short(path) as short, _new() as line:
        line.connect(short)
        yield line


def _bound(path: str) -> socket.socket:
    """Ours alone from the first moment on. Nothing is awaited while the mask is another, which
    is one for all threads."""
    line = _new()
    former = os.umask(0o077)
    try:
        line.bind(path)
    except BaseException:
        line.close()
        raise
    finally:
        os.umask(former)
    return line


def _new() -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("there are no Unix sockets here")
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path, or where it is too long for a socket another way to the same file."""
    if len(os.fsencode(path)) <= LONGEST_PATH or not HANDLES.is_dir():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield str(HANDLES / str(folder) / path.name)
    finally:
        os.close(folder)
