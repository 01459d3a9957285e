"""What the logs say, and above all what they never say: names, texts, ids and tokens."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from bot import logs

ROOT = Path(__file__).parents[1]
ours = logging.getLogger("bot.outbox")
NAME, TOKEN, ID = "Quill Feather", "bot123:AAquillfeather", 123456789012345678
PLANTED = ("quill", "feather", "123456789")


@contextmanager
def listening(level: str = "debug", format: str = "json") -> Iterator[io.StringIO]:
    """Everything is logged as in a running program, and all that tests need is put back."""
    root, access = logging.getLogger(), logging.getLogger("aiohttp.access")
    kept = root.handlers[:], root.level, logging.lastResort, access.disabled
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    hooks = warnings.showwarning, sys.excepthook, sys.unraisablehook, threading.excepthook
    stderr = io.StringIO()
    try:
        with redirect_stderr(stderr):
            logs.setup(level, format)
            yield stderr
    finally:
        logging.captureWarnings(False)
        warnings.showwarning, sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        root.handlers[:], root.level, logging.lastResort, access.disabled = kept
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        root.setLevel(root.level)  # loggers remember what is on; this makes them forget


def lines(stderr: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.getvalue().splitlines()]


def only(stderr: io.StringIO) -> dict[str, Any]:
    (line,) = lines(stderr)
    return line


def assert_clean(text: str) -> None:
    assert [each for each in PLANTED if each in text.lower()] == [], text


class Refused(Exception):
    """An exception of this project: its name may be told, its text may not."""


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError(NAME)


def fail(note: str = NAME) -> NoReturn:
    error = Refused(f"{note} cannot be reached with {TOKEN}")
    error.add_note(note)
    raise error


# --- what is said -----------------------------------------------------------------------------


def test_an_event_says_when_how_grave_and_where() -> None:
    with listening() as stderr:
        ours.info("outbox.sent")
    line = only(stderr)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert re.fullmatch(r"tests\.test_logs:\d+", line.pop("where"))
    assert line == {"level": "info", "event": "outbox.sent"}


def test_small_facts_may_be_added() -> None:
    facts = {"code": "a1b2c3", "count": 3, "seconds": 1.23456, "door": "web"}
    with listening() as stderr:
        ours.warning("outbox.stuck", extra=facts)
        ours.warning("outbox.stuck", extra={"code": 429})
    first, second = lines(stderr)
    assert {key: first[key] for key in facts} == facts | {"seconds": 1.235}
    assert second["code"] == 429


@pytest.mark.parametrize(
    "extra",
    [
        {"code": NAME}, {"code": "x" * 17}, {"door": "Web"}, {"door": 7}, {"count": "many"},
        {"code": str(ID)[:9]}, {"code": ID}, {"count": -ID}, {"code": f"-{str(ID)[:12]}"},
        {"count": True}, {"seconds": float("nan")}, {"seconds": float(ID)}, {"code": ["a"]},
        {"person": "quillfeather"}, {"frames": [NAME]}, {"event": NAME}, {"error": NAME},
    ],
)  # fmt: skip
def test_other_facts_are_dropped(extra: dict[str, Any]) -> None:
    with listening() as stderr:
        ours.warning("outbox.stuck", extra=extra)
    assert set(only(stderr)) == {"at", "level", "event", "where"}
    assert_clean(stderr.getvalue())


def test_an_exception_is_its_kind_and_its_way() -> None:
    with listening() as stderr:
        try:
            fail()
        except Refused:
            ours.error("outbox.deed_failed", exc_info=True)
    line = only(stderr)
    assert (line["event"], line["error"]) == ("outbox.deed_failed", "Refused")
    assert [re.sub(r":\d+", "", frame) for frame in line["frames"]] == [
        "tests/test_logs.py test_an_exception_is_its_kind_and_its_way",
        "tests/test_logs.py fail",
    ]
    assert "causes" not in line
    assert_clean(stderr.getvalue())


def test_what_led_to_it_is_told_by_kind_and_place() -> None:
    with listening() as stderr:
        try:
            try:
                fail()
            except Refused as first:
                try:
                    raise KeyError(NAME) from first
                except KeyError:
                    raise ValueError(NAME)  # noqa: B904  its context is what is tested
        except ValueError:
            ours.exception("outbox.deed_failed")
    line = only(stderr)
    assert line["error"] == "ValueError"
    assert [re.sub(r":\d+", "", cause) for cause in line["causes"]] == [
        "KeyError tests/test_logs.py test_what_led_to_it_is_told_by_kind_and_place",
        "Refused tests/test_logs.py fail",
    ]
    assert_clean(stderr.getvalue())


async def test_a_group_of_exceptions_tells_what_is_in_it() -> None:
    async def part() -> None:
        fail()

    with listening() as stderr:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(part(), name=NAME)
        except* Refused:
            ours.exception("house.part_failed")
    line = only(stderr)
    assert line["error"] == "ExceptionGroup"
    assert line["causes"][0].startswith("Refused tests/test_logs.py:")
    assert_clean(stderr.getvalue())


def test_a_class_that_was_made_while_running_is_not_named() -> None:
    made = type("QuillFeather", (Refused,), {})
    hidden = type("QuillFeather", (Exception,), {"__module__": "quill.feather"})
    with listening() as stderr:
        for kind in (made, hidden):
            try:
                raise kind(NAME)
            except Exception:
                ours.exception("outbox.deed_failed")
    assert [line["error"] for line in lines(stderr)] == ["Refused", "Exception"]
    assert_clean(stderr.getvalue())


def test_a_long_way_is_cut_in_the_middle_and_a_circle_ends() -> None:
    def down(steps: int) -> None:
        if not steps:
            fail()
        down(steps - 1)

    with listening() as stderr:
        try:
            down(200)
        except Refused as error:
            other = KeyError(NAME)
            error.__cause__, other.__cause__ = other, error
            ours.exception("outbox.deed_failed")
    line = only(stderr)
    assert len(line["frames"]) == sum(logs.FRAMES) + 1
    assert line["frames"][-1].endswith(" fail")
    assert line["causes"] == ["KeyError"]


def test_plain_says_the_same_on_one_line() -> None:
    with listening(format="plain") as stderr:
        try:
            fail()
        except Refused:
            ours.exception("outbox.deed_failed", extra={"code": "a1b2c3"})
        logging.getLogger("json.quill").error("%s", NAME)
    first, second = stderr.getvalue().splitlines()
    assert re.fullmatch(
        r"\S+Z error outbox\.deed_failed where=tests\.test_logs:\d+ error=Refused code=a1b2c3"
        r" > tests/test_logs\.py:\d+ \w+ > tests/test_logs\.py:\d+ fail",
        first,
    )
    assert re.fullmatch(r"\S+Z error json where=tests\.test_logs:\d+", second)
    assert_clean(stderr.getvalue())


# --- what is not said -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"{NAME} said no", ()),
        ("quillfeather said no", ()),
        ("outbox.sent", (NAME,)),
        ("outbox.sent %s", (NAME,)),
        ("outbox.sent %(who)s", ({"who": NAME},)),
        ("outbox.sent %d", (NAME,)),
        ("Outbox.Quill", ()),
        ("outbox.quill\n", ()),
        ("outbox." + "quill" * 20, ()),
        (Unspeakable(NAME), ()),
        (b"quill", ()),
        (ID, ()),
        (None, ()),
    ],
)
def test_a_careless_line_keeps_only_its_place(message: object, args: tuple[object, ...]) -> None:
    with listening() as stderr:
        ours.error(message, *args)
    assert set(only(stderr)) == {"at", "level", "logger", "where"}
    assert_clean(stderr.getvalue())


def test_a_library_keeps_its_words_even_when_they_look_like_ours() -> None:
    with listening() as stderr:
        logging.getLogger("json.decoder").error("quill.feather")
        logging.getLogger("json.quill.feather").error("quillfeather")
        logging.getLogger("quillfeather").error("x")
        logging.getLogger().error(NAME)
    assert [line["logger"] for line in lines(stderr)] == ["json.decoder", "json", "root", "root"]
    assert all("event" not in line for line in lines(stderr))
    assert_clean(stderr.getvalue())


def test_a_level_is_named_by_its_number() -> None:
    logging.addLevelName(35, "QUILL")
    with listening() as stderr:
        ours.log(35, "outbox.sent")
        ours.log(5, "outbox.sent")
        ours.log(99, "outbox.sent")
    assert [line["level"] for line in lines(stderr)] == ["warning", "critical"]


def test_code_that_has_no_file_in_the_tree_has_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with listening() as stderr:
        for name in ("<quill>", "quill", "/home/quill/feather.py", f"{ROOT}/a quill/x.py"):
            exec(compile("ours.error('outbox.sent')", name, "exec"), {"ours": ours})
    assert [set(line) for line in lines(stderr)] == [{"at", "level", "event"}] * 4
    assert_clean(stderr.getvalue())


def test_code_that_was_named_while_running_is_not_named() -> None:
    named = compile("fail()", f"{ROOT}/bot/x.py", "exec").replace(co_name=NAME)
    with listening() as stderr:
        try:
            exec(named, {"fail": fail})
        except Refused:
            ours.exception("outbox.deed_failed")
    assert only(stderr)["frames"][1] == "bot/x.py:1 ?"
    assert_clean(stderr.getvalue())


def test_the_stack_is_not_told() -> None:
    with listening() as stderr:
        ours.error("outbox.sent", stack_info=True)
    assert set(only(stderr)) == {"at", "level", "event", "where"}


def test_a_logger_cut_off_from_the_rest_speaks_no_other_way() -> None:
    alone = logging.getLogger("tests.cut_off")
    alone.propagate = False
    with listening() as stderr:
        alone.error(NAME)
    assert only(stderr)["level"] == "error"
    assert_clean(stderr.getvalue())


def test_a_broken_console_stops_nobody() -> None:
    with listening(), redirect_stderr(io.StringIO()) as closed:
        closed.close()
        ours.error("outbox.sent")
    with listening() as stderr:
        ours.error("outbox.sent")
    assert only(stderr)["level"] == "error", "and the next one is written to"


def test_visitors_and_chatter_of_libraries_are_not_logged() -> None:
    with listening("info") as stderr:
        logging.getLogger("aiohttp.access").info("GET /room from %s", NAME)
        logging.getLogger("aiohttp.access").critical(NAME)
        for name in ("discord.gateway", "telegram.ext", "httpx", "asyncio", "aiosqlite"):
            logging.getLogger(name).info(NAME)
        ours.debug("outbox.sent")
    assert stderr.getvalue() == ""
    with listening("error") as stderr:
        logging.getLogger("discord.gateway").warning(NAME)
    assert stderr.getvalue() == ""


# --- what nobody caught -----------------------------------------------------------------------


def caught() -> Refused:
    try:
        fail()
    except Refused as error:
        return error


def test_a_crash_is_logged_and_a_stop_by_the_host_is_not() -> None:
    with listening() as stderr:
        error = caught()
        sys.excepthook(Refused, error, error.__traceback__)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    line = only(stderr)
    assert (line["level"], line["event"], line["error"]) == (
        "critical", "process.crashed", "Refused",
    )  # fmt: skip
    assert line["where"].startswith("tests.test_logs:")
    assert_clean(stderr.getvalue())


def test_a_thread_that_crashes_is_logged_without_its_name() -> None:
    with listening() as stderr:
        for target in (fail, sys.exit):
            thread = threading.Thread(target=target, name=NAME, args=(NAME,))
            thread.start()
            thread.join()
    assert (only(stderr)["event"], only(stderr)["error"]) == ("thread.crashed", "Refused")
    assert_clean(stderr.getvalue())


def test_what_fails_while_it_is_thrown_away_is_logged() -> None:
    class Held:
        def __del__(self) -> None:
            fail()

    with listening() as stderr:
        held = Held()
        del held
    assert (only(stderr)["event"], only(stderr)["error"]) == ("process.unraisable", "Refused")
    assert_clean(stderr.getvalue())


def test_a_warning_is_its_kind_and_its_line() -> None:
    with listening() as stderr, warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(NAME, UserWarning, stacklevel=1)
        warnings.warn_explicit(NAME, ResourceWarning, "/home/quill/feather.py", 7)
    first, second = lines(stderr)
    assert (first["level"], first["event"]) == ("warning", "process.warned")
    assert first["error"] == "UserWarning"
    assert first["where"].startswith("tests.test_logs:")
    assert second["error"] == "ResourceWarning"
    assert_clean(stderr.getvalue())


async def test_the_loop_tells_what_failed_and_not_whose_it_was() -> None:
    loop = asyncio.get_running_loop()
    with listening() as stderr:
        future = SimpleNamespace(name=NAME)
        said = {"message": NAME, "exception": caught(), "future": future}
        logs.handler(loop, said)
        logs.handler(loop, {"message": NAME, "task": future})
        loop.default_exception_handler(said)
    first, second, third = lines(stderr)
    assert (first["event"], first["error"]) == ("loop.failed", "Refused")
    assert second["event"] == "loop.complained"
    assert (third["logger"], third["error"]) == ("asyncio", "Refused")
    assert_clean(stderr.getvalue())


PROGRAM = """
import asyncio, gc, logging, os, sys, threading, warnings
from bot import logs

logs.setup("debug", sys.argv[1])
name = os.environ["PLANTED"]

class Door:
    def __init__(self):
        self.name = name
    def __repr__(self):
        return self.name
    def __del__(self):
        raise ValueError(name)

async def deed(door, text):
    raise ValueError(text)

async def main():
    asyncio.get_running_loop().set_exception_handler(logs.handler)
    asyncio.create_task(deed(Door(), name), name=name)
    await asyncio.sleep(0)
    gc.collect()
    asyncio.get_running_loop().call_soon(lambda: 1 / len(name[:0]))
    await asyncio.sleep(0)
    deed(name, name)  # never awaited: a RuntimeWarning
    logging.getLogger("asyncio").error("Task %r", Door())
    logging.getLogger("bot.outbox").error("broken %d", name)
    logging.getLogger("bot.outbox").error("outbox.sent", extra={"code": name, "who": name})

asyncio.run(main(), debug=True)
warnings.warn(name)
warnings.warn_explicit(name, UserWarning, name, 3)
threading.Thread(target=lambda: int(name), name=name).start()
raise RuntimeError(name) from ValueError(name)
"""


@pytest.mark.parametrize("format", ["json", "plain"])
def test_a_process_that_goes_wrong_in_every_way_tells_nothing(format: str) -> None:
    came = subprocess.run(
        [sys.executable, "-X", "dev", "-c", PROGRAM, format],
        cwd=ROOT,
        env={**os.environ, "PLANTED": f"{NAME} {TOKEN} {ID}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert came.returncode == 1
    assert came.stdout == ""
    assert_clean(came.stderr)
    for event in ("loop.failed", "process.unraisable", "process.warned", "thread.crashed"):
        assert event in came.stderr
    assert "process.crashed" in came.stderr.splitlines()[-1]
    assert all(re.match(r'(\{"at": ")?\d{4}-', line) for line in came.stderr.splitlines())
