"""What the documents and deploy/ say is there, and does what they say."""

from __future__ import annotations

import asyncio
import re
import sys
import tomllib
from pathlib import Path

import pytest

from bot import cli
from bot.config import load
from bot.config.settings import KINDS
from tests.life import ONLY, ROOT, configured, living

DEPLOY, DOCS = ROOT / "deploy", ROOT / "docs"
DOCUMENTS = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
UNITS = sorted(DEPLOY.glob("*.service"))
TOLD = (*DOCUMENTS, *sorted(each for each in DEPLOY.iterdir() if each.is_file()))
OPTIONS = {"--config", "--founding-link", "--fix"}
BOTH = {"test", "demo"}
"""Words of run.py and of the `homegroup` command that are no verbs of a house."""


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def shown(file: Path) -> str:
    """What stands there as something to be typed: code, and nothing of the sentences around it."""
    text = file.read_text()
    if file.suffix != ".md":
        return text
    blocks = re.findall(r"^(?: {4,})(.+)$", text, re.M)
    return "\n".join((*blocks, *re.findall(r"`([^`\n]+)`", text)))


@pytest.mark.parametrize("file", TOLD, ids=named)
def test_what_is_to_be_typed_is_a_command(file: Path) -> None:
    typed = re.findall(r"(?:homegroup|python3 run\.py|bin/homegroup) ([a-z]+)\b(.*)", shown(file))
    verbs = {*cli.HELP, *BOTH, "homegroup"}  # the name of a container stands before a command
    service = {"homegroup"} if file.parent == DEPLOY else set()
    assert {verb for verb, _ in typed} <= verbs | service, typed
    given = {word for verb, rest in typed if verb in cli.VERBS for word in rest.split()}
    assert {word for word in given if word.startswith("--")} <= OPTIONS


@pytest.mark.parametrize("file", TOLD, ids=named)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    known = {"HOMEGROUP__" + "__".join(path).upper() for path in KINDS}
    given = set(re.findall(r"\bHOMEGROUP__[A-Z_]+\b", file.read_text()))
    assert given <= known | {f"{each}_FILE" for each in known}
    sections = {path[0] for path in KINDS if len(path) == 2}
    dotted = re.findall(rf"`((?:{'|'.join(sections)})\.[a-z_]+)\b[^`]*`", file.read_text())
    files = {"keys.db", "discord.json"}
    assert {each for each in dotted if tuple(each.split(".")) not in KINDS} <= files


@pytest.mark.parametrize("file", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(file: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text()):
        if link.startswith("https://"):
            continue
        path, _, place = link.partition("#")
        there = (file.parent / path) if path else file
        assert there.exists(), link
        assert there.resolve().is_relative_to(ROOT), link
        if place:
            titles = re.findall(r"^#+ (.+)$", there.read_text(), re.M)
            assert place in {t.lower().replace(" ", "-").replace(",", "") for t in titles}, link


def test_every_document_is_found_from_the_first_page_or_where_its_settings_are() -> None:
    said = (ROOT / "README.md").read_text() + (ROOT / "config.example.toml").read_text()
    assert not [each.name for each in DOCS.glob("*.md") if f"docs/{each.name}" not in said]


def test_the_first_page_is_one_screen() -> None:
    said = (ROOT / "README.md").read_text()
    assert len(said.splitlines()) <= 45
    typed = {*re.findall(r"^ {4}(\S.*?)(?:  +.*)?$", said, re.M)}
    assert {"python3 run.py", "python3 run.py test", "python3 run.py demo"} <= typed


@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_a_unit_runs_what_the_guide_installs(unit: Path) -> None:
    guide, said = (DOCS / "running.md").read_text(), unit.read_text()
    [(program, file)] = re.findall(r"^ExecStart=(\S+) [a-z]+ --config (\S+)$", said, re.M)
    [user] = re.findall(r"^User=(\S+)$", said, re.M)
    [state] = re.findall(r"^StateDirectory=(\S+)$", said, re.M)
    assert f"venv {program.removesuffix('/bin/homegroup')}\n" in guide
    assert f"tee {file}\n" in guide
    assert f'data = "/var/lib/{state}"' in guide
    assert re.search(rf"useradd .*{user}\n", guide)
    assert {"NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict"} <= {
        *said.splitlines()
    }


def test_a_unit_does_not_try_again_what_is_misconfigured() -> None:
    said = (DEPLOY / "homegroup.service").read_text()
    assert f"RestartPreventExitStatus={cli.MISCONFIGURED}\n" in said


def test_the_image_has_all_that_the_wheel_needs_and_nothing_private() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = [p.rstrip("*") for p in built["tool"]["setuptools"]["packages"]["find"]["include"]]
    needed = {"pyproject.toml", built["project"]["readme"], *built["project"]["license-files"]}
    said = (DEPLOY / "Dockerfile").read_text()
    copied = {
        word.rstrip("/")
        for words in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.M)
        for word in words.split()
    }
    assert copied == {*packages, *needed, "requirements"}
    let_in = re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.M)
    assert copied == {*let_in}
    assert "--require-hashes" in said


def test_the_image_runs_as_nobody_in_particular() -> None:
    said = (DEPLOY / "Dockerfile").read_text()
    last = said.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last, re.M)
    assert re.search(r'^ENTRYPOINT \["homegroup"\]\nCMD \["run"\]$', last, re.M)
    [environ] = re.findall(r"^ENV ((?:.*\\\n)*.*)$", last, re.M)
    given = dict(re.findall(r"(HOMEGROUP__\w+)=(\S+)", environ))
    config = load(None, given)
    assert (str(config.data), config.web.host) == ("/data", "0.0.0.0")
    [data] = re.findall(r"^VOLUME (\S+)$", last, re.M)
    assert data == str(config.data)
    assert f"EXPOSE {config.web.port}\n" in last
    assert f"'127.0.0.1', {config.web.port}," in last


def test_compose_publishes_on_this_machine_only_and_takes_rights_away() -> None:
    said = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r'^ {6}- "(\S+:8420)"$', said, re.M) == ["127.0.0.1:8420:8420"]
    for line in ("read_only: true", "- ALL", "- no-new-privileges:true", "- homegroup:/data"):
        assert f" {line}\n" in said


async def asked(port: str) -> int:
    """What the image asks, by its very line, of a server that listens at another port."""
    said = (DEPLOY / "Dockerfile").read_text()
    [line] = re.findall(r'^HEALTHCHECK .*\\\n +CMD \["python", "-c", "(.+)"\]$', said, re.M)
    code = line.replace("8420", port)
    process = await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", code)
    return await process.wait()


async def test_what_the_image_asks_tells_an_open_house_from_one_that_only_helps(
    tmp_path: Path,
) -> None:
    config = configured(tmp_path / "data")
    async with living(config) as life:
        assert await asked(life.base.rpartition(":")[2]) == 0
    config.database.file.write_bytes(b"Dear diary")
    async with living(config, until=ONLY) as life:
        assert await asked(life.base.rpartition(":")[2]) == 1
