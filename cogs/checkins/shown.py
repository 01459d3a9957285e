"""What others are shown of a check-in, and a mark by which it is told from another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from bot.core.cards import Button, Call, Card, Tone
from bot.core.model import Context, Group, Person
from bot.core.text import Name, Plain, Text
from cogs.checkins import words
from storage.agreements import Agreement, part_mark
from storage.checkins import CheckIn
from storage.shares import Share


def to_one(ctx: Context, to: Person, agreement: Agreement, entry: CheckIn, share: Share) -> Card:
    """Its first words may be seen on a lock screen. It can be answered, as whatever is asked or
    written under the agreement."""
    told = replace(ctx, locale=to.language)
    said = told.t("A note from your group. {name} shows you how it is:", name=Name(ctx.person.name))
    named = agreement.ref, part_mark(agreement, ctx.person.ref)
    buttons = (
        Button(told.label("Answer with a few words"), Call("replies.line", named), Tone.GOOD),
        Button(told.label("I am getting in touch"), Call("replies.coming", named)),
    )
    seen = facts(told, entry, share)
    return Card(said, facts=seen, buttons=buttons, private=True, locale=to.language)


def to_all(ctx: Context, group: Group, entry: CheckIn, share: Share) -> Card:
    told = replace(ctx, locale=group.language)
    said = told.t("{name} says how it is today:", name=Name(ctx.person.name))
    return Card(said, facts=facts(told, entry, share), locale=group.language)


def facts(ctx: Context, entry: CheckIn, share: Share) -> tuple[tuple[str, Text], ...]:
    found: tuple[tuple[str, Text], ...] = ((ctx.label("How it is"), words.said(ctx, entry)),)
    if share.noted and entry.note:
        found += ((ctx.label("Note"), (Plain(entry.note),)),)
    return found


def mark(entry: CheckIn, share: Share) -> str:
    """The same for whatever looks the same to those who are shown it; always as long."""
    seen = [entry.mood, sorted(entry.halt), entry.note if share.noted else ""]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]
