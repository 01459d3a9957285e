"""Whatever a host writes is a configuration or one sentence, never a crash."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Config, ConfigError, load
from bot.config.settings import KINDS
from bot.config.source import positions
from tests.test_config import EXAMPLE, paths

KEYS = sorted({part for path in KINDS for part in path})
WORDS = st.sampled_from([
    *KEYS, "prot", '"a b"', "'x.y'", '"w\\u0065b"', "=", "=", "=", ".", ",", "[", "]", "[[", "]]",
    "{", "}", "\n", "\n", "\r\n", "# x = 1\n", " ", '"', "'", '"""', "'''", "\\", "1", "true",
    "99999", "1e3", "nan", "07:32:00", '"UTC"', '"debug"', "\x00", "\u2028", "é", "0x1",
])  # fmt: skip
GARBAGE = st.one_of(st.lists(WORDS, max_size=40).map("".join), st.text(max_size=80))
NAMES = st.sampled_from(["web", "log", '"a.b"', "'x y'", "zone", "port", '"\\u0065\\n"', "1"])
SIMPLE = st.sampled_from([
    "1", "true", '"""\n[web]\nport = 1 # \\""" """""', "'''\n''''a'''''", '"[#\\"]"', "'{='",
    "1979-05-27 07:32:00", "[]", "{}", "[ [1,\n2], # ]\n{a = {b = '}'}}\n]",
])  # fmt: skip
INLINE = st.recursive(
    SIMPLE,
    lambda value: st.dictionaries(NAMES, value, max_size=3).map(
        lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
    ),
    max_leaves=6,
)
LINE = st.one_of(
    st.tuples(st.lists(NAMES, min_size=1, max_size=3).map(" . ".join), INLINE).map(" = ".join),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda names: f"[ {'.'.join(names)} ] # ]"),
    st.lists(NAMES, min_size=1, max_size=2).map(lambda names: f"[[{'.'.join(names)}]]"),
    st.just('# port = 1 """'),
    st.just(""),
)


def tried(path: Path | None, environ: Mapping[str, str]) -> None:
    """A Config, or one sentence on one line: nothing else."""
    try:
        sentence, config = "", load(path, environ)
    except ConfigError as error:
        sentence, config = str(error), None
    assert isinstance(config, Config) or sentence[-1] in ".?"
    assert len(sentence.splitlines()) <= 1


@given(GARBAGE | st.lists(LINE, max_size=8).map("\n".join))
@settings(max_examples=200, deadline=None)
def test_any_garbage_is_a_config_or_one_sentence(text: str) -> None:
    with NamedTemporaryFile(suffix=".toml") as file:
        file.write(text.encode(errors="replace"))
        file.flush()
        tried(Path(file.name), {"HOME": "/home/ana"})


@given(st.dictionaries(
    st.sampled_from(["_".join(("HOMEGROUP", "", *path)).upper() for path in KINDS])
    | st.builds("HOMEGROUP__{}__{}{}".format,
                st.sampled_from(["WEB", "LOG", "KEYS", "Q"]),
                st.sampled_from(KEYS).map(str.upper), st.sampled_from(["", "_FILE"]))
    | st.text(max_size=6).map("HOMEGROUP__{}".format),
    st.sampled_from(["1", "true", "UTC", "/nowhere", "/", "é\n", "\udcff", "\x00", "~", "~x"])
    | st.just("1" * 5000)
    | st.text(max_size=9),
    max_size=4,
))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_environment_is_a_config_or_one_sentence(environ: dict[str, str]) -> None:
    tried(None, {"HOME": "/home/ana"} | environ)


@given(st.lists(LINE, max_size=8).map("\n".join))
@settings(max_examples=200, deadline=None)
def test_every_key_is_found_where_it_stands(text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = positions(text)
    assert set(found) == set(paths(tree)) or "[[" in text
    for path in paths(tree):
        # Whoever renames what stands at that place has renamed this key and nothing else.
        at = found[path] + (text[found[path]] in "\"'")
        try:
            renamed = tomllib.loads(f"{text[:at]}zz{text[at:]}")
        except tomllib.TOMLDecodeError:
            continue  # what was one table in two places is now two that do not fit together
        assert (*path[:-1], f"zz{path[-1]}") in paths(renamed)


def test_reading_the_configuration_is_a_light_import() -> None:
    """No chat, web or database library comes with it: `version` and `doctor` start with it."""
    run = "import sys, bot.config; print(*{name.partition('.')[0] for name in sys.modules})"
    came = subprocess.run(
        [sys.executable, "-c", run], capture_output=True, text=True, check=True,
        cwd=EXAMPLE.parent,
    ).stdout.split()  # fmt: skip
    ours = set(came) - set(sys.stdlib_module_names)
    assert not ours & {
        "aiohttp",
        "discord",
        "telegram",
        "aiosqlite",
        "sqlcipher3",
        "rich",
        "jinja2",
    }
