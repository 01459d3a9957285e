"""The connection to Discord: few intents, few starts, resumed when it can be, shut if it must."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Discord as Config
from bot.core.errors import DoorShut
from bot.doctor import Mark
from bot.platforms.discord.client import place
from bot.platforms.discord.notebook import DAY, MOST, Notebook
from storage import Storage
from tests.discord_house import at_home
from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord
from tests.fakes.discord.gateway import PRIVILEGED, RECONNECT
from tests.fakes.discord.unpacking import ZLIB, ZSTD, unpacking
from tests.life import Life, configured, living
from tests.room import HOME

GUILDS = 1
AT = datetime(2026, 3, 1, tzinfo=UTC)


async def until(said: asyncio.Event) -> None:
    async with asyncio.timeout(20):
        await said.wait()


async def told(life: Life, words: str) -> None:
    if not any(words in line for line in life.lines):
        await life.says(words)


async def test_it_asks_for_nothing_but_to_know_where_it_is(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path):
        [started] = fake.gateway.identified
        assert started["intents"] == GUILDS


async def test_options_ask_for_what_they_need_and_no_more(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake:
        fake.gateway.allowed = sum(PRIVILEGED.values())
        config = Config(token=TOKEN, address=fake.address, members=True, message_content=True)
        async with at_home(fake, storage, tmp_path, config=config):
            [started] = fake.gateway.identified
        wanted = PRIVILEGED["members"] | PRIVILEGED["message_content"] | 1 << 9
        assert started["intents"] == GUILDS | wanted


@pytest.mark.parametrize("kind", [ZLIB, ZSTD])
async def test_it_takes_what_the_gateway_packs_either_way(
    kind: str, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.utils, "_ActiveDecompressionContext", unpacking(kind))
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        assert fake.gateway.packed == [kind]
        ana = await home.member("Ana")
        await fake.gateway.hangs_up(4000)
        await until(fake.gateway.came)
        await ana.types("/checkin", mood=3)
        assert ana.sees("Thank you")
        assert (fake.gateway.packed, fake.gateway.resumed) == ([kind, kind], 1)


async def test_what_was_missed_is_answered_after_a_resume(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        ana = await home.member("Ana")
        await fake.gateway.says(RECONNECT)
        await until(fake.gateway.came)
        await ana.types("/checkin", mood=3)
        assert ana.sees("Thank you")
        assert (fake.gateway.resumed, len(fake.gateway.identified)) == (1, 1)


async def test_a_connection_that_breaks_is_resumed(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        ana = await home.member("Ana")
        await fake.gateway.hangs_up(4000)
        await until(fake.gateway.came)
        await ana.types("/now")
        assert fake.gateway.resumed == 1


async def test_a_session_that_is_gone_is_begun_again_and_counted(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path):
        fake.gateway.forgets = True
        await fake.gateway.hangs_up(4000)
        await until(fake.gateway.came)
        assert len(fake.gateway.identified) == 2
        assert (tmp_path / "discord.json").read_text().count(".") >= 2


async def test_what_is_told_twice_is_answered_once(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        ana = await home.member("Ana")
        await ana.types("/checkin", mood=3)
        await fake.gateway.again()
        await ana.types("/now")
        await home.door.quiet()
        asked = [path for method, path, _ in fake.world.log if path.endswith("/callback")]
        assert len(asked) == len(set(asked)) == 2


async def test_what_cannot_be_read_ends_nothing(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        for broken in ({}, {"type": 2, "id": "1", "token": "x"}, {"type": "?", "user": None}):
            fake.world.dispatch("INTERACTION_CREATE", broken, home.guild["id"])
        ana = await home.member("Ana")
        await ana.types("/checkin", mood=3)
        assert ana.sees("Thank you")
        assert len(fake.gateway.identified) == 1


async def test_shards_are_started_each_for_its_part(storage: Storage, tmp_path: Path) -> None:
    async with fake_discord() as fake:
        config = Config(token=TOKEN, address=fake.address, shards="2-3/4")
        guild = fake.world.guild()
        guild["id"] = str(2 << 22)
        fake.world.guilds = {guild["id"]: guild}
        fake.world.channel(guild["id"], "general")
        async with at_home(fake, storage, tmp_path, config=config, guild=guild) as home:
            assert [each["shard"] for each in fake.gateway.identified] == [[2, 4], [3, 4]]
            ana = await home.member("Ana")
            await ana.types("/checkin", mood=3)
            assert ana.sees("Thank you")


async def test_as_many_shards_as_discord_wants_are_one_door(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake:
        fake.shards = 2
        houses = [fake.world.guild(), fake.world.guild("Hill Street")]
        for number, guild in enumerate(houses):
            guild["id"] = str(number + 2 << 22)
        fake.world.guilds = {guild["id"]: guild for guild in houses}
        rooms = [fake.world.channel(guild["id"], "general") for guild in houses]
        async with at_home(fake, storage, tmp_path, guild=houses[0]) as home:
            assert [each["shard"] for each in fake.gateway.identified] == [[0, 2], [1, 2]]
            ana, bo = await home.member("Ana"), fake.person("Bo", houses[1])
            second = storage.groups.add_door(HOME.ref, place(int(rooms[1]["id"])))
            await storage.units.commit((second,))
            await ana.types("/checkin", mood=3)
            assert ana.sees("Thank you")
            await bo.types("/join")
            assert bo.sees("Welcome to Harbour Street")
        async with at_home(fake, storage, tmp_path, guild=houses[0]) as again:
            places = [place(int(room["id"])) for room in rooms]
            assert [await storage.groups.door(each) for each in places] == [HOME.ref] * 2
            fake.world.dispatch("CHANNEL_DELETE", rooms[1], houses[1]["id"])
            await fake.person("Eve", houses[1]).types("/now")
            await again.door.quiet()
            assert [bool(await storage.groups.door(each)) for each in places] == [True, False]


async def test_commands_are_told_when_they_have_changed_and_only_then(
    storage: Storage, tmp_path: Path
) -> None:
    def told(fake: FakeDiscord) -> int:
        return sum(method == "PUT" for method, _, _ in fake.world.log)

    async with fake_discord() as fake:
        for expected in (1, 1):
            async with at_home(fake, storage, tmp_path):
                assert told(fake) == expected
        (tmp_path / "discord.json").unlink()
        async with at_home(fake, storage, tmp_path):
            assert told(fake) == 2


@pytest.mark.parametrize("code", [4004, 4013, 4014, 4011])
async def test_what_only_the_host_can_mend_shuts_the_door(
    code: int, storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path) as home:
        await fake.gateway.hangs_up(code)
        with pytest.raises(DoorShut, match="Discord"):
            await asyncio.wait_for(home.serving, 20)


async def test_a_token_that_was_revoked_shuts_this_door_and_no_other(tmp_path: Path) -> None:
    async with fake_discord() as fake:
        environ = {
            "HOMEGROUP__DISCORD__TOKEN": "an-old-one",
            "HOMEGROUP__DISCORD__ADDRESS": fake.address,
        }
        config = configured(tmp_path / "data", environ)
        async with living(config) as life:
            await told(life, "Discord does not take the token")
            assert (await life.opens("/now")).status == 200
            assert [f for f in await life.sees() if f.mark is Mark.BROKEN and "token" in f.sentence]


async def test_someone_to_talk_to_is_there_with_the_database_gone(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake:
        async with at_home(fake, storage, tmp_path):
            pass  # Discord knows the commands from better days
        guild = next(iter(fake.world.guilds.values()))
        await storage.db.close()
        async with at_home(fake, storage, tmp_path, help_only=True, guild=guild) as home:
            eve = home.guest("Eve")
            await eve.types("/now")
            assert eve.shown()


# --- starts ---


def test_no_loop_of_crashes_reaches_what_discord_allows_in_a_day(tmp_path: Path) -> None:
    now, made = AT, 0
    while now < AT + DAY:
        book = Notebook(tmp_path / "discord.json")
        if wait := book.wait(now):
            now += timedelta(seconds=wait)
            continue
        book.start(now)
        made += 1
        now += timedelta(seconds=1)
    assert 300 < made <= MOST


@given(st.lists(st.floats(0, 100_000), max_size=60), st.floats(-200_000, 200_000))
def test_the_wait_ends_whatever_the_clock_did(gaps: list[float], set_to: float) -> None:
    book, now = Notebook(Path("/nowhere/discord.json")), AT
    for gap in gaps:
        now += timedelta(seconds=gap)
        book.start(now)
    wait = book.wait(now + timedelta(seconds=set_to))
    assert 0 <= wait <= DAY.total_seconds()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"starts": ["x"], "commands": 1}', "\x00"])
def test_a_notebook_that_somebody_wrote_into_is_begun_anew(text: str, tmp_path: Path) -> None:
    file = tmp_path / "discord.json"
    file.write_text(text)
    assert Notebook(file).wait(AT) == 0
