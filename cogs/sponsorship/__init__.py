"""Sponsorship: whom one has, looking for somebody one person's card at a time, and asking."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.core.actions import Cog, Want, action, command
from bot.core.ages import may_pair
from bot.core.cards import Answer, Call, Card, Tone
from bot.core.decide import GONE, Who
from bot.core.errors import UserError
from bot.core.model import Context, Person
from bot.core.rooms import Post
from bot.core.text import Name, Plain, Text
from bot.core.writing import by
from cogs.sponsorship import cards
from cogs.sponsorship.answering import RequestsCog
from cogs.sponsorship.asking import Waiting, lapsed
from cogs.sponsorship.fields import ANY, After, Kind, MeantFor, Reached, Time, Tongue, Words
from cogs.sponsorship.offering import OffersCog
from cogs.sponsorship.overview import Overview
from cogs.sponsorship.paths import Path, Paths
from storage import asks
from storage.asks import Asks
from storage.blocks import Blocks
from storage.offers import For, Found, Offer, Offers, Opening
from storage.outbox import Outbox
from storage.people import People
from storage.requests import PENDING, Asking, Request, Requests, State, about

__all__ = ["OffersCog", "Overview", "Paths", "RequestsCog", "SponsorshipCog", "Waiting"]

OFTEN = 3
"""Times in 30 days that somebody asked people who were new, from which on servants see it."""


class SponsorshipCog(Cog):
    name = "sponsorship"

    def __init__(
        self,
        offers: Offers,
        requests: Requests,
        counted: Asks,
        people: People,
        blocks: Blocks,
        outbox: Outbox,
        paths: Paths,
        waiting: Waiting,
        overview: Overview,
    ) -> None:
        self._offers, self._requests, self._asks = offers, requests, counted
        self._people, self._blocks, self._outbox = people, blocks, outbox
        self._paths, self._waiting, self._overview = paths, waiting, overview

    @command(
        "Find somebody who helps you along, or be that for others", who=Who.GROUP, want=Want.GROUP
    )
    async def sponsor(self, ctx: Context) -> Answer:
        assert ctx.group  # `decide` saw to it
        path = await self._paths.of(ctx.group.ref)
        card = await self._overview.card(ctx, path)
        if not ctx.actor.roles:
            return card
        watch = self.watch.button(ctx.label("For trusted servants"))
        return replace(card, buttons=(*card.buttons, watch))

    @action("One who has room", who=Who.GROUP)
    async def look(
        self,
        ctx: Context,
        kind: Kind,
        language: Tongue = ANY,
        meant: MeantFor = ANY,
        after: After = "",
    ) -> Answer:
        """One at a time, in an order that is the asker's own for a day; `after` is the one that
        they saw last."""
        assert ctx.group
        what, path = For(kind), await self._paths.of(ctx.group.ref)
        words = path.of(what)
        if not await self._asks.told(ctx.group.ref, ctx.person.ref, ctx.now):
            return self._first(ctx, kind)
        found = await self._found(ctx, ctx.person, ctx.group.ref, what)
        suits = [one for one in found if one.offer.suits(_some(language), _some(meant))]
        left = [one for one in suits if not after or self._turn(ctx, one.offer.ref) > after]
        if left:
            return self._one(ctx, path, left, (kind, language, meant))
        said = self._paths.young(ctx, path)
        buttons = [self.narrow.button(ctx.label("Say whom I look for"), kind)]
        if suits:
            said += ctx.t("That was everybody for today. Tomorrow they come in another order.")
            start = ctx.label("Begin again")
            buttons.insert(0, self.look.button(start, kind, language, meant))
        else:
            said += ctx.t(words.nobody)
        title = ctx.label(words.title)
        return Card(said, title, buttons=(*buttons, cards.back(ctx)), replaces=True)

    @action("Whom do you look for?", who=Who.GROUP)
    async def narrow(self, ctx: Context, kind: Kind, language: Tongue, meant: MeantFor) -> Answer:
        return await self.look(ctx, kind, language, meant)

    @action("Go on", who=Who.GROUP)
    async def go_on(self, ctx: Context, kind: Kind) -> Answer:
        """They know by now that they may say no to anyone."""
        assert ctx.group
        ctx.work.write(self._asks.tell(ctx.group.ref, ctx.person.ref, ctx.now))
        look = self.look.button(ctx.label("Show me the first"), kind, tone=Tone.GOOD)
        said = ctx.t("Take your time. You can look without asking anybody.")
        return Card(said, buttons=(look, cards.back(ctx)), replaces=True)

    @action("Ask", who=Who.THEIRS)
    async def ask(
        self, ctx: Context, offer: Opening, time: Time, words: Words = "", reached: Reached = ""
    ) -> Answer:
        one, me = offer.offer, ctx.person
        (await self._paths.of(one.group)).of(one.kind)
        before = await self._requests.between(me.ref, one.person, one.group, one.kind)
        if before and before.state in PENDING:
            return self._sent(ctx, before)
        found = await self._found(ctx, me, one.group, one.kind)
        to = next((each.person for each in found if each.offer.ref == one.ref), None)
        if to is None:
            raise UserError(GONE)
        if await self._asks.lately(me.ref, ctx.now) >= asks.MOST:
            raise UserError(
                "You have asked {most} times within a week. Give those some time; then go on.",
                most=asks.MOST,
            )
        made = Request(
            secrets.token_urlsafe(9),
            me.ref,
            to.ref,
            one.group,
            one.kind,
            ctx.now,
            words=words,
            reached=reached,
            temporary=time != "open",
        )
        await self._send(ctx, made, one, to)
        return self._sent(ctx, Asking(made, State.OPEN))

    @action("What you asked", who=Who.THEIRS)
    async def asked(self, ctx: Context, asking: Asking) -> Answer:
        return await self._asked(ctx, asking)

    @action("Introduce us", who=Who.THEIRS)
    async def ask_introduce(self, ctx: Context, asking: Asking) -> Answer:
        """The question alone, since nothing is an answer to it."""
        return self.introduce.form(Call(self.introduce.id, (asking.ref,)))

    @action("Introduce us", who=Who.THEIRS)
    async def introduce(self, ctx: Context, asking: Asking, reached: Reached = "") -> Answer:
        """The second of two who want it; only now each is told how to reach the other. Where
        something keeps them apart meanwhile, neither is told anything: it looks like silence."""
        if asking.state is not State.COFFEE:
            return await self._asked(ctx, asking)
        request = replace(asking.request, state=State.MET)
        request = replace(request, reached=reached or request.reached)
        me = ctx.person.ref
        if other := await self._meets(ctx, asking):
            card = cards.note(other, True, Call("requests.see", (request.ref,)))
            ctx.work.do(Post(other, card), about=(request.ref, me, by(me)))
        else:
            request = replace(request, answer="")
        ctx.work.write(self._requests.change(request))
        ctx.work.write(self._waiting.longer(request, ctx.person, ctx.now))
        return await self._asked(ctx, Asking(request, State.MET))

    @action("Take it back", who=Who.THEIRS)
    async def take_back(self, ctx: Context, asking: Asking) -> Answer:
        """What was answered stays answered, so that nobody is asked again by this."""
        if asking.state in PENDING:
            request = asking.request
            ctx.work.write(self._asks.untold(request), *self._outbox.drop(request.ref))
            ctx.work.write(self._waiting.over(request), self._requests.end(request))
            said = ctx.t("Taken back. They are not told.")
            return Card(said, buttons=(cards.back(ctx),), replaces=True)
        return await self._asked(ctx, asking)

    @action("Time for an answer to what you asked", who=Who.CLOCK)
    async def lapse(self, ctx: Context, asking: Asking) -> Answer:
        request = asking.request
        unit = lapsed(self._requests, request)
        found = await self._people.many([request.person])
        if not unit or request.person not in found:
            return None
        ctx.work.write(*unit)
        return cards.note(found[request.person], True, Call(self.asked.id, (request.ref,)))

    @action("For trusted servants", who=Who.SERVANTS)
    async def watch(self, ctx: Context) -> Answer:
        """Who asks people who are new again and again, as a number; whom, nobody sees."""
        assert ctx.group
        counted = await self._asks.approaches(ctx.group.ref, ctx.now, OFTEN)
        people = await self._people.many(person for person, _ in counted)
        said: Text = ctx.t("Who asked people in their first 30 days here, in the last 30 days:")
        lines = [
            ctx.n("{name}, {n} time", "{name}, {n} times", n, name=Name(people[person].name))
            for person, n in counted
            if person in people
        ]
        if not lines:
            said = ctx.t("Nobody asked people in their first 30 days again and again.")
        said += tuple(span for line in lines for span in (Plain("\n"), *line))
        said += (Plain("\n\n"),)
        said += ctx.t("Whom they asked is shown to nobody. It can have a good reason; you can ask.")
        return Card(said, ctx.label("For trusted servants"), buttons=(cards.back(ctx),))

    async def _found(self, ctx: Context, asker: Person, group: str, kind: For) -> list[Found]:
        return await self._offers.open_to(asker, group, kind, ctx.now, ctx.today)

    async def _meets(self, ctx: Context, asking: Asking) -> Person | None:
        """Whom they asked, unless something keeps them apart; that nothing does, holds when this
        is kept, too."""
        one, other = asking.request.person, asking.request.asked
        same = await self._people.still((one, other))
        found = await self._people.many((one, other))
        if asking.apart or len(found) < 2 or not may_pair(found[one], found[other], ctx.now):
            return None
        ctx.work.write(*same, self._blocks.none(one, other))
        return found[other]

    def _turn(self, ctx: Context, ref: str) -> str:
        return self._offers.turn(ctx.person.ref, ctx.today, ref)[:12]

    def _first(self, ctx: Context, kind: str) -> Card:
        said = ctx.t(cards.FREE)
        said += (Plain("\n\n"),)
        said += ctx.t(
            "Nobody here is owed your time, your money or your secrets. Somebody who helps you"
            " does not mind a no. /block keeps anybody away, silently."
        )
        go = self.go_on.button(ctx.label("Go on"), kind, tone=Tone.GOOD)
        return Card(said, buttons=(go, cards.back(ctx)), replaces=True)

    def _one(self, ctx: Context, path: Path, left: list[Found], seen: tuple[str, str, str]) -> Card:
        one, *others = left
        offer = one.offer
        special = offer.meant or offer.wish
        label = ctx.label("It is meant for me: ask") if special else ctx.label("Ask")
        buttons = [self.ask.button(label, offer.ref, tone=Tone.GOOD)]
        if others:
            after = self._turn(ctx, offer.ref)
            buttons.append(self.look.button(ctx.label("Another"), *seen, after))
        buttons.append(self.narrow.button(ctx.label("Say whom I look for"), seen[0]))
        said = ctx.t("{name} has room.", name=Name(one.person.name))
        facts = cards.shown(ctx, path, one)
        title = ctx.label(path.of(offer.kind).title)
        return Card(said, title, facts, (*buttons, cards.back(ctx)), replaces=True)

    async def _send(self, ctx: Context, made: Request, offer: Offer, to: Person) -> None:
        """Who was told of the same question lately, and could not answer it, is not told again:
        it stands among what they are asked."""
        new = await self._asks.new(made.group, to.ref, ctx.now)
        ctx.work.write(
            *self._requests.add(made),
            self._asks.note(made, newcomer=new),
            self._waiting.begin(made, ctx.person, ctx.now),
        )
        if not await self._asks.told_of(made):
            card = cards.note(to, False, Call("requests.see", (made.ref,)))
            ctx.work.do(Post(to, card), about=about(made, offer))

    def _sent(self, ctx: Context, asking: Asking) -> Card:
        said = ctx.t(
            "Asked. They answer when they look, or not at all. After 14 days silence is “not this"
            " time”, and says nothing about you. You can ask somebody else meanwhile."
        )
        back = self.take_back.button(ctx.label("Take it back"), asking.ref)
        another = self.look.button(ctx.label("Look on"), asking.request.kind.value)
        return Card(said, buttons=(back, another, cards.back(ctx)), replaces=True)

    async def _asked(self, ctx: Context, asking: Asking) -> Card:
        request = asking.request
        path, people = await self._paths.of(request.group), await self._people.many([request.asked])
        if other := people.get(request.asked):
            return await self._overview.asked(ctx, path, asking, other)
        return self._overview.nameless(ctx, asking)


def _some(chosen: str) -> str:
    return "" if chosen == ANY else chosen
