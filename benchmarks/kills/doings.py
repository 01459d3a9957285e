"""A feature of the scripted community: it tells, plans and pins, and writes down that it did."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated

from bot.core.actions import Cog, action, command
from bot.core.cards import Answer, Call, Card, Choice, Field
from bot.core.decide import Who
from bot.core.model import Context, Person, Place
from bot.core.ports import Due
from bot.core.rooms import Post, Replace, To
from bot.core.text import Plain
from bot.core.work import Lane, Must, Write
from storage.schedule import Schedule
from storage.values import millis

TABLE = """
    CREATE TABLE performed (seq INTEGER PRIMARY KEY, mark TEXT NOT NULL, at BIGINT NOT NULL)"""
"""The application's ledger: one row for each time that something was performed, in order."""
PERFORMED = "INSERT INTO performed (mark, at) VALUES (:mark, :at)"

Class = Annotated[str, Field("Which class?", choices=tuple(Choice(m, m) for m in Must))]


class Doings(Cog):
    name = "doings"

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    @command("Tell")
    async def tell(
        self, ctx: Context, mark: str, must: Class, lane: int, many: int, to: str
    ) -> Answer:
        _write_down(ctx, mark)
        for n in range(many):
            deed = Post(_to(to), _card(f"{mark}/{n}"))
            ctx.work.do(deed, lane=Lane(lane), must=Must(must))
        return _card("Told.")

    @command("Plan")
    async def plan(self, ctx: Context, mark: str, must: Class, at: int, to: str) -> Answer:
        ref, then = f"{mark}/due+{secrets.token_hex(3)}", datetime.fromtimestamp(at, UTC)
        call = Call("doings.come_due", (f"{mark}/due",))
        _write_down(ctx, mark)
        ctx.work.write(self._schedule.add(Due(ref, call, _to(to), then, must=Must(must))))
        return _card("Planned.")

    @command("Pin")
    async def pin(self, ctx: Context, mark: str, name: str, to: str) -> Answer:
        place = _to(to)
        assert isinstance(place, Place)
        _write_down(ctx, mark)
        ctx.work.do(Replace(place, name, _card(mark)), must=Must.ARRIVE)
        return _card("Pinned.")

    @action("Come due", who=Who.CLOCK, shared=True)
    async def come_due(self, ctx: Context, mark: str) -> Answer:
        _write_down(ctx, mark)
        return _card(mark)


def _write_down(ctx: Context, mark: str) -> None:
    ctx.work.write(Write(PERFORMED, {"mark": mark, "at": millis(ctx.now)}))


def _to(named: str) -> To:
    kind, _, name = named.partition(":")
    return Person(name, "", quiet=(0, 0)) if kind == "person" else Place(kind, name)


def _card(text: str) -> Card:
    return Card((Plain(text),))
