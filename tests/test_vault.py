"""What is sealed can be opened where it stands, by its owner's key, and in no other way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.core.errors import Forgotten
from bot.core.ports import EPOCH, HOUSE
from storage.keys import Keys
from storage.vault import Forged, Vault

PEOPLE = ("ana", "bo")
OWNERS = st.sampled_from((*PEOPLE, EPOCH, HOUSE))
ROWS = st.text(st.characters(codec="utf-8"), max_size=40)
TEXTS = st.text(st.characters(codec="utf-8"))
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    keys = Keys(tmp_path / "keys.db", b"i" * 32)
    await keys.open()
    for owner in PEOPLE:
        keys.mint(owner)
    yield Vault(keys)
    await keys.close()


@shared
@given(OWNERS, ROWS, TEXTS)
def test_what_was_sealed_can_be_opened(vault: Vault, owner: str, row: str, text: str) -> None:
    sealed = vault.seal(owner, row, text)
    assert vault.open(owner, row, sealed) == text
    assert len(text) < 8 or text.encode() not in sealed


@shared
@given(OWNERS, ROWS, TEXTS)
def test_the_same_text_is_sealed_differently_each_time(
    vault: Vault, owner: str, row: str, text: str
) -> None:
    assert vault.seal(owner, row, text) != vault.seal(owner, row, text)


@shared
@given(OWNERS, ROWS, OWNERS, ROWS)
def test_a_text_opens_only_where_it_was_sealed(
    vault: Vault, owner: str, row: str, other: str, elsewhere: str
) -> None:
    assume((owner, row) != (other, elsewhere))
    sealed = vault.seal(owner, row, "hello")
    with pytest.raises((Forged, Forgotten)):
        vault.open(other, elsewhere, sealed)


@shared
@given(OWNERS, st.data())
def test_a_changed_blob_is_refused(vault: Vault, owner: str, data: st.DataObject) -> None:
    sealed = bytearray(vault.seal(owner, "checkins.note/1", "hello"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((Forged, Forgotten)):
        vault.open(owner, "checkins.note/1", bytes(sealed))


@shared
@given(OWNERS, st.binary(max_size=80))
def test_noise_is_refused(vault: Vault, owner: str, noise: bytes) -> None:
    with pytest.raises((Forged, Forgotten)):
        vault.open(owner, "checkins.note/1", noise)


@shared
@given(OWNERS, st.integers(0, 60))
def test_a_part_of_a_blob_is_refused(vault: Vault, owner: str, left: int) -> None:
    sealed = vault.seal(owner, "x", "hello")
    assume(left < len(sealed))
    with pytest.raises((Forged, Forgotten)):
        vault.open(owner, "x", sealed[:left])


def test_half_a_character_is_refused_and_not_repeated(vault: Vault) -> None:
    for seal in (
        lambda: vault.seal("ana", "x", "planted \ud800"),
        lambda: vault.seal("ana", "planted \ud800", "x"),
        lambda: vault.mark("planted \ud800"),
    ):
        with pytest.raises(ValueError, match="half a character") as why:
            seal()
        assert "planted" not in repr(vars(why.value))
        assert why.value.__cause__ is None


def test_who_has_no_key_is_forgotten(vault: Vault) -> None:
    sealed = vault.seal("ana", "x", "hello")
    with pytest.raises(Forgotten):
        vault.seal("nobody", "x", "hello")
    with pytest.raises(Forgotten):
        vault.open("nobody", "x", sealed)


def test_an_unknown_hour_is_forgotten(vault: Vault) -> None:
    sealed = vault.seal(EPOCH, "x", "hello")
    with pytest.raises(Forgotten):
        vault.open(EPOCH, "x", sealed[:1] + b"\0\0\0\7" + sealed[5:])


@shared
@given(TEXTS, TEXTS)
def test_a_mark_finds_the_same_text_and_tells_nothing(vault: Vault, one: str, two: str) -> None:
    assert (vault.mark(one) == vault.mark(two)) is (one == two)
    assert len(vault.mark(one)) == 64


async def test_marks_of_two_instances_differ(vault: Vault, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "other" / "keys.db", b"i" * 32)
    await keys.open()
    assert Vault(keys).mark("discord:1") != vault.mark("discord:1")
    await keys.close()
