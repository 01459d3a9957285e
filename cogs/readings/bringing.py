"""Readings that come by themselves: to a group's doors, and to somebody at their own hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Annotated, Protocol

from bot.core.actions import Cog, action
from bot.core.calendar import in_zone
from bot.core.cards import Answer, Button, Call, Card, Field, Tone, allowing
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context, Group, Person
from bot.core.ports import Due
from bot.core.rooms import Post
from bot.core.text import Plain, Strong, Text
from bot.core.work import Lane, Must, Unit
from bot.core.writing import MESSAGES, agreed, quiet_until
from cogs.readings import words
from cogs.readings.hours import GRACE, daily, had, until
from cogs.readings.library import FIRST, Library
from cogs.readings.words import Track
from storage.groups import READINGS, Groups
from storage.people import People
from storage.reading_hours import Chosen, ReadingHours
from storage.schedule import Schedule

BRING, SHARE = Call("bringing.bring"), Call("bringing.share")
Hour = Annotated[time, Field("When shall your reading come?", hint="On your own clock, like 07:30")]


class Stored(Protocol):
    """What of the storage it leans on."""

    @property
    def people(self) -> People: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def reading_hours(self) -> ReadingHours: ...


class Hours:
    """Whose reading comes when: a row of the schedule for whoever wants one."""

    def __init__(self, stored: Stored) -> None:
        self._groups, self._hours = stored.groups, stored.reading_hours
        self._schedule = stored.schedule

    def planned(self, person: Person, hour: str, now: datetime) -> Unit:
        """From now on at that hour of their own clock; not at all without an hour, or without
        their yes to being written to first."""
        ref = f"reading/{person.ref}"
        gone = self._schedule.remove(ref)
        rule = daily(hour, person.zone, now) if hour and agreed(person) else None
        first = rule.after(now) if rule else None
        if first is None:
            return (gone,)
        due = Due(ref, BRING, person, first, rule, GRACE, lane=Lane.READINGS, must=Must.ONCE)
        return (gone, self._schedule.add(due))

    async def moved(self, person: Person, now: datetime) -> Unit:
        """What is to be kept when somebody goes by another zone from now on, or may be written to
        first, or may not."""
        chosen = await self._hours.of(person.ref)
        return self.planned(person, chosen.hour, now) if chosen.hour else ()

    async def track(self, person: Person, group: Group | None) -> str:
        """Which readings are theirs: as they chose, else as their group did."""
        chosen = await self._hours.of(person.ref)
        if chosen.track or group is None:
            return chosen.track
        settings = await self._groups.settings(group.ref)
        return settings.pack if settings else ""

    async def other(self, person: Person, group: Group) -> bool:
        """Whether they chose other readings than the group did."""
        own = (await self._hours.of(person.ref)).track
        settings = await self._groups.settings(group.ref)
        return bool(own) and own != ((settings.pack if settings else "") or FIRST)


class BringingCog(Cog):
    name = "bringing"

    def __init__(self, stored: Stored, library: Library, hours: Hours) -> None:
        self._people, self._groups = stored.people, stored.groups
        self._kept, self._library, self._hours = stored.reading_hours, library, hours

    @action("The reading of the group", who=Who.CLOCK, shared=True)
    async def share(self, ctx: Context) -> Answer:
        """At each of its doors, once on each day of the group's own clock."""
        settings = await self._groups.settings(ctx.group.ref) if ctx.group else None
        if settings is None or not settings.reading:
            return None
        day, shown = in_zone(ctx.now, settings.zone), await self._kept.shown(settings.ref)
        read = self._library.reading(settings.pack, settings.language, day)
        if read is None or had(shown, day):
            return None
        ctx.work.write(self._kept.show(settings.ref, day, shown))
        card = replace(words.for_all(ctx, read), locale=settings.language)
        end = until(settings.reading, settings.zone, ctx.now)
        for place in await self._groups.each(settings.ref, READINGS):
            ctx.work.do(Post(place, card), lane=Lane.READINGS, must=Must.ONCE, until=end)
        return None

    @action("Your reading", who=Who.CLOCK)
    async def bring(self, ctx: Context) -> Answer:
        """To the person whose row it is, as long as we may write to them first."""
        person = (await self._people.many([ctx.place.id])).get(ctx.place.id)
        if person is None or not agreed(person):
            return None
        chosen, day = await self._kept.of(person.ref), in_zone(ctx.now, person.zone)
        read = self._library.reading(await self._own(person), person.language, day)
        if read is None or not chosen.hour or had(chosen.shown, day):
            return None
        ctx.work.write(self._kept.choose(replace(chosen, shown=day)))
        card = replace(words.for_all(ctx, read), private=True, locale=person.language)
        end = until(chosen.hour, person.zone, ctx.now)
        if quiet := quiet_until(person, ctx.now):
            end = quiet + GRACE
        ctx.work.do(Post(person, card), lane=Lane.READINGS, must=Must.ONCE, until=end)
        return None

    @action("When it comes")
    async def own(self, ctx: Context) -> Answer:
        return await self._card(ctx, await self._kept.of(ctx.person.ref))

    @action("Choose an hour")
    async def set_hour(self, ctx: Context, hour: Hour) -> Answer:
        return await self._choose(ctx, hour=f"{hour:%H:%M}")

    @action("Let it not come")
    async def no_hour(self, ctx: Context) -> Answer:
        return await self._choose(ctx, hour="")

    @action("Choose the readings")
    async def set_track(self, ctx: Context, track: Track) -> Answer:
        names = self._library.names(ctx.locale)
        if track not in names:
            raise UserError("Please choose one of: {labels}.", labels=", ".join(names.values()))
        return await self._choose(ctx, track=track)

    async def _choose(self, ctx: Context, **new: str) -> Card:
        before = await self._kept.of(ctx.person.ref)
        chosen = replace(before, hour=new.get("hour", before.hour))
        chosen = replace(chosen, track=new.get("track", before.track))
        if chosen != before:
            ctx.work.write(self._kept.choose(chosen))
            ctx.work.write(*self._hours.planned(ctx.person, chosen.hour, ctx.now))
        return await self._card(ctx, chosen)

    async def _own(self, person: Person) -> str:
        """Sent to somebody alone, it is in the track of the group where they were last."""
        groups = await self._groups.of(person.ref)
        return await self._hours.track(person, groups[0].group if groups else None)

    async def _card(self, ctx: Context, chosen: Chosen) -> Card:
        said, ways = self._when(ctx, chosen)
        names = self._library.names(ctx.locale)
        track = chosen.track or await self._hours.track(ctx.person, ctx.group)
        mine = track if track in names else next(iter(names))
        if len(names) > 1:
            said += (Plain("\n"), *ctx.t("You read: {name}.", name=Strong(names[mine])))
        for other in (other for other in names if other != mine):
            label = ctx.label("Read: {name}", name=names[other])
            ways.append(self.set_track.button(label, other))
        ways.append(Button(ctx.label("Other readings"), Call("shelf.readings")))
        return Card(said, buttons=tuple(ways), replaces=True)

    def _when(self, ctx: Context, chosen: Chosen) -> tuple[Text, list[Button]]:
        """When it comes, with what stands in its way and what can be done about that."""
        if not chosen.hour:
            said = ctx.t("It does not come by itself. /today has it whenever you like.")
            return said, [self.set_hour.button(ctx.label("Choose an hour"))]
        hour, ways = Strong(chosen.hour), [self.set_hour.button(ctx.label("Choose another hour"))]
        ways.append(self.no_hour.button(ctx.label("Let it not come")))
        if not agreed(ctx.person):
            said = ctx.t(
                "It would come at {hour}, by your own clock. First I need your yes to write to you"
                " without being asked.",
                hour=hour,
            )
            allow = allowing(MESSAGES, Call(self.own.id))
            return said, [Button(ctx.label("Allow it"), allow, Tone.GOOD), *ways]
        said = ctx.t("It comes to you at {hour}, by your own clock.", hour=hour)
        if quiet_until(ctx.person, _next(chosen, ctx)):
            said += (Plain(" "), *ctx.t("That is in your quiet hours: it waits for their end."))
            ways.insert(0, Button(ctx.label("Change my quiet hours"), Call("people.set_quiet")))
        return said, ways


def _next(chosen: Chosen, ctx: Context) -> datetime:
    """When it comes next, quiet or not."""
    return daily(chosen.hour, ctx.person.zone, ctx.now).after(ctx.now) or ctx.now
