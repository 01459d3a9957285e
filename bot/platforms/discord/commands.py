"""Actions as slash commands: options from fields, choices, suggestions, in every language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo, available_timezones

from bot.core.actions import Action
from bot.core.cards import Call, Field
from bot.core.decide import Who
from bot.core.text import LANGUAGES, translate
from bot.platforms.discord.render import Json

COMMAND, STRING, INTEGER = 1, 3, 4
IN_SERVERS, WITH_THE_BOT = 0, 1
MANAGE_SERVER = 1 << 5
LONGEST, MOST = 100, 25
LOCALES = {"es": ("es-ES", "es-419"), "pt": ("pt-BR",), "zh": ("zh-CN",), "sv": ("sv-SE",)}
"""Discord's names for languages of ours; any other is called as we call it."""


def payload(action: Action[...], *, personal: bool = True) -> Json:
    """One command. Its options may all be left out: what is missing is asked in a dialog.
    Without `personal` what says something about somebody cannot be typed here.

    Names are the same in every language, so that what a card says can be typed.
    """
    spec = action.spec
    hosts = spec.who is Who.HOSTS
    typed = [f for f in spec.fields if not f.names_object and (personal or not f.personal)]
    return {
        "type": COMMAND,
        "name": spec.name,
        **_said("description", spec.summary, LONGEST),
        "options": [_option(field) for field in typed][:MOST],
        "contexts": [IN_SERVERS] if hosts else [IN_SERVERS, WITH_THE_BOT],
        "integration_types": [0],
        "default_member_permissions": MANAGE_SERVER if hosts else None,
        "nsfw": False,
    }


def fingerprint(commands: list[Json]) -> str:
    """The same for the same commands, whatever their order."""
    ordered = sorted(commands, key=lambda each: str(each["name"]))
    return sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()


def call_of(action: Action[...], options: Iterable[Json]) -> tuple[Call, tuple[str, ...]]:
    """The call up to the first thing that must be asked, and what was given beyond it."""
    given = {str(option["name"]): str(option["value"]) for option in options}
    fields = [field for field in action.spec.fields if not field.names_object]
    args = [given.get(field.name, "") for field in fields]
    while args and not args[-1]:
        args.pop()
    missing = [
        n for n, (f, text) in enumerate(zip(fields, args, strict=False)) if f.required and not text
    ]
    at = missing[0] if missing else len(args)
    return Call(action.id, tuple(args[:at])), tuple(args[at:])


def suggestions(field: Field, so_far: str, locale: str) -> list[Json]:
    """What can stand in an option, from what everybody may know; what begins so comes first."""
    wanted = so_far.casefold().strip()
    offered = _zones() if field.kind is ZoneInfo else [
        (translate(choice.label, locale), str(choice.value)) for choice in field.choices
    ]  # fmt: skip
    found = [each for each in offered if wanted in each[0].casefold()]
    found.sort(key=lambda each: not each[0].rpartition("/")[2].casefold().startswith(wanted))
    return [{"name": name[:LONGEST], "value": value[:LONGEST]} for name, value in found[:MOST]]


def _option(field: Field) -> Json:
    number = field.kind is int
    option: Json = {
        "type": INTEGER if number else STRING,
        "name": field.name,
        **_said("description", field.label, LONGEST),
        "required": False,
    }
    if field.choices and not field.many and len(field.choices) <= MOST:
        option["choices"] = [
            {
                **_said("name", choice.label, LONGEST),
                "value": choice.value if number else str(choice.value),
            }
            for choice in field.choices
        ]
    elif field.kind is ZoneInfo or len(field.choices) > MOST:
        option["autocomplete"] = True
    elif number:
        bounds = (("min_value", field.least), ("max_value", field.most))
        option |= {name: bound for name, bound in bounds if bound is not None}
    elif not field.choices:
        option["max_length"] = max(1, min(field.longest, 6000))
    return option


def _said(name: str, message: str, longest: int) -> Json:
    """A sentence of the catalogue, and what it is in the other languages."""
    others = {
        theirs: translate(message, language)[:longest]
        for language in LANGUAGES
        if language != "en" and translate(message, language) != message
        for theirs in LOCALES.get(language, (language,))
    }
    return {name: message[:longest], f"{name}_localizations": others or None}


@cache
def _zones() -> list[tuple[str, str]]:
    """Where people live: `Area/City`, and UTC."""
    named = (zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    lived = (zone for zone in named if not zone.startswith(("Etc/", "SystemV/", "posix", "right")))
    return [(zone.replace("_", " "), zone) for zone in sorted(lived)]
