"""The published description of the Bot API's methods and types, to hold every call against.

It is data of another project (`telegram-bot-api.json`, Bot API 10.1) and lies beside this one, in
`../shared/specs`; where it is missing, lengths and rights are still checked by hand.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parents[2].parent / "shared" / "specs" / "telegram-bot-api.json"
PRIMITIVES: dict[str, Any] = {
    "Integer": int,
    "Float": (int, float),
    "String": str,
    "Boolean": bool,
    "True": bool,
}


def field(name: str, kind: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "types": kind.split("|"), "required": required}


ON_CHAT = (
    field("chat_id", "Integer|String", required=True),
    field("receiver_user_id", "Integer", required=True),
    field("ephemeral_message_id", "Integer", required=True),
)
MARKUP = field("reply_markup", "InlineKeyboardMarkup")
ENTITIES = field("entities", "Array of MessageEntity")
PREVIEW = field("link_preview_options", "LinkPreviewOptions")
LATER_METHODS: dict[str, Any] = {
    "editEphemeralMessageText": {
        "fields": [*ON_CHAT, field("text", "String"), ENTITIES, PREVIEW, MARKUP],
        "returns": ["Boolean"],
    },
    "deleteEphemeralMessage": {"fields": [*ON_CHAT], "returns": ["Boolean"]},
}
"""What Bot API 10.2 and 10.3 added to it, as far as it is used here."""
LATER_TYPES: dict[str, Any] = {
    "EphemeralMessageParameters": {
        "fields": [
            field("receiver_user_id", "Integer", required=True),
            field("callback_query_id", "String"),
            field("replace_callback_query_message", "Boolean"),
        ]
    }
}
LATER_PARAMETERS = {"sendMessage": "ephemeral_message_parameters", "sendPhoto": "the same"}
LATER_FIELDS: dict[str, list[dict[str, Any]]] = {
    "BotCommand": [field("is_ephemeral", "Boolean")],
    "ReplyParameters": [field("ephemeral_message_id", "Integer")],
    "Message": [field("ephemeral_message_id", "Integer"), field("receiver_user", "User")],
}


class Description:
    """Says what is wrong with a call or a value, one line for each."""

    def __init__(self, methods: dict[str, Any], types: dict[str, Any]) -> None:
        self._methods, self._types = methods, types

    def call(self, method: str, given: dict[str, Any]) -> list[str]:
        if not (known := self._methods.get(method)):
            return [f"there is no method {method}"]
        fields = {each["name"]: each for each in known.get("fields", [])}
        wrong = [
            f"{method}: {name} is missing"
            for name, each in fields.items()
            if each["required"] and name not in given
        ]
        for name, value in given.items():
            if name not in fields:
                wrong.append(f"{method}: there is no {name}")
            else:
                wrong += self.value(value, fields[name]["types"], f"{method}.{name}")
        return wrong

    def value(self, value: Any, kinds: list[str], at: str) -> list[str]:
        """The kind that comes closest says what is wrong."""
        worst: list[str] = []
        for kind in kinds:
            wrong = self._one(value, kind, at)
            if not wrong:
                return []
            if not worst or max(map(len, wrong)) > max(map(len, worst)):
                worst = wrong
        return worst

    def result(self, method: str, value: Any) -> list[str]:
        return self.value(value, self._methods[method]["returns"], f"{method} returned")

    def _one(self, value: Any, kind: str, at: str) -> list[str]:
        if kind in PRIMITIVES:
            fits = isinstance(value, PRIMITIVES[kind])
            if isinstance(value, bool) and kind in ("Integer", "Float"):
                fits = False
            return [] if fits else [f"{at} is no {kind}: {str(value)[:40]!r}"]
        if kind == "InputFile":
            return [] if isinstance(value, str | bytes) else [f"{at} is no file"]
        if kind.startswith("Array of "):
            return self._array(value, kind.removeprefix("Array of "), at)
        if not (known := self._types.get(kind)):
            return [f"{at} is of no known type: {kind}"]
        if known.get("subtypes"):
            return self.value(value, known["subtypes"], at)
        return self._object(value, kind, {each["name"]: each for each in known["fields"]}, at)

    def _array(self, value: Any, inner: str, at: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{at} is no array"]
        kinds = inner.split(" or ")
        return [w for n, each in enumerate(value) for w in self.value(each, kinds, f"{at}[{n}]")]

    def _object(self, value: Any, kind: str, fields: dict[str, Any], at: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{at} is no {kind}"]
        wrong = [
            f"{at}.{name} is missing ({kind})"
            for name, each in fields.items()
            if each["required"] and name not in value
        ]
        for name, each in value.items():
            if name in fields:
                wrong += self.value(each, fields[name]["types"], f"{at}.{name}")
            else:
                wrong.append(f"{at}.{name} is not known ({kind})")
        return wrong


@cache
def description(place: Path = PLACE) -> Description | None:
    """None where it is missing."""
    if not place.exists():
        return None
    found = json.loads(place.read_text())
    methods, types = found["methods"] | LATER_METHODS, found["types"] | LATER_TYPES
    for method in LATER_PARAMETERS:
        added = field("ephemeral_message_parameters", "EphemeralMessageParameters")
        methods[method]["fields"] = [*methods[method]["fields"], added]
    for kind, added_fields in LATER_FIELDS.items():
        types[kind]["fields"] = [*types[kind]["fields"], *added_fields]
    for each in types["ReplyParameters"]["fields"]:
        each["required"] = False  # since an ephemeral message has no message_id to be named by
    return Description(methods, types)
