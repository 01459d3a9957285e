"""`homegroup run | demo | version | doctor | backup | restore | readings`: what a host types."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from bot import __version__, logs
from bot.config import Config, ConfigError, load

Verb: TypeAlias = Callable[[Config, argparse.Namespace], int]

WORKED, FAILED, MISCONFIGURED, INTERRUPTED = 0, 1, 2, 130
SELDOM = 10_000
"""New objects after which Python looks for circles among them."""

# What a verb needs is imported when it is typed: `version` answers before a web server is loaded.


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 it could not be done, 2 the configuration is wrong, 130 it was
    interrupted. A file of readings with something wrong in it is 2 as well."""
    given = _parser().parse_args(argv)
    try:
        if given.verb == "version":
            return _version()
        if given.verb == "readings":
            return _check_readings(given.files)
        if given.verb == "demo":
            return _demo(given)
        config = load(given.config, os.environ)
        logs.setup(config.log.level, config.log.format)
        return VERBS[given.verb](config, given)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return MISCONFIGURED
    except KeyboardInterrupt:  # a server ends by it, also one that has hardly begun
        return WORKED if given.verb in ("run", "demo") else INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("homegroup", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    made = {name: verbs.add_parser(name, help=said) for name, said in HELP.items()}
    for name in (*VERBS, "demo"):
        made[name].add_argument(
            "--config", type=Path, metavar="FILE", help="settings; see config.example.toml"
        )
    made["run"].add_argument(
        "--founding-link", action="store_true", help="print a link that founds one more group"
    )
    made["doctor"].add_argument(
        "--fix", action="store_true", help="set what a chat shows of the bot: page, menus, rights"
    )
    made["restore"].add_argument("backup", type=Path, help="a file that `homegroup backup` made")
    tasks = made["readings"].add_subparsers(dest="task", metavar="TASK", required=True)
    check = tasks.add_parser("check", help="say everything that is wrong in files of readings")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a TOML file")
    return parser


def collect_seldom() -> None:
    """For a process that stays: nearly all that is made at the start is kept, and what a unit
    makes is let go without a collector. Looking for circles after every 700 new objects took a
    twentieth of both."""
    gc.set_threshold(SELDOM)


def _version() -> int:
    from storage.engine import described

    print(f"homegroup {__version__}, Python {platform.python_version()}, {described()}")
    return WORKED


def _check_readings(files: Sequence[Path]) -> int:
    from cogs.readings.library import checked

    worked = True
    for file in files:
        pack, faults = checked(file)
        worked = worked and not faults
        for fault in faults:
            print(fault, file=sys.stderr)
        if pack and not faults:
            print(
                f"{file}: {pack.name} ({pack.language}), {len(pack.readings)} readings, all well."
            )
    return WORKED if worked else MISCONFIGURED


def _run(config: Config, given: argparse.Namespace) -> int:
    collect_seldom()
    from bot.cellar import CannotStart
    from bot.process import run

    try:
        run(config, os.environ, founding_link=given.founding_link)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return FAILED
    return WORKED


def _demo(given: argparse.Namespace) -> int:
    collect_seldom()
    from bot.cellar import CannotStart
    from bot.demo import run

    try:
        run(given.config, os.environ)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return FAILED
    return WORKED


def _doctor(config: Config, given: argparse.Namespace) -> int:
    import asyncio

    from bot.doctor import Mark, examine, fix

    if given.fix:
        asyncio.run(fix(config))
    findings = asyncio.run(examine(config, os.environ))
    for finding in findings:
        print(f"{finding.mark.value:>6}  {finding.sentence}")
        if finding.mend:
            print(f"        {finding.mend}")
    return FAILED if any(f.mark is Mark.BROKEN for f in findings) else WORKED


def _backup(config: Config, given: argparse.Namespace) -> int:
    told = _work(config, "backup", "Backing up")
    if told is None:
        return FAILED
    print(f"Backup: {told['file']}\nKeys:   {told['keys']}")
    print("Keep the two apart: either alone opens nothing. Copies of keys go after 7 days.")
    return WORKED


def _restore(config: Config, given: argparse.Namespace) -> int:
    told = _work(config, "restore", "Restoring", backup=str(given.backup.absolute()))
    if told is None:
        return FAILED
    print("Restored.")
    if told["before"]:
        print(f"What was there before: {told['before']}\nThe keys to it:        {told['keys']}")
        print("Delete the first when all is well. The second goes after 7 days.")
    return WORKED


def _work(config: Config, verb: str, said: str, **given: str) -> Mapping[str, Any] | None:
    """By the running server where there is one, else here; None when it could not be done."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.cellar import CannotStart, socket_of, work_alone
    from bot.control import Refused, ask

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(said, total=None)

        def show(done: int, all: int) -> None:
            progress.update(task, completed=done, total=all)

        try:
            try:
                return ask(socket_of(config), verb, given, show)
            except OSError:  # nobody listens
                return work_alone(config, os.environ, verb, given, show)
        except (Refused, CannotStart) as error:
            why = str(error)
    print(why, file=sys.stderr)
    return None


HELP = {
    "run": "open the doors; with no settings, the web room on this machine",
    "demo": "open a house full of people who are made up, to look around in",
    "version": "say which version this is",
    "doctor": "look for what is missing or wrong, and say how to mend it",
    "backup": "make a verified copy, while it runs or not",
    "restore": "put a backup in place of what is there",
    "readings": "look through files of readings: `homegroup readings check FILE`",
}
VERBS: Mapping[str, Verb] = {
    "run": _run,
    "doctor": _doctor,
    "backup": _backup,
    "restore": _restore,
}
