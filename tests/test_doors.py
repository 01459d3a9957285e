"""Several doors in one house: each is opened when it has a token, and shut without the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Config
from bot.core.app import App
from bot.core.errors import DoorShut
from bot.core.model import Place
from bot.core.ports import Clock
from bot.core.rooms import Deed, Limits
from bot.doctor import Mark
from storage import Storage
from tests.life import Life, Types, configured, living
from tests.life import types as types

TOKEN = {"HOMEGROUP__DISCORD__TOKEN": "a-token"}
LIMITS = Limits(text=2000, title=100, buttons_per_row=5, rows=5)
REVOKED = "The token is not taken any more."


@dataclass
class Hatch:
    """A door with nothing behind it but what the house put there."""

    name: str = "hatch"
    limits: Limits = LIMITS
    fails: list[Exception] = field(default_factory=list)
    """What happens when it is opened, one after the other; then it stays open."""
    opened: list[bool] = field(default_factory=list)
    """Each time it was made: whether there was a storage behind it."""
    app: asyncio.Queue[App] = field(default_factory=asyncio.Queue)

    def opens(self, config: Config, storage: Storage | None, clock: Clock) -> Hatch:
        self.opened.append(storage is not None)
        return self

    async def serve(self, app: App) -> None:
        if self.fails:
            raise self.fails.pop(0)
        await self.app.put(app)
        await asyncio.Event().wait()

    async def do(
        self,
        key: str,
        place: Place,
        deed: Deed,
        standing: str = "",
        about: tuple[str, ...] = (),
    ) -> str:
        return key


async def test_a_door_without_a_token_is_not_made(tmp_path: Path) -> None:
    hatch = Hatch()
    async with living(configured(tmp_path / "data"), openers={"discord": hatch.opens}) as life:
        assert (await life.opens("/now")).status == 200
    assert not hatch.opened


async def test_a_revoked_token_stops_that_door_alone(tmp_path: Path) -> None:
    hatch = Hatch(fails=[DoorShut(REVOKED)])
    config = configured(tmp_path / "data", TOKEN)
    async with living(config, openers={"discord": hatch.opens}) as life:
        await told(life, REVOKED)
        assert (await life.opens("/now")).status == 200
        assert (Mark.BROKEN, REVOKED) in [(f.mark, f.sentence) for f in await life.sees()]
    assert hatch.opened == [True]


async def test_a_door_that_fails_is_opened_again(tmp_path: Path) -> None:
    class Quick:
        """Waits, so that others work meanwhile; but not for minutes."""

        def now(self) -> datetime:
            return datetime.now(UTC)

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(min(seconds, 0.01))

    hatch = Hatch(fails=[OSError(), OSError()])
    config = configured(tmp_path / "data", TOKEN)
    async with living(config, clock=Quick(), openers={"discord": hatch.opens}):
        async with asyncio.timeout(10):
            await hatch.app.get()
        assert not hatch.fails, "it stays open after both failures"


async def test_without_a_web_room_the_others_are_enough(tmp_path: Path) -> None:
    hatch = Hatch()
    config = configured(tmp_path / "data", {**TOKEN, "HOMEGROUP__WEB__ENABLED": "false"})
    async with living(config, openers={"discord": hatch.opens}) as life:
        await hatch.app.get()
        assert life.lines == ["Homegroup is open: hatch"]


async def test_every_door_has_someone_to_talk_to_behind_it_whatever_is_wrong(
    tmp_path: Path,
) -> None:
    hatch, config = Hatch(), configured(tmp_path / "data", TOKEN)
    config.data.mkdir()
    config.database.file.write_bytes(b"not a database" * 100)
    async with living(config, until="Only ", openers={"discord": hatch.opens}):
        app = await hatch.app.get()
        assert [*app.actions] == ["now.now"]
    assert hatch.opened == [False]


def test_neither_a_web_room_nor_a_token_is_a_sentence(tmp_path: Path, types: Types) -> None:
    code, said, aside = types(tmp_path / "data", "run", HOMEGROUP__WEB__ENABLED="false")
    assert (code, said) == (1, "")
    assert "give a door its token" in aside


async def told(life: Life, words: str) -> None:
    if not any(words in line for line in life.lines):
        await life.says(words)
