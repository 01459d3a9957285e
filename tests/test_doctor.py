"""The doctor looks, says what is wrong and how to mend it, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from bot.config import Config
from bot.config.settings import Readings
from bot.doctor import ANOTHER, Finding, Mark, _work, examine, machine
from bot.locks import Lock
from storage.files import stamped
from storage.schedule import TRIES
from tests.life import Types, configured, living, move_in
from tests.life import types as types
from tests.reading_room import pack

NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return configured(tmp_path / "data")


def findings(config: Config, **environ: str) -> list[Finding]:
    return asyncio.run(examine(config, environ))


def about(words: str, found: list[Finding]) -> Finding:
    [one] = [finding for finding in found if words in finding.sentence]
    return one


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(
    config: Config, types: Types
) -> None:
    code, said, aside = types(config.data, "doctor")
    assert (code, aside) == (0, "")
    assert "is not there yet; `homegroup run` makes it." in said
    assert "broken" not in said
    assert not config.data.exists()


def test_what_is_broken_is_told_by_the_status_too(config: Config, types: Types) -> None:
    asyncio.run(move_in(config))
    config.keys.file.chmod(0o644)
    code, said, _ = types(config.data, "doctor")
    assert code == 1
    assert f"broken  Others can read {config.keys.file}." in said
    assert f"chmod 600 {config.keys.file}" in said


def test_a_folder_that_others_look_into_is_a_note(config: Config) -> None:
    asyncio.run(move_in(config))
    config.data.chmod(0o755)
    found = about("Others can look into", findings(config))
    assert (found.mark, found.mend) == (Mark.NOTE, f"chmod 700 {config.data}")


def test_a_disk_that_is_nearly_full_is_told(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly = type(shutil.disk_usage("/"))(10**10, 10**10, 10**7)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly)
    assert about("9 MiB are free", findings(config)).mark is Mark.BROKEN


def test_a_clock_that_is_wrong_is_told(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BUILT", NOW + timedelta(days=1))
    assert about("The clock of this machine", findings(config)).mark is Mark.BROKEN


def test_backups_have_an_age(config: Config) -> None:
    asyncio.run(move_in(config))
    assert about("There is no backup", findings(config)).mend == "Make one: homegroup backup"
    config.backup.folder.mkdir()
    (config.backup.folder / stamped("homegroup", NOW - timedelta(days=9))).touch()
    assert about("newest backup", findings(config)).mark is Mark.NOTE
    (config.backup.folder / stamped("homegroup", NOW - timedelta(hours=5))).touch()
    found = about("newest backup", findings(config))
    assert (found.mark, found.sentence) == (Mark.FINE, "The newest backup is 5 hours old.")


def test_copies_of_keys_that_nobody_deleted_are_told(config: Config) -> None:
    asyncio.run(move_in(config))
    config.keys.copies.mkdir()
    for days in (1, 8, 30):
        (config.keys.copies / stamped("keys", NOW - timedelta(days=days))).touch()
    found = about("Copies of the keys", findings(config))
    assert (found.mark, found.sentence[-2:]) == (Mark.NOTE, "2.")


def test_what_a_restore_put_aside_is_told(config: Config) -> None:
    asyncio.run(move_in(config))
    left = config.database.file.with_name(f"{config.database.file.name}.before-restore-1.db")
    left.touch()
    assert left.name in about("earlier restore", findings(config)).sentence


def test_without_the_cipher_and_an_address_it_is_said_what_that_means(tmp_path: Path) -> None:
    plain = configured(tmp_path / "data", {"HOMEGROUP__DATABASE__CIPHER": "false"})
    assert about("who belongs to which group", findings(plain)).mark is Mark.NOTE
    assert about("web.public_url is empty", findings(plain)).mark is Mark.NOTE


def test_a_key_from_the_environment_is_named_and_never_shown(config: Config) -> None:
    asyncio.run(move_in(config))
    key = config.keys.file.read_text().strip()
    found = findings(config, HOMEGROUP_KEY=key)
    assert about("comes from the environment", found).mark is Mark.FINE
    assert not any(key in f"{one.sentence}{one.mend}" for one in found)


def test_a_server_that_does_not_answer_is_told_apart_from_none(config: Config) -> None:
    asyncio.run(move_in(config))
    assert about("No server is running", findings(config)).mend == "Start it: homegroup run"
    lock = Lock(config.data / "homegroup.lock")
    lock.take()
    assert about("does not answer here", findings(config)).mark is Mark.NOTE
    lock.release()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can be another user")
def test_what_this_user_may_not_see_is_a_sentence(config: Config) -> None:
    asyncio.run(move_in(config))
    os.seteuid(65534)
    try:
        found = findings(config)
    finally:
        os.seteuid(0)
    said = {one.mend for one in found if one.mark is Mark.BROKEN}
    assert ANOTHER in said


async def test_what_the_server_could_not_do_is_counted(config: Config) -> None:
    await move_in(config)
    async with living(config) as life:
        found = await life.sees()
    assert about("The server is running", found).mark is Mark.FINE
    assert not [one for one in found if one.mark is Mark.BROKEN]
    assert TRIES == 5
    told = [*_work({"resting": 2, "undelivered": 3, "given_up": 0, "waiting": 9})]
    assert [one.sentence for one in told] == [
        "Due, and failed five times: 2. They rest.",
        "Not delivered in the last day: 3.",
    ]


def test_readings_that_cannot_be_used_are_told(config: Config, tmp_path: Path) -> None:
    gaps, wrong = pack(tmp_path, dates=("1", "2")), tmp_path / "wrong.toml"
    wrong.write_text('name = "Wrong"\n')
    offered = structs.replace(config, readings=Readings(packs=(gaps, wrong)))
    found = about("There is no reading for 3,", findings(offered))
    assert found.mark is Mark.NOTE
    found = about("It is left out.", findings(offered))
    assert found.mark is Mark.BROKEN
    assert found.mend == f"See all that is wrong: homegroup readings check {wrong}"
    assert not [one for one in findings(config) if "readings check" in one.mend]
