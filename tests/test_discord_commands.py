"""What Discord is told of the commands: where they can be typed, by whom, in which language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.core.actions import Action
from bot.core.app import App
from bot.core.decide import Who
from bot.core.text import translate
from bot.platforms.discord import payload
from bot.platforms.discord.commands import IN_SERVERS, MANAGE_SERVER, MOST, WITH_THE_BOT
from cogs import build
from storage import Storage


@pytest.fixture
def commands(storage: Storage) -> list[Action[...]]:
    return App(build(storage), storage.ports).commands


def test_what_sets_a_place_up_is_for_those_who_manage_it_and_for_places(
    commands: list[Action[...]],
) -> None:
    """Discord shows it to nobody else; what they may is decided here all the same."""
    hosts = {action.spec.name for action in commands if action.spec.who is Who.HOSTS}
    assert {"setup", "place", "doctor"} <= hosts
    for action in commands:
        told, for_hosts = payload(action), action.spec.name in hosts
        assert told["default_member_permissions"] == (MANAGE_SERVER if for_hosts else None)
        assert told["contexts"] == ([IN_SERVERS] if for_hosts else [IN_SERVERS, WITH_THE_BOT])
        assert told["integration_types"] == [0], "it is added to servers, not to accounts"
        assert not any(option["required"] for option in told["options"])


def test_what_is_suggested_is_never_anybodys_own(commands: list[Action[...]]) -> None:
    """It comes from what stands in the program: zones, and choices."""
    for action in commands:
        fields = {field.name: field for field in action.spec.fields}
        for option in payload(action)["options"]:
            if option.get("autocomplete"):
                field = fields[option["name"]]
                assert field.kind is ZoneInfo or len(field.choices) > MOST
                assert not field.personal


def test_names_are_the_same_everywhere_and_what_they_do_is_said_in_ones_language(
    commands: list[Action[...]],
) -> None:
    for action in commands:
        told, spanish = payload(action), translate(action.spec.summary, "es")
        assert "name_localizations" not in told
        assert told["description_localizations"]["es-ES"] == spanish[:100]
        assert told["description_localizations"]["es-419"] == spanish[:100]
        for option in told["options"]:
            assert option["description_localizations"]["es-ES"] != option["description"]


@pytest.mark.parametrize("personal", [True, False])
def test_what_is_private_is_offered_where_it_may_be_typed(
    personal: bool, commands: list[Action[...]]
) -> None:
    for action in commands:
        named = {field.name for field in action.spec.fields if field.personal}
        offered = {option["name"] for option in payload(action, personal=personal)["options"]}
        assert bool(named & offered) == (personal and bool(named))


def test_a_code_can_be_typed_wherever_what_is_private_is_written(storage: Storage) -> None:
    """It is worth nothing soon, and somebody hands it over: it says nothing about them."""
    actions = App(build(storage), storage.ports).actions.values()
    codes = [f for a in actions for f in a.spec.fields if f.label.startswith("The code")]
    assert codes
    assert not [field.label for field in codes if field.personal]
