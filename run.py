"""One command on a bare machine: makes .venv beside this file, installs what is locked, and runs.

    python3 run.py                    start Homegroup
    python3 run.py doctor             any other word goes to the homegroup command
    python3 run.py test -k outbox     the tests; what follows goes to pytest

Standard library only, in a grammar that an old Python can read far enough to be told its age.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (who has an older one learns it here)
    sys.exit(
        "Homegroup needs Python 3.11 or newer and this is {}.{}: install one from your system's "
        "packages or from python.org, then start it with that one, as in "
        "`python3.11 run.py`.".format(*sys.version_info)
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"
LOG = VENV / "install.log"
UNFINISHED = "unfinished"

# Outside every venv: one that is being made anew cannot be the one that makes it.
BASE = getattr(sys, "_base_executable", None) or sys.executable

EVERYTHING = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""The whole suite takes two processes, a file at a time; a part of it is quicker in one."""

# Test's lock holds run's too, version by version.
HOLDS = {"run": ("run",), "test": ("run", "test")}

REASONS = (
    (
        r"DO NOT MATCH THE HASHES",
        "a package that arrived is not the one that was locked, so nothing of it was used; run "
        "this again, and if it stays so, ask who runs your package mirror",
    ),
    (r"No space left|Errno 28", "the disk is full; make room, then run this again"),
    (
        r"subprocess-exited-with-error|Failed to build|Failed building",
        "one package has no ready-made file for this machine and could not be built here; install "
        "a C compiler and Python's headers (on Debian: apt install build-essential python3-dev), "
        "then run this again",
    ),
    (
        r"Max retries|Retrying|NewConnection|name resolution|timed out|ProxyError|SSLError",
        "the package index cannot be reached; connect this machine to the network (or set pip's "
        "index or proxy), then run this again",
    ),
    (
        r"No matching distribution|not a supported wheel",
        "a package does not exist for this Python on this machine; try another Python from 3.11 on",
    ),
)


def main(arguments: list[str]) -> int:
    testing = arguments[:1] == ["test"]
    try:
        prepare("test" if testing else "run")
    except OSError as problem:
        trouble = problem.strerror or problem
        sys.exit(f"Homegroup cannot be installed into {VENV} ({trouble}): mend that, or move it.")
    except KeyboardInterrupt:
        sys.exit(130)
    if testing:
        os.chdir(ROOT)
        return hand_over("-m", "pytest", *(arguments[1:] or EVERYTHING))
    return hand_over("-m", "bot", *(arguments or ["run"]))


def hand_over(*arguments: str) -> int:
    """Become the venv's Python, in the caller's folder, which is kept off the import path."""
    command = [str(PYTHON), "-P", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)
    with subprocess.Popen(command) as child:  # Windows cannot become another program
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the child was told as well, and ends in its own time
                continue


def prepare(lock: str) -> None:
    """Leave .venv with all that the lock names; at once when it is there already."""
    if is_ready(lock):
        return
    with nobody_else():
        if not is_ready(lock):
            install(lock)


def is_ready(lock: str) -> bool:
    try:
        return PYTHON.exists() and stamp(lock) in STAMP.read_text().split()
    except FileNotFoundError:
        return False


def stamp(lock: str) -> str:
    """What an installation depends on: the lock, this folder, the machine, the venv's Python."""
    told = hashlib.sha256()
    told.update((ROOT / "requirements" / f"{lock}.txt").read_bytes())
    told.update((VENV / "pyvenv.cfg").read_bytes())
    where = (str(ROOT), os.path.realpath(PYTHON), sys.platform, platform.machine())
    told.update("\n".join(where).encode("utf-8", "surrogateescape"))
    return told.hexdigest()


def install(lock: str) -> None:
    """The stamp is written last, so that what is interrupted starts again."""
    way = choose(knows)
    print(f"Installing what Homegroup needs into {VENV}: once, about a minute.", file=sys.stderr)
    if not can_be_kept():
        do(BASE, "-P", "-m", "venv", "--clear", "--without-pip", str(VENV))
    STAMP.write_text(UNFINISHED)
    if way == "ensurepip":
        do(str(PYTHON), "-P", "-m", "ensurepip")
        pip = [str(PYTHON), "-P", "-m", "pip"]
    else:
        pip = [BASE, "-P", "-m", "pip", "--python", str(PYTHON)]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    exact = ["--require-hashes", "--no-deps", "--no-user"]
    requirements = str(ROOT / "requirements" / f"{lock}.txt")
    do(*pip, "install", *quiet, *exact, "--requirement", requirements)
    for packages in (*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")):
        (packages / "homegroup.pth").write_text(f"{ROOT}\n")
    STAMP.write_text("\n".join(stamp(held) for held in HOLDS[lock]))


def can_be_kept() -> bool:
    """Whether a venv is there that was finished and is for a Python like this one."""
    try:
        made_with = (VENV / "pyvenv.cfg").read_text()
    except FileNotFoundError:
        return False
    major, minor = sys.version_info[:2]
    alike = re.search(rf"^version(_info)? = {major}\.{minor}\.", made_with, re.MULTILINE)
    interrupted = STAMP.exists() and STAMP.read_text() == UNFINISHED
    return PYTHON.exists() and alike is not None and not interrupted


def knows(module: str) -> bool:
    asked = subprocess.run([BASE, "-P", "-c", f"import {module}"], capture_output=True)
    return asked.returncode == 0


def choose(knows: Callable[[str], bool]) -> str:
    """The way to install: a pip that is there, else the one that Python carries.

    Pip works on another Python's venv, and so is not refused where the system's own is managed.
    """
    if knows("venv"):
        for way in ("pip", "ensurepip"):
            if knows(way):
                return way
    sys.exit(f"Python's venv and pip are not installed: {remedy(shutil.which)}, then run it again.")


def remedy(which: Callable[[str], str | None]) -> str:
    """The command that installs what is missing, for the package manager that is here."""
    major, minor = sys.version_info[:2]
    sudo = "sudo " if which("sudo") else ""
    for manager, command in (
        ("apt-get", f"apt-get install python{major}.{minor}-venv"),
        ("dnf", f"dnf install python{major}.{minor} python{major}-pip"),
        ("apk", "apk add python3 py3-pip"),
        ("pacman", "pacman -S python python-pip"),
        ("zypper", f"zypper install python{major}{minor} python{major}{minor}-pip"),
    ):
        if which(manager):
            return f"install them with `{sudo}{command}`"
    return "install Python anew from python.org, which brings both"


def do(*command: str) -> None:
    """Run a step to its end, or tell in one sentence why it failed."""
    # The lock goes with it: should this process be killed, the next one waits for the step's end.
    step = subprocess.run(command, capture_output=True, text=True, close_fds=False)
    if step.returncode:
        said, more = step.stdout + step.stderr, ""
        if VENV.is_dir():
            LOG.write_text(said)
            more = f" (All that was said is in {LOG}.)"
        sys.exit(f"Homegroup could not be installed: {why(said)}.{more}")


def why(said: str) -> str:
    """What failed and what to do, from what a step said."""
    for sign, reason in REASONS:
        if re.search(sign, said):
            return reason
    errors = [line for line in said.splitlines() if line.strip()] or ["nothing was said why"]
    return errors[-1].removeprefix("ERROR: ").rstrip(".")


@contextmanager
def nobody_else() -> Iterator[None]:
    """Two who start at once take turns."""
    with (ROOT / ".venv.lock").open("w") as turn:
        os.set_inheritable(turn.fileno(), True)
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(turn.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # it gives up after ten seconds
                    continue
        else:
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
