"""The doctor looks at what a house stands on: its clock, its zones, rights, keys and address."""

from __future__ import annotations

import asyncio
import os
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import Config
from bot.doctor import Finding, Mark, examine
from storage.files import stamped
from tests.life import Types, configured, move_in
from tests.life import types as types
from tests.test_doctor import about, findings

NOW = datetime.now(UTC)
PUBLIC = "https://room.example.org"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = configured(tmp_path / "data")
    made.data.mkdir(mode=0o700)
    asyncio.run(move_in(made))
    return made


def of(tmp_path: Path, **web: str) -> list[Finding]:
    given = {f"HOMEGROUP__WEB__{name.upper()}": value for name, value in web.items()}
    return asyncio.run(examine(configured(tmp_path / "data", given), {}))


def notes(found: list[Finding]) -> str:
    return " ".join(one.sentence for one in found if one.mark is not Mark.FINE)


def test_a_house_that_was_just_made_lies_as_it_should(config: Config, types: Types) -> None:
    types(config.data, "backup")
    found = findings(config)
    assert not [one for one in found if one.mark is Mark.BROKEN]
    assert "Others can" not in notes(found)
    assert "belong to another" not in notes(found)
    assert about("newest copy of the keys", found).mark is Mark.FINE
    assert about("Time zones are known", found).mark is Mark.FINE


def test_a_file_from_the_future_means_that_a_clock_is_wrong(config: Config) -> None:
    later = (NOW + timedelta(days=3)).timestamp()
    os.utime(config.database.file, (later, later))
    found = about("The clock says", findings(config))
    assert found.mark is Mark.BROKEN
    assert config.database.file.name in found.sentence
    os.utime(config.database.file)
    assert about("The clock says", findings(config)).mark is Mark.FINE
    config.backup.folder.mkdir(mode=0o700)
    (config.backup.folder / stamped("homegroup", NOW + timedelta(days=3))).touch(0o600)
    assert about("The clock says", findings(config)).mark is Mark.BROKEN


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Path]:
    """A machine with no zones but those in this folder."""
    zoneinfo.reset_tzpath([str(tmp_path)])
    ZoneInfo.clear_cache()
    yield tmp_path
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def test_zones_without_their_summers_are_told(config: Config, nowhere: Path) -> None:
    for name in ("Europe/Berlin", "America/New_York", "Australia/Sydney"):
        (nowhere / name).parent.mkdir(exist_ok=True)
        (nowhere / name).write_bytes(fixed())
    found = about("there is no summer time", findings(config))
    assert found.mark is Mark.BROKEN
    assert "Australia/Sydney" in found.sentence


def fixed() -> bytes:
    """A zone whose clocks are never changed, as such files are written (RFC 8536)."""
    counts = b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 0, 1, 4))
    head = b"TZif2" + bytes(15) + counts
    body = bytes(4) + b"\x00\x00" + b"UTC\x00"
    return head + body + head + body + b"\nUTC0\n"


def test_what_holds_keys_is_worse_to_be_read_than_what_is_sealed(
    config: Config, types: Types
) -> None:
    types(config.data, "backup")
    [copy], [made] = config.keys.copies.glob("*.db"), config.backup.folder.glob("*.db")
    for file in (copy, made, config.database.file):
        file.chmod(0o644)
    config.backup.folder.chmod(0o755)
    found = findings(config)
    assert about(f"Others can read {copy}", found).mark is Mark.BROKEN
    assert about(f"Others can read {made}", found).mend == f"chmod 600 {made}"
    assert about(f"Others can read {config.database.file}", found).mark is Mark.NOTE
    assert about("Others can look into", found).mend == f"chmod 700 {config.backup.folder}"


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can be another user")
def test_a_file_of_another_user_is_told(config: Config) -> None:
    os.chown(config.database.file, 65534, 65534)
    found = about("belong to another user", findings(config))
    assert (found.mark, config.database.file.name in found.sentence) == (Mark.NOTE, True)


def test_a_file_where_the_folder_should_be_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    broken = [one for one in of(tmp_path) if one.mark is Mark.BROKEN]
    assert [one.sentence for one in broken] == [
        f"{tmp_path / 'data'} is a file, and a folder is needed there."
    ]


def test_a_folder_that_cannot_be_made_is_told_before_the_first_start(tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    found = findings(configured(tmp_path / "in the way" / "data"))
    assert about("cannot make it in", found).mark is Mark.BROKEN


def test_nobody_is_told_to_keep_a_copy_of_the_keys_for_good(config: Config) -> None:
    """It would be a way back to who was forgotten."""
    kept = [one.sentence for one in findings(config) if "Keep a copy" in one.sentence]
    assert len(kept) == 1
    assert str(config.keys.file) in kept[0]


def test_a_copy_of_the_keys_is_missed_tried_and_dated(config: Config, types: Types) -> None:
    assert about("There is no copy of keys.db", findings(config)).mark is Mark.NOTE
    types(config.data, "backup")
    assert about("hours old, and opens", findings(config)).mark is Mark.FINE
    [copy] = config.keys.copies.glob("*.db")
    old = copy.with_name(stamped("keys", NOW - timedelta(days=4)))
    copy.rename(old)
    assert about("newest copy of the keys is 4 days old", findings(config)).mark is Mark.NOTE
    old.write_bytes(bytes(4096))
    assert about("cannot be opened", findings(config)).mark is Mark.BROKEN


def test_keys_and_backups_in_one_place_are_told(config: Config, tmp_path: Path) -> None:
    config.backup.folder.mkdir(mode=0o700)
    (config.backup.folder / "instance.key").touch(0o600)
    assert "instance.key" in about("Keys lie among the backups", findings(config)).sentence
    among = {"HOMEGROUP__BACKUP__FOLDER": str(config.keys.copies / "backups")}
    together = configured(tmp_path / "data", among)
    assert about("Backups lie among the copies", findings(together)).mark is Mark.NOTE


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ({"public_url": "http://localhost:8420"}, "leads to this machine alone"),
        ({"public_url": "http://192.168.1.7:8420"}, "from your own network alone"),
        ({"public_url": "http://kettle.local:8420"}, "from your own network alone"),
        ({"public_url": "http://kettle:8420"}, "from your own network alone"),
        ({"public_url": "http://room.example.org"}, "can be read on its way"),
        ({"public_url": PUBLIC}, "web.trusted_proxies is 0"),
        (
            {"public_url": PUBLIC, "host": "0.0.0.0", "trusted_proxies": "1"},
            "can make up where they come from",
        ),
    ],
)
def test_what_an_address_means_is_said(tmp_path: Path, web: dict[str, str], said: str) -> None:
    assert about(said, of(tmp_path, **web)).mark is Mark.NOTE


def test_an_address_as_it_should_be_is_fine_and_what_was_not_tried_is_said(tmp_path: Path) -> None:
    found = of(tmp_path, public_url=PUBLIC, trusted_proxies="1")
    assert "web." not in notes(found)
    assert f"open {PUBLIC}/now on a phone" in about("cannot be tried from inside", found).sentence


def test_a_room_that_is_reached_directly_has_no_proxy_to_count(tmp_path: Path) -> None:
    found = of(tmp_path, public_url="http://room.example.org", host="0.0.0.0")
    assert "trusted_proxies" not in notes(found)
