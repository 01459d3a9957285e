"""The road of one call: its object is loaded, it is decided, run, and kept as one closed unit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.core import replies
from bot.core.actions import Action
from bot.core.cards import Answer, Call, Card, Field, Form, Page
from bot.core.decide import GONE, Ask, Refuse, Thing, decide
from bot.core.errors import Conflict, NotAgreed, UserError
from bot.core.model import CLOCK, Actor, Context, Origin, Person
from bot.core.ports import Ports
from bot.core.work import Lane, Sending, Unit, Work

T = TypeVar("T")
Finish = Callable[[Context, Answer], Answer]

TRIES = 3


class Road:
    """From a call whose actor is known to what it did and answers. It raises; App words it."""

    def __init__(self, actions: Mapping[str, Action[...]], ports: Ports) -> None:
        self._actions, self._ports = actions, ports
        self._loaders = {loader.kind: loader for loader in ports.loaders}

    def find(self, call: Call) -> Action[...]:
        action = self._actions.get(call.action)
        if action is None or len(call.args) > len(action.spec.fields):
            raise UserError(GONE)
        return action

    async def go(
        self,
        action: Action[...],
        call: Call,
        origin: Origin,
        actor: Actor,
        finish: Finish,
        *,
        ask: bool = False,
    ) -> Answer:
        """To the end, and from the start again when somebody else was faster. `finish` adds to
        the unit what depends on the answer, and has the last word on it."""

        async def gone() -> Answer:
            ctx = context(origin, actor)
            answer = await self.run(action, call, ctx, ask=ask)
            answer = finish(ctx, answer)
            does = bool(ctx.work.writes or ctx.work.sendings)
            if does and (post := replies.along(answer, origin)):
                ctx.work.do(post, lane=Lane.FLOOR, until=ctx.now + replies.LATEST)
                answer = None
            # What only answers is done when it was answered: the inbox sees to that.
            mark = (self._ports.inbox.done(origin.update),) if origin.update and does else ()
            await self.commit(ctx, action.id, mark)
            return answer

        return await until_kept(gone)

    async def run(self, action: Action[...], call: Call, ctx: Context, *, ask: bool) -> Answer:
        """As far as the unit, which stays on `ctx.work`. `ask` for the rest, though the action
        could do without it."""
        named = action.spec.object
        thing = await self._load(action, named, call) if named else None
        verdict = decide(ctx.actor, action.spec.who, thing, action.spec.consent)
        if isinstance(verdict, Refuse):
            raise UserError(verdict.why, way=verdict.way)
        if isinstance(verdict, Ask):
            raise NotAgreed(verdict.purpose)
        if ask or any(field.required for field in action.unasked(call.args)):
            return await _asked(action, call, ctx)
        values = action.parse(call.args, ctx.today, ctx.locale) if call.args else {}
        if named:
            values[named.name] = thing
        answer = await action(ctx, **values)
        effects = ctx.work.writes or ctx.work.sendings or ctx.person == CLOCK
        if named and thing and effects:
            ctx.work.writes.insert(0, self._loaders[named.kind].hold(thing.ref, thing.version))
        return addressed(answer, action, ctx)

    async def _load(self, action: Action[...], field: Field, call: Call) -> Thing:
        load, where = self._loaders[field.kind].load, action.spec.fields.index(field)
        given = call.args[where : where + 1]
        # What was made up may hold half a character, which no database looks for.
        if given and given[0].isascii() and (thing := await load(given[0])):
            return thing
        raise UserError(GONE)

    async def commit(self, ctx: Context, action: str, mark: Unit = ()) -> None:
        queue = self._ports.outbox.queue
        unit: Unit = (*mark, *ctx.work.writes)
        for n, sending in enumerate(ctx.work.sendings):
            unit += queue(f"{ctx.cause}/{action}/{n}", _prompt(sending, ctx), ctx.now)
        if unit:
            await self._ports.units.commit(unit)


async def _asked(action: Action[...], call: Call, ctx: Context) -> Form:
    """What is left to ask; of what is aside, with the choices that there are for them."""
    form = action.form(call)
    fields = [
        replace(field, choices=await action.cog.choices(ctx, field)) if field.aside else field
        for field in form.fields
    ]
    return replace(form, fields=tuple(fields))


async def until_kept(run: Callable[[], Awaitable[T]]) -> T:
    """Run, and run again from the start when somebody else was faster."""
    for _ in range(TRIES - 1):
        try:
            return await run()
        except Conflict:
            continue
    return await run()


def context(origin: Origin, actor: Actor) -> Context:
    return Context(
        actor, origin.place, origin.now, origin.cause, origin.via, origin.locale or "en", Work()
    )


def addressed(answer: Answer, action: Action[...], ctx: Context) -> Answer:
    """For one person unless the action says that all may see it, and in which language."""
    if isinstance(answer, Page):
        return replace(answer, card=_for_one(answer.card, action, ctx))
    return _for_one(answer, action, ctx) if isinstance(answer, Card) else answer


def _for_one(card: Card, action: Action[...], ctx: Context) -> Card:
    private = card.private or not action.spec.shared
    return replace(card, private=private, locale=card.locale or ctx.locale)


def _prompt(sending: Sending, ctx: Context) -> Sending:
    """What goes to whoever acts answers them: it is needed now, also in their quiet hours."""
    to = sending.deed.to
    answers = isinstance(to, Person) and to.ref == ctx.person.ref
    return replace(sending, lane=Lane.NOW) if answers else sending
