"""Offering: saying that one may be asked, how often, by whom; resting, and taking it back."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.actions import Cog, action
from bot.core.cards import Answer, Button, Call, Card, Tone, allowing
from bot.core.decide import Who
from bot.core.errors import FOUND, Slip, UserError
from bot.core.model import Context
from bot.core.text import Plain, Text, key
from cogs.sponsorship import cards
from cogs.sponsorship.fields import (
    ANY,
    FRIENDS,
    About,
    Capacity,
    Kind,
    Languages,
    Meant,
    Number,
    Reached,
    So,
    Until,
    Wish,
)
from cogs.sponsorship.paths import Path, Paths
from storage.offers import For, Offer, Offers
from storage.parts import FOR_NOW
from storage.requests import Requests

TWO_OR_THREE = key("Wise friends are two or three: please write 1 or 2, beside yourself.")


class OffersCog(Cog):
    name = "offers"

    def __init__(self, offers: Offers, requests: Requests, paths: Paths) -> None:
        self._offers, self._requests, self._paths = offers, requests, paths

    @action("What you offer", who=Who.GROUP)
    async def begin(self, ctx: Context, kind: Kind) -> Answer:
        """What it is and what it is not comes first, and the yes after it."""
        assert ctx.group  # `decide` saw to it
        path, what = await self._paths.of(ctx.group.ref), For(kind)
        words = path.of(what)
        if mine := await self._mine(ctx, what):
            return await self._page(ctx, mine)
        said = (*ctx.t(words.is_not), Plain("\n\n"))
        said += ctx.t(
            "Whoever looks for it here sees your name in this group and the words you write, one"
            " person's card at a time. There is no list. You rest or end it whenever you like."
        )
        facts: list[tuple[str, Text]] = []
        if suggested := path.suggested(what, ctx.locale):
            parts: list[Text] = [(Plain(one.label),) for one in suggested]
            parts.append(ctx.t("You say yourself what of it is so. Nobody looks it up."))
            facts.append((ctx.label("The group suggests"), cards.lines(parts)))
        make = self.may_ask if what is For.PAIR else self.make
        args = () if what is For.PAIR else (kind,)
        go = make.button(ctx.label("Go on"), *args, tone=Tone.GOOD)
        buttons = (go, cards.back(ctx))
        return Card(said, ctx.label(words.title), tuple(facts), buttons, replaces=True)

    @action("What you offer", who=Who.GROUP, consent=FOUND)
    async def make(
        self,
        ctx: Context,
        kind: Kind,
        capacity: Capacity,
        meant: Meant,
        languages: Languages = (),
        words: About = "",
        reached: Reached = "",
    ) -> Answer:
        if For(kind) is For.FRIEND and capacity > FRIENDS:
            raise Slip(self.make.spec.fields[1], UserError(TWO_OR_THREE))
        given = {"capacity": capacity, "meant": _meant(meant), "reached": reached}
        return await self._make(ctx, For(kind), languages=languages, words=words, **given)

    @action("You may ask me", who=Who.GROUP, consent=FOUND)
    async def may_ask(
        self, ctx: Context, meant: Meant, languages: Languages = (), words: About = ""
    ) -> Answer:
        given = {"meant": _meant(meant), "languages": languages, "words": words}
        return await self._make(ctx, For.PAIR, **given)

    @action("What you offer", who=Who.THEIRS)
    async def see(self, ctx: Context, offer: Offer) -> Answer:
        return await self._page(ctx, offer)

    @action("Change for how many", who=Who.THEIRS)
    async def set_room(self, ctx: Context, offer: Offer, capacity: Capacity) -> Answer:
        if offer.kind is For.PAIR:
            raise UserError("That is not counted here.")
        if offer.kind is For.FRIEND and capacity > FRIENDS:
            raise Slip(self.set_room.spec.fields[1], UserError(TWO_OR_THREE))
        return await self._changed(ctx, offer, capacity=capacity)

    @action("Change who may ask", who=Who.THEIRS)
    async def set_meant(self, ctx: Context, offer: Offer, meant: Meant, wish: Wish = "") -> Answer:
        return await self._changed(ctx, offer, meant=_meant(meant), wish=wish)

    @action("Change the languages", who=Who.THEIRS)
    async def ask_languages(self, ctx: Context, offer: Offer) -> Answer:
        return self.set_languages.form(Call(self.set_languages.id, (offer.ref,)))

    @action("Change the languages", who=Who.THEIRS)
    async def set_languages(self, ctx: Context, offer: Offer, languages: Languages = ()) -> Answer:
        return await self._changed(ctx, offer, languages=languages)

    @action("Change your words", who=Who.THEIRS)
    async def ask_words(self, ctx: Context, offer: Offer) -> Answer:
        """The question alone, since nothing is an answer to it; so with the next."""
        return self.set_words.form(Call(self.set_words.id, (offer.ref,)))

    @action("Change your words", who=Who.THEIRS)
    async def set_words(self, ctx: Context, offer: Offer, words: About = "") -> Answer:
        return await self._changed(ctx, offer, words=words)

    @action("Change how to reach you", who=Who.THEIRS)
    async def ask_reached(self, ctx: Context, offer: Offer) -> Answer:
        return self.set_reached.form(Call(self.set_reached.id, (offer.ref,)))

    @action("Change how to reach you", who=Who.THEIRS)
    async def set_reached(self, ctx: Context, offer: Offer, reached: Reached = "") -> Answer:
        return await self._changed(ctx, offer, reached=reached)

    @action("By your own word", who=Who.THEIRS)
    async def met(self, ctx: Context, offer: Offer, which: Number, so: So) -> Answer:
        path = await self._paths.of(offer.group)
        suggested = path.suggested(offer.kind, ctx.locale)
        if which >= len(suggested):
            raise UserError("The group suggests something else by now.")
        one = frozenset({str(suggested[which].value)})
        return await self._changed(ctx, offer, met=offer.met | one if so else offer.met - one)

    @action("Rest", who=Who.THEIRS)
    async def rest(self, ctx: Context, offer: Offer) -> Answer:
        ctx.work.write(*self._requests.quiet(offer))
        return await self._changed(ctx, offer, rests=FOR_NOW)

    @action("Rest until a day", who=Who.THEIRS)
    async def rest_until(self, ctx: Context, offer: Offer, until: Until) -> Answer:
        ends = datetime.combine(until, time(), ZoneInfo(ctx.person.zone))
        if ends <= ctx.now:
            late = UserError("Please choose a day that is still to come.")
            raise Slip(self.rest_until.spec.fields[1], late)
        ctx.work.write(*self._requests.quiet(offer))
        return await self._changed(ctx, offer, rests=ends)

    @action("Be found again", who=Who.THEIRS)
    async def resume(self, ctx: Context, offer: Offer) -> Answer:
        return await self._changed(ctx, offer, rests=None)

    @action("Offer it no longer", who=Who.THEIRS)
    async def end(self, ctx: Context, offer: Offer) -> Answer:
        ctx.work.write(*self._requests.quiet(offer), self._offers.end(offer))
        said = ctx.t(
            "Taken back, and your words with it. Nobody finds it any more. What you have agreed"
            " on with somebody goes on."
        )
        return Card(said, buttons=(cards.back(ctx),), replaces=True)

    async def _mine(self, ctx: Context, kind: For) -> Offer | None:
        assert ctx.group
        mine = await self._offers.of(ctx.person.ref, ctx.group.ref)
        return next((offer for offer in mine if offer.kind is kind), None)

    async def _make(self, ctx: Context, kind: For, **given: Any) -> Answer:
        assert ctx.group
        (await self._paths.of(ctx.group.ref)).of(kind)
        if mine := await self._mine(ctx, kind):
            return await self._page(ctx, mine)
        ref = secrets.token_urlsafe(9)
        offer = Offer(ref, ctx.person.ref, ctx.group.ref, kind, **given)
        ctx.work.write(self._offers.put(offer))
        return await self._page(ctx, offer, ctx.t("Thank you. From now on you can be found."))

    async def _changed(self, ctx: Context, offer: Offer, **new: Any) -> Answer:
        changed = replace(offer, **new)
        if changed != offer:
            ctx.work.write(self._offers.change(changed))
        return await self._page(ctx, changed, ctx.t("Changed."))

    async def _page(self, ctx: Context, offer: Offer, said: Text = ()) -> Card:
        path = await self._paths.of(offer.group)
        said = said or ctx.t("This is what you offer.")
        buttons: tuple[Button, ...] = ()
        if FOUND not in ctx.person.consents:
            said += (Plain("\n\n"), *ctx.t("Nobody sees it: you took back your yes to that."))
            allow = allowing(FOUND, cards.BACK)
            buttons = (Button(ctx.label("Let it be seen again"), allow, Tone.GOOD),)
        if offer.kind not in path.words:
            said += (Plain("\n\n"), *ctx.t("Nobody sees it: the group goes by another path now."))
            title = ctx.label("What you offer")
            buttons += (self.end.button(ctx.label("Offer it no longer"), offer.ref),)
            return Card(said, title, buttons=(*buttons, cards.back(ctx)), replaces=True)
        taken = await self._offers.taken(offer)
        facts = cards.own(ctx, path, offer, taken)
        buttons += (*self._ways(ctx, path, offer), cards.back(ctx))
        return Card(said, ctx.label(path.of(offer.kind).title), facts, buttons, replaces=True)

    def _ways(self, ctx: Context, path: Path, offer: Offer) -> tuple[Button, ...]:
        ref = offer.ref
        ways = [self.rest.button(ctx.label("Rest"), ref)]
        ways.append(self.rest_until.button(ctx.label("Rest until a day"), ref))
        if offer.resting(ctx.now):
            ways = [self.resume.button(ctx.label("Be found again"), ref, tone=Tone.GOOD)]
        for n, one in enumerate(path.suggested(offer.kind, ctx.locale)):
            so, what = one.value in offer.met, one.label[:40]
            label = (
                ctx.label("Not yet: {what}", what=what)
                if so
                else ctx.label("Met: {what}", what=what)
            )
            ways.append(self.met.button(label, ref, n, "no" if so else "yes"))
        if offer.kind is not For.PAIR:
            ways.append(self.set_room.button(ctx.label("Change for how many"), ref))
            ways.append(self.ask_reached.button(ctx.label("Change how to reach you"), ref))
        return (
            *ways,
            self.set_meant.button(ctx.label("Change who may ask"), ref),
            self.ask_languages.button(ctx.label("Change the languages"), ref),
            self.ask_words.button(ctx.label("Change your words"), ref),
            self.end.button(ctx.label("Offer it no longer"), ref),
        )


def _meant(meant: str) -> str:
    return "" if meant == ANY else meant
