"""Words to come in with: suggested, checked, and kept as hashes."""

from __future__ import annotations

import pytest

from bot.core.errors import UserError
from bot.platforms.web.passphrase import NOBODY, Passphrases, check
from bot.platforms.web.words import KINDS, THINGS, passphrase, sign_in_word


def test_suggested_words_differ_and_pass() -> None:
    assert len({*KINDS, *THINGS}) == len(KINDS) + len(THINGS)
    assert len(KINDS + THINGS) ** 5 > 2**44
    assert len({sign_in_word() for _ in range(100)}) > 90
    for _ in range(100):
        assert check(passphrase())


@pytest.mark.parametrize("word", ["", " ", "elevenchars", "a a a a", "so so so"])
def test_a_passphrase_that_is_too_short_is_refused(word: str) -> None:
    with pytest.raises(UserError):
        check(word)


def test_what_is_kept_costs_whoever_tries_it() -> None:
    """16 MiB and some 60 ms a try; the other tests of the web room are let off that."""
    assert NOBODY.startswith("scrypt:16384:8:1:")


async def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    locks = Passphrases()
    kept = await locks.lock("cafe\u0301 am Fluss, um zehn")
    assert "caf" not in kept
    assert await locks.opens("caf\u00e9 am  Fluss, um zehn", kept)
    assert not await locks.opens("cafe am Fluss, um zehn", kept)
    assert not await locks.opens("\0", "")
    assert kept != await locks.lock("cafe\u0301 am Fluss, um zehn")
