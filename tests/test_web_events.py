"""What happens in a room, as an open page is told of it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest

from bot.core.cards import Card
from bot.core.model import Group, Place
from bot.core.rooms import Remove, Replace
from bot.core.text import Plain
from bot.core.work import Write
from bot.platforms.web import events
from storage import Storage
from tests.browser import Browser
from tests.room import HOME
from tests.web_house import House, open_house

ROOM = Place("web", HOME.ref)


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[House]:
    async with open_house(storage) as opened:
        yield opened


@dataclass
class Page:
    """An open page, as the browser's EventSource reads it."""

    response: aiohttp.ClientResponse
    seen: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    ended: bool = False

    async def event(self) -> bool:
        """Reads the next one; False when the stream is over."""
        said: dict[str, str] = {}
        while line := (await self.response.content.readline()).decode():
            if line == "\n":
                if "event" in said or not said:
                    break
                said = {}
                continue
            name, _, value = line.rstrip("\n").partition(": ")
            said[name] = value
        if said.get("event") == "card":
            data = json.loads(said["data"])
            self.seen.append(data["html"] or f"gone {data['card']}")
            self.ids.append(int(said["id"]))
        self.ended = self.ended or said.get("event") == "end"
        return bool(said)

    async def until(self, words: str) -> None:
        while not any(words in html for html in self.seen):
            assert await self.event(), f"the stream ended without {words}"

    async def over(self) -> None:
        while await self.event():
            continue

    def words(self, among: list[str]) -> list[str]:
        return [word for html in self.seen for word in among if f"<p>{word}</p>" in html]


@asynccontextmanager
async def opened(
    browser: Browser, last: int | None = None, room: str = HOME.ref, before: int = 0
) -> AsyncIterator[Page]:
    """`last` is where the browser was cut off, `before` what its page was rendered with."""
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    url = f"{browser.base}/events?room={room}&last={before}"
    async with browser._client.get(url, headers=headers) as response:
        assert response.content_type == "text/event-stream"
        page = Page(response)
        while (line := await response.content.readline()) not in (b"\n", b""):
            page.ended = page.ended or line == b"event: end\n"
        yield page


async def rendered(browser: Browser) -> int:
    await browser.opens("/room")
    [feed] = [n for n in browser.page.all("div") if n.attrs.get("id") == "feed"]
    return int(feed.attrs["data-last"])


async def test_an_open_page_is_told_at_once(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    async with opened(ana, before=await rendered(ana)) as page:
        await bo.types("/aloud good evening")
        await asyncio.wait_for(page.until("good evening"), 5)
        assert "Only you see this" not in page.seen[-1]


async def test_a_page_starts_where_it_was_rendered(house: House) -> None:
    ana = await house.member("Ana")
    await house.posts_card("on the page")
    before = await rendered(ana)
    await house.posts_card("in between")
    async with opened(ana, before=before) as page:
        await page.until("in between")
        await house.posts_card("after")
        await page.until("after")
        assert page.words(["on the page", "in between", "after"]) == ["in between", "after"]


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_lost_or_doubled_however_often_it_is_cut_off(
    house: House, seed: int
) -> None:
    chance = random.Random(seed)
    ana = await house.member("Ana")
    own, last, seen = await house.own(ana), await rendered(ana), list[str]()
    sent = [f"card number {n} of {seed}" for n in range(40)]

    async def sends() -> None:
        for word in sent:
            await house.posts_card(word, chance.choice([ROOM, own]))
            if chance.random() < 0.5:
                await asyncio.sleep(0)

    sending = asyncio.create_task(sends())
    while len(seen) < len(sent):
        async with opened(ana, last=last) as page:
            for _ in range(chance.randint(0, 9)):
                if len(seen) + len(page.seen) == len(sent):
                    break
                await asyncio.wait_for(page.event(), 5)
            seen += page.words(sent)
            last = page.ids[-1] if page.ids else last
            assert page.ids == sorted(set(page.ids))
    await sending
    assert seen == sent


async def test_two_places_are_told_in_one_order(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    own = await house.own(ana)
    before = await rendered(ana)
    words = [f"word {n}" for n in range(30)]
    async with opened(ana, before=before) as one, opened(bo, before=before) as other:
        await asyncio.gather(
            *(house.posts_card(word, own if n % 3 else ROOM) for n, word in enumerate(words))
        )
        while len(one.seen) < len(words):
            await asyncio.wait_for(one.event(), 5)
        while len(other.seen) < 10:
            await asyncio.wait_for(other.event(), 5)
        assert one.ids == sorted(one.ids)
        assert sorted(other.words(words)) == sorted(words[::3])


async def test_what_is_for_one_alone_never_arrives_elsewhere(house: House) -> None:
    ana, bo, guest = await house.member("Ana"), await house.member("Bo"), await house.guest()
    own, before = await house.own(ana), await rendered(ana)
    async with opened(bo, before=before) as bos, opened(guest, before=before) as guests:
        await house.posts_card("For Ana alone", own)
        await house.posts_card("For all")
        for page in (bos, guests):
            await page.until("For all")
            assert not page.words(["For Ana alone"])
    async with opened(bo, last=0) as bos:
        await bos.until("For all")
        assert len(bos.seen) == 1


@pytest.mark.parametrize("room", ["other-group", "lobby", "x' OR 1=1 --"])
async def test_a_room_that_is_not_ours_is_not_told(house: House, room: str) -> None:
    ana, other = await house.member("Ana"), Group("other-group", "Mill Lane")
    await house.founded(other)
    await house.posts_card("Among themselves", Place("web", other.ref))
    async with opened(ana, last=0, room=room) as page:
        await page.over()
        assert page.ended
        assert not page.seen


async def test_a_stranger_is_told_nothing(house: House) -> None:
    zoe = await house.stranger()
    await house.founded()
    async with opened(zoe, last=0) as page:
        await page.over()
        assert page.ended


async def test_signing_out_closes_every_open_page_of_that_session(house: House) -> None:
    ana = await house.member("Ana")
    async with opened(ana, before=await rendered(ana)) as page:
        await ana.opens("/account")
        await ana.presses("Sign out")
        await asyncio.wait_for(page.over(), 5)
    await house.posts_card("Later")
    async with opened(ana, last=0) as page:
        await page.over()
        assert page.ended


async def test_who_leaves_hears_nothing_more(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    before = await rendered(ana)
    async with opened(ana, before=before) as hers, opened(bo, before=before) as his:
        await house.storage.units.commit(house.storage.groups.forget("ref-Ana"))
        await house.posts_card("After she left")
        await his.until("After she left")
        await asyncio.wait_for(hers.over(), 5)
        assert not hers.seen
    async with opened(ana, last=before) as hers:
        await hers.over()
        assert hers.ended


async def test_who_is_forgotten_hears_nothing_more(house: House) -> None:
    ana = await house.member("Ana")
    async with opened(ana, before=await rendered(ana)) as page:
        await house.storage.units.commit(house.storage.forget("ref-Ana"))
        await house.posts_card("After that")
        await asyncio.wait_for(page.over(), 5)
        assert not page.seen


async def test_a_standing_card_is_changed_in_place_and_taken_away(house: House) -> None:
    ana = await house.member("Ana")

    def panel(words: str) -> Replace:
        return Replace(ROOM, "tonight", Card((Plain(words),)))

    async with opened(ana, before=await rendered(ana)) as page:
        receipt = await house.room.do("a", ROOM, panel("one"))
        await page.until("one")
        assert await house.room.do("b", ROOM, panel("two"), standing=receipt) == receipt
        await page.until("two")
        assert all(f'id="c-{receipt}"' in html for html in page.seen)
        await house.room.do("c", ROOM, Remove(ROOM, "tonight"), standing=receipt)
        await page.until(f"gone c-{receipt}")
    async with opened(ana, last=0) as page:
        await page.until("gone")
        assert len(page.seen) == 1, "who comes back is told how it stands now"


async def test_a_repeated_deed_is_told_once(house: House) -> None:
    ana = await house.member("Ana")
    async with opened(ana, before=await rendered(ana)) as page:
        for _ in range(3):
            await house.posts_card("Once", key="same")
        await house.posts_card("The end")
        await page.until("The end")
        assert page.words(["Once"]) == ["Once"]


async def test_a_number_from_the_future_shows_everything_again(house: House) -> None:
    """A backup was put back, and the numbers begin again."""
    ana = await house.member("Ana")
    await house.posts_card("Still here")
    async with opened(ana, last=10**9) as page:
        await page.until("Still here")
    for odd in ("x", "-1", "1e9", "9" * 40, "\u0661"):
        headers = {"Last-Event-ID": odd.encode("utf-8", "replace").decode("latin-1")}
        url = f"{ana.base}/events?room={HOME.ref}"
        async with ana._client.get(url, headers=headers) as response:
            assert response.status == 200


async def test_a_quiet_room_keeps_the_line_open(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE", 0.01)
    ana = await house.member("Ana")
    async with opened(ana, before=await rendered(ana)) as page:
        assert await page.response.content.readline() == b":\n"


async def test_each_happening_is_rendered_once_for_each_way_of_reading(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered_cards = list[object]()
    was = events.Events._event

    def counted(self: events.Events, *given: object) -> bytes:
        rendered_cards.append(given)
        return was(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(events.Events, "_event", counted)
    people = [await house.member(f"Ana {n}") for n in range(5)]
    people.append(await house.member("Inés", language="es"))
    before = await rendered(people[0])
    pages = [opened(somebody, before=before) for somebody in people]
    async with pages[0] as a, pages[1] as b, pages[2] as c, pages[3] as d, pages[5] as es:
        await house.posts_card("For all")
        for page in (a, b, c, d, es):
            await page.until("For all")
    assert len(rendered_cards) == 2


async def test_so_many_open_pages_of_one_session_are_kept_up_to_date(house: House) -> None:
    ana = await house.member("Ana")
    before = await rendered(ana)
    open_pages = [opened(ana, before=before) for _ in range(events.PAGES)]
    entered = [await page.__aenter__() for page in open_pages]
    async with opened(ana, before=before) as one_more:
        await one_more.over()
        assert one_more.ended
    assert not any(page.ended for page in entered)
    for page in open_pages:
        await page.__aexit__(None, None, None)


async def test_a_page_that_was_closed_is_not_counted(house: House) -> None:
    ana = await house.member("Ana")
    before = await rendered(ana)
    for _ in range(2 * events.PAGES):
        async with opened(ana, before=before) as page:
            assert not page.ended
            await house.posts_card("Hello")
            await page.until("Hello")


async def test_a_card_that_cannot_be_read_any_more_is_passed_over(house: House) -> None:
    ana = await house.member("Ana")
    before = await rendered(ana)
    await house.posts_card("From another version")
    spoil = Write("UPDATE web_events SET body = :body", {"body": b"\1\2\3\4 not sealed here"})
    await house.storage.units.commit((spoil,))
    await house.posts_card("Of today")
    await ana.opens("/room")
    assert ana.sees("Of today")
    async with opened(ana, before=before) as page:
        await page.until("Of today")
        assert len(page.seen) == 1


async def test_closing_the_house_ends_every_page(storage: Storage) -> None:
    async with open_house(storage) as house:
        ana = await house.member("Ana")
        page = opened(ana, before=await rendered(ana))
        told = await page.__aenter__()
        await house.closes()
        await asyncio.wait_for(told.over(), 5)
        assert not told.ended, "the browser will look for us again"
        await page.__aexit__(None, None, None)


async def test_yesterday_is_not_told_to_who_comes_back(house: House) -> None:
    ana = await house.member("Ana")
    before = await rendered(ana)
    await house.posts_card("Yesterday")
    house.later(timedelta(hours=25))
    await house.storage.tidy(house.storage.now())
    await house.posts_card("Today")
    async with opened(ana, last=before) as page:
        await page.until("Today")
        assert page.words(["Yesterday", "Today"]) == ["Today"]


async def test_who_is_kept_away_falls_silent_on_pages_that_are_open(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    async with opened(ana, last=0) as page:
        await bo.opens("/room")
        await bo.presses("Say it", words="Before.")
        await page.until("Before.")
        await ana.types("/block Bo")
        await page.over()
    async with opened(ana, last=0) as page:
        await bo.opens("/room")
        await bo.presses("Say it", words="After.")
        await house.posts_card("For all")
        await page.until("For all")
        assert not any("After." in seen or "Before." in seen for seen in page.seen)


async def test_ones_own_words_come_with_a_way_to_take_them_back(house: House) -> None:
    ana, bo = await house.member("Ana"), await house.member("Bo")
    async with opened(ana, last=0) as anas, opened(bo, last=0) as bos:
        await ana.opens("/room")
        await ana.presses("Say it", words="Mine.")
        await anas.until("Mine.")
        await bos.until("Mine.")
        assert "Take it back" in anas.seen[-1]
        assert "Take it back" not in bos.seen[-1]


async def test_a_page_without_a_room_is_told_only_what_is_for_one_alone(house: House) -> None:
    ana = await house.member("Ana")
    async with opened(ana, last=0, room="") as page:
        await house.posts_card("For all")
        await house.posts_card("For Ana", await house.own(ana))
        await page.until("For Ana")
        assert len(page.seen) == 1


async def test_what_is_put_away_is_told_nothing(house: House) -> None:
    ana = await house.member("Ana")
    await ana.presses("Put away")
    await house.posts_card("For all")
    async with opened(ana, last=0) as page:
        await page.over()
        assert not page.seen
