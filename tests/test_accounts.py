"""Several accounts of one person, and the codes that join them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.model import Place
from storage.codes import ALPHABET
from tests.room import Actor, Room, ref_of, words


async def code_of(actor: Actor) -> str:
    await actor.types("/link")
    return words(actor.seen[-1]).partition("/link ")[2].split()[0]


async def alone(room: Room, name: str) -> Actor:
    """Somebody who has not joined, in a chat of their own."""
    guest = room.guest(name)
    guest.here = guest.own
    return guest


async def owners(room: Room, *actors: Actor) -> list[str]:
    return [await room.storage.people.known(actor.account) for actor in actors]


async def test_a_code_makes_two_accounts_one_person(room: Room) -> None:
    ana, phone = await room.person("Ana"), await alone(room, "Phone")
    code = await code_of(ana)
    assert set(code) <= {*ALPHABET, "-"}
    await phone.types(f"/link {code}")
    assert phone.sees("Done. You are Ana here too.")
    assert await owners(room, ana, phone) == [ref_of("Ana")] * 2
    await phone.types("/checkin 4")
    await ana.types("/checkins")
    assert ana.sees("Good")


@pytest.mark.parametrize("heard", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c} "])
async def test_a_code_is_understood_as_people_type_it(room: Room, heard: object) -> None:
    ana, phone = await room.person("Ana"), await alone(room, "Phone")
    assert callable(heard)
    await phone.types(f"/link {heard(await code_of(ana))}")
    assert phone.sees("You are Ana here too.")


async def test_a_code_opens_once_and_for_ten_minutes(room: Room) -> None:
    ana = await room.person("Ana")
    phone, tablet = await alone(room, "Phone"), await alone(room, "Tablet")
    code = await code_of(ana)
    await asyncio.gather(phone.types(f"/link {code}"), tablet.types(f"/link {code}"))
    linked = [who.sees("You are Ana here too.") for who in (phone, tablet)]
    assert sorted(linked) == [False, True]
    late = await code_of(ana)
    room.now += timedelta(minutes=10)
    watch = await alone(room, "Watch")
    await watch.types(f"/link {late}")
    assert watch.sees("That code does not open anything.")


async def test_a_new_code_ends_the_one_before(room: Room) -> None:
    ana, phone = await room.person("Ana"), await alone(room, "Phone")
    first = await code_of(ana)
    await code_of(ana)
    await phone.types(f"/link {first}")
    assert phone.sees("That code does not open anything.")


async def test_guessing_ends_after_ten_tries_also_with_the_right_code(room: Room) -> None:
    ana, eve = await room.person("Ana"), await alone(room, "Eve")
    code = await code_of(ana)
    await asyncio.gather(*(eve.types(f"/link GUESS-{n:03}") for n in range(14)))
    refused = [card for card in eve.seen if "That was often." in words(card)]
    wrong = [card for card in eve.seen if "does not open anything" in words(card)]
    assert len(wrong) <= 10
    assert refused or any("faster" in words(card) for card in eve.seen)
    for n in range(12):
        await eve.types(f"/link AGAIN-{n:03}")
    await eve.types(f"/link {code}")
    assert eve.sees("That was often. Please wait an hour")
    assert await owners(room, eve) == [""]
    room.now += timedelta(hours=1)
    await eve.types(f"/link {await code_of(ana)}")
    assert eve.sees("You are Ana here too.")


async def test_a_joined_account_that_redeems_a_code_is_told_plainly(room: Room) -> None:
    ana, bo = await room.person("Ana"), await room.person("Bo")
    bo.here = bo.own
    await bo.types(f"/link {await code_of(ana)}")
    assert bo.sees("This account has joined already.")
    assert await owners(room, ana, bo) == [ref_of("Ana"), ref_of("Bo")]


async def test_who_is_nobody_yet_is_shown_how_linking_goes(room: Room) -> None:
    zoe = await alone(room, "Zoe")
    await zoe.types("/link")
    assert zoe.sees("Type /link in the account that has joined.")
    assert not zoe.sees("ten minutes")


async def test_a_code_typed_where_others_read_is_asked_for_in_private(room: Room) -> None:
    if room.limits.quiet_replies:
        return  # there a slash command's options are seen by nobody else
    ana, phone = await room.person("Ana"), room.guest("Phone")
    await phone.types(f"/link {await code_of(ana)}")
    assert await owners(room, phone) == [""]
    assert phone.sees("The code from your other account")


async def test_the_first_account_is_told_and_can_part_the_other(room: Room) -> None:
    ana, eve = await room.person("Ana"), await alone(room, "Eve")
    ana.here = ana.own
    await eve.types(f"/link {await code_of(ana)}")
    await room.passes()
    assert ana.sees("One more account was linked with this one.")
    await ana.presses("Part my other accounts")
    assert await owners(room, ana, eve) == [ref_of("Ana"), ""]


async def test_an_account_is_parted_but_never_the_last_one(room: Room) -> None:
    ana, phone = await room.person("Ana"), await alone(room, "Phone")
    await phone.types(f"/link {await code_of(ana)}")
    for who in (ana, phone):
        await who.types("/unlink")
    await asyncio.gather(ana.presses("Part this account"), phone.presses("Part this account"))
    assert sorted(await owners(room, ana, phone)) == ["", ref_of("Ana")]
    left, gone = (ana, phone) if (await owners(room, ana))[0] else (phone, ana)
    assert left.sees("This is your only account")
    assert gone.sees("This account is nobody's here now.")
    await gone.presses("Part this account")
    assert gone.sees("This account is nobody's here now.")
    await left.types("/unlink")
    assert left.sees("This is your only account")


async def test_a_secret_is_nowhere_in_the_database(room: Room) -> None:
    ana = await room.person("Ana")
    code = await code_of(ana)
    rows = await room.storage.db.read("SELECT * FROM codes")
    kept = str([tuple(row[name] for name in row.keys()) for row in rows])  # noqa: SIM118 a Row
    assert code not in kept
    assert code.replace("-", "") not in kept
    account = str(ana.account)
    rows = await room.storage.db.read("SELECT * FROM accounts")
    assert account.encode() not in b"".join(row["account"] for row in rows)


async def test_what_is_over_is_tidied_away(room: Room) -> None:
    ana = await room.person("Ana")
    await code_of(ana)
    eve = await alone(room, "Eve")
    await eve.types("/link WRONG")
    room.now += timedelta(hours=2)
    await room.storage.units.commit(room.storage.codes.tidy(room.now))
    for table in ("codes", "tries"):
        assert not await room.storage.db.read(f"SELECT * FROM {table}")


async def test_the_same_account_in_another_place_is_the_same_person(room: Room) -> None:
    ana = await room.person("Ana")
    actor = await room.storage.people.meet(ana.account, Place(room.name, "elsewhere"))
    assert actor.person.ref == ref_of("Ana")
