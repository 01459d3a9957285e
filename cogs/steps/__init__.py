"""Step work: a notebook of one's own that somebody else may read while one lets them."""

from cogs.steps.company import Company
from cogs.steps.desk import StepsCog
from cogs.steps.letting import LettingCog
from cogs.steps.pages import PagesCog
from cogs.steps.suggesting import SuggestingCog

__all__ = ["Company", "LettingCog", "PagesCog", "StepsCog", "SuggestingCog"]
