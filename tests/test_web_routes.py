"""Every address of the web room, as its router lists them: a new one cannot be forgotten here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from bot.config.settings import Web as Config
from bot.core.cards import Call
from bot.core.model import Account, Group, Origin
from bot.platforms.web import porch
from bot.platforms.web.porch import Porch
from bot.platforms.web.render import renderer
from bot.platforms.web.security import Gate
from bot.platforms.web.server import application
from storage import Storage
from tests.browser import Browser
from tests.room import HOME
from tests.web_house import House, Watch, open_house

KEPT = "what Ana keeps for herself"
OTHER_SITE = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
NO_SITE = {"Origin": "", "Sec_Fetch_Site": ""}
OPEN_TO_ALL = {"/signin", "/away", "/back"}
"""Forms that somebody who has put everything away can send: to come back, and to sign in anew."""
ODD = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{7*7}}"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries every button asks for more than one person may; that is tried elsewhere."""
    monkeypatch.setattr("bot.platforms.web.porch.POSTS", (1e6, 10**6))
    monkeypatch.setattr("bot.platforms.web.porch.ADDRESS", (1e6, 10**6))


@dataclass
class Lived:
    """A house with somebody in it who keeps a little, and its addresses."""

    house: House
    ana: Browser
    secret: str
    errand: str

    def routes(self, method: str) -> Iterator[str]:
        house, gate = self.house, Gate(Config(port=0))
        inside = house.room._house(house.app, gate)
        front = Porch(house.app, renderer(), gate, Watch(house.storage))
        for route in application(front, inside, {}).router.routes():
            path = route.resource.canonical if route.resource else ""
            if route.method == method:
                yield from self._filled(path)

    def _filled(self, path: str) -> Iterator[str]:
        names = [action.spec.name for action in self.house.app.commands]
        if "{command}" in path:
            yield from (f"/{name}" for name in names if name != "breaks")
        else:
            known = self.errand if path.startswith("/errand") else self.secret
            secret = path.replace("{secret}", known)
            yield secret.replace("{name}", renderer().static["room.js"].url.rpartition("/")[2])

    async def rows(self) -> dict[str, list[str]]:
        """All that is in the database."""
        db = self.house.storage.db
        tables = await db.read("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {}
        for table in sorted(row["name"] for row in tables):
            rows = await db.read(f'SELECT * FROM "{table}"')
            found[table] = sorted(repr(tuple(map(row.__getitem__, row.keys()))) for row in rows)
        return found


@pytest.fixture
async def lived(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lived]:
    """Nobody is sent away for asking often; that is tested elsewhere."""
    monkeypatch.setattr(porch, "POSTS", (1e9, 10**9))
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        await ana.types(f"/checkin 4 tired {KEPT}")
        await ana.opens("/room")
        await ana.presses("Say it", words="Good evening.")
        secret = (await house.link("invite", HOME.ref)).rpartition("/")[2]
        errands, asked = storage.errands, Account("discord", "1")
        origin = Origin(asked, errands.place(), storage.now(), "test")
        errand, kept = errands.make(origin, "checkins.checkin", origin.place)
        await storage.units.commit((kept,))
        yield Lived(house, ana, secret, errand)


@pytest.mark.parametrize("headers", [OTHER_SITE, NO_SITE], ids=["another site", "nobody says"])
async def test_no_form_of_another_site_does_anything_at_any_address(
    lived: Lived, headers: dict[str, str]
) -> None:
    before, paths = await lived.rows(), list(lived.routes("POST"))
    assert {"/say", "/room/say", "/room/mend", "/away", "/signout", "/looks"} <= set(paths)
    for path in paths:
        await lived.ana.requests("POST", path, [("words", "x"), ("line", "/leave")], **headers)
        assert lived.ana.status == 403, path
    assert await lived.rows() == before


async def test_looking_changes_nothing_and_every_answer_is_guarded(lived: Lived) -> None:
    ana, before, paths = lived.ana, await lived.rows(), list(lived.routes("GET"))
    assert {"/", "/room", "/now", "/checkins", "/forgetme", f"/enter/{lived.secret}"} <= set(paths)
    for path in paths:
        for method in ("GET", "HEAD"):
            async with ana._client.request(method, lived.house.base + path) as response:
                assert response.status < 400 or (path, method) == ("/events", "HEAD"), path
                assert response.headers["X-Frame-Options"] == "DENY", path
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
                kept = response.headers["Cache-Control"]
                assert kept == "no-store" or path.startswith("/static/"), path
    assert await lived.rows() == before


async def test_what_is_put_away_is_shown_at_no_address(lived: Lived) -> None:
    ana = lived.ana
    await ana.opens("/")
    await ana.presses("Put away")
    paths = [path for path in lived.routes("GET") if not path.startswith("/static/")]
    for path in [*paths, "/nowhere", "/enter/gone", "/room?x=1", "/now?in=es"]:
        await ana.opens(path)
        shown = "Shopping" in ana.html or "Compra" in ana.html or "away" in ana.html
        assert shown or path in ("/robots.txt", "/health"), path
        assert not [word for word in ("Ana", "Harbour", KEPT) if word in ana.html], path
    before = await lived.rows()
    for path in set(lived.routes("POST")) - OPEN_TO_ALL:
        call = [("call", "people.leave"), ("words", "hello"), ("line", "/me"), ("room", "")]
        await ana.requests("POST", path, call)
        assert not [word for word in ("Ana", "Harbour", KEPT) if word in ana.html], path
    assert await lived.rows() == before
    await ana.opens("/")
    await ana.presses("Close the list")
    assert ana.sees("Good morning, Ana")


async def test_what_is_somebody_elses_is_neither_shown_nor_changed_by_a_made_up_button(
    lived: Lived,
) -> None:
    bo = await lived.house.member("Bo")
    before = await lived.rows()
    refs = [row["ref"] for row in await lived.house.storage.db.read("SELECT ref FROM checkins")]
    anchors = [line.attrs["id"][2:] for line in lived.ana.page.all("article") if "id" in line.attrs]
    assert refs
    assert anchors
    aimed = [a.id for a in lived.house.app.actions.values() if a.spec.object]
    assert "checkins.one" in aimed
    for action in aimed:
        for ref in (*refs, *anchors):
            call = [("call", str(Call(action, (ref,)))), ("f.note", "mine now")]
            for path in ("/press", "/fill"):
                await bo.requests("POST", path, call)
                assert KEPT not in bo.html, action
    for path in ("/room/mend", "/room/take-back"):
        for anchor in anchors:
            await bo.requests("POST", path, [("card", anchor), ("words", "Ana never said that")])
            assert bo.status == 422
    after = await lived.rows()
    for table in ("checkins", "web_events", "groups", "people"):
        assert after[table] == before[table], table


async def test_nothing_that_people_write_is_ever_more_than_letters(storage: Storage) -> None:
    async with open_house(storage) as house:
        group = Group("odd-group", ODD)
        ana = await house.member(ODD, group)
        await ana.requests("POST", "/say", [("line", f"/checkin 4 tired {ODD}")])
        await ana.opens("/room")
        await ana.presses("Say it", words=ODD)
        paths = [f"/{action.spec.name}" for action in house.app.commands]
        for path in [*paths, "/", "/room", "/account"]:
            await ana.opens(path)
            page = ana.page
            assert not list(page.all("img")), path
            assert [n for n in page.all("script") if n.text] == [], path
            assert "alert(1)" in page.text or ana.status != 200 or path == "/now", path
            assert "49" not in page.text.replace(ODD, ""), path
        await ana.opens("/room")
        assert next(node for node in page_words(ana)) == ODD


def page_words(browser: Browser) -> Iterator[str]:
    for node in browser.page.all("p"):
        if node.attrs.get("class") == "words":
            yield node.text
