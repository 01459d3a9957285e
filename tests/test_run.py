"""One command on a bare machine: what it installs, when, and how it says that it cannot."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from zipfile import ZipFile

import pytest

import run
from bot import __version__

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "test")
PACKAGES = ("bot", "cogs", "storage", "locales")
PROGRAM = """
import os, sys
import kettle
print(kettle.__name__, sys.argv[1:], os.getcwd(), os.getpid())
sys.exit(7)
"""


class Machine:
    """A folder with run.py, a lock of one package, a program, and a shelf that has the package."""

    def __init__(self, root: Path) -> None:
        self.home, self.shelf, self.elsewhere = root / "home", root / "shelf", root / "elsewhere"
        for folder in (self.home / "bot", self.home / "requirements", self.shelf, self.elsewhere):
            folder.mkdir(parents=True)
        copy(ROOT / "run.py", self.home)
        (self.home / "bot" / "__init__.py").touch()
        (self.home / "bot" / "__main__.py").write_text(PROGRAM)
        # What lies in the caller's folder is none of ours.
        (self.elsewhere / "bot.py").write_text("raise SystemExit('the wrong one')")
        self.lock(self.stock())

    def stock(self) -> str:
        """Put the package on the shelf; its hash."""
        wheel = self.shelf / "kettle-1.0-py3-none-any.whl"
        about = "kettle-1.0.dist-info/"
        with ZipFile(wheel, "w") as file:
            file.writestr("kettle.py", "")
            file.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: kettle\nVersion: 1.0\n")
            file.writestr(about + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            file.writestr(about + "RECORD", f"kettle.py,,\n{about}METADATA,,\n{about}WHEEL,,\n")
        return hashlib.sha256(wheel.read_bytes()).hexdigest()

    def lock(self, digest: str) -> None:
        line = f"kettle==1.0 --hash=sha256:{digest}\n"
        (self.home / "requirements" / "run.txt").write_text(line)

    def start(self, *words: str) -> subprocess.Popen[str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.shelf)}
        return subprocess.Popen(
            [sys.executable, str(self.home / "run.py"), *words],
            cwd=self.elsewhere,
            env={**os.environ, **offline, "PIP_CONFIG_FILE": os.devnull},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        with self.start(*words) as started:
            said, aside = started.communicate()
        return started.returncode, said.replace(str(started.pid), "pid"), aside


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


def test_it_installs_once_and_becomes_the_program(machine: Machine) -> None:
    code, said, aside = machine.run("doctor", "--quiet")
    assert said == f"kettle ['doctor', '--quiet'] {machine.elsewhere} pid\n", aside
    assert code == 7
    assert aside.startswith("Installing")
    assert aside.count("\n") == 1
    assert machine.run() == (7, f"kettle ['run'] {machine.elsewhere} pid\n", "")


def test_what_was_interrupted_starts_again_and_two_at_once_take_turns(machine: Machine) -> None:
    machine.run()
    half_done = machine.home / ".venv" / "half-done"
    half_done.touch()
    (machine.home / ".venv" / run.STAMP.name).write_text(run.UNFINISHED)
    both = [machine.start("one"), machine.start("two")]
    answers = [started.communicate() for started in both]
    assert ["kettle" in said for said, _ in answers] == [True, True], answers
    assert sorted(aside.count("Installing") for _, aside in answers) == [0, 1]
    assert not half_done.exists()


def test_a_package_that_is_not_the_locked_one_is_refused(machine: Machine) -> None:
    machine.run()
    machine.lock("0" * 64)
    (machine.home / ".venv" / run.STAMP.name).write_text(run.UNFINISHED)
    code, said, aside = machine.run()
    assert (code, said) == (1, "")
    assert "not the one that was locked" in aside
    machine.lock(machine.stock())
    assert machine.run()[0] == 7


def test_pip_is_taken_where_it_is_and_else_what_python_carries() -> None:
    assert run.choose({"venv", "pip", "ensurepip"}.__contains__) == "pip"
    assert run.choose({"venv", "pip"}.__contains__) == "pip"
    assert run.choose({"venv", "ensurepip"}.__contains__) == "ensurepip"


@pytest.mark.parametrize("there", [{"venv"}, {"pip", "ensurepip"}, set()])
def test_what_is_missing_is_one_sentence(there: set[str]) -> None:
    with pytest.raises(SystemExit, match=r"^Python's venv and pip .* then run it again\.$"):
        run.choose(there.__contains__)


def test_the_remedy_is_a_command_of_this_machine() -> None:
    def on(*programs: str) -> str:
        return run.remedy({program: program for program in programs}.get)

    major, minor = sys.version_info[:2]
    assert (
        on("apt-get", "sudo")
        == f"install them with `sudo apt-get install python{major}.{minor}-venv`"
    )
    assert on("apk") == "install them with `apk add python3 py3-pip`"
    assert "python.org" in on()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("WARNING: Retrying (Retry(total=0\nERROR: No matching distribution found", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "locked"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: subprocess-exited-with-error", "compiler"),
        ("ERROR: No matching distribution found for kettle==1.0", "another Python"),
        ("ERROR: The kettle is cold.\n", "The kettle is cold"),
        ("", "nothing was said"),
    ],
)
def test_a_failure_says_what_to_do(said: str, meant: str) -> None:
    sentence = run.why(said)
    assert meant in sentence
    assert "\n" not in sentence
    assert not sentence.endswith(".")


def test_an_old_python_can_read_the_file_far_enough_to_be_told() -> None:
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 7))


def test_run_needs_the_standard_library_alone() -> None:
    for node in ast.walk(ast.parse((ROOT / "run.py").read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def pins(lock: str) -> dict[str, str]:
    """Each requirement of a lock, with all that is said of it."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+==\S+)((?:.*\\\n)*.*)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    lines = [line for line in text.splitlines() if line[:1].strip() and line[0] != "#"]
    assert len(lines) == len(pins(lock)) > 20
    assert all("--hash=sha256:" in said for said in pins(lock).values())
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index|--find)", text, re.MULTILINE)


def test_the_tests_run_with_the_versions_people_run() -> None:
    assert pins("run").keys() <= pins("test").keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_knows_every_dependency(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["dependencies"]
    named += project["optional-dependencies"]["test"] if lock == "test" else []
    names = {re.split(r"[^\w.-]", name)[0].lower().replace(".", "-") for name in named}
    assert names <= {pin.partition("==")[0] for pin in pins(lock)}


def test_the_wheel_holds_all_that_the_program_reads(tmp_path: Path) -> None:
    for package in PACKAGES:
        if (ROOT / package).exists():
            copytree(ROOT / package, tmp_path / package, ignore=ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        copy(ROOT / file, tmp_path)
    for planted in (
        "bot/platforms/web/static/fonts/one.woff2",
        "bot/platforms/web/templates/people/me.html",
        "cogs/data/readings/plain/01.toml",
        "locales/xx/LC_MESSAGES/homegroup.mo",
        "storage/migrations/9999_last.sql",
    ):
        (tmp_path / planted).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / planted).touch()
    needed = {
        file.relative_to(tmp_path).as_posix()
        for package in PACKAGES
        for file in (tmp_path / package).rglob("*")
        if file.is_file()
    }
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    made = subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True)
    assert made.returncode == 0, made.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert wheel.name.startswith(f"homegroup-{__version__}-")
    with ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        entry = opened.read(f"homegroup-{__version__}.dist-info/entry_points.txt").decode()
    assert held == needed
    assert "homegroup = bot.cli:main" in entry
