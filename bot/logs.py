"""Logs that cannot say who: event codes, places in the code and a few small facts, nothing else.

    log.info("outbox.sent", extra={"count": 3})
    log.error("outbox.deed_failed", exc_info=True)

A line made in any other way (by a library, or with a value in its text) keeps its level and its
place in the code, and loses its words. The text of an exception is never written: it may hold a
name, a note or a token."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, cast

log = logging.getLogger(__name__)

OURS = {"bot", "cogs", "storage", "__main__"}
EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
LONGEST_EVENT = 64
WORD = re.compile(r"(?!.*\d{7})[a-z0-9_-]{1,16}")  # a word or a short code, not a platform's id
MOST = 10_000_000  # a count of rows or seconds; ids of accounts are larger
FUNCTION = re.compile(r"[^\W\d]\w*|<(lambda|listcomp|dictcomp|setcomp|genexpr|module)>")
FILE = re.compile(r"[\w./-]+")
FRAMES = (4, 16)  # of a long traceback: the outermost, and the innermost, where it happened
CAUSES = 8

# Their lines are without words here anyway; below a warning there is nothing to learn from them.
QUIET = ("aiosqlite", "asyncio", "discord", "httpcore", "httpx", "telegram")

LEVELS = (
    (logging.CRITICAL, "critical"),
    (logging.ERROR, "error"),
    (logging.WARNING, "warning"),
    (logging.INFO, "info"),
)

Fault = tuple[type[BaseException], BaseException | None, TracebackType | None]


def setup(level: str, format: str) -> None:
    """From now on every line of this process goes to stderr, as `format` ("json" or "plain"):
    also warnings, and exceptions that nobody caught."""
    root, least = logging.getLogger(), logging.getLevelNamesMapping()[level.upper()]
    stderr = _Stderr()
    stderr.setFormatter(_Plain() if format == "plain" else _Json())
    root.handlers[:] = [stderr]
    root.setLevel(least)
    logging.lastResort = stderr  # else a logger cut off from the root prints its words
    for name in QUIET:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))
    logging.getLogger("aiohttp.access").disabled = True  # addresses and paths of visitors
    logging.captureWarnings(True)
    warnings.showwarning = _warned
    sys.excepthook = _crashed
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_crashed


def handler(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own prints the task, its arguments and all."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        _report(logging.ERROR, "loop.failed", (type(error), error, error.__traceback__))
    else:  # for example a task that was destroyed while it was pending
        log.error("loop.complained")


class _Stderr(logging.Handler):
    """Writes to stderr as it is now. What cannot be written is lost without a word: the standard
    library would print the record's text and arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts(record))


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        rest = facts(record)
        parts = [rest.pop(key) for key in ("at", "level", "event", "logger") if key in rest]
        frames, causes = rest.pop("frames", []), rest.pop("causes", [])
        parts += [f"{key}={value}" for key, value in rest.items()]
        parts += [f"cause={cause}" for cause in causes]
        return " ".join([*parts, *(f"> {frame}" for frame in frames)])


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """All that is ever written of a record; whatever is not named here is dropped."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, Any] = {"at": at.replace("+00:00", "Z"), "level": _level(record.levelno)}
    if _is_event(record):
        found["event"] = record.msg
    else:
        found["logger"] = _logger(record.name)
    if (module := _module(record.pathname)) != "?":
        found["where"] = f"{module}:{int(record.lineno)}"
    if record.exc_info and (kind := record.exc_info[0]):
        found |= _fault((kind, record.exc_info[1], record.exc_info[2]))
    for key in ("code", "door"):
        if isinstance(value := record.__dict__.get(key), str) and WORD.fullmatch(value):
            found[key] = value
    for key in ("code", "count", "seconds"):
        if (number := _number(record.__dict__.get(key))) is not None:
            found[key] = number
    return found


def _is_event(record: logging.LogRecord) -> bool:
    return (
        type(record.msg) is str
        and not record.args
        and record.name.partition(".")[0] in OURS
        and len(record.msg) <= LONGEST_EVENT
        and EVENT.fullmatch(record.msg) is not None
    )


def _level(number: int) -> str:
    for least, name in LEVELS:
        if number >= least:
            return name
    return "debug"


def _logger(name: str) -> str:
    """The logger's name as far as it is a module's: the rest of it may have been made of data.
    What is left of none is the root, where all loggers end."""
    while name not in sys.modules and name != "root":
        name = name.rpartition(".")[0] or "root"
    return name


def _number(value: object) -> int | float | None:
    if type(value) is int and abs(value) < MOST:
        return value
    if type(value) is float and math.isfinite(value) and abs(value) < MOST:
        return round(value, 3)
    return None


def _fault(fault: Fault) -> dict[str, Any]:
    kind, error, trace = fault
    found: dict[str, Any] = {"error": _kind(kind), "frames": _frames(trace)}
    causes = [] if error is None else [_cause(cause) for cause in _causes(error)]
    return found | ({"causes": causes} if causes else {})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to it, and what a group of exceptions holds, nearest first, each once."""
    seen, waiting = {id(error)}, [error]
    while waiting and len(seen) <= CAUSES:
        one = waiting.pop(0)
        inside = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        before = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        for each in (*inside, before):
            if each is not None and id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)
                yield each


def _cause(error: BaseException) -> str:
    return " ".join([_kind(type(error)), *_frames(error.__traceback__)[-1:]])


def _kind(kind: type[BaseException]) -> str:
    """The name of the nearest class that can be found under its name in a module: one that was
    made while running may be named after anything."""
    for each in kind.__mro__:
        module = sys.modules.get(each.__module__)
        if module is not None and vars(module).get(each.__name__) is each:
            return str(each.__name__)
    return "?"


def _frames(trace: TracebackType | None) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        name = code.co_name if FUNCTION.fullmatch(code.co_name) else "?"
        found.append(f"{_file(code.co_filename)}:{trace.tb_lineno} {name}")
        trace = trace.tb_next
    first, last = FRAMES
    return found if len(found) <= first + last else [*found[:first], "...", *found[-last:]]


@lru_cache(maxsize=1024)
def _file(name: str) -> str:
    """The file as seen from the folder it was imported from, so without the names of a home."""
    file, roots = Path(name), {Path(__file__).parents[1], *map(Path, sys.path)}
    inside = [root for root in roots if root.is_absolute() and file.is_relative_to(root)]
    nearest = min((file.relative_to(root).as_posix() for root in inside), key=len, default="?")
    return nearest if FILE.fullmatch(nearest) else "?"


def _module(name: str) -> str:
    return _file(name).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    fault = (category, message if isinstance(message, Warning) else None, None)
    _report(logging.WARNING, "process.warned", fault, (filename, lineno))


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):  # the host pressed Ctrl+C
        _report(logging.CRITICAL, "process.crashed", (kind, error, trace))


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    if not issubclass(args.exc_type, SystemExit):
        fault = (args.exc_type, args.exc_value, args.exc_traceback)
        _report(logging.ERROR, "thread.crashed", fault)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    fault = (args.exc_type, args.exc_value, args.exc_traceback)
    _report(logging.ERROR, "process.unraisable", fault)


def _report(level: int, event: str, fault: Fault, at: tuple[str, int] | None = None) -> None:
    """Log it as said by the code in which it happened, and not by this module."""
    trace = fault[2]
    while trace is not None:
        at, trace = (trace.tb_frame.f_code.co_filename, trace.tb_lineno), trace.tb_next
    file, line = at or (__file__, 0)
    record = logging.LogRecord(log.name, level, file, line, event, (), None)
    record.exc_info = cast(Any, fault)  # the type stubs know of no exception without a value
    if log.isEnabledFor(level):
        log.handle(record)
