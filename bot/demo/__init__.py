"""The demo: people who are made up, a bar to be any of them, and a clock to be moved."""

from __future__ import annotations

from bot.demo.process import run

__all__ = ["run"]
