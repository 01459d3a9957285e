"""What the host writes in config.toml or the environment, and what is said when it cannot be."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from bot.config import Config, ConfigError, data_folder, load, refuse_work_tree
from bot.config.settings import KINDS
from bot.config.source import positions

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
Write = Callable[[str], Path]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes config.toml where the host is, and names it as the host would."""
    monkeypatch.chdir(tmp_path)

    def _write(text: str) -> Path:
        Path("config.toml").write_text(text, encoding="utf-8")
        return Path("config.toml")

    return _write


def said(path: Path | None, environ: Mapping[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    sentence = str(caught.value)
    assert sentence.splitlines() == [sentence]
    assert sentence[-1] in ".?"
    return sentence


# --- what holds -------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of another system are below")
def test_without_a_file_all_defaults_hold(home: dict[str, str]) -> None:
    config, data = load(None, home), Path(home["HOME"], ".local", "share", "homegroup")
    assert config.data == data
    assert (config.language, config.zone, config.host_contact) == ("en", "UTC", "")
    assert (config.web.enabled, config.web.host, config.web.port) == (True, "127.0.0.1", 8420)
    assert (config.web.public_url, config.web.trusted_proxies) == ("", 0)
    assert (config.database.file, config.database.cipher) == (data / "homegroup.db", True)
    assert config.keys.file == data / "keys" / "instance.key"
    assert config.keys.store == data / "keys" / "keys.db"
    assert config.keys.copies == data / "keys" / "copies"
    assert (config.backup.folder, config.backup.keep) == (data / "backups", 7)
    assert config.retention.checkins_days == 90
    assert (config.log.level, config.log.format) == ("info", "json")


def test_nothing_is_made_by_reading(home: dict[str, str]) -> None:
    load(None, home)
    assert list(Path(home["HOME"]).iterdir()) == []


@pytest.mark.parametrize(
    ("system", "environ", "folder"),
    [
        ("linux", {"HOME": "/ana"}, "/ana/.local/share/homegroup"),
        ("linux", {"HOME": "/ana", "XDG_DATA_HOME": "/srv/data"}, "/srv/data/homegroup"),
        ("linux", {"HOME": "/ana", "XDG_DATA_HOME": "data"}, "/ana/.local/share/homegroup"),
        ("darwin", {"HOME": "/ana"}, "/ana/Library/Application Support/Homegroup"),
        ("win32", {"LOCALAPPDATA": "/ana/Local"}, "/ana/Local/Homegroup"),
        ("win32", {"USERPROFILE": "/ana"}, "/ana/AppData/Local/Homegroup"),
    ],
)
def test_the_data_folder_is_where_the_system_keeps_such_things(
    system: str, environ: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert data_folder(environ).as_posix() == folder


def test_whoever_has_no_home_folder_is_asked_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert said(None, {}) == "there is no home folder; set data to a folder."
    assert load(None, {"HOMEGROUP__DATA": str(tmp_path)}).database.file == tmp_path / "homegroup.db"


def test_paths_start_at_the_file_and_the_rest_follows_data(
    write: Write, home: dict[str, str], tmp_path: Path
) -> None:
    text = 'data = "kept"\n[backup]\nfolder = "~/copies"\n[keys]\nfile = "/run/homegroup.key"\n'
    config = load(write(text), home)
    assert config.data == tmp_path / "kept"
    assert config.database.file == tmp_path / "kept" / "homegroup.db"
    assert config.backup.folder == tmp_path / "copies"
    assert config.keys.file == Path("/run/homegroup.key")


def test_a_file_written_by_notepad_is_read(write: Write, home: dict[str, str]) -> None:
    path = write("")
    path.write_bytes(b"\xef\xbb\xbf# hello\r\n\r\n[web]\r\nport = 9000\r\nprot = 1\r\n")
    assert said(path, home).startswith('config.toml, line 5: "prot"')


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://room.example.org", "https://room.example.org"),
        ("HTTPS://Room.Example.org:443/", "https://room.example.org"),
        ("http://[::1]:8420", "http://[::1]:8420"),
        ("http://room.example.org:80", "http://room.example.org"),
        ("", ""),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_it(
    written: str, kept: str, write: Write, home: dict[str, str]
) -> None:
    assert load(write(f'web.public_url = "{written}"'), home).web.public_url == kept


# --- the example ------------------------------------------------------------------------------


def opened(text: str) -> str:
    """The example with every key's # taken away; prose has a space after its #."""
    return re.sub(r"(?m)^#(?=[a-z_]+ = )", "", text)


def paths(tree: dict[str, Any], around: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in tree.items():
        found.append((*around, key))
        if isinstance(value, dict):
            found += paths(value, (*around, key))
    return found


def leaves(config: Config) -> dict[tuple[str, ...], Any]:
    parts = {name: part for name, part in asdict(config).items()}
    return {
        path: getattr(parts[path[0]], path[1]) if path[1:] else parts[path[0]] for path in KINDS
    }


def test_the_example_changes_nothing_as_it_is(write: Write, home: dict[str, str]) -> None:
    assert load(write(EXAMPLE.read_text()), home) == load(None, home)


def test_every_key_is_in_the_example_and_every_key_in_it_is_one() -> None:
    shown = tomllib.loads(opened(EXAMPLE.read_text()))
    keys = {
        path
        for top, value in shown.items()
        for path in ([(top, key) for key in value] if isinstance(value, dict) else [(top,)])
    }
    assert keys == set(KINDS)


@pytest.mark.parametrize("path", KINDS, ids=".".join)
def test_the_default_that_the_example_shows_is_the_one_that_holds(
    path: tuple[str, ...], write: Write, home: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    found = load(write(opened(EXAMPLE.read_text())), home)
    assert leaves(found)[path] == leaves(load(None, home))[path]


def test_every_key_in_the_example_has_words_of_its_own() -> None:
    before = ""
    for line in EXAMPLE.read_text().splitlines():
        assert not re.match(r"#[a-z_]+ = ", line) or before.startswith("# "), line
        before = line


# --- what cannot be ---------------------------------------------------------------------------


PORT = "a port is a number from 0 to 65535."
TAG = "a language is one of en, es."
FOLDER = "a folder is named by its path, such as ~/homegroup."
ALONE = "write [web] on a line of its own."
WRONG = {
    # keys
    "[web]\n\n\nprot = 1": 'line 4: "prot" is not a key of [web]; did you mean "port"?',
    "[wbe]\nx = 1": 'line 1: "wbe" is not a key at the top of the file; did you mean [web]?',
    "port = 1": 'line 1: "port" is not a key at the top of the file; it belongs to [web].',
    "log.file = 1": 'line 1: "file" is not a key of [log]; it belongs to [database] or [keys].',
    "web.zone = 1": 'line 1: "zone" is not a key of [web]; it belongs to the top of the file.',
    "log.q = 1": 'line 1: "q" is not a key of [log]; what can stand there is "level", "format".',
    "web = { enabled = true,prot = 1 }": (
        'line 1: "prot" is not a key of [web]; did you mean "port"?'
    ),
    "\nweb = 1": f'line 2: "web" is a section; {ALONE}',
    "[[web]]\nport = 1": f'line 1: "web" is a section; {ALONE}',
    # numbers and the rest of the types
    "\n\n\n\n\n[web]\nport = 99999": f"line 7: web.port is 99999; {PORT}",
    'web.port = "80"': f'line 1: web.port is "80"; {PORT}',
    "web.port = true": f"line 1: web.port is true; {PORT}",
    "web.port = 80.0": f"line 1: web.port is 80.0; {PORT}",
    "[web.port]\nx = 1": f"line 1: web.port is a table; {PORT}",
    f"web.port = 0x{'f' * 9000}": f"line 1: web.port is a very long number; {PORT}",
    "web.enabled = 1": "line 1: web.enabled is 1; it is true or false.",
    "[log]\nlevel = 'loud'": (
        'line 2: log.level is "loud"; it is one of debug, info, warning, error.'
    ),
    "[backup]\nkeep = 0": ("line 2: backup.keep is 0; this is a number of backups, from 1 to 365."),
    "retention.checkins_days = 3651": (
        "line 1: retention.checkins_days is 3651; this is a number of days, from 1 to 3650."
    ),
    "language = [1]": f"line 1: language is a list; {TAG}",
    "language = 2025-11-24": f"line 1: language is 2025-11-24; {TAG}",
    "language = 'English'": f'line 1: language is "English"; {TAG}',
    "host_contact = 'a\u2028'\nhost_contact": "line 2: this is not TOML (Expected '=' after a key"
    " in a key/value pair).",
    "host_contact = 'Ana\t'": (
        'line 1: host_contact is "Ana\\t"; this is one line of at most 200 characters.'
    ),
    # zones, addresses, paths
    "\nzone = 'Europe/Berln'": (
        'line 2: there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"?'
    ),
    "zone = 'berlin'": 'line 1: there is no time zone "berlin"; did you mean "Europe/Berlin"?',
    "zone = 'New York'": (
        'line 1: there is no time zone "New York"; did you mean "America/New_York"?'
    ),
    "zone = '/q'": 'line 1: there is no time zone "/q"; one looks like Europe/Berlin or UTC.',
    "web.host = '1.2.3.4:80'": (
        'line 1: web.host is "1.2.3.4:80";'
        " a host is a name or an address, such as 127.0.0.1, without a port."
    ),
    "web.public_url = 'https://a.b/c'": (
        'line 1: web.public_url is "https://a.b/c";'
        " this is an address without a path, such as https://room.example.org."
    ),
    "data = ''": f'line 1: data is ""; {FOLDER}',
    "data = '~nobody-has-this-name/x'": f'line 1: data is "~nobody-has-this-name/x"; {FOLDER}',
    # no TOML
    "[web\nx = 1": ("line 1: this is not TOML (Expected ']' at the end of a table declaration)."),
    "[web]\nport =": "line 2: this is not TOML (Invalid value).",
    "[web]\nport = 1\nport = 2": "line 3: this is not TOML (Cannot overwrite a value).",
    r'data = "C:\Users\ana"': (
        "line 1: this is not TOML (Invalid hex value);"
        r" a path with \ in it goes between single quotes."
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_wrong_is_said_with_its_line(
    text: str, sentence: str, write: Write, home: dict[str, str]
) -> None:
    assert said(write(text), home) == f"config.toml, {sentence}"


@pytest.mark.parametrize(
    "zone", ["Europe", "right/UTC", "posixrules", "zone.tab", "../UTC", "a\\u0000b"]
)
def test_a_file_among_the_time_zones_is_not_a_zone(
    zone: str, write: Write, home: dict[str, str]
) -> None:
    assert "there is no time zone" in said(write(f'zone = "{zone}"'), home)


@pytest.mark.parametrize(
    "url",
    ["room.example.org", "ftp://a.b", "https://", "https://a b", "https://ana:secret@a.b",
     "https://a.b?x", "https://a.b#x", "https://a.b:0", "https://a.b:70000", "https://a.b\\n"],
)  # fmt: skip
def test_a_public_address_is_only_an_address(url: str, write: Write, home: dict[str, str]) -> None:
    assert "an address without a path" in said(write(f'web.public_url = "{url}"'), home)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("web.host = 1\nweb.prot = 1", 2),
        ("web = { enabled = true, prot = 1 }", 1),
        ("# [web]\n# prot = 1\n[web] # prot = 2\n  'prot' = 3", 4),
        ('x = """\n[web]\nprot = 1\n\\"""\nprot = 2"""""\n[web]\nprot = 3', 7),
        ("x = '''\n[web]\nprot = 1''''\n[web]\nprot = 3", 5),
        ("x = ['prot', {prot = 1},\n# prot = 2 ]\n'''prot = 3\n''',\n]\n[web]\nprot = 4", 7),
        ('[ "w\\u0065b" ]\n"pr\\u006Ft" = 1', 2),
        ('[web]\nx = "a\\\\"\nprot = "#"', 3),
        ("[web]\nx = 'prot = 1'\n\n\nprot = 2", 5),
        ("[web]\nx = true\n[log]\n[backup]\n[web.prot.x]", 5),
        ('web = {x = """\nprot = 1\n""", prot = 2}', 3),
        ("[web]\nx = {}\ny = []\nprot = 1", 4),
        ('[web]\nx = {a = """b"""", c = "d"}\nprot = """"e"""""', 3),
        ("[web]\nx = {a = '''b'''', c = 'd'}\nprot = ''''e'''''", 3),
        ("web.prot.a = 1\nweb.prot.b = 2", 1),
    ],
)
def test_lines_are_right_where_keys_hide(text: str, line: int) -> None:
    assert set(positions(text)) == set(paths(tomllib.loads(text)))
    assert text.count("\n", 0, positions(text)[("web", "prot")]) + 1 == line


def test_of_several_mistakes_the_first_in_the_file_is_told(
    write: Write, home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    environ = home | {"HOMEGROUP__WEB__PRT": "1"}
    mistakes = [
        'zone = "nowhere at all"',
        'database.file = "repo/x.db"',
        "web.port = -1",
        "prt = 1",
    ]
    for number in range(len(mistakes)):
        turned = [*mistakes[number:], *mistakes[:number]]
        expected = "zone", "database.file", "web.port", "prt"
        sentence = said(write("\n" + "\n".join(turned)), environ)
        assert sentence.startswith("config.toml, line 2: ")
        assert expected[number] in sentence


def test_a_file_that_cannot_be_read_is_named(write: Write, home: dict[str, str]) -> None:
    assert said(Path("gone.toml"), home) == "gone.toml: there is no such file."
    assert said(Path("."), home) == ".: the file cannot be read (is a directory)."
    path = write("")
    path.write_bytes(b"[web]\nhost = '\xff'")
    assert said(path, home) == "config.toml, line 2: this is not UTF-8; save the file as UTF-8."
    deep, long = "x = " + "[" * 9000, "x = " + "1" * 9000
    assert said(write(deep), home) == "config.toml: the file cannot be read (nested too deeply)."
    assert said(write(long), home) == "config.toml: the file cannot be read (a number is too long)."


def test_a_sentence_stays_on_one_line_whatever_is_in_the_file(
    write: Write, home: dict[str, str]
) -> None:
    assert '"a\\nb\\u2028"' in said(write('"a\\nb\\u2028" = 1'), home)
    assert len(said(write(f"web.{'k' * 5000} = 1"), home)) < 400
    assert len(said(write(f"web.port = '{'k' * 5000}'"), home)) < 400


# --- the environment --------------------------------------------------------------------------


def test_a_variable_wins_over_the_file(write: Write, home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "contact").write_text("Ana, ana@example.org\n")
    environ = home | {
        "HOMEGROUP__WEB__PORT": "9000",
        "HOMEGROUP__WEB__ENABLED": "false",
        "HOMEGROUP__ZONE": "America/Lima",
        "HOMEGROUP__DATABASE__FILE": "mine.db",
        "HOMEGROUP__HOST_CONTACT_FILE": str(tmp_path / "contact"),
        "HOMEGROUP_KEY": "read elsewhere",
        "HOMEGROUP_KEY_FILE": "read elsewhere",
    }
    config = load(write("[web]\nport = 1\nhost = '0.0.0.0'"), environ)
    assert (config.web.port, config.web.enabled, config.web.host) == (9000, False, "0.0.0.0")
    assert (config.zone, config.host_contact) == ("America/Lima", "Ana, ana@example.org")
    assert config.database.file == tmp_path / "mine.db"


@pytest.mark.parametrize("path", KINDS, ids=".".join)
def test_every_key_can_be_set_by_a_variable_and_by_a_file(
    path: tuple[str, ...], home: dict[str, str], tmp_path: Path
) -> None:
    held = leaves(load(None, home))[path]
    text = str(held).lower() if isinstance(held, bool) else str(held)
    if isinstance(held, tuple):
        text = os.pathsep.join(map(str, held))
    name = "HOMEGROUP__" + "__".join(path).upper()
    (tmp_path / "value").write_text(text + "\r\n")
    assert leaves(load(None, home | {name: text}))[path] == held
    assert leaves(load(None, home | {f"{name}_FILE": str(tmp_path / "value")}))[path] == held


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WEB__PRT", "1", " is not a setting; did you mean HOMEGROUP__WEB__PORT?"),
        ("web__port", "1", " is not a setting; did you mean HOMEGROUP__WEB__PORT?"),
        ("KEY", "1", " is not a setting; did you mean HOMEGROUP_KEY?"),
        ("Q" * 30, "1", " is not a setting; config.example.toml has them all."),
        ("WEB__PORT", "", f': web.port is ""; {PORT}'),
        ("WEB__PORT", "70000", f': web.port is "70000"; {PORT}'),
        ("WEB__ENABLED", "yes", ': web.enabled is "yes"; it is true or false.'),
        ("ZONE", "UCT+1", ': there is no time zone "UCT+1"; did you mean "UCT"?'),
        ("WEB__PORT_FILE", "/q", ': "/q" cannot be read (no such file or directory).'),
    ],
)
def test_a_variable_that_is_wrong_is_named(
    name: str, value: str, sentence: str, home: dict[str, str]
) -> None:
    name = f"HOMEGROUP__{name}"
    assert said(None, home | {name: value}) == name + sentence


def test_what_a_secret_file_holds_is_not_repeated(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "value").write_text("hunter2")
    for name in ("ZONE", "WEB__PORT", "LOG__LEVEL", "WEB__PUBLIC_URL"):
        sentence = said(None, home | {f"HOMEGROUP__{name}_FILE": str(tmp_path / "value")})
        assert sentence.startswith(f"HOMEGROUP__{name}_FILE: what the file holds does not fit ")
        assert "hunter2" not in sentence


def test_a_variable_and_its_file_cannot_both_be_set(home: dict[str, str]) -> None:
    both = {"HOMEGROUP__WEB__PORT": "1", "HOMEGROUP__WEB__PORT_FILE": "/x"}
    sentence = said(None, home | both)
    assert sentence == (
        "HOMEGROUP__WEB__PORT_FILE and HOMEGROUP__WEB__PORT are both set; keep one of them."
    )


# --- tokens -----------------------------------------------------------------------------------


def test_a_token_comes_from_a_file_of_its_own(
    write: Write, home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("abc.def-1\r\n")
    (tmp_path / "nothing").write_text("\n")
    by_file = {"HOMEGROUP__DISCORD__TOKEN_FILE": str(tmp_path / "token")}
    assert load(None, home).discord.token == ""
    assert load(None, home | by_file).discord.token == "abc.def-1"
    assert load(write("[discord]\ntoken_file = 'token'"), home).discord.token == "abc.def-1"
    assert load(write("[discord]\ntoken_file = 'nothing'"), home).discord.token == ""
    assert load(write("[discord]\ntoken_file = 'nowhere'"), home).discord.token == ""
    assert load(None, home | {"HOMEGROUP__DISCORD__TOKEN": "x"} | by_file).discord.token == "x"


def test_a_token_is_not_repeated(write: Write, home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hun ter2")
    for text in ("token = 'hun ter2'", "token_file = 'token'"):
        sentence = said(write(f"[discord]\n{text}"), home)
        assert "line 2: discord.token" in sentence
        assert "blanks" in sentence
        assert "hun" not in sentence


# --- places that are refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        "database.file",
        "keys.file",
        "keys.store",
        "keys.copies",
        "backup.folder",
        "discord.token_file",
    ],
)
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_nothing_secret_lies_in_a_git_work_tree(
    key: str, kind: str, write: Write, home: dict[str, str], tmp_path: Path
) -> None:
    tree = tmp_path / "repo"
    (tree / "deep").mkdir(parents=True)
    (tree / ".git").mkdir() if kind == "folder" else (tree / ".git").write_text("gitdir: /x")
    (tmp_path / "link").symlink_to(tree / "deep")
    for written in ("repo/deep/down/x", "link/x"):
        sentence = said(write(f'\n{key} = "{written}"'), home)
        assert sentence.startswith(f"config.toml, line 2: {key} (")
        assert f'lies in the git work tree "{tree}"' in sentence
    assert "line 2: database.file" in said(write('\ndata = "repo"'), home)
    for folder in (tree, tmp_path / "link"):
        with pytest.raises(ConfigError, match="lies in the git work tree"):
            refuse_work_tree(folder / "x.db")
    refuse_work_tree(tmp_path / "x.db")


def test_a_home_folder_under_git_is_told_what_to_set(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert said(None, home).startswith('database.file ("')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("keys.store = 'b/k.db'\nbackup.folder = 'b'", "line 1: keys.store lies in backup.folder"),
        ("data = 'd'\nbackup.folder = 'd'", "line 2: keys.file lies in backup.folder"),
        ("keys.store = 'x'\nkeys.file = 'x'", "line 1: keys.file and keys.store are the same"),
        (
            "database.file = 'k/../x'\nkeys.file = 'x'",
            "line 2: database.file and keys.file are the",
        ),
    ],
)
def test_keys_do_not_lie_among_backups_nor_in_one_file_with_the_rest(
    text: str, sentence: str, write: Write, home: dict[str, str]
) -> None:
    assert said(write(text), home).startswith(f"config.toml, {sentence}")
