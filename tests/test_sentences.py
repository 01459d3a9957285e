"""Sentences: found in the code, whole, and kept in catalogues that change only with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.text import LANGUAGES, translate
from tests.room import Room
from tools.catalogue import bring_up_to_date, catalogue, missing, sentences
from tools.sentences import Glued, in_module

OTHERS = [language for language in LANGUAGES if language != "en"]


def test_sentences_are_found_wherever_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "cog.py"
    file.write_text(
        'ctx.t("One." if x else "Other.")\n'
        'ctx.n("{n} hour", "{n} hours", many)\n'
        'UserError("Not here.", way=("There", call))\n'
        'Field(label, hint="A hint.")\n'
        'Choice("x", "A choice")\n'
        "other(message)\n"
    )
    assert [said for _, said in in_module(file)] == [
        "One.",
        "Other.",
        ("{n} hour", "{n} hours"),
        "Not here.",
        "There",
        "A hint.",
        "A choice",
    ]


@pytest.mark.parametrize("glued", ['f"Hello {name}"', '"Hello " + name', '"Hello %s" % name'])
def test_a_sentence_in_pieces_is_refused(glued: str, tmp_path: Path) -> None:
    """No translator would see it whole."""
    file = tmp_path / "cog.py"
    file.write_text(f"ctx.t({glued})")
    with pytest.raises(Glued, match=r"cog\.py, line 1"):
        list(in_module(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_hints_and_titles_fit_a_dialog(language: str, room: Room) -> None:
    """A label is looked at elsewhere; a title is that of a form, where there is one."""
    actions = [action.spec for action in room.app.actions.values()]
    hints = [translate(f.hint, language) for spec in actions for f in spec.fields]
    titles = [translate(spec.summary, language) for spec in actions if spec.fields]
    assert not [hint for hint in hints if len(hint) > 100]
    assert not [title for title in titles if len(title) > 45]


@pytest.mark.parametrize("language", OTHERS)
def test_every_plural_keeps_what_is_filled_in(language: str) -> None:
    plurals = [m for m in catalogue(language) if m.id and not isinstance(m.id, str)]
    assert plurals
    for message in plurals:
        marks = re.findall(r"\{\w+\}", message.id[1])
        assert all(re.findall(r"\{\w+\}", form) == marks for form in message.string or ())


def test_a_catalogue_changes_only_when_words_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.catalogue.LOCALES", tmp_path)
    bring_up_to_date("es")
    first = [file.read_bytes() for file in sorted(tmp_path.rglob("homegroup.*"))]
    bring_up_to_date("es")
    assert [file.read_bytes() for file in sorted(tmp_path.rglob("homegroup.*"))] == first
    assert len(missing("es")) == sum(1 for _ in sentences()) - 1
