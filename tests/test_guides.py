"""What the guides to step work ask: in our own words, plainly, each thing once."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from bot.core.text import LANGUAGES, translate
from cogs.steps.guides import FILES, Guide, guides

NEVER = """
    must should journey embrace powerful powerless remember god lord higher defects shortcomings
    amends inventory sobriety sober clean dirty addict alcoholic user abuse relapse slip failed
    failure trauma trigger triggers coping boundaries toxic heal healing process mindful
    mindfulness disorder therapy therapist self-esteem accountability
"""
"""Words of others' literature, of the consulting room, and those that VOICE does without."""
STEPS = {"twelve": range(12, 13), "secular": range(8, 11)}
STEP = """
[[step]]
key = "{key}"
name = "A step"
about = "What it is about."
[step.questions]
{questions}
"""
SIX = "\n".join(f'{letter} = "What is {letter}?"' for letter in "abcdef")


def questions(guide: Guide) -> list[str]:
    return [asked for step in guide.steps for asked in step.questions.values()]


ASKED = [asked for guide in guides().values() for asked in questions(guide)]


def test_there_is_one_of_twelve_steps_and_one_without() -> None:
    assert list(guides()) == ["twelve", "secular"]
    for name, guide in guides().items():
        assert len(guide.steps) in STEPS[name]


def test_what_is_looked_at_every_day_is_daily() -> None:
    daily = {name: [s.key for s in guide.steps if s.daily] for name, guide in guides().items()}
    assert daily == {"twelve": ["10", "11"], "secular": ["day"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_questions_are_alike(language: str) -> None:
    said = [translate(asked, language).casefold() for asked in ASKED]
    assert len({re.sub(r"\W+", " ", one).strip() for one in said}) == len(ASKED)
    words = [frozenset(re.findall(r"\w+", one)) for one in said]
    for one, other in combinations(words, 2):
        assert len(one & other) <= 0.7 * len(one | other), (one, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_one_short_question(language: str) -> None:
    for asked in (translate(asked, language) for asked in ASKED):
        assert asked.endswith("?"), asked
        assert asked.count("?") == 1, asked
        assert len(asked.split()) <= 22, asked
        assert "!" not in asked, asked


def test_questions_have_words_that_a_child_knows() -> None:
    """Short words on the whole, and no word of more than eleven letters."""
    for asked in ASKED:
        words = re.findall(r"[a-z]+", asked.casefold())
        assert max(map(len, words)) <= 11, asked
        assert sum(map(len, words)) / len(words) <= 5.5, asked


def test_nothing_is_said_in_the_words_of_others() -> None:
    for guide in guides().values():
        abouts = [word for step in guide.steps for word in (step.name, step.about)]
        for said in (guide.name, guide.about, *abouts, *questions(guide)):
            assert not {*NEVER.split()} & {*re.findall(r"[a-z-]+", said.casefold())}, said
            assert "!" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_a_step_fits_a_button(language: str) -> None:
    for guide in guides().values():
        assert not [s.name for s in guide.steps if len(translate(s.name, language)) > 60]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "bad.toml: Invalid value"),
        ('name = "A"\nabout = "B"\nstep = []', r"bad.toml: .*step"),
        (STEP.format(key="A step", questions=SIX), r"bad.toml, step 2 \(A step\): .*key"),
        (STEP.format(key="2", questions='a = "Only one?"'), r"bad.toml, step 2 .*questions"),
        (STEP.format(key="2", questions=f"{SIX}\ndaily = 3"), r"bad.toml, step 2 .*questions"),
        (STEP.format(key="1", questions=SIX), "bad.toml: two steps have the key 1"),
        (STEP.format(key="2", questions=f'{SIX}\na = "Again?"'), "bad.toml: Cannot overwrite"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_entry(
    text: str, said: str, tmp_path: Path
) -> None:
    whole = not text.startswith("\n")
    before = "" if whole else 'name = "A"\nabout = "B"\n' + STEP.format(key="1", questions=SIX)
    (tmp_path / "bad.toml").write_text(before + text)
    with pytest.raises(ValueError, match=said):
        guides(tmp_path)


def test_nothing_else_lies_beside_them() -> None:
    assert {file.stem for file in FILES.iterdir()} == {*STEPS}
