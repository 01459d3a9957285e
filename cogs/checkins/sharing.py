"""Sharing a check-in: looked at first as others will see it, then sent, and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Choice, Field, Tone
from bot.core.decide import Who
from bot.core.errors import UserError
from bot.core.model import Context
from bot.core.text import Plain, Text, key, plain
from cogs.checkins import shown, words
from cogs.checkins.carrying import ENDED, Carrying
from cogs.checkins.targets import NOBODY, Stored, Target, Targets, kinds
from storage.checkins import CheckIn
from storage.shares import Share

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
        self._checkins, self._shares = stored.checkins, stored.shares
        self._targets = Targets(stored)
        self._carrying = Carrying(self._targets, stored.people)

    async def choices(self, ctx: Context, field: Field) -> tuple[Choice, ...]:
        """With whom they could, without those whom they have not."""
        there = {NOBODY, *(target.kind for target in await self._targets.of(ctx))}
        return tuple(choice for choice in field.choices if choice.value in there)

    @action("Share it", who=Who.THEIRS, consent="checkins")
    async def share(self, ctx: Context, entry: CheckIn) -> Answer:
        targets = await self._targets.of(ctx)
        return replace(self._whom(ctx, entry, targets, targets), replaces=True)

    @action("Look at it first", who=Who.THEIRS, consent="checkins")
    async def look(self, ctx: Context, entry: CheckIn, which: Which) -> Answer:
        """`which` is only a place in a list: whom it means by now is named before it is sent."""
        targets = await self._targets.of(ctx)
        if which > len(targets):
            raise words.refusal(entry, ENDED)
        return replace(await self._offered(ctx, entry, targets[which - 1]), replaces=True)

    async def after(self, ctx: Context, entry: CheckIn, kind: str) -> Card | None:
        """What follows a check-in that was meant to be shared; None where it was not."""
        if kind == NOBODY:
            return None
        targets = await self._targets.of(ctx)
        some = kinds(targets, kind)
        if len(some) == 1:
            return await self._offered(ctx, entry, some[0])
        card = self._whom(ctx, entry, targets, some or targets)
        if some:
            return card
        text = ctx.t(NONE_SUCH)
        if targets:
            there = Plain("; ".join(target.named for target in targets))
            text += (Plain(" "), *ctx.t("You have: {who}.", who=there))
        return replace(card, text=text)

    @action("With my note", who=Who.THEIRS, consent="checkins")
    async def note(self, ctx: Context, share: Share, seen: Seen = "") -> Answer:
        """The note goes along, or it does not: one press for each."""
        entry = await self._entry(share)
        if share.sent:
            return await self._shown(ctx, share, new=entry)
        if seen != shown.mark(entry, share) or await self._targets.fewer(ctx, share):
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
        now = shown.mark(entry, share)
        if seen != now or await self._targets.fewer(ctx, share):
            return await self._look_first(ctx, entry, share, seen)
        await self._carrying.post(ctx, entry, share)
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
        to = await self._targets.called(ctx, share, anew=True)
        if not share.sent or seen != now or not to:
            return await self._look_first(ctx, entry, share, seen)
        await self._carrying.post(ctx, entry, share)
        ctx.work.write(self._shares.change(replace(share, shown=now)))
        return await self._shown(ctx, share, AS_NOW, new=entry)

    @action("Take it back", who=Who.THEIRS)
    async def back(self, ctx: Context, share: Share) -> Answer:
        await self._carrying.withdraw(ctx, [share])
        ctx.work.write(self._shares.delete(share))
        said = ctx.t(
            "Taken back. What still waited is not sent, and what was there is removed. If an app"
            " does not let me, its words are replaced. What was read was read."
        )
        entry = await self._checkins.load(share.checkin)
        buttons = words.someone(ctx, entry) if entry else ()
        return Card(said, buttons=(*buttons, self._mine(ctx, share)), replaces=True)

    async def take_back(self, ctx: Context, entry: CheckIn | None = None) -> None:
        """All that was shared of this check-in, or of all of them; also what is sent meanwhile."""
        me, ref = ctx.person.ref, entry.ref if entry else ""
        shared = await (self._shares.of_checkin(ref) if ref else self._shares.of(me))
        ctx.work.write(*self._shares.hold_all(shared, me, ref))
        await self._carrying.withdraw(ctx, shared)

    async def farewell(self, ctx: Context) -> None:
        """The same for somebody who is forgotten. Nothing is held, since without their key it
        could not be decided again: what is sent meanwhile is dropped as what is about them."""
        await self._carrying.withdraw(ctx, await self._shares.of(ctx.person.ref))

    async def ways(self, ctx: Context, entry: CheckIn) -> tuple[Button, ...]:
        """To share it, or to take back what was shared, each named."""
        made = [self.share.button(ctx.label("Share it"), entry.ref)]
        sent = [share for share in await self._shares.of_checkin(entry.ref) if share.sent]
        for share in sent:
            label = ctx.label("Take it back")
            if len(sent) > 1 and (who := plain(await self._targets.called(ctx, share))):
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
            if not (called := await self._targets.called(ctx, share, anew=True)):
                continue
            named.append(called)
            who = plain(called)[:40]
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
        return tuple((ctx.label("Shared with"), who) for who in called if who)

    def _whom(
        self, ctx: Context, entry: CheckIn, targets: Sequence[Target], some: Sequence[Target]
    ) -> Card:
        buttons = tuple(
            self.look.button(target.label, entry.ref, targets.index(target) + 1) for target in some
        )
        said = ctx.t("With whom? You see first what they would see.") if some else ctx.t(NONE)
        return Card(said, buttons=(*words.someone(ctx, entry), *buttons, self._not_now(ctx, entry)))

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
            raise words.refusal(entry, ENDED)
        if not share.sent and await self._targets.fewer(ctx, share):
            left = [one for one in await self._targets.of(ctx) if one.of(share)]
            if not left:
                raise words.refusal(entry, NONE_SUCH)
            card = await self._offered(ctx, entry, left[0])
        else:
            who = await self._targets.called(ctx, share, anew=True)
            if not who:
                raise words.refusal(entry, NONE_SUCH)
            card = self._preview(ctx, entry, share, who)
        text = (*ctx.t(CHANGED), Plain("\n"), *card.text) if seen else card.text
        return replace(card, text=text, replaces=True)

    def _preview(self, ctx: Context, entry: CheckIn, share: Share, who: Text) -> Card:
        """Each button names what it was made for, so that nothing else goes by it."""
        named = share.ref, shown.mark(entry, share)
        buttons = [*words.someone(ctx, entry)]
        if share.sent:
            label = ctx.label("Show the change")
            buttons.append(self.renew.button(label, *named, tone=Tone.GOOD))
        else:
            buttons.append(self.send.button(ctx.label("Send it"), *named, tone=Tone.GOOD))
        if not share.sent and entry.note:
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
        who = await self._targets.called(ctx, share, anew=said == AS_NOW)
        text = ctx.t(said, who=who) if who else ctx.t(NONE_SUCH)
        more, ways = await self.behind(ctx, new, share.ref if said == AS_NOW else "")
        text += (Plain("\n"), *more) if more else ()
        buttons = (
            *words.someone(ctx, new),
            *ways,
            self.back.button(ctx.label("Take it back"), share.ref),
            self._mine(ctx, share),
        )
        return Card(text, buttons=buttons, replaces=True)

    async def _entry(self, share: Share) -> CheckIn:
        if entry := await self._checkins.load(share.checkin):
            return entry
        raise UserError(ENDED)

    def _mine(self, ctx: Context, share: Share) -> Button:
        return Button(ctx.label("My check-in"), Call("checkins.one", (share.checkin,)))

    def _not_now(self, ctx: Context, entry: CheckIn) -> Button:
        return Button(ctx.label("Not now"), Call("checkins.one", (entry.ref,)))
