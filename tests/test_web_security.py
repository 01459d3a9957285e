"""What the web room refuses, and what it says with every answer."""

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
from tests.browser import Browser
from tests.room import HOME
from tests.web_house import House, open_house

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
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


def hello(browser: Browser) -> bool:
    return browser.sees("hello")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "", "Sec_Fetch_Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": ""},
        {"Origin": "null", "Sec_Fetch_Site": ""},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "", "Sec_Fetch_Site": "", "Referer": "https://evil.example/"},
        {"Origin": "http://127.0.0.1", "Sec_Fetch_Site": ""},
        {"Origin": "http://127.0.0.1:1@evil.example", "Sec_Fetch_Site": ""},
        {"Origin": "http://[", "Sec_Fetch_Site": ""},
    ],
)
async def test_a_form_of_another_site_does_nothing(house: House, headers: dict[str, str]) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say", SAY, **headers)
    assert ana.status == 403
    assert ana.sees("That did not come from a page of mine")
    await ana.opens("/")
    assert not hello(ana)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": ""},
        {"Origin": "", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "null", "Sec_Fetch_Site": "same-origin"},
    ],
)
async def test_our_own_forms_are_known_in_every_browser(
    house: House, headers: dict[str, str]
) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say", SAY, **headers)
    assert hello(ana)
    old = {"Origin": "", "Sec_Fetch_Site": "", "Referer": f"{house.base}/"}
    await ana.requests("POST", "/say", [("line", "/aloud good night")], **old)
    assert ana.sees("good night")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8420", "10.0.0.1", ""])
async def test_an_address_that_is_not_ours_is_not_answered(house: House, host: str) -> None:
    ana = await house.member("Ana")
    if host:
        await ana.requests("GET", "/", Host=host)
        assert ana.status == 421
        assert ana.sees("I need someone now")
    assert not ana.sees("Check in with yourself") or not host
    await ana.requests("POST", "/say", SAY, Host=host or "x", Origin=f"http://{host or 'x'}")
    assert ana.status in (400, 421)


async def test_this_machine_may_be_called_by_its_names(house: House) -> None:
    ana = await house.member("Ana")
    for host in ("localhost:9000", "127.0.0.1", f"[::1]:{house.room.port}"):
        await ana.requests("GET", "/", Host=host)
        assert ana.status == 200
        await ana.requests("POST", "/say", SAY, Host=host, Origin=f"http://{host}")
        assert ana.status == 200


async def test_behind_a_proxy_it_is_reached_by_its_public_address(storage: Storage) -> None:
    config = Config(port=0, public_url="https://room.example.org", trusted_proxies=1)
    async with open_house(storage, config=config) as house:
        assert house.room.link("abc") == "https://room.example.org/enter/abc"
        zoe = await house.stranger()
        public = {"Host": "room.example.org", "Origin": "https://room.example.org"}
        secret = (await house.link("found")).rpartition("/")[2]
        await zoe.requests("GET", f"/enter/{secret}", None, **public)
        assert zoe.status == 200
        sent = [("secret", secret), ("word", "quiet-lamp-42"), ("new", "a few words more here")]
        for forged in ("http://room.example.org", "https://room.example.org.evil.example"):
            await zoe.requests("POST", "/enter", sent, **(public | {"Origin": forged}))
            assert zoe.status == 403
        said = await _response(house, "/enter", sent, public | {"Sec-Fetch-Site": "same-origin"})
        assert said.startswith("homegroup=")
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(said.split("; "))


async def test_wrong_tries_are_counted_by_visitor_behind_a_proxy(storage: Storage) -> None:
    config = Config(port=0, trusted_proxies=1)
    async with open_house(storage, config=config) as house:
        thief = await house.stranger()
        sent = [("word", "some-word"), ("passphrase", "wrong")]
        for n in range(11):
            sent = [("word", f"some-word-{n}"), ("passphrase", "wrong")]
            forwarded = {"X_Forwarded_For": f"198.51.100.{n}, 203.0.113.9"}
            await thief.requests("POST", "/signin", sent, **forwarded)
        assert thief.status == 429, "what the visitor wrote in front does not count"
        await thief.requests("POST", "/signin", sent, X_Forwarded_For="203.0.113.10")
        assert thief.status == 403


async def test_every_answer_is_guarded_and_kept_by_nobody(house: House) -> None:
    ana = await house.member("Ana")
    paths = ["/", "/now", "/nowhere", "/account", "/events", "/robots.txt", "/enter/x", "/say"]
    for path in paths:
        response = await ana._client.get(house.base + path)
        assert response.headers["Content-Security-Policy"] == CSP
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Permissions-Policy" in response.headers
        assert "Server" not in response.headers
        response.close()


async def test_pages_hold_no_code_and_ask_nobody_else(house: House) -> None:
    ana = await house.member("Ana")
    pages = []
    for path in ("/", "/account", "/now", "/nowhere"):
        await ana.opens(path)
        pages.append(ana.page)
    await ana.opens("/")
    await ana.types("/everything")
    for page in [*pages, ana.page]:
        for node in page.all():
            assert not {a for a in node.attrs if a == "style" or a.startswith("on")}
            for name in ("src", "href", "action"):
                ours = node.attrs.get(name, "/").startswith(("/", "#"))
                assert ours or (node.tag == "a" and "noreferrer" in node.attrs["rel"])
            assert node.tag != "style"
            assert node.tag != "script" or not node.text


async def test_files_are_named_by_what_is_in_them_and_kept_for_ever(house: House) -> None:
    ana = await house.member("Ana")
    links = [n.attrs.get("href", n.attrs.get("src", "")) for n in ana.page.all("link", "script")]
    files = [path for path in links if path.startswith("/static/")]
    assert len(files) == 4
    size = len(ana.html)
    for path in files:
        await ana.opens(path)
        assert ana.status == 200
        assert "immutable" in ana.headers["Cache-Control"]
        size += len(ana.html)
    assert size < 100_000
    for path in ("/static/base.css", "/static/../room.py", "/static/%2e%2e/room.py"):
        await ana.opens(path)
        assert ana.status == 404


async def test_a_form_that_is_too_large_is_refused(house: House) -> None:
    ana = await house.member("Ana")
    await ana.requests("POST", "/say", [("line", "x" * 70_000)])
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
    await ana.requests("GET", "/signout")
    assert (ana.status, ana.headers["Allow"]) == (405, "POST")
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
    assert hello(bo), "others are not held up"


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


async def _response(
    house: House, path: str, sent: list[tuple[str, str]], headers: dict[str, str]
) -> str:
    """The cookie that an answer sets."""
    zoe = await house.stranger()
    async with zoe._client.post(
        house.base + path, data=sent, headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 303
        return response.headers["Set-Cookie"]
