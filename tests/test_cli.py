"""What a host types, what is said, and with which status it ends."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__, cli
from bot.config.settings import KINDS
from tests.life import ROOT, Types, configured, move_in
from tests.life import types as types


def test_a_file_that_is_wrong_is_a_sentence_with_its_line(tmp_path: Path, types: Types) -> None:
    file = tmp_path / "config.toml"
    file.write_text("language = 'en'\n[web]\nprot = 80\n")
    for verb in cli.VERBS:
        more = ["any.db"] if verb == "restore" else []
        code, said, aside = types(tmp_path / "data", verb, "--config", str(file), *more)
        assert (code, said) == (2, "")
        assert "line 3" in aside
        assert '"port"' in aside
        assert aside.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path, types: Types) -> None:
    missing = str(tmp_path / "config.toml")
    code, said, aside = types(tmp_path / "data", "run", "--config", missing)
    assert (code, said) == (2, "")
    assert missing in aside
    assert aside.count("\n") == 1


def test_a_folder_in_a_work_tree_is_refused(tmp_path: Path, types: Types) -> None:
    (tmp_path / ".git").mkdir()
    code, _, aside = types(tmp_path / "data", "run")
    assert code == 2
    assert "git work tree" in aside


@pytest.mark.parametrize("words", [[], ["dance"], ["restore"], ["run", "--port", "1"]])
def test_what_is_no_command_is_told_how_it_is_used(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage: homegroup" in capsys.readouterr().err


def test_the_version_names_what_a_defect_may_depend_on(tmp_path: Path, types: Types) -> None:
    code, said, aside = types(tmp_path, "version")
    assert (code, aside) == (0, "")
    assert said.startswith(f"homegroup {__version__}, Python 3.")
    assert "SQLite 3." in said


def test_a_backup_and_its_return_without_a_server(tmp_path: Path, types: Types) -> None:
    folder = tmp_path / "data"
    code, said, aside = types(folder, "backup")
    assert (code, said) == (1, "")
    assert "is not there" in aside
    assert not folder.exists()
    asyncio.run(move_in(configured(folder)))
    code, said, aside = types(folder, "backup")
    assert code == 0
    [made] = (folder / "backups").iterdir()
    [keys] = (folder / "keys" / "copies").iterdir()
    assert said.splitlines()[:2] == [f"Backup: {made}", f"Keys:   {keys}"]
    code, said, aside = types(folder, "restore", str(made))
    assert code == 0
    assert said.startswith("Restored.\nWhat was there before: ")
    made.write_bytes(b"Dear diary")
    code, said, aside = types(folder, "restore", str(made))
    assert (code, said) == (1, "")
    assert f"The backup {made} is damaged. Take another one.\n" in aside


def test_an_interruption_is_no_success_but_the_end_of_a_server(
    tmp_path: Path, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "VERBS", dict.fromkeys(cli.VERBS, interrupted))
    assert types(tmp_path / "data", "backup") == (130, "", "")
    assert types(tmp_path / "data", "run") == (0, "", "")


def test_it_is_a_module_too() -> None:
    run = [sys.executable, "-m", "bot", "version"]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.startswith("homegroup ")


def test_what_the_documents_tell_a_host_to_type_can_be_typed() -> None:
    said = "".join((ROOT / "docs" / name).read_text() for name in ("running.md", "privacy.md"))
    typed = set(re.findall(r"^ {4}(?:0 4 \* \* \* |nohup )?homegroup (\w+)", said, re.MULTILINE))
    assert typed | {"version"} == set(cli.HELP)
    named = set(re.findall(r"`(\w+\.(?!db`|key`|md`|py`)\w+)`", said))
    assert named & {"web.public_url", "backup.keep"}
    assert named - {"house.help_only", "homegroup.lock", "homegroup.sock"} <= {
        ".".join(path) for path in KINDS
    }
