"""What the web room refuses, and what it says with every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.config.settings import Web as Config
from bot.platforms.web.security import Gate
from storage import Storage
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
    await ana.opens("/room")
    assert not ana.sees("hello")


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
    assert ana.sees("hello")
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


def test_in_a_container_it_is_reached_by_addresses_and_its_public_name() -> None:
    """It listens on all addresses there; who comes by the published port says 127.0.0.1."""
    gate = Gate(Config(host="0.0.0.0", public_url="https://room.example.org"))
    hosts = [
        "127.0.0.1:8420",
        "localhost:8420",
        "172.17.0.2:8420",
        "room.example.org",
        "evil.example",
    ]
    asked = [make_mocked_request("GET", "/", headers={"Host": host}) for host in hosts]
    assert [gate.knows(request) for request in asked] == [True, True, True, True, False]


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
        for n in range(100):
            _, tried = storage.web.tried(f"word {n}", "address 203.0.113.9", storage.now())
            await storage.units.commit(tried)
        sent = [("word", "some-word"), ("passphrase", "wrong")]
        forwarded = {"X_Forwarded_For": "198.51.100.1, 203.0.113.9"}
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
    await ana.opens("/room")
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
