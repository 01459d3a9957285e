"""People with a real browser, in a web room that really listens."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, async_playwright

from bot.platforms.web.sessions import COOKIE
from tests.browser import Browser

FOUND = shutil.which("chromium") or shutil.which("google-chrome")
NO_BROWSER = "there is no Chromium here: on Debian, apt-get install chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
NO_AXE = "axe-core is not here: npm ci --prefix tests/axe"
PATIENCE = 8_000
"""Milliseconds until something that should be on a page is missed."""


@asynccontextmanager
async def launched() -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=FOUND, args=[*QUIET])
        yield browser
        await browser.close()


@dataclass
class Somebody:
    """Somebody with a browser of their own: what it complains about, and whom it asks."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    @property
    def words(self) -> Any:
        """Where they write in the room."""
        return self.page.get_by_label("Say something to everybody here")

    async def opens(self, path: str) -> None:
        await self.page.goto(path)

    async def sees(self, words: str) -> None:
        """Once, whatever else is on the page."""
        await self.page.get_by_text(words).first.wait_for()

    async def presses(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).first.click()

    async def puts_away(self) -> None:
        """Until the house has heard of it, too."""
        async with self.page.expect_event("load"):
            await self.page.get_by_role("button", name="Put away").click()

    async def says(self, words: str) -> None:
        await self.words.fill(words)
        await self.presses("Say it")

    async def room(self) -> list[str]:
        """What was said, the oldest first."""
        return await self.page.locator("#feed .words").all_inner_texts()

    async def focused(self) -> str:
        """What has the focus, by its words."""
        found = await self.page.evaluate(
            "(() => { const at = document.activeElement;"
            " return (at.labels && at.labels.length ? at.labels[0].textContent : at.textContent)"
            " || at.tagName; })()"
        )
        return " ".join(str(found).split())


@asynccontextmanager
async def somebody(
    chromium: Chromium, base: str, known: Browser | None = None, **options: Any
) -> AsyncIterator[Somebody]:
    """A new browser profile, signed in as somebody who is known; it may ask for nothing that is
    not ours, and complain about nothing."""
    context = await chromium.new_context(base_url=base, **options)
    context.set_default_timeout(PATIENCE)
    if known:
        await context.add_cookies([{"name": COOKIE, "value": known.cookie, "url": base}])
    one = Somebody(context, await context.new_page(), base)
    context.on("console", lambda said: one.complaints.append(said.text) if _is_bad(said) else None)
    context.on("weberror", lambda why: one.complaints.append(str(why.error)))
    context.on("request", lambda sent: _note(one, sent.url))
    try:
        yield one
        assert not one.complaints, one.complaints
    except BaseException as why:
        with suppress(Exception):
            why.add_note(f"On {one.page.url} stood:\n{await one.page.inner_text('body')}")
        raise
    finally:
        await context.close()


def _is_bad(said: Any) -> bool:
    """A line that is cut is meant to be; a page that is not there says so itself."""
    expected = ("net::ERR_", "the server responded with a status of")
    return said.type in ("error", "warning") and not any(word in said.text for word in expected)


def _note(one: Somebody, url: str) -> None:
    if not url.startswith((one.base, "data:", "blob:")):
        one.complaints.append(f"asked {url}")


@dataclass
class Line:
    """The line between a browser and the house: it can be cut, and it can lose what comes back."""

    to: int
    port: int = 0
    is_cut: bool = False
    is_deaf: bool = False
    """What the house answers is lost on its way."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        self.is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = self.is_deaf = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            return writer.transport.abort()
        there, onward = await asyncio.open_connection("127.0.0.1", self.to)
        ends = {writer, onward}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, onward, back=False))
                both.create_task(self._pass(there, writer, back=True))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if back and self.is_deaf:
                    self.cut()
                    return
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def line(to: int) -> AsyncIterator[Line]:
    made = Line(to)
    server = await asyncio.start_server(made.carry, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.cut()
