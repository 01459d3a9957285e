"""Forms as Discord's dialogs: a label and an input for each field, five at a time."""

from __future__ import annotations

from bot.core.cards import Call, Field, Form
from bot.core.model import Place
from bot.core.questions import MORE
from bot.core.text import translate
from bot.platforms.discord.render import LIMITS, NAME, Json

SELECT, INPUT, LABEL, RADIO, BOXES = 3, 4, 18, 21, 22
LONGEST_ID = 100
FEW, MANY = 10, 25
"""Choices that are shown at once, and in a list; more of them are typed."""
SHORT, LONG = 1, 2
CHANNEL, TEXT_CHANNEL = 8, 0


def dialog(form: Form, locale: str) -> Json:
    """The next five fields. Its id is the call that it completes, or names what waits."""
    shown = form.fields[: LIMITS.dialog_fields]
    given = [*form.given, *[""] * len(shown)]
    return {
        "title": translate(form.title, locale)[:45],
        "custom_id": str(named(form)),
        "components": [_label(f, given[n], locale) for n, f in enumerate(shown)],
    }


def named(form: Form) -> Call:
    """What a dialog comes back under: what was typed before may be longer than an id."""
    short = len(str(form.call)) <= LONGEST_ID and not form.given[LIMITS.dialog_fields :]
    return form.call if short else Call(MORE, (form.call.action,))


def typed(components: list[Json]) -> tuple[str, ...]:
    """What came back, input by input; several choices have commas between them."""
    parts = [each.get("component", each) for each in components]
    return tuple(_value(part) for part in parts if "custom_id" in part)


def _value(part: Json) -> str:
    if part.get("type") == CHANNEL:
        return "".join(str(Place(NAME, channel)) for channel in part["values"][:1])
    return ",".join(part["values"]) if "values" in part else str(part.get("value") or "")


def _label(field: Field, given: str, locale: str) -> Json:
    label = {"type": LABEL, "label": translate(field.label, locale)[:45]}
    if hint := translate(field.hint, locale)[:100]:
        label["description"] = hint
    return {**label, "component": _input(field, given, locale)}


def _input(field: Field, given: str, locale: str) -> Json:
    """Shows what was given before, so that sent as it is it stays so."""
    base: Json = {"custom_id": field.name, "required": field.must}
    if field.kind is Place:
        return {"type": CHANNEL, **base, "channel_types": [TEXT_CHANNEL]}
    if not field.choices or len(field.choices) > MANY:
        style = LONG if field.long else SHORT
        most = max(1, min(field.longest, 4000))
        value = {"value": given[:most]} if given else {}
        return {"type": INPUT, **base, "style": style, "max_length": most, **value}
    ticked = [word.strip() for word in given.split(",")] if field.many else [given]
    options: list[Json] = [
        {
            "label": translate(choice.label, locale)[:100],
            "value": str(choice.value),
            "default": str(choice.value) in ticked,
        }
        for choice in field.choices
    ]
    if field.many:
        bounds = {"min_values": int(field.must), "max_values": len(options)}
        return {
            "type": BOXES if len(options) <= FEW else SELECT,
            **base,
            **bounds,
            "options": options,
        }
    if 2 <= len(options) <= FEW:
        return {"type": RADIO, **base, "options": options}
    return {"type": SELECT, **base, "options": options}
