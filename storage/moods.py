"""How somebody is: the words for it, wherever it is asked."""

from __future__ import annotations

from bot.core.cards import Choice

MOODS = (
    Choice(1, "Very hard"),
    Choice(2, "Hard"),
    Choice(3, "So-so"),
    Choice(4, "Good"),
    Choice(5, "Very good"),
)
HARD = 2
"""Up to this mood every card offers someone to talk to."""
NEEDS = (
    Choice("hungry", "Hungry"),
    Choice("angry", "Angry"),
    Choice("lonely", "Lonely"),
    Choice("tired", "Tired"),
)
