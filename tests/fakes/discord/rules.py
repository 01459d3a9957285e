"""What Discord refuses: limits that its description lacks, by hand, and the description itself.

By hand, from the reference of components and messages: 2,000 characters of content; components v2
are marked by flag 1 << 15, stand alone, are at most 40 and hold at most 4,000 characters; a custom
id has 1 to 100 characters and stands once in a message; a row has at most 5 buttons, or one select
of at most 25 options; a dialog has a title of at most 45 characters and 1 to 5 labels of 45.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tests.fakes.discord.world import Json, every

SPEC = Path(__file__).parents[4] / "shared" / "specs" / "discord-openapi.json"
V2 = 1 << 15
ROW, BUTTON, SELECT, INPUT, TEXT, CONTAINER, LABEL = 1, 2, 3, 4, 10, 17, 18
RADIO, BOXES = 21, 22
SELECTS = {SELECT, 5, 6, 7, 8}


def in_message(body: Json) -> Iterator[str]:
    """What is wrong with a message."""
    parts = [*every(body.get("components") or [])]
    if len(body.get("content") or "") > 2000:
        yield "content: Must be 2000 or fewer in length."
    if (body.get("flags") or 0) & V2:
        if body.get("content") or body.get("embeds"):
            yield "components v2 stand alone"
        if len(parts) > 40:
            yield "components: more than 40"
        if sum(len(part.get("content", "")) for part in parts) > 4000:
            yield "components: more than 4000 characters"
    elif any(part["type"] >= 9 for part in parts):
        yield "components v2 without their flag"
    elif not (body.get("content") or body.get("embeds") or parts or body.get("sticker_ids")):
        yield "Cannot send an empty message"
    yield from _ids(parts)
    for part in parts:
        yield from _part(part)


def in_dialog(body: Json) -> Iterator[str]:
    parts = [*every(body["components"])]
    if not 1 <= len(body["title"]) <= 45:
        yield "title: 1 to 45 characters"
    if not 1 <= len(body["components"]) <= 5:
        yield "components: 1 to 5"
    if not 1 <= len(body["custom_id"]) <= 100:
        yield "custom_id: 1 to 100 characters"
    yield from _ids(parts)
    for part in parts:
        if part["type"] == LABEL and not 1 <= len(part["label"]) <= 45:
            yield "label: 1 to 45 characters"
        if part["type"] == LABEL and len(part.get("description") or "") > 100:
            yield "description: more than 100 characters"
        if part["type"] in (RADIO, BOXES) and not 1 <= len(part["options"]) <= 10:
            yield "options: 1 to 10"
        if part["type"] == RADIO and len(part["options"]) < 2:
            yield "options: 2 to 10"
        if part["type"] == INPUT and len(part.get("value") or "") > (
            part.get("max_length") or 4000
        ):
            yield "value: longer than may be typed"
        yield from _part(part)


def _ids(parts: list[Json]) -> Iterator[str]:
    for name, most in (("custom_id", 1), ("id", 1)):
        named = Counter(part[name] for part in parts if part.get(name))
        if [each for each, n in named.items() if n > most]:
            yield f"{name}: the same twice"


def _part(part: Json) -> Iterator[str]:
    if len(part.get("custom_id", "x")) not in range(1, 101):
        yield "custom_id: 1 to 100 characters"
    if part["type"] == BUTTON and len(part.get("label") or "") > 80:
        yield "label: more than 80 characters"
    if part["type"] == ROW:
        kinds = Counter(inside["type"] for inside in part["components"])
        if not kinds or kinds[BUTTON] > 5 or (SELECTS & {*kinds} and sum(kinds.values()) > 1):
            yield "a row has 1 to 5 buttons, or one select"
    if part["type"] == TEXT and not part["content"]:
        yield "content: 1 or more characters"
    if part["type"] in (SELECT, RADIO, BOXES):
        options = part["options"]
        if part["type"] == SELECT and not 1 <= len(options) <= 25:
            yield "options: 1 to 25"
        if any(not 1 <= len(option["label"]) <= 100 for option in options):
            yield "options: labels of 1 to 100 characters"
        if len({option["value"] for option in options}) != len(options):
            yield "options: the same value twice"


def in_commands(body: list[Json]) -> Iterator[str]:
    name = re.compile(r"[-_'\w]{1,32}")
    if len(body) > 100:
        yield "more than 100 commands"
    for command in body:
        if not name.fullmatch(command["name"]) or command["name"] != command["name"].lower():
            yield f"{command['name']}: not a name"
        for part in (command, *command.get("options", ())):
            said = [part["description"], *(part.get("description_localizations") or {}).values()]
            if any(not 1 <= len(words) <= 100 for words in said):
                yield f"{command['name']}: a description has 1 to 100 characters"
        required = [option.get("required", False) for option in command.get("options", ())]
        if required != sorted(required, reverse=True):
            yield f"{command['name']}: required options come first"
        if len(required) > 25 or any(
            len(option.get("choices", ())) > 25 for option in command.get("options", ())
        ):
            yield f"{command['name']}: more than 25"


class Spec:
    """The published description of the API, where it is at hand."""

    def __init__(self, path: Path) -> None:
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012

        resource: Any = Resource

        self._doc = _shortened(json.loads(path.read_text()))
        known = resource(contents=self._doc, specification=DRAFT202012)
        self._registry: Any = Registry().with_resource("urn:d", known)
        routes = [
            (path.count("{"), path, _pattern(path), item)
            for path, item in self._doc["paths"].items()
        ]
        self._routes = sorted(routes, key=lambda route: route[0])

    def request(self, method: str, path: str, body: Any) -> list[str]:
        """What does not fit in a request; recipient_id comes as a number, and is taken."""
        found = self._operation(method, path)
        if found is None:
            return [f"no such operation: {method} {path}"]
        where, operation = found
        content = operation.get("requestBody", {}).get("content", {})
        if body is None or not content:
            return []
        kind = "application/json" if "application/json" in content else next(iter(content))
        errors = self._errors(where, f"{method.lower()}/requestBody/content", kind, body)
        return [error for error in errors if "recipient_id" not in error]

    def reply(self, method: str, path: str, status: int, body: Any) -> list[str]:
        found = self._operation(method, path)
        if found is None or body is None:
            return []
        where, operation = found
        answer = operation["responses"].get(str(status), {})
        if "application/json" not in answer.get("content", {}):
            return []
        inside = f"{method.lower()}/responses/{status}/content"
        return self._errors(where, inside, "application/json", body)

    def _operation(self, method: str, path: str) -> tuple[str, Json] | None:
        for _, name, pattern, item in self._routes:
            if pattern.fullmatch(path) and method.lower() in item:
                return name, item[method.lower()]
        return None

    def _errors(self, path: str, inside: str, kind: str, body: Any) -> list[str]:
        where = f"{_pointed(path)}/{inside}/{_pointed(kind)}/schema"
        return [f"{path} {said}" for said in self._judged(where, json.dumps(body))]

    @lru_cache(maxsize=512)  # noqa: B019  # commands are the same each time, and long
    def _judged(self, where: str, body: str) -> list[str]:
        errors = self._validator(where).iter_errors(json.loads(body))
        return [f"{error.json_path}: {_leaf(error)}" for error in errors]

    @cache  # noqa: B019  # one description for the whole run
    def _validator(self, where: str) -> Any:
        from jsonschema import Draft202012Validator, validators

        choices = {name: self._choosing(name) for name in ("oneOf", "anyOf")}
        judge = validators.extend(Draft202012Validator, choices)
        return judge({"$ref": f"urn:d#/paths/{where}"}, registry=self._registry)

    def _choosing(self, keyword: str) -> Any:
        """The keyword as it is, without the branches that say themselves that they do not fit:
        they would be tried with all that is in them, and there are many in many."""
        from jsonschema import Draft202012Validator

        as_ever: Any = Draft202012Validator.VALIDATORS[keyword]

        def choose(validator: Any, branches: list[Json], body: Any, schema: Json) -> Iterator[Any]:
            fitting = [branch for branch in branches if self._may_fit(validator, branch, body)]
            if len(fitting) == 1:
                yield from validator.descend(body, fitting[0])
            else:
                yield from as_ever(validator, fitting or branches, body, schema)

        return choose

    def _may_fit(self, validator: Any, branch: Json, body: Any) -> bool:
        """By what kind of thing it is, and by the `type` of the thing."""
        if "$ref" in branch:
            branch = self._doc["components"]["schemas"][branch["$ref"].rpartition("/")[2]]
        kinds = branch.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if kinds and not any(validator.is_type(body, kind) for kind in kinds):
            return False
        if not isinstance(body, dict) or "type" not in body:
            return True
        known = branch.get("properties", {}).get("type", {}).get("enum")
        return known is None or body["type"] in known


def _shortened(part: Any) -> Any:
    """A choice of constants is said as what it is, which is one comparison."""
    if isinstance(part, list):
        return [_shortened(each) for each in part]
    if not isinstance(part, dict):
        return part
    short = {name: _shortened(each) for name, each in part.items()}
    choices = short.get("oneOf")
    if isinstance(choices, list) and all("const" in each for each in choices):
        short["enum"] = [each["const"] for each in short.pop("oneOf")]
    return short


@cache
def spec() -> Spec | None:
    """None where the description, or what reads it, is not there."""
    try:
        return Spec(SPEC) if SPEC.exists() else None
    except ImportError:
        return None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)))


def _pointed(path: str) -> str:
    """As a JSON pointer in an address has it."""
    kept = path.replace("~", "~0").replace("/", "~1")
    return kept.replace("{", "%7B").replace("}", "%7D").replace("@", "%40")


def _leaf(error: Any) -> str:
    """Of a choice of schemas, the failure of the branch that got furthest."""
    while error.context:
        error = max(error.context, key=lambda each: len(list(each.absolute_path)))
    return f"{'/'.join(map(str, error.absolute_path))} {error.validator}: {error.message[:140]}"
