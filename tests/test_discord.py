"""Discord, with its own client on a real socket: people type, press, fill in, and see answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest

from bot.core.actions import Cog, action, command
from bot.core.cards import Answer, Card, Choice, Field
from bot.core.decide import Who
from bot.core.model import Context
from bot.core.text import Name, t
from bot.platforms.discord import talk
from storage import Storage
from tests.discord_house import Home, at_home
from tests.fakes.discord import fake_discord
from tests.fakes.discord.people import labels, said
from tests.fakes.discord.world import EPHEMERAL, every

BOXES = tuple(Choice(str(n), f"Box {n}") for n in range(12))


class Desk(Cog):
    """All that a dialog can ask, and an answer that takes its time."""

    name = "desk"

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.opening: asyncio.Task[None] | None = None

    @command("Many questions", who=Who.ANYONE)
    async def many(
        self,
        ctx: Context,
        one: Annotated[str, Field("The first", longest=4000)],
        two: Annotated[int, Field("The second", least=1, most=9)],
        three: Annotated[str, Field("The third", choices=BOXES[:3])],
        four: Annotated[tuple[str, ...], Field("The fourth", choices=BOXES)] = (),
        five: Annotated[str, Field("The fifth", choices=BOXES)] = "",
        six: Annotated[str, Field("The sixth", long=True)] = "",
        seven: Annotated[ZoneInfo | None, Field("The seventh")] = None,
    ) -> Answer:
        return Card(t("{all}", all=f"{one[:9]} {two} {three} {four} {five} {six} {seven}"))

    @command("Slowly", who=Who.ANYONE)
    async def slow(self, ctx: Context, one: Annotated[str, Field("The first")] = "") -> Answer:
        await self.open.wait()
        return Card(ctx.t("At last."), buttons=(self.again.button("Once more", 1),))

    @action("Slow and asking", who=Who.ANYONE)
    async def again(
        self, ctx: Context, n: Annotated[int, Field("How often?")],
        why: Annotated[str, Field("Why?")] = "",
    ) -> Answer:  # fmt: skip
        await self.open.wait()
        if not why:
            return self.again.form(self.again.button("", n).call)
        return Card(t("{n} {why}", n=n, why=why), replaces=True)

    @command("For all to see", who=Who.ANYONE, shared=True)
    async def aloud(self, ctx: Context, quietly: bool = False) -> Answer:
        await self.open.wait()
        buttons = (self.again.button("Ask", 1), self.change.button("Change"))
        shown = Card(t("{who} @everyone **so**", who=Name("@everyone")), buttons=buttons)
        return Card(t("Only you."), private=True) if quietly else shown

    @action("Change it", who=Who.ANYONE, shared=True)
    async def change(self, ctx: Context) -> Answer:
        return Card(t("Changed."), replaces=True)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def home(storage: Storage, tmp_path: Path, desk: Desk) -> AsyncIterator[Home]:
    async with fake_discord() as fake, at_home(fake, storage, tmp_path, desk) as home:
        yield home
    assert not fake.world.wrong, "\n".join(sorted(set(fake.world.wrong)))


def opens_late(home: Home, desk: Desk) -> None:
    """What is asked takes until an answer has been promised."""

    async def opens() -> None:
        await home.fake.world.promised.wait()
        talk.IN_TIME = 60.0
        desk.open.set()

    desk.open.clear()
    home.fake.world.promised.clear()
    talk.IN_TIME = 0.0
    desk.opening = asyncio.create_task(opens())


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is promised but where it is meant to be."""
    monkeypatch.setattr(talk, "IN_TIME", 60.0)


async def test_somebody_types_a_command_and_sees_the_answer_alone(home: Home) -> None:
    ana, bo = await home.member("Ana"), await home.member("Bo")
    await ana.types("/checkin", mood=4)
    assert ana.sees("Thank you")
    assert not bo.shown()
    assert ana.shown()[-1]["flags"] & EPHEMERAL


async def test_what_is_missing_is_asked_in_a_dialog(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/checkin")
    await ana.fills("2", "", "a long day")
    assert ana.sees("Thank you")
    await ana.types("/checkins")
    assert ana.sees("a long day")


async def test_what_was_typed_beyond_a_gap_is_in_the_dialog(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/checkin", note="a long day")
    await ana.fills("2")
    await ana.types("/checkins")
    assert ana.sees("a long day")


async def test_a_dialog_of_more_than_five_questions_goes_on(home: Home) -> None:
    ana = home.guest("Ana")
    await ana.types("/many")
    assert ana.dialog
    assert len(ana.dialog["components"]) == 5
    await ana.fills("first", "2", "1", "1,3", "11")
    assert ana.sees("There is a little more to ask.")
    await ana.presses("Continue")
    await ana.fills("six", "Europe/Berlin")
    assert ana.sees("first 2 1 ('1', '3') 11 six Europe/Berlin")


async def test_a_slip_in_a_dialog_loses_nothing(home: Home) -> None:
    ana = home.guest("Ana")
    await ana.types("/many")
    await ana.fills("x" * 3000, "many", "1", "1,3", "11")
    assert ana.sees("The second")
    await ana.presses("Continue")
    await ana.fills(two="3")
    await ana.presses("Continue")
    await ana.fills("", "Nowhere")
    assert ana.sees("The seventh")
    await ana.presses("Continue")
    await ana.fills()
    await ana.presses("Continue")
    await ana.fills(seven="UTC")
    assert ana.sees("xxxxxxxxx 3 1 ('1', '3') 11  UTC")


async def test_what_takes_long_is_promised_to_them_alone(
    home: Home, desk: Desk, hurried: None
) -> None:
    ana = home.guest("Ana")
    opens_late(home, desk)
    done = await ana.types("/slow")
    assert done.acked == 5
    assert ana.sees("At last.")
    assert ana.shown()[-1]["flags"] & EPHEMERAL


async def test_what_takes_long_and_is_for_all_is_promised_to_all(
    home: Home, desk: Desk, hurried: None
) -> None:
    ana, bo = home.guest("Ana"), home.guest("Bo")
    opens_late(home, desk)
    await ana.types("/aloud")
    await home.door.quiet()
    assert bo.sees("so")


async def test_a_promise_to_all_does_not_show_what_is_for_one(
    home: Home, desk: Desk, hurried: None
) -> None:
    ana, bo = home.guest("Ana"), home.guest("Bo")
    opens_late(home, desk)
    await ana.types("/aloud", quietly="yes")
    await home.door.quiet()
    assert ana.sees("Only you.")
    assert not bo.shown()


async def test_a_dialog_that_came_too_late_waits_behind_a_button(
    home: Home, desk: Desk, hurried: None
) -> None:
    ana = home.guest("Ana")
    await ana.types("/slow")
    opens_late(home, desk)
    await ana.presses("Once more")
    assert not ana.dialog
    await ana.presses("Continue")
    await ana.fills("so")
    assert ana.sees("1 so")


async def test_a_dialog_can_be_given_up(home: Home) -> None:
    ana = home.guest("Ana")
    await ana.types("/many")
    await ana.fills("first", "2", "1")
    await ana.presses("Never mind")
    assert ana.sees("Nothing of it was kept")
    await ana.presses("Continue")
    assert ana.sees("That question is closed.")


async def test_a_button_on_an_old_message_works_after_a_restart(
    storage: Storage, tmp_path: Path
) -> None:
    async with fake_discord() as fake:
        async with at_home(fake, storage, tmp_path) as home:
            ana = await home.member("Ana")
            await ana.types("/checkin", mood=2)
            guild = home.guild
        fake.world.advance(365 * 86_400)
        async with at_home(fake, storage, tmp_path, guild=guild):
            await ana.presses("Someone to talk to now")
            assert ana.shown()[-1]["flags"] & EPHEMERAL


async def test_a_card_for_all_is_not_replaced_by_what_is_for_one(home: Home) -> None:
    ana, bo = home.guest("Ana"), home.guest("Bo")
    await ana.types("/aloud")
    shown = bo.shown()[-1]
    await bo.presses("Ask")
    await bo.fills("mine")
    assert bo.sees("1 mine")
    assert ana.shown() == [shown]
    await bo.presses("Change")
    assert ana.sees("Changed.")
    assert len(ana.shown()) == 1


async def test_nobody_is_called_by_what_somebody_is_called(home: Home) -> None:
    ana = home.guest("Ana")
    await ana.types("/aloud")
    assert "@everyone" not in said(ana.shown()[-1])
    [body] = [body["data"] for _, path, body in home.fake.world.log if "callback" in path]
    assert body["allowed_mentions"] == {"parse": []}


async def test_in_a_chat_of_their_own_the_answer_is_no_secret(home: Home) -> None:
    await home.founded()
    eve = home.fake.person("Eve")
    await eve.types("/now")
    assert not eve.shown()[-1]["flags"] & EPHEMERAL


async def test_discord_speaks_the_language_of_the_person(home: Home) -> None:
    ana = await home.member("Ana", language="es")
    await ana.types("/checkin")
    assert ana.dialog
    assert ana.dialog["components"][0]["label"] == "¿Cómo estás ahora?"
    eve = home.guest("Eve")
    eve.locale = "es-419"
    await eve.types("/me")
    assert "se han unido" in said(eve.shown()[-1])
    checkin = next(each for each in home.fake.world.commands if each["name"] == "checkin")
    assert checkin["description_localizations"]["es-419"]


async def test_a_zone_is_suggested_from_what_everybody_knows(home: Home) -> None:
    ana = home.guest("Ana")
    found = await ana.suggested("many", "seven", "lim")
    assert found[0]["value"] == "America/Lima"
    assert len(await ana.suggested("many", "seven", "")) == 25
    assert not await ana.suggested("many", "seven", "nowhere")


async def test_a_channel_without_a_group_of_its_own_belongs_to_its_server(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/me")
    await home.door.quiet()
    ana.channel = home.fake.world.channel(home.guild["id"], "another")["id"]
    eve = home.guest("Eve")
    eve.channel = ana.channel
    await eve.types("/join")
    assert eve.dialog or labels(eve.shown()[-1])
    assert await home.storage.servers.group(home.guild["id"])


async def test_what_was_made_up_is_refused_in_words(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/checkin", mood=3)
    message = ana.shown()[-1]
    for data in ("", "x", "checkins.add_note:\ud800", "more", "more:desk.many", "say:a:b:c"):
        await ana.clicks(message, data or "-")
        assert said(ana.shown()[-1])


async def test_a_picture_comes_with_its_words(home: Home) -> None:
    ana = await home.member("Ana")
    await ana.types("/checkin", mood=3)
    await ana.types("/checkins")
    [gallery] = [part for part in every(ana.shown()[-1]["components"]) if part["type"] == 12]
    assert gallery["items"][0]["media"]["url"] == "attachment://picture.png"
    assert gallery["items"][0]["description"]
    assert home.fake.world.files[-1].startswith(b"\x89PNG")
