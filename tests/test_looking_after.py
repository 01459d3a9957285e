"""Backups, and their return under a house that is open; and what goes when its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import aiohttp
import pytest

from bot import cellar, host, outbox
from bot.cellar import CannotStart, lock_of, opened, put_back, socket_of, work_alone
from bot.config import Config
from bot.control import Refused, ask
from bot.core.app import App
from bot.core.cards import Call, Card
from bot.core.errors import Forgotten
from bot.core.model import Account, Person, Place
from bot.core.ports import EPOCH, Due
from bot.core.rooms import Post
from bot.core.text import Plain
from bot.core.work import Sending
from bot.locks import is_held
from bot.platforms.web import CannotListen, WebRoom
from cogs import build
from storage import Storage, utcnow
from storage.backup import restore
from storage.checkins import CheckIn
from storage.epochs import hour_of
from tests.life import ANA, ONLY, OPEN, TOKEN, Life, configured, living, move_in
from tests.post import Ledger
from tests.room import HOME, PURPOSES

BO = Person("bo-ref", "Bo", consents=PURPOSES)
BOS = Account("web", "bo-account")
BOS_TOKEN = "bo" + "x" * 41
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    made = configured(tmp_path / "data")
    await move_in(made)
    return made


async def asks(life: Life, verb: str, **given: str) -> Mapping[str, Any]:
    path = socket_of(life.config)
    return await asyncio.to_thread(ask, path, verb, given)


async def comes(config: Config) -> None:
    """Bo joins."""
    async with opened(config, {}, utcnow) as storage:
        await storage.units.commit(
            (
                storage.web.make(BOS, "bos-word", "bos passphrase", utcnow()),
                storage.web.begin(BOS_TOKEN, BOS, HOME.ref, utcnow()),
                *storage.people.join(BOS, BO),
                *storage.groups.enter(HOME, BO, utcnow()),
            )
        )


async def backed_up(config: Config) -> Path:
    async with opened(config, {}, utcnow) as storage:
        return Path((await cellar.back_up(storage, config, utcnow(), _told))["file"])


def _told(done: int, all: int) -> None:
    """Nobody watches."""


async def test_a_restore_under_open_pages_brings_them_back(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await backed_up(config)
    await comes(config)
    meanwhile: list[tuple[int, bool]] = []
    really = restore

    async def watched(*given: Any) -> Path | None:
        for path in ("/now", "/"):
            page = await life.opens(path, TOKEN)
            meanwhile.append((page.status, page.sees("116 123")))
        return await really(*given)

    monkeypatch.setattr(cellar, "restore", watched)
    async with living(config) as life:
        assert (await life.opens("/", BOS_TOKEN)).sees(HOME.name)
        async with listens(life) as page:
            told = await asks(life, "restore", backup=str(before))
            assert await page.content.read() == b"", "it is told to come back"
        assert meanwhile == [(200, True), (503, True)]
        assert there(told["before"])
        assert life.lines == [life.lines[0]], "it is found where it was"
        async with listens(life):
            pass
        assert (await life.opens("/", TOKEN)).sees(HOME.name)
        assert not (await life.opens("/", BOS_TOKEN)).sees(HOME.name)


def there(file: str) -> bool:
    return Path(file).exists()


@asynccontextmanager
async def listens(life: Life) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ana's page, kept up to date."""
    async with (
        aiohttp.ClientSession(cookies={"homegroup": TOKEN}) as client,
        client.get(f"{life.base}/events?room={HOME.ref}") as page,
    ):
        assert await page.content.readline() == b"retry: 2000\n"
        assert await page.content.readline() == b"\n"
        yield page


async def test_a_restore_mends_a_house_that_could_only_say_now(config: Config) -> None:
    file = await backed_up(config)
    config.database.file.unlink()
    async with living(config, until=ONLY) as life:
        told = await asks(life, "restore", backup=str(file))
        assert told["before"] == ""
        assert (await life.opens("/", TOKEN)).sees(HOME.name)
        assert [line[:4] for line in life.lines] == [ONLY[:4], OPEN[:4]]


async def test_what_an_earlier_process_had_in_its_hands_is_free_at_the_next_start(
    config: Config,
) -> None:
    now, room = utcnow(), Place("web", HOME.ref)
    due = Due("due-ref", Call("checkins.invite"), room, now)
    async with opened(config, {}, utcnow) as storage:
        card = Card((Plain("A line"),))
        await storage.units.commit(
            (
                *storage.outbox.queue("one", Sending(Post(room, card)), now),
                *storage.inbox.store("telegram", [("1", "7", "a line")], now),
                storage.schedule.add(due),
            )
        )
        assert await in_hand(storage, now) == (1, 1, 1)
        assert await in_hand(storage, now) == (0, 0, 0)
    async with opened(config, {}, utcnow) as storage:
        await storage.wake_up(now)
        assert await in_hand(storage, now) == (1, 1, 1)


async def in_hand(storage: Storage, now: datetime) -> tuple[int, int, int]:
    """What is taken: deeds, updates, and what is due."""
    deeds, updates = await storage.outbox.claim(now, 9), await storage.inbox.claim(now, 9)
    return len(deeds), len(updates), len(await storage.schedule.claim(now))


@pytest.mark.parametrize("harm", ["damaged", "another's", "not there"])
async def test_a_backup_that_cannot_be_used_changes_nothing(
    harm: str, config: Config, tmp_path: Path
) -> None:
    file = await backed_up(config)
    if harm == "damaged":
        file.write_bytes(file.read_bytes()[:-8192] + b"!" * 8192)
    if harm == "another's":
        other = configured(tmp_path / "other")
        await move_in(other)
        file = await backed_up(other)
    if harm == "not there":
        file.unlink()
    async with living(config) as life:
        with pytest.raises(Refused, match=file.name):
            await asks(life, "restore", backup=str(file))
        await asks(life, "status")
        assert (await life.opens("/", TOKEN)).sees(HOME.name)
    assert not [*config.data.glob("*.before-*"), *config.data.glob("*.restoring")]


async def test_who_was_forgotten_stays_forgotten(config: Config) -> None:
    await comes(config)
    before = await backed_up(config)
    async with opened(config, {}, utcnow) as storage:
        await storage.units.commit(storage.forget(BO.ref))
    async with living(config) as life:
        await asks(life, "restore", backup=str(before))
        assert (await life.opens("/", TOKEN)).sees(HOME.name)
        assert not (await life.opens("/", BOS_TOKEN)).sees(HOME.name)
    async with opened(config, {}, utcnow) as storage:
        assert await storage.people.refs() == {ANA.ref}
        for table in ("accounts", "members", "roles", "checkins", "clocks"):
            rows = await storage.db.read(f"SELECT * FROM {table} WHERE person = :bo", bo=BO.ref)
            assert not rows, table
        [row] = await storage.db.read("SELECT count(*) AS n FROM web_accounts")
        assert row["n"] == 1


async def test_what_was_on_its_way_in_a_backup_is_neither_sent_nor_in_the_way(
    config: Config,
) -> None:
    now, room = utcnow(), Place("web", HOME.ref)
    card = Card((Plain("A line"),))
    async with opened(config, {}, utcnow) as storage:
        await storage.units.commit(
            (
                *storage.outbox.queue("one", Sending(Post(room, card)), now),
                *storage.outbox.queue("two", Sending(Post(room, card)), now),
                *storage.inbox.store("telegram", [("1", "7", "a line"), ("2", "7", "more")], now),
            )
        )
        file = Path((await cellar.back_up(storage, config, now, _told))["file"])
    await put_back(config, {}, file, now, _told)
    async with opened(config, {}, utcnow) as storage:
        await storage.wake_up(now)
        door = Ledger(name="web")
        app = App(build(storage), storage.ports)
        await outbox.deliver(app, storage.outbox, {"web": door}, now)
        assert not door.asked
        assert await storage.outbox.counts() == {"expired": 2}
        while await storage.db.read("SELECT 1 FROM inbox WHERE state = 'waiting'"):
            assert not await storage.inbox.claim(now, 10)
        assert await storage.inbox.failed() == 2


async def test_one_can_go_back_to_what_was_there_before(config: Config) -> None:
    """The key of somebody who came after the backup goes at the next start; a copy is kept."""
    before = await backed_up(config)
    await comes(config)
    told = await put_back(config, {}, before, utcnow(), _told)
    async with opened(config, {}, utcnow) as storage:
        await storage.wake_up(utcnow())
        assert storage.keys.owners() == {ANA.ref}
    copy(told["keys"], config.keys.store)
    await put_back(config, {}, Path(told["before"]), utcnow(), _told)
    async with opened(config, {}, utcnow) as storage:
        await storage.wake_up(utcnow())
        profile = await storage.people.profile(BO.ref)
        assert profile
        assert profile.person.name == "Bo"


def test_without_a_server_both_work_alone(tmp_path: Path) -> None:
    config = configured(tmp_path / "data")
    asyncio.run(move_in(config))
    seen: list[tuple[int, int]] = []
    made = work_alone(config, {}, "backup", {}, lambda done, all: seen.append((done, all)))
    assert seen[-1][0] == seen[-1][1]
    asyncio.run(comes(config))
    told = work_alone(config, {}, "restore", {"backup": made["file"]}, _told)
    assert Path(told["before"]).exists()
    assert not is_held(lock_of(config).files[0])
    assert asyncio.run(people(config)) == {ANA.ref}


async def people(config: Config) -> set[str]:
    async with opened(config, {}, utcnow) as storage:
        return await storage.people.refs()


def test_a_backup_and_the_keys_are_all_a_bare_machine_needs(tmp_path: Path) -> None:
    old, new = configured(tmp_path / "old"), configured(tmp_path / "new")
    asyncio.run(move_in(old))
    made = work_alone(old, {}, "backup", {}, _told)
    new.keys.store.parent.mkdir(parents=True)
    given = {"backup": made["file"]}
    with pytest.raises(CannotStart, match=r"instance\.key is not there"):
        work_alone(new, {}, "restore", given, _told)
    copy(old.keys.file, new.keys.file)
    with pytest.raises(CannotStart, match=r"keys\.db are not there"):
        work_alone(new, {}, "restore", given, _told)
    copy(made["keys"], new.keys.store)
    told = work_alone(new, {}, "restore", given, _told)
    assert told["before"] == ""
    assert asyncio.run(people(new)) == {ANA.ref}


def test_where_there_is_nothing_nothing_is_made(tmp_path: Path) -> None:
    config = configured(tmp_path / "data")
    with pytest.raises(CannotStart, match="is not there"):
        work_alone(config, {}, "backup", {}, _told)
    assert not config.data.exists()
    with pytest.raises(CannotStart, match=r"instance\.key is not there"):
        work_alone(config, {}, "restore", {"backup": "any.db"}, _told)
    assert [file.name for file in config.data.rglob("*")] == ["homegroup.lock"]


async def test_a_process_that_is_told_to_end_finishes_what_it_puts_back(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await backed_up(config)
    await comes(config)
    begun, go_on, really = asyncio.Event(), asyncio.Event(), restore

    async def slow(*given: Any) -> Path | None:
        begun.set()
        await go_on.wait()
        return await really(*given)

    monkeypatch.setattr(cellar, "restore", slow)
    monkeypatch.setattr(host, "OPENING", 0.05)
    async with living(config) as life:
        restoring = asyncio.create_task(asks(life, "restore", backup=str(file)))
        await begun.wait()
        refused = asyncio.create_task(asks(life, "backup"))
        with pytest.raises(Refused, match="cannot be used at the moment"):
            await refused
        life.serving.cancel()
        await asyncio.wait({life.serving}, timeout=0.1)  # nothing tells that it does not end
        assert not life.serving.done()
        assert is_held(lock_of(config).files[0])
        go_on.set()
        assert (await restoring)["before"]
    assert await people(config) == {ANA.ref}


async def test_a_door_that_cannot_be_opened_again_is_tried_until_it_can(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else took the port in the moment in which a backup was put back."""
    file = await backed_up(config)
    listen, stuck = WebRoom._listen, 3

    async def taken(self: WebRoom, *given: Any) -> asyncio.Server:
        nonlocal stuck
        stuck -= 1
        if stuck > 0:
            raise CannotListen("127.0.0.1", 1, None)
        return await listen(self, *given)

    async with living(config, clock=Hurried()) as life:
        monkeypatch.setattr(WebRoom, "_listen", taken)
        await asks(life, "restore", backup=str(file))
        assert (await life.opens("/", TOKEN)).sees(HOME.name)
    assert "cannot listen" in life.lines[1]


class Hurried:
    """Waits, so that others work meanwhile; but not for long."""

    def now(self) -> datetime:
        return utcnow()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


@dataclass
class Watch:
    """A clock that the test moves. Whoever sleeps wakes when it is their time."""

    at: datetime
    sleeping: list[tuple[datetime, float, asyncio.Event]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        one = (self.at + timedelta(seconds=seconds), seconds, asyncio.Event())
        self.sleeping.append(one)
        self.changed.set()
        try:
            await one[2].wait()
        finally:
            self.sleeping.remove(one)

    async def passes(self, by: timedelta) -> None:
        """And all that was to be tidied by then is."""
        self.at += by
        for until, _, woken in self.sleeping:
            if until <= self.at:
                woken.set()
        await self.tidied()

    async def tidied(self) -> None:
        while sum(s == host.TIDY and not w.is_set() for _, s, w in self.sleeping) < 2:
            self.changed.clear()
            await self.changed.wait()


async def test_what_has_had_its_time_goes_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured(tmp_path / "data", {"HOMEGROUP__RETENTION__CHECKINS_DAYS": "30"})
    await move_in(config)
    inside: list[Storage] = []

    @asynccontextmanager
    async def noted(*given: Any) -> AsyncIterator[Storage]:
        async with opened(*given) as storage:
            inside.append(storage)
            yield storage

    monkeypatch.setattr(host, "opened", noted)
    watch = Watch(utcnow())
    async with living(config, clock=watch) as life:
        await watch.tidied()
        [storage] = inside
        note = storage.vault.seal(EPOCH, "drafts.body/one", "half a sentence")
        entry = CheckIn("entry", ANA.ref, watch.at, watch.at.date(), 3)
        await storage.units.commit(storage.checkins.add(entry, watch.at))
        made = await asks(life, "backup")
        for _ in range(23):
            await watch.passes(HOUR)
            assert storage.keys.epoch == hour_of(watch.at), "each hour has its own key"
        await watch.passes(HOUR)
        with pytest.raises(Forgotten):
            storage.vault.open(EPOCH, "drafts.body/one", note)
        await watch.passes(6 * DAY - HOUR)
        assert there(made["keys"])
        await watch.passes(2 * HOUR)
        assert not there(made["keys"]), "copies of keys last seven days"
        assert there(made["file"])
        await watch.passes(22 * DAY)
        assert await storage.checkins.count(ANA.ref) == 1
        await watch.passes(DAY)
        assert await storage.checkins.count(ANA.ref) == 0
