"""Two people agree to check in with each other, on terms that both have seen."""

from __future__ import annotations

from tests.pair_room import at, code_of, goes_to, heard, person, proposes, questions
from tests.room import Room


async def test_two_people_agree_by_a_code_and_are_asked_and_told(room: Room) -> None:
    ana, bo = await person(room, "Ana"), await person(room, "Bo")
    await proposes(ana)
    assert ana.sees("Nobody in it is responsible for another's recovery.")
    code = await code_of(ana)
    await bo.types(f"/pairs {code}")
    assert bo.sees("Ana proposes to check in with each other.")
    assert bo.sees("Nobody in it is responsible for another's recovery.")
    assert bo.sees("Ana Asked: every day, 20:00 on their own clock.")
    assert bo.sees("You Asked: every day, 20:00 on your own clock.")
    await bo.presses("Yes, I agree")
    assert bo.sees("It begins now.")
    await room.passes()
    assert heard(ana) == ["Bo said yes to checking in with you."]
    await goes_to(room, at("2026-03-01T20:00"))
    assert len(questions(ana)) == len(questions(bo)) == 1
    await ana.presses("Good")
    assert ana.sees("Thank you for telling me. Bo can see the mood, and no more.")
    await room.passes()
    assert heard(bo)[-1] == "Ana: Good"
