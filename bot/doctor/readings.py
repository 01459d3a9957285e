"""What is wrong with the readings that the host has added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.config import Config
from bot.doctor.finding import Finding, Mark
from cogs.readings.library import checked


def readings(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    for file in config.readings.packs:
        pack, faults = checked(file)
        if faults:
            used = "" if pack else " It is left out."
            yield Finding(
                Mark.NOTE if pack else Mark.BROKEN,
                f"{faults[0]}{used}",
                f"See all that is wrong: homegroup readings check {file}",
            )
