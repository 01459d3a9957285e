"""What the web room cannot take, and how it says so."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config.settings import Web as Config
from bot.platforms.web import CannotListen, porch
from bot.platforms.web.buckets import VISITORS, Buckets
from bot.platforms.web.reader import spoken
from storage import Storage
from tests.room import HOME
from tests.web_house import House, open_house

SAY = [("line", "/aloud hello")]


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


@pytest.fixture
async def patient_house(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """One that takes any number of forms."""
    monkeypatch.setattr(porch, "POSTS", (1e6, 10**6))
    monkeypatch.setattr(porch, "ADDRESS", (1e6, 10**6))
    async with open_house(storage) as opened:
        yield opened


async def test_a_form_that_is_too_large_is_refused(house: House) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say", [("line", "x" * 100_000)])
    assert ana.status == 413
    assert ana.sees("That was more than I can take at once.")
    many = "&".join(f"a{n}=1" for n in range(300)).encode()
    await ana.requests("POST", "/say", many, Content_Type="application/x-www-form-urlencoded")
    assert ana.status == 400
    await ana.requests("POST", "/say", b"{}", Content_Type="application/json")
    assert ana.status == 415


async def test_headers_cannot_be_written_by_what_is_typed(house: House) -> None:
    ana = await house.member("Ana")
    odd = "x\r\nSet-Cookie: homegroup=stolen\r\n\r\n<html>"
    await ana.requests("POST", "/say", [("line", odd), ("cause", odd), ("card", odd)])
    assert ana.status == 200
    await ana.requests("POST", "/room", [("room", odd)])
    await ana.opens("/enter/%0d%0aSet-Cookie:%20homegroup=stolen")
    assert ana.cookie != "stolen"
    assert "Set-Cookie" not in ana.headers


async def test_what_cannot_be_done_is_said_kindly(house: House) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/enter/something")
    assert (ana.status, ana.headers["Allow"]) == (405, "GET,HEAD")
    assert ana.sees("That cannot be done here.")
    await ana.opens("/no/such/page")
    assert ana.status == 404
    await ana.requests("DELETE", "/", Origin=house.base)
    assert ana.status == 405


async def test_a_page_that_was_signed_out_meanwhile_says_how_to_come_back(house: House) -> None:
    ana = await house.member("Ana")
    ana.cookie = ""
    for path in ("/say", "/press", "/fill"):
        await ana.requests("POST", path, SAY)
        assert ana.status == 401
        assert ana.sees("You have been here before")
    await ana.requests("POST", "/room", [])
    assert ana.status == 200


async def test_too_many_forms_have_to_wait(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    statuses = []
    for _ in range(80):
        await ana.requests("POST", "/room", [("room", HOME.ref)])
        statuses.append(ana.status)
    assert statuses[-1] == 429
    assert ana.sees("Please wait a minute")
    assert ana.headers["Retry-After"] == "60"
    await ana.opens("/now")
    assert ana.status == 200
    await bo.types("/aloud hello")
    assert bo.sees("hello"), "others are not held up"


def test_a_bucket_fills_evenly_and_remembers_so_many() -> None:
    now = 0.0
    buckets = Buckets(1, 3, lambda: now)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    now = 2
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    for n in range(VISITORS):
        assert buckets.take(f"visitor {n}")
    assert buckets.take("a"), "who was not seen for longest is forgotten"
    assert len(buckets._filled) == VISITORS


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("es", "es"),
        ("es-MX,en;q=0.5", "es"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("fr, ja", ""),
        ("es;q=0, en", "en"),
        ("*;q=x,,;", ""),
        ("en" * 1000, ""),
    ],
)
def test_the_language_is_the_one_that_is_wanted_most(accepted: str, found: str) -> None:
    assert spoken(accepted) == found


async def test_a_port_in_use_is_one_clear_sentence(storage: Storage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as refused:
            async with open_house(storage, config=Config(port=port)):
                pass
    assert str(refused.value) == (
        f"The web room cannot listen on 127.0.0.1, port {port}: another program is using it;"
        " stop that, or choose another web.port."
    )


async def test_the_log_says_nothing_about_anybody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ana = await house.member("Ana")
    await ana.types("/checkin 2 a very private note")
    await ana.opens(await house.link("invite", HOME.ref))
    reader, writer = await asyncio.open_connection("127.0.0.1", house.room.port)
    writer.write(b"NOT HTTP a very private note\r\n\r\n")
    await reader.read()
    writer.close()
    assert "private note" not in caplog.text
    assert ana.cookie not in caplog.text
    assert "/enter/" not in caplog.text


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(["/say", "/press", "/fill", "/enter", "/signin", "/room", "/account"]),
    fields=st.lists(
        st.tuples(
            st.sampled_from(["line", "call", "cause", "card", "f.mood", "word", "secret", "room"]),
            st.text(max_size=200)
            | st.sampled_from(["/checkin", "checkins.checkin:9", "people.forget", "say:a:b:c"]),
        ),
        max_size=5,
    ),
)
async def test_whatever_is_sent_is_answered_and_nothing_breaks(
    patient_house: House,
    caplog: pytest.LogCaptureFixture,
    path: str,
    fields: list[tuple[str, str]],
) -> None:
    if not patient_house.browsers:
        await patient_house.member("Ana")
    ana = patient_house.browsers[0]
    await ana.requests("POST", path, fields)
    assert ana.status < 500
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
