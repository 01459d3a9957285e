"""Founding a group, settling things together, serving for a term, inviting."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Config
from bot.config.settings import Web
from bot.core.app import App
from bot.core.cards import Call
from bot.core.model import Place
from bot.core.text import LANGUAGES
from cogs import build
from cogs.groups.fellowships import fellowships
from cogs.groups.fields import TONGUES
from storage import Storage
from storage.groups import Settings, web_room
from tests.room import HOME, MORNING, Actor, Door, Room, ref_of, words


@pytest.fixture
def empty(room: Room) -> Room:
    """A place that has no group yet."""
    room.group = None
    return room


async def host(room: Room, name: str = "Ana") -> Actor:
    """Somebody who has joined, and for whom the platform vouches."""
    actor = await room.person(name)
    actor.hosts = True
    return actor


async def founds(room: Room, actor: Actor, *values: str) -> Settings:
    await actor.types("/setup")
    await actor.presses("Found a group here")
    await actor.fills(*(values or ("Harbour Street", "en", "Europe/Berlin", "general", "08:00")))
    [ref] = await refs(room)
    settings = await room.storage.groups.load(ref)
    assert settings
    return settings


async def refs(room: Room) -> list[str]:
    return [row["ref"] for row in await room.storage.db.read("SELECT ref FROM groups")]


async def serving(room: Room, actor: Actor, role: str, days: int = 90) -> None:
    ref = await room.storage.people.known(actor.account)
    until = room.now + timedelta(days=days)
    given = room.storage.roles.give(HOME.ref, ref, role, room.now, until)
    await room.storage.units.commit((given,))


async def settings(room: Room) -> Settings:
    found = await room.storage.groups.settings(HOME.ref)
    assert found
    return found


async def servants(room: Room) -> tuple[Actor, Actor]:
    """A founder and a second trusted servant, each in a chat of their own."""
    ana, bo = await room.person("Ana"), await room.person("Bo")
    await serving(room, ana, "founder")
    await serving(room, bo, "servant")
    ana.here, bo.here = ana.own, bo.own
    return ana, bo


@pytest.mark.unwired(telegram="in a chat of one's own Telegram vouches for nobody")
async def test_a_group_is_founded_where_it_is_to_meet(empty: Room) -> None:
    ana = await host(empty)
    made = await founds(empty, ana)
    assert ana.sees("Harbour Street is founded. You look after it until 2026-05-30")
    assert (made.name, made.zone, made.profile) == ("Harbour Street", "Europe/Berlin", "general")
    assert await empty.storage.groups.door(empty.place) == made.ref
    assert await empty.storage.groups.door(web_room(made.ref)) == made.ref
    actor = await empty.storage.people.meet(ana.account, empty.place)
    assert (actor.member, set(actor.roles)) == (True, {"founder"})
    await empty.passes()
    assert "I hold the door of Harbour Street" in words(empty.posted[-1])
    assert ana.sees("Still open:")


async def test_the_questions_may_be_answered_in_a_chat_of_ones_own(empty: Room) -> None:
    ana = await host(empty)
    await ana.types("/setup")
    button, *_ = ana.seen[-1].buttons
    ana.here, ana.hosts = ana.own, False
    await ana.sends(f"{button.call}:Harbour Street:en:UTC:general")
    [ref] = await refs(empty)
    assert await empty.storage.groups.door(empty.place) == ref
    assert not await empty.storage.groups.door(ana.own)


@pytest.mark.unwired(
    discord="in a chat of one's own Discord vouches for nobody",
    telegram="in a chat of one's own Telegram vouches for nobody",
)
async def test_founding_from_a_place_of_ones_own_makes_a_room_on_the_web(empty: Room) -> None:
    ana = await host(empty)
    ana.here = ana.own
    made = await founds(empty, ana)
    assert await empty.storage.groups.room(made.ref) == web_room(made.ref)
    assert not await empty.storage.groups.door(ana.own)


@pytest.mark.unwired(discord="of presses at once one message shows the last")
async def test_pressing_twice_and_at_once_founds_one_group(empty: Room) -> None:
    ana = await host(empty)
    await ana.types("/setup")
    line = f"{ana.seen[-1].buttons[0].call}:Harbour Street:en:UTC:general"
    await asyncio.gather(*(ana.sends(line) for _ in range(3)))
    assert len(await refs(empty)) == 1
    assert not any("went wrong" in words(card) for card in ana.seen)


async def test_two_hosts_at_once_found_one_group_in_a_place(empty: Room) -> None:
    ana, bo = await host(empty), await host(empty, "Bo")
    lines = []
    for who in (ana, bo):
        await who.types("/setup")
        lines.append(f"{who.seen[-1].buttons[0].call}:The group:en:UTC:general")
    await asyncio.gather(ana.sends(lines[0]), bo.sends(lines[1]))
    assert len(await refs(empty)) == 1
    loser = ana if bo.sees("founded") else bo
    assert loser.sees("This place has a group by now.")


async def test_nobody_founds_with_the_way_of_another_or_none(empty: Room) -> None:
    ana, eve = await host(empty), await empty.person("Eve")
    await ana.types("/setup")
    call = ana.seen[-1].buttons[0].call
    for data in (str(call), "groups.found:xxxxxxxxxxxx", "groups.found:", "groups.found"):
        await eve.sends(f"{data}:Mine:en:UTC:general")
        assert not eve.sees("founded")
        assert not eve.sees("went wrong")
    await eve.types("/setup")
    assert eve.sees("That is for whoever looks after this place.")
    empty.now += timedelta(hours=1)
    await ana.sends(f"{call}:Late:en:UTC:general")
    assert ana.sees("That is done, or too long ago.")
    assert not await refs(empty)


async def test_somebody_who_has_not_joined_is_shown_the_way_first(empty: Room) -> None:
    zoe = empty.guest("Zoe")
    zoe.hosts = True
    await zoe.types("/setup")
    assert zoe.sees("That is for people who have joined.")
    assert zoe.can_press("Join")


@pytest.mark.unwired(
    discord="in a chat of one's own Discord vouches for nobody",
    telegram="in a chat of one's own Telegram vouches for nobody",
)
async def test_the_daily_question_is_asked_at_the_groups_own_hour(empty: Room) -> None:
    ana = await host(empty)
    made = await founds(empty, ana)
    await ana.sends(f"groups.clear:{made.ref}:reading")
    await empty.passes()
    before = len(empty.posted)
    empty.now = datetime(2026, 3, 2, 6, 59, tzinfo=UTC)
    await empty.passes()
    assert len(empty.posted) == before
    empty.now = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 08:00 in Berlin, before summer time
    await empty.passes()
    assert "How is today?" in words(empty.posted[-1])
    ana.here = ana.own
    await ana.sends(f"groups.set_zone:{made.ref}:UTC")
    empty.now = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    await empty.passes()
    assert len(empty.posted) == before + 1
    empty.now = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    await empty.passes()
    assert len(empty.posted) == before + 2
    await ana.sends(f"groups.clear:{made.ref}:question")
    empty.now += timedelta(days=1)
    await empty.passes()
    assert len(empty.posted) == before + 2


@pytest.mark.unwired(telegram="in a chat of one's own Telegram vouches for nobody")
async def test_a_founder_alone_changes_everything(empty: Room) -> None:
    ana = await host(empty)
    made = await founds(empty, ana)
    for label, value in (
        ("Change the name", "Canal Street"),
        ("Change the language", "es"),
        ("Change the time zone", "Asia/Tokyo"),
        ("Change the daily question", "21:15"),
        ("Change whom to turn to", "Dana, 555 0100"),
        ("Change what you ask of each other", "Be kind."),
    ):
        await ana.types("/setup")
        await ana.presses(label)
        await ana.fills(value)
    now = await empty.storage.groups.settings(made.ref)
    assert now
    assert (now.name, now.language, now.zone) == ("Canal Street", "es", "Asia/Tokyo")
    assert (now.question, now.contact, now.agreement) == ("21:15", "Dana, 555 0100", "Be kind.")
    zoe = empty.guest("Zoe")
    await zoe.types("/join")
    assert zoe.sees("Be kind.")
    await ana.presses("Go back to our words for it")
    await zoe.types("/join")
    assert not zoe.sees("Be kind.")


async def test_only_trusted_servants_of_that_group_change_it(room: Room) -> None:
    ana, _ = await servants(room)
    eve = await room.person("Eve")
    eve.hosts = True
    for data in (
        f"groups.set_name:{HOME.ref}:Mine",
        f"groups.settings:{HOME.ref}",
        f"roles.hand:{HOME.ref}",
        "groups.set_name:xxxxxxxxxxxx:Mine",
        "groups.set_name::Mine",
    ):
        await eve.sends(data)
        assert eve.sees("That button is no longer in use.")
    room.now += timedelta(days=91)
    await ana.sends(f"groups.set_name:{HOME.ref}:Mine")
    assert ana.sees("That button is no longer in use.")
    assert (await settings(room)).name == HOME.name


async def test_a_second_trusted_servant_agrees_and_the_group_is_told(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    assert ana.sees("Asked. When another trusted servant agrees")
    assert (await settings(room)).name == HOME.name
    await room.passes()
    assert bo.sees("A note from Harbour Street. Ana would like to change this:")
    assert bo.sees("Name: Canal Street (it was: Harbour Street)")
    await bo.presses("Agree")
    assert (await settings(room)).name == "Canal Street"
    await room.passes()
    assert "Two trusted servants agreed." in words(room.posted[-1])
    assert "Ana" not in words(room.posted[-1])


async def test_nobody_agrees_with_themselves_or_for_others(room: Room) -> None:
    ana, bo = await servants(room)
    eve = await room.person("Eve")
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    call = next(b.call for b in bo.seen[-1].buttons if b.label == "Agree")
    for who in (ana, eve):
        await who.sends(str(call))
        assert who.sees("That button is no longer in use.")
    assert (await settings(room)).name == HOME.name


@pytest.mark.unwired(discord="of presses at once one message shows the last")
async def test_agreeing_twice_at_once_is_once(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    call = str(next(b.call for b in bo.seen[-1].buttons if b.label == "Agree"))
    await asyncio.gather(bo.sends(call), bo.sends(call))
    await room.passes()
    told = [card for card in room.posted if "Two trusted servants" in words(card)]
    assert len(told) == 1


async def test_not_this_leaves_it_and_says_so_kindly(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_language:{HOME.ref}:es")
    await room.passes()
    await bo.presses("Not this")
    await room.passes()
    assert ana.sees("not this, for now")
    assert "Bo" not in words(ana.seen[-1])
    assert (await settings(room)).language == "en"


async def test_either_of_the_two_can_undo_it_for_three_days(room: Room) -> None:
    ana, bo = await servants(room)
    eve = await room.person("Eve")
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    await bo.presses("Agree")
    await room.passes()
    [undo] = room.posted[-1].buttons
    assert ref_of("Ana") not in str(undo)
    await eve.sends(str(undo.call))
    assert (await settings(room)).name == "Canal Street"
    room.now += timedelta(days=2, hours=23)
    await ana.sends(str(undo.call))
    assert (await settings(room)).name == HOME.name
    await room.passes()
    assert "We took a change of our settings back." in words(room.posted[-1])
    await bo.sends(str(undo.call))
    assert bo.sees("That button is no longer in use.")


async def test_after_three_days_it_stays(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    await bo.presses("Agree")
    await room.passes()
    [undo] = room.posted[-1].buttons
    room.now += timedelta(days=3)
    await ana.sends(str(undo.call))
    assert (await settings(room)).name == "Canal Street"


async def test_a_change_that_was_overtaken_is_asked_for_anew(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await room.passes()
    changed = replace(await settings(room), name="Mill Lane")
    await room.storage.units.commit((room.storage.groups.change(changed),))
    await bo.presses("Agree")
    assert bo.sees("It was changed in between.")
    assert (await settings(room)).name == "Mill Lane"


@pytest.mark.unwired(telegram="what was on its way is delivered by then")
async def test_what_the_forgotten_had_asked_for_is_not_asked_any_more(room: Room) -> None:
    ana, bo = await servants(room)
    await ana.sends(f"groups.set_name:{HOME.ref}:Canal Street")
    await ana.sends("keeping.forgotten")
    await room.passes()
    assert not bo.seen
    assert not await room.storage.db.read("SELECT * FROM changes")


async def test_a_trusted_servant_is_somebody_who_brings_a_code(room: Room) -> None:
    ana, bo = await room.person("Ana"), await room.person("Bo")
    await serving(room, ana, "founder")
    ana.here, bo.here = ana.own, bo.own
    await ana.types("/roles")
    await ana.presses("Make somebody a trusted servant")
    code = words(ana.seen[-1]).partition("/roles ")[2].split()[0]
    await bo.types(f"/roles {code}")
    assert bo.sees("You are a trusted servant of Harbour Street for 90 days.")
    await room.passes()
    assert "Bo is a trusted servant now, until 2026-05-30." in words(room.posted[-1])
    await bo.types(f"/roles {code}")
    assert bo.sees("That code does not open anything.")
    await bo.types("/roles")
    assert bo.sees("Ana, founder, until 2026-05-30")
    assert bo.sees("Bo, trusted servant, until 2026-05-30")
    assert not bo.can_press("Make somebody a trusted servant")


async def test_a_code_for_servants_is_for_members_and_dies_with_its_giver(room: Room) -> None:
    ana = await room.person("Ana")
    await serving(room, ana, "founder")
    room.group = None
    eve = await room.person("Eve")
    ana.here, eve.here = ana.own, eve.own
    await ana.sends(f"roles.hand:{HOME.ref}")
    code = words(ana.seen[-1]).partition("/roles ")[2].split()[0]
    await eve.types(f"/roles {code}")
    assert eve.sees("That is for people in a group.")
    [role] = await room.storage.roles.of(HOME.ref, room.now)
    await ana.sends(f"roles.step_down:{role.ref}:yes")
    assert ana.sees("Thank you for your service.")
    room.group = HOME
    bo = await room.person("Bo")
    bo.here = bo.own
    await bo.types(f"/roles {code}")
    assert bo.sees("That code does not open anything.")


async def test_nobody_ends_the_service_of_another(room: Room) -> None:
    _, bo = await servants(room)
    for role in await room.storage.roles.of(HOME.ref, room.now):
        await bo.sends(f"roles.step_down:{role.ref}")
    left = await room.storage.roles.of(HOME.ref, room.now)
    assert [role.person for role in left] == [ref_of("Ana")]


async def test_roles_are_for_those_inside(room: Room) -> None:
    await servants(room)
    zoe = room.guest("Zoe")
    await zoe.types("/roles")
    assert not zoe.sees("Ana")


async def test_a_host_who_does_not_serve_settles_only_where_things_come(room: Room) -> None:
    await servants(room)
    eve = await host(room, "Eve")
    await eve.types("/setup")
    assert eve.sees("This is what the group has settled.")
    assert {button.label for button in eve.seen[-1].buttons} <= {"Where things come"}


@pytest.mark.unwired(telegram="in a chat of one's own Telegram vouches for nobody")
async def test_hostile_names_of_groups_are_letters(empty: Room) -> None:
    ana = await host(empty)
    made = await founds(empty, ana, "<i>\u202eX</i> {group}", "en", "UTC", "general", "07:00")
    assert made.name == "<i>X</i> {group}"
    assert ana.sees("<i>X</i> {group} is founded.")
    await ana.sends(f"groups.set_name:{made.ref}:...")
    assert ana.sees("A name needs a letter or a figure in it.")


class Somewhere:
    def link(self, secret: str) -> str:
        return f"https://room.example.org/enter/{secret}"


@pytest.fixture
def public(storage: Storage, door: Door) -> Room:
    """An instance that can be reached from outside."""
    config = Config(data=Path("/nowhere"), web=Web(public_url="https://room.example.org"))
    return Room(App(build(storage, config, Somewhere()), storage.ports), storage, door)


async def test_an_invitation_is_for_one_person_and_a_week(public: Room) -> None:
    ana = await public.person("Ana")
    await ana.types("/invite")
    assert ana.sees("It leads to Harbour Street.")
    assert ana.seen[-1].private
    secret = words(ana.seen[-1]).partition("/enter/")[2].split()[0]
    codes = public.storage.codes
    found = await codes.find("invite", secret, public.now)
    assert found
    assert (found.group, found.person) == (HOME.ref, ref_of("Ana"))
    assert not await codes.find("found", secret, public.now)
    assert not await codes.find("invite", secret, public.now + timedelta(days=7))


async def test_five_invitations_are_open_at_most_also_at_once(public: Room) -> None:
    ana = await public.person("Ana")
    await asyncio.gather(*(ana.types("/invite") for _ in range(8)))
    open_ = await public.storage.codes.open_of("invite", ref_of("Ana"), HOME.ref, public.now)
    assert open_ == 5
    await ana.types("/invite")
    assert ana.sees("Five of your invitations are still open.")
    await ana.presses("End my open invitations")
    await ana.types("/invite")
    assert ana.sees("It leads to Harbour Street.")


async def test_without_a_public_address_it_is_said_plainly(room: Room) -> None:
    ana = await room.person("Ana")
    await ana.types("/invite")
    assert ana.sees("This Homegroup has no public address")
    assert ana.sees("web.public_url")
    assert not await room.storage.db.read("SELECT * FROM codes WHERE kind = 'invite'")


async def test_what_a_group_settled_is_there_under_the_house_key_only(room: Room) -> None:
    await room.opens()
    [row] = await room.storage.db.read("SELECT body FROM groups")
    assert HOME.name.encode() not in row["body"]
    assert await room.storage.groups.many([HOME.ref, "nobody"]) == {HOME.ref: HOME}
    assert await room.storage.groups.places(HOME.ref)
    assert not await room.storage.groups.door(Place(room.name, "elsewhere"))
    assert room.now == MORNING


def test_the_fellowships_we_ship_can_be_read() -> None:
    general = fellowships()["general"]
    assert (general.crosstalk, general.prayer, general.length) == ("after check-in", False, 60)


@pytest.mark.parametrize(
    ("line", "said"), [("length = 2", "length"), ('colour = "red"', "colour"), ("x = [", "wrong")]
)
def test_what_is_wrong_with_a_fellowship_is_named(tmp_path: Path, line: str, said: str) -> None:
    whole = (Path(__file__).parents[1] / "cogs/data/fellowships/general.toml").read_text()
    whole = whole.replace("length = 60", "") if line.startswith("length") else whole
    (tmp_path / "wrong.toml").write_text(f"{line}\n{whole}")
    with pytest.raises(ValueError, match=said):
        fellowships(tmp_path)


def test_every_language_can_be_chosen() -> None:
    assert [choice.value for choice in TONGUES] == list(LANGUAGES)
    assert Call.parse("groups.set_language:x:es").args == ("x", "es")


async def test_the_group_is_told_what_its_only_servant_changes(room: Room) -> None:
    ana = await room.person("Ana")
    await serving(room, ana, "founder")
    ana.here = ana.own
    await ana.sends(f"groups.set_contact:{HOME.ref}:Dana, 555 0100.")
    await room.passes()
    assert "Whom to turn to: Dana, 555 0100 (it was: not set)" in words(room.posted[-1])


async def test_an_agreement_that_is_left_empty_is_ours(room: Room) -> None:
    ana = await room.person("Ana")
    await serving(room, ana, "founder")
    ana.here = ana.own
    await ana.sends(f"groups.set_agreement:{HOME.ref}:Be kind.")
    assert (await settings(room)).agreement == "Be kind."
    await ana.sends(f"groups.ask_agreement:{HOME.ref}")
    await ana.fills("")
    assert not (await settings(room)).agreement
