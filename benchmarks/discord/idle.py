"""Connected and idle, Discord alone: CPU until then, and memory, beside a bare program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.discord.kills import Script, running, said
from benchmarks.process import resident
from benchmarks.table import ROOT, Figures, Promise, arguments, interleaved, middle, show
from tests.fakes.discord.world import TOKEN

IDLE = 2.0
CPU, TIME, MEMORY = "CPU to connected, ms", "connected, ms", "memory, MB"
TICK = os.sysconf("SC_CLK_TCK")


def begun(command: Sequence[str], settings: Mapping[str, str], script: Script) -> Figures:
    environ = {**os.environ, **settings}
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
    ) as process:
        try:
            script.tell("connected")
            took, spent = time.perf_counter() - start, worked(process.pid)
            time.sleep(IDLE)
            return {CPU: 1000 * spent, TIME: 1000 * took, MEMORY: resident(process.pid)}
        finally:
            process.terminate()


def worked(pid: int) -> float:
    """Seconds of CPU that the process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main(given: Sequence[str] | None = None) -> int:
    options = arguments("benchmarks.discord.idle", __doc__).parse_args(given)
    with tempfile.TemporaryDirectory() as name, running("tests.fakes.discord") as fake:
        script = Script(int(said(fake)))

        def ours(_: int) -> Figures:
            settings = {
                "HOMEGROUP__DATA": f"{name}/ours",
                "HOMEGROUP__WEB__ENABLED": "false",
                "HOMEGROUP__DISCORD__TOKEN": TOKEN,
                "HOMEGROUP__DISCORD__ADDRESS": script.address,
            }
            Path(name, "ours", "discord.json").unlink(missing_ok=True)
            return begun(["-m", "bot", "run"], settings, script)

        def bare(_: int) -> Figures:
            return begun(["-m", "benchmarks.discord.bare", script.address, name], {}, script)

        ours(0), bare(0)  # what Python compiles, and the keys and the database
        found = interleaved(options.rounds, {"ours": ours, "bare": bare})
    us, them = found.values()
    promises = [
        Promise("memory, ours to bare", middle(us, MEMORY) / middle(them, MEMORY), 1.15),
        Promise("CPU to connected, ours to bare", middle(us, CPU) / middle(them, CPU), 1.25),
    ]
    return show("Connected to Discord and idle", options.seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
