"""The group and its people: who joined when, who serves, and what comes every day."""

from __future__ import annotations

from datetime import timedelta

from bot.core.work import Unit
from bot.demo.village import Part, Village, before
from bot.platforms.web.passphrase import NOBODY
from cogs import DAILY
from cogs.groups.daily import planned
from storage.profiles import Profile
from storage.roles import FOUNDER, SERVANT

TERM = timedelta(days=90)
"""What a founder is given; a trusted servant is given no more here."""
SERVE = ("joel", "inés")


async def puts(village: Village) -> Unit:
    storage, group = village.storage, village.group
    founded = storage.now()
    unit = storage.groups.found(group, village.room, founded)
    for one in village.people:
        since = village.opens - timedelta(days=one.days)
        unit += (storage.web.make(one.account, one.key, NOBODY, since),)
        unit += storage.people.join(one.account, one.person)
        allowed = dict.fromkeys(sorted(one.person.consents), since)
        unit += (storage.people.change(Profile(one.person, allowed)),)
        unit += storage.groups.enter(group.group, one.person, since)
    mara = village.who("mara")
    unit += (storage.roles.give(group.ref, mara.ref, FOUNDER, founded, founded + TERM),)
    for key in SERVE:
        served = founded + timedelta(days=20)
        unit += (
            storage.roles.give(group.ref, village.who(key).ref, SERVANT, served, served + TERM),
        )
    return unit + planned(storage.schedule, DAILY, group, village.room, before(village.opens))


PART = Part(puts)
