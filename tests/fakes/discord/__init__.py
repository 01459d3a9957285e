"""A Discord-shaped server on loopback, and the people on it."""

from __future__ import annotations

from tests.fakes.discord.people import Someone
from tests.fakes.discord.server import FakeDiscord, fake_discord
from tests.fakes.discord.world import TOKEN, Fault, World

__all__ = ["TOKEN", "FakeDiscord", "Fault", "Someone", "World", "fake_discord"]
