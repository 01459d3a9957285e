"""Every page of the web room as it looks: by day and by night, on a telephone and on a wide screen.

    python -m tools.screenshots FOLDER [PAGE ...]

Each page of the demo goes into FOLDER as `page-width-light.png`; it needs Chromium. With a PAGE
such as `room` only those whose name begins so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[1]
WIDTHS = (360, 1280)
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHTS = {360: 740, 1280: 900}
COMMANDS = (
    *(
        "room",
        "checkin",
        "checkins",
        "steps",
        "today",
        "readings",
        "time",
        "me",
        "mydata",
        "account",
    ),
    *(
        "help",
        "setup",
        "roles",
        "sponsor",
        "invite",
        "link",
        "block",
        "leave",
        "forgetme",
        "nowhere",
    ),
)
PAGES: tuple[tuple[str, str, str], ...] = (
    ("choose", "", "/"),
    ("gone", "", "/enter/gone"),
    ("now", "", "/now"),
    ("front", "mara", "/"),
    *((name, "mara", f"/{name}") for name in COMMANDS),
    ("notebook", "priya", "/steps"),
    ("empty-checkins", "samir", "/checkins"),
    ("spanish-front", "lucía", "/"),
    ("spanish-room", "lucía", "/room"),
    ("away", "wren", "/"),
)
"""A picture's name, who looks, and at what."""


def main(words: Sequence[str]) -> int:
    if not words or words[0].startswith("-"):
        print(__doc__)
        return 2
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium here: on Debian, apt-get install chromium.", file=sys.stderr)
        return 1
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in PAGES if one[0].startswith(tuple(words[1:]) or ("",))]
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width, light in product(WIDTHS, LIGHTS):
            taken = photographed(browser, address, width, light, wanted, folder)
            print(f"{width} px, {light}: {sum(1 for _ in taken)} pages")
        browser.close()
    return 0


@contextmanager
def demo() -> Iterator[str]:
    """The address of one that runs until it is not needed any more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEGROUP")}
    process = subprocess.Popen(
        (sys.executable, "-m", "bot", "demo"),
        cwd=ROOT,
        env=kept | {"HOMEGROUP__WEB__PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield (process.stdout.readline() if process.stdout else "").split()[-1]
        finally:
            process.terminate()


def photographed(
    browser: Browser,
    address: str,
    width: int,
    light: Literal["light", "dark"],
    wanted: Sequence[tuple[str, str, str]],
    folder: Path,
) -> Iterator[str]:
    screen: ViewportSize = {"width": width, "height": HEIGHTS[width]}
    context = browser.new_context(
        base_url=address, viewport=screen, color_scheme=light, reduced_motion="reduce"
    )
    page, was = context.new_page(), ""
    for name, who, path in wanted:
        if who != was:
            _be(page, who)
            was = who
        page.goto(path)
        if name == "away":
            with page.expect_event("load"):
                page.get_by_role("button", name="Put away").click()
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(HEIGHTS[width], whole)})
        page.screenshot(path=folder / f"{name}-{width}-{light}.png")
        page.set_viewport_size(screen)
        yield name
    context.close()


def _be(page: Page, who: str) -> None:
    """By the page on which one chooses, or by the bar that stands on the others."""
    page.goto("/")
    with page.expect_navigation():
        page.evaluate(
            """who => {
              const form = document.querySelector("form[action='/demo/be']");
              form.querySelectorAll("select, button").forEach((one) => (one.name = ""));
              const asked = document.createElement("input");
              asked.name = "who";
              asked.value = who;
              form.append(asked);
              form.submit();
            }""",
            who,
        )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
