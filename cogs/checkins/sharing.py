"""Sharing a check-in: looked at first as others will see it, then sent, and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.rooms import Remove, Replace
from bot.core.text import Plain, Text, key, plain, t
from bot.core.work import Lane
from bot.core.writing import by
from cogs.checkins import shown
from cogs.checkins.targets import NOBODY, Stored, Target, Targets, kinds
from storage.agreements import about
from storage.checkins import CheckIn
from storage.shares import Share

ENDED = key("That has ended meanwhile. Nothing was sent.")
NONE = key(
    "There is nobody to show it to yet: that takes a sponsor, somebody you check in with, a"
    " circle, or a group."
)
NONE_SUCH = key("There is nobody like that here to show it to.")
SHARED = key("Shared with {who}.")
AS_NOW = key("As it is now, it is shared with {who}.")
BEFORE = key("To {who} it was shown as it was before. The change goes to nobody unless you say so.")
CHANGED = key("It has changed since you looked at it.")
FIRST = key("{who} would see this and nothing else. Nothing is sent yet.")
INSTEAD = key("{who} would see this in the place of what was there. Nothing is sent yet.")
Seen = Annotated[str, Field("What was looked at", longest=16)]
"""The mark of what stood on the card; "" on a button that was made without one."""
Which = Annotated[int, Field("With whom?", least=1, most=99)]


class SharingCog(Cog):
    """With whom one may is in `targets`."""

    name = "sharing"

    def __init__(self, stored: Stored) -> None:
        self._checkins, self._shares, self._people = stored.checkins, stored.shares, stored.people
        self._targets = Targets(stored)

    @action("Share it", who=Who.THEIRS, consent="checkins")
    async def share(self, ctx: Context, entry: CheckIn) -> Answer:
        targets = await self._targets.of(ctx)
        return replace(self._whom(ctx, entry, targets, targets), replaces=True)

    @action("Look at it first", who=Who.THEIRS, consent="checkins")
    async def look(self, ctx: Context, entry: CheckIn, which: Which) -> Answer:
        """`which` is only a place in a list: whom it means by now is named before it is sent."""
        targets = await self._targets.of(ctx)
        if which > len(targets):
            raise UserError(ENDED)
        return replace(await self._offered(ctx, entry, targets[which - 1]), replaces=True)

    async def after(self, ctx: Context, entry: CheckIn, kind: str) -> Card | None:
        """What follows a check-in that was meant to be shared; None where it was not."""
        if kind == NOBODY:
            return None
        targets = await self._targets.of(ctx)
        some = kinds(targets, kind)
        if len(some) == 1:
            return await self._offered(ctx, entry, some[0])
        card = self._whom(ctx, entry, targets, some)
        if not some:
            return replace(card, text=ctx.t(NONE_SUCH))
        return card

    @action("With my note", who=Who.THEIRS, consent="checkins")
    async def note(self, ctx: Context, share: Share, seen: Seen = "") -> Answer:
        """The note goes along, or it does not: one press for each."""
        entry = await self._entry(share)
        if share.sent:
            return await self._shown(ctx, share, new=entry)
        if seen != shown.mark(entry, share):
            return await self._look_first(ctx, entry, share, seen)
        changed = replace(share, noted=not share.noted and bool(entry.note))
        ctx.work.write(self._shares.change(changed))
        return await self._look_first(ctx, entry, changed)

    @action("Send it", who=Who.THEIRS, consent="checkins")
    async def send(self, ctx: Context, share: Share, seen: Seen = "") -> Answer:
        """What goes is what was looked at; where it is another by now, that is looked at first."""
        entry = await self._entry(share)
        if share.sent:
            return await self._shown(ctx, share, new=entry)
        if seen != (now := shown.mark(entry, share)):
            return await self._look_first(ctx, entry, share, seen)
        await self._post(ctx, entry, share)
        ctx.work.write(self._shares.change(replace(share, sent=True, shown=now)))
        return await self._shown(ctx, share, new=entry)

    @action("Show the change", who=Who.THEIRS, consent="checkins")
    async def renew(self, ctx: Context, share: Share, seen: Seen = "") -> Answer:
        """In the place of what was shown before, looked at first as well; the note goes along
        where it did then."""
        entry = await self._entry(share)
        now = shown.mark(entry, share)
        if share.sent and share.shown == now:
            return await self._shown(ctx, share, AS_NOW, new=entry)
        if not share.sent or seen != now:
            return await self._look_first(ctx, entry, share, seen)
        await self._post(ctx, entry, share)
        ctx.work.write(self._shares.change(replace(share, shown=now)))
        return await self._shown(ctx, share, AS_NOW, new=entry)

    @action("Take it back", who=Who.THEIRS)
    async def back(self, ctx: Context, share: Share) -> Answer:
        await self._withdraw(ctx, [share])
        ctx.work.write(self._shares.delete(share))
        said = ctx.t(
            "Taken back. What still waited is not sent, and what was there is removed. If an app"
            " does not let me, its words are replaced. What was read was read."
        )
        buttons = (Button(ctx.label("My check-in"), Call("checkins.one", (share.checkin,))),)
        return Card(said, buttons=buttons, replaces=True)

    async def take_back(self, ctx: Context, entry: CheckIn | None = None) -> None:
        """All that was shared of this check-in, or of all of them; also what is sent meanwhile."""
        me, ref = ctx.person.ref, entry.ref if entry else ""
        shared = await (self._shares.of_checkin(ref) if ref else self._shares.of(me))
        ctx.work.write(*self._shares.hold_all(shared, me, ref))
        await self._withdraw(ctx, shared)

    async def farewell(self, ctx: Context) -> None:
        """The same for somebody who is forgotten. Nothing is held, since without their key it
        could not be decided again: what is sent meanwhile is dropped as what is about them."""
        await self._withdraw(ctx, await self._shares.of(ctx.person.ref))

    async def ways(self, ctx: Context, entry: CheckIn) -> tuple[Button, ...]:
        """To share it, or to take back what was shared, each named."""
        made = [self.share.button(ctx.label("Share it"), entry.ref)]
        sent = [share for share in await self._shares.of_checkin(entry.ref) if share.sent]
        for share in sent:
            label = ctx.label("Take it back")
            if len(sent) > 1:
                who = plain(await self._targets.called(ctx, share))
                label = ctx.label("Take it back from {who}", who=who)
            made.append(self.back.button(label, share.ref))
        return tuple(made)

    async def behind(
        self, ctx: Context, entry: CheckIn, besides: str = ""
    ) -> tuple[Text, tuple[Button, ...]]:
        """That somebody was shown it as it was before, and the ways to show them the change;
        nothing where nobody was, or what they were shown is as it is. `besides` is the ref of one
        that is passed over."""
        named: list[Text] = []
        buttons: list[Button] = []
        for share in await self._shares.of_checkin(entry.ref):
            same = not share.shown or share.shown == shown.mark(entry, share)
            if not share.sent or share.ref == besides or same or not await self._goes_on(share):
                continue
            named.append(await self._targets.called(ctx, share))
            who = plain(named[-1])[:40]
            label = ctx.label("Show the change to {who}", who=who)
            if share.noted and entry.note:
                label = ctx.label("Show the change to {who}, with my note", who=who)
            buttons.append(self.renew.button(label, share.ref))
        if not named:
            return (), ()
        listed = tuple(span for one in named for span in (Plain(", "), *one))[1:]
        return ctx.t(BEFORE, who=listed), tuple(buttons)

    async def facts(self, ctx: Context, entry: CheckIn) -> tuple[tuple[str, Text], ...]:
        """With whom it was shared."""
        shared = await self._shares.of_checkin(entry.ref)
        called = [await self._targets.called(ctx, share) for share in shared if share.sent]
        return tuple((ctx.label("Shared with"), who) for who in called)

    def _whom(
        self, ctx: Context, entry: CheckIn, targets: Sequence[Target], some: Sequence[Target]
    ) -> Card:
        buttons = tuple(
            self.look.button(target.label, entry.ref, targets.index(target) + 1) for target in some
        )
        said = ctx.t("With whom? You see first what they would see.") if some else ctx.t(NONE)
        return Card(said, buttons=(*buttons, self._not_now(ctx, entry)))

    async def _offered(self, ctx: Context, entry: CheckIn, target: Target) -> Card:
        """What was looked at before and not sent is used again: one for each target."""
        for share in await self._shares.of_checkin(entry.ref):
            if target.of(share) and share.sent:
                return await self._shown(ctx, share, new=entry)
            if target.of(share) and share.people == target.people and share.place == target.place:
                return self._preview(ctx, entry, share, target.who)
        share = Share(
            secrets.token_urlsafe(9),
            ctx.person.ref,
            entry.ref,
            ctx.now,
            target.agreement,
            target.group,
            tuple(sorted(target.people)),
            target.place,
        )
        ctx.work.write(*self._shares.add(share))
        return self._preview(ctx, entry, share, target.who)

    async def _look_first(self, ctx: Context, entry: CheckIn, share: Share, seen: str = "") -> Card:
        """`seen` is the mark of another that was looked at before."""
        if not await self._goes_on(share):
            raise UserError(ENDED)
        card = self._preview(ctx, entry, share, await self._targets.called(ctx, share))
        text = (*ctx.t(CHANGED), Plain("\n"), *card.text) if seen else card.text
        return replace(card, text=text, replaces=True)

    def _preview(self, ctx: Context, entry: CheckIn, share: Share, who: Text) -> Card:
        """Each button names what it was made for, so that nothing else goes by it."""
        named = share.ref, shown.mark(entry, share)
        buttons = [self.send.button(ctx.label("Send it"), *named, tone=Tone.GOOD)]
        if share.sent:
            buttons = [self.renew.button(ctx.label("Show the change"), *named, tone=Tone.GOOD)]
        elif entry.note:
            label = ctx.label("Without my note") if share.noted else ctx.label("With my note")
            buttons.append(self.note.button(label, *named))
        buttons.append(self._not_now(ctx, entry))
        said = ctx.t(INSTEAD if share.sent else FIRST, who=who)
        return Card(said, facts=shown.facts(ctx, entry, share), buttons=tuple(buttons))

    async def _goes_on(self, share: Share) -> bool:
        going = self._targets.belongs(share) if share.group else self._targets.still(share)
        return await going is not None

    async def _shown(self, ctx: Context, share: Share, said: str = SHARED, *, new: CheckIn) -> Card:
        """`new` is the check-in as it is now: somebody may have been shown an earlier one."""
        text = ctx.t(said, who=await self._targets.called(ctx, share))
        more, ways = await self.behind(ctx, new, share.ref if said == AS_NOW else "")
        text += (Plain("\n"), *more) if more else ()
        buttons = (
            *ways,
            self.back.button(ctx.label("Take it back"), share.ref),
            Button(ctx.label("My check-in"), Call("checkins.one", (share.checkin,))),
        )
        return Card(text, buttons=buttons, replaces=True)

    async def _post(self, ctx: Context, entry: CheckIn, share: Share) -> None:
        """To those who take it. Whether there is anybody is not told."""
        me = ctx.person
        if share.group:
            group = await self._targets.belongs(share)
            if group is None or share.place is None:
                raise UserError(ENDED)
            card = shown.to_all(ctx, group, entry, share)
            ctx.work.do(Replace(share.place, share.panel, card, by=me.ref), about=(me.ref,))
            ctx.work.write(self._targets.held_in(share))
            return
        agreement = await self._targets.still(share)
        if agreement is None:
            raise UserError(ENDED)
        ctx.work.write(self._targets.held(agreement))
        for person in await self._targets.open_to(share, agreement, ctx):
            under = about(agreement, me.ref, said=me.ref, told=person.ref)
            card = shown.to_one(ctx, person, entry, share)
            ctx.work.do(Replace(person, share.panel, card), about=(*under, by(me.ref)))

    async def _withdraw(self, ctx: Context, shared: Sequence[Share]) -> None:
        """What waits is not sent, and what stands is removed; nobody waits for the morning."""
        sent = [share for share in shared if share.sent]
        people = await self._people.many(ref for share in sent for ref in share.people)
        for share in sent:
            for person in (people[ref] for ref in share.people if ref in people):
                instead = Card(t("This was taken back.", person.language), private=True)
                ctx.work.do(Remove(person, share.panel, instead), lane=Lane.NOW)
            if share.place:
                instead = Card(t("This was taken back.", ctx.locale))
                ctx.work.do(Remove(share.place, share.panel, instead), lane=Lane.NOW)

    async def _entry(self, share: Share) -> CheckIn:
        if entry := await self._checkins.load(share.checkin):
            return entry
        raise UserError(ENDED)

    def _not_now(self, ctx: Context, entry: CheckIn) -> Button:
        return Button(ctx.label("Not now"), Call("checkins.one", (entry.ref,)))
