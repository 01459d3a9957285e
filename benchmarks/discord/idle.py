"""Connected and idle, Discord alone: CPU until then, and memory, beside a bare program.

With `--red PYTHON`, a Python in which Red-DiscordBot is installed, beside that as well: as it is
after its setup, with none of its packages loaded.
"""

from __future__ import annotations

import json
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
RED = ROOT / "benchmarks" / "discord" / "red.py"
CPU, TIME, MEMORY = "CPU to connected, ms", "connected, ms", "memory, MB"
TICK = os.sysconf("SC_CLK_TCK")


def begun(
    command: Sequence[str],
    settings: Mapping[str, str],
    script: Script,
    python: str = sys.executable,
) -> Figures:
    """What Python compiles it keeps, as it does beside an installed program."""
    environ = {**os.environ, **settings}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    start, quiet = time.perf_counter(), subprocess.DEVNULL
    with subprocess.Popen(
        [python, *command], cwd=ROOT, env=environ, stdin=quiet, stdout=quiet, stderr=quiet
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


def red_settings(folder: Path) -> Mapping[str, str]:
    """As its setup leaves them."""
    kept = {"COG_PATH_APPEND": "cogs", "CORE_PATH_APPEND": "core", "STORAGE_DETAILS": {}}
    kept |= {"DATA_PATH": str(folder / "data"), "STORAGE_TYPE": "JSON"}
    (folder / "Red-DiscordBot").mkdir(parents=True)
    (folder / "Red-DiscordBot" / "config.json").write_text(json.dumps({"bench": kept}))
    return {"XDG_CONFIG_HOME": str(folder)}


def main(given: Sequence[str] | None = None) -> int:
    parser = arguments("benchmarks.discord.idle", __doc__)
    parser.add_argument("--red", default="", help="a Python in which Red-DiscordBot is installed")
    options = parser.parse_args(given)
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

        def red(_: int) -> Figures:
            return begun([str(RED), script.address, TOKEN], settings, script, options.red)

        sides = {"ours": ours, "bare": bare}
        if options.red:
            script.tell("allow")
            settings, sides["red"] = red_settings(Path(name, "red")), red
        for side in sides.values():
            side(0)  # what Python compiles, and the keys and the database
        found = interleaved(options.rounds, sides)
    us, them = found["ours"], found["bare"]
    promises = [
        Promise("memory, ours to bare", middle(us, MEMORY) / middle(them, MEMORY), 1.15),
        Promise("CPU to connected, ours to bare", middle(us, CPU) / middle(them, CPU), 1.25),
    ]
    if options.red:
        to_red = middle(us, MEMORY) / middle(found["red"], MEMORY)
        promises.append(Promise("memory, ours to Red-DiscordBot's", to_red, 0.85))
    return show("Connected to Discord and idle", options.seed, found, promises)


if __name__ == "__main__":
    raise SystemExit(main())
