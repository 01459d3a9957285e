"""The one secret of a host: made once, for its own eyes, and never made anew by mistake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.engine import CannotUse
from storage.instance import read_instance_key


def test_the_instance_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "instance.key"
    made = read_instance_key(path, {})
    assert len(made) == 32
    assert read_instance_key(path, {}) == made
    assert [file.name for file in path.parent.iterdir()] == ["instance.key"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_new_instance_key_while_there_are_keys_that_it_would_not_open(tmp_path: Path) -> None:
    (tmp_path / "keys.db").touch()
    with pytest.raises(CannotUse) as why:
        read_instance_key(tmp_path / "instance.key", {})
    assert why.value.code == "wrong_key"
    with pytest.raises(CannotUse):
        read_instance_key(tmp_path / "x" / "instance.key", {}, tmp_path / "keys.db")
    assert not (tmp_path / "instance.key").exists()


def test_the_environment_wins(tmp_path: Path) -> None:
    path, other = tmp_path / "instance.key", tmp_path / "other.key"
    other.write_text("AB" * 32 + "\n")
    other.chmod(0o600)
    assert read_instance_key(path, {"HOMEGROUP_KEY": "cd" * 32}) == bytes.fromhex("cd" * 32)
    assert read_instance_key(path, {"HOMEGROUP_KEY_FILE": str(other)}) == b"\xab" * 32
    assert not path.exists()
    with pytest.raises(CannotUse):
        read_instance_key(path, {"HOMEGROUP_KEY_FILE": str(tmp_path / "not there")})
    assert not (tmp_path / "not there").exists()


@pytest.mark.skipif(os.name != "posix", reason="a file has other rights here")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "instance.key"
    read_instance_key(path, {})
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(CannotUse, match="chmod 600") as why:
            read_instance_key(path, {})
        assert why.value.code == "open_key"
    path.chmod(0o400)
    read_instance_key(path, {})


@pytest.mark.parametrize("text", ["", "\n", "ab" * 31, "ab" * 33, "xy" * 32, "ab" * 32 + " x"])
def test_what_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "instance.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(CannotUse) as why:
        read_instance_key(path, {})
    assert why.value.code == "wrong_key"
    assert path.read_text() == text
    if text.strip():
        with pytest.raises(CannotUse) as why:
            read_instance_key(path, {"HOMEGROUP_KEY": text})
        assert text.strip() not in str(why.value)
