"""Whatever is logged, by whomever, nothing that was planted can be read in it."""

from __future__ import annotations

import ast
import asyncio
import logging
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import logs
from tests.test_logs import (
    ID,
    NAME,
    ROOT,
    TOKEN,
    Refused,
    Unspeakable,
    assert_clean,
    listening,
)

# Never an event or a word by chance: there is a space and a capital in it, or it stands where
# nothing at all may pass.
TEXT = st.builds("{}{}{}".format, st.text(max_size=5), st.sampled_from([NAME, TOKEN]), st.text())
VALUE = st.recursive(
    TEXT | st.just(ID) | st.builds(Unspeakable, TEXT) | TEXT.map(str.encode) | TEXT.map(Refused),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)
LOGGER = st.sampled_from(["bot.outbox", "bot", "discord.http", "aiohttp", "quill.feather", ""])
KEY = st.sampled_from(["code", "count", "seconds", "door", "person", "frames", "causes", "error"])
KIND = st.sampled_from(
    [Refused, Unspeakable, ValueError, KeyError, OSError, asyncio.CancelledError]
)


def failing(kinds: list[type[BaseException]], text: str) -> BaseException:
    """One exception after the other, each raised while the one before was handled."""
    last: BaseException = Refused(text)
    for number, kind in enumerate(kinds):
        try:
            try:
                raise last
            except BaseException:
                if number % 3 == 2:
                    raise BaseExceptionGroup(text, [last, kind(text)])  # noqa: B904
                raise kind(text)  # noqa: B904
        except BaseException as error:
            error.add_note(text)
            last = error
    return last


@settings(max_examples=200, deadline=None)
@given(
    LOGGER,
    st.sampled_from(["outbox.sent", "%s", "%d %s", "%(who)s", "{}"]) | VALUE,
    st.lists(VALUE, max_size=2),
    st.dictionaries(KEY, VALUE, max_size=3),
    st.none() | st.tuples(st.lists(KIND, max_size=5), TEXT),
    st.sampled_from(["json", "plain"]),
)
def test_whatever_is_logged_nothing_planted_is_read(
    name: str,
    message: object,
    args: list[object],
    extra: dict[str, Any],
    fault: tuple[list[type[BaseException]], str] | None,
    format: str,
) -> None:
    error = failing(*fault) if fault else None
    with listening(format=format) as stderr:
        logging.getLogger(name).error(message, *args, exc_info=error, extra=extra)
    assert len(stderr.getvalue().splitlines()) == 1
    assert_clean(stderr.getvalue())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(
    st.sampled_from(["name", "msg", "args", "levelname", "pathname", "filename",
                     "module", "exc_info", "exc_text", "stack_info", "lineno", "funcName",
                     "created", "threadName", "processName", "taskName", "code"]),
    VALUE | TEXT | st.none(),
))  # fmt: skip
def test_a_record_made_by_hand_tells_nothing_either(parts: dict[str, Any]) -> None:
    with listening() as stderr:
        logging.getLogger().handle(logging.makeLogRecord({"levelno": logging.ERROR, **parts}))
    assert len(stderr.getvalue().splitlines()) <= 1
    assert_clean(stderr.getvalue())


# --- our own lines ----------------------------------------------------------------------------

SPEAKS = {"debug", "info", "warning", "error", "critical", "exception"}


def careless(source: str) -> list[int]:
    """Lines that log anything but an event, or add a fact that would be dropped."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=how)) if how in SPEAKS:
                match node.args:
                    case [ast.Constant(value=str(event))] if logs.EVENT.fullmatch(event):
                        known = True
                    case _:
                        known = False
                for extra in (each.value for each in node.keywords if each.arg == "extra"):
                    keys = extra.keys if isinstance(extra, ast.Dict) else [None]
                    names = {key.value for key in keys if isinstance(key, ast.Constant)}
                    known &= names <= {"code", "count", "seconds", "door"}
                    known &= len(names) == len(keys)
                if not known:
                    found.append(node.lineno)
    return found


def test_our_own_lines_are_events() -> None:
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]
    files += (ROOT / "storage").rglob("*.py")
    found = {str(file.relative_to(ROOT)): careless(file.read_text()) for file in files}
    assert {file: numbers for file, numbers in found.items() if numbers} == {}


def test_a_careless_line_of_ours_is_found() -> None:
    lines = ["log.info(f'hello {name}')", "log.info('outbox.sent', name)", "log.info(name)"]
    lines += ["log.info('outbox.sent', extra={'who': 1})", "log.info('a.b', extra={**all})"]
    assert careless("\n".join(lines)) == [1, 2, 3, 4, 5]
    assert careless("log.info('outbox.sent', extra={'count': n}, exc_info=True)") == []
