"""A browser without JavaScript: pages, links and forms, over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from types import TracebackType

import aiohttp
from yarl import URL

VOID = {"meta", "link", "input", "br", "hr", "option", "img", "path"}


@dataclass
class Node:
    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                if child.tag in tags or not tags:
                    yield child
                yield from child.all(*tags)

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())


class Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """What is in a template is not on the page."""
        if tag not in VOID:
            assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
            closed = self._open.pop()
            if closed.tag == "template":
                closed.children.clear()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@lru_cache
def read(html: str) -> Node:
    reading = Reading()
    reading.feed(html)
    reading.close()
    assert len(reading._open) == 1, "something was left open"
    return reading.root


@dataclass
class Browser:
    """Somebody with a browser. `page` is what they see now."""

    base: str
    language: str = "en"
    status: int = 0
    html: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    address: str = ""
    """Of the page that they see."""

    async def __aenter__(self) -> Browser:
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()

    def tab(self) -> Browser:
        """Another tab of the same browser."""
        other = Browser(self.base, self.language)
        other._client = self._client
        return other

    @property
    def page(self) -> Node:
        return read(self.html)

    @property
    def cookie(self) -> str:
        return next((cookie.value for cookie in self._client.cookie_jar), "")

    @cookie.setter
    def cookie(self, value: str) -> None:
        self._client.cookie_jar.clear()
        if value:
            self._client.cookie_jar.update_cookies({"homegroup": value}, URL(self.base))

    async def opens(self, path: str) -> None:
        await self.requests("GET", path)

    async def requests(
        self,
        method: str,
        path: str,
        data: list[tuple[str, str]] | bytes | None = None,
        **headers: str,
    ) -> None:
        """As a browser does it, unless a header is given; "" leaves one out."""
        sent = {"Accept-Language": self.language}
        if method == "POST":
            sent |= {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
            sent |= {} if "Origin" in headers else {"Referer": self.address}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._client.request(
            method,
            path if path.startswith("http") else self.base + path.partition("#")[0],
            data=aiohttp.FormData(data) if isinstance(data, list) else data,
            headers={name: value for name, value in sent.items() if value},
        ) as response:
            self.status, self.body = response.status, await response.read()
            self.html = self.body.decode(errors="replace")
            self.headers, self.address = dict(response.headers), str(response.url)

    async def presses(self, label: str, **fields: str | list[str]) -> None:
        """The button of that label, in a form filled in with these; a field is named by the
        words above it."""
        form, button = self.button(label)
        sent = [*_fill(form, fields)]
        if name := button.attrs.get("name"):
            sent.append((name, button.attrs.get("value", "")))
        await self.requests("POST", button.attrs.get("formaction", form.attrs["action"]), sent)

    async def follows(self, label: str) -> None:
        """The link that says so."""
        link = next((a for a in self.page.all("a") if label in a.text), None)
        assert link, f"no link says {label}: {self.page.text}"
        await self.opens(link.attrs["href"])

    async def types(self, line: str) -> None:
        form = next(f for f in self.page.all("form") if any(_named(f, "line", "input")))
        await self.requests("POST", form.attrs["action"], [*_fill(form, {"line": line})])

    def button(self, label: str) -> tuple[Node, Node]:
        for form in self.page.all("form"):
            for button in form.all("button"):
                if label in button.text:
                    return form, button
        raise AssertionError(f"no button says {label}: {self.page.text}")

    def sees(self, words: str) -> bool:
        return words in self.page.text


def _named(form: Node, name: str, *tags: str) -> Iterator[Node]:
    return (n for n in form.all(*tags) if n.attrs.get("name") == name)


def _labels(form: Node) -> dict[str, str]:
    """The name of each field by the words above it."""
    ids = {n.attrs["id"]: n.attrs["name"] for n in form.all() if {"id", "name"} <= n.attrs.keys()}
    found = {n.text: ids[n.attrs["for"]] for n in form.all("label") if "for" in n.attrs}
    for fieldset in form.all("fieldset"):
        legend = next(fieldset.all("legend")).text
        found[legend] = next(fieldset.all("input")).attrs["name"]
    return found


def _fill(form: Node, fields: dict[str, str | list[str]]) -> Iterator[tuple[str, str]]:
    """What is sent: what was filled in, else what stands there."""
    labels, names = _labels(form), {n.attrs.get("name") for n in form.all()}
    given: dict[str, list[str]] = {}
    for asked, value in fields.items():
        name = asked if asked in names else ""
        name = name or next((n for label, n in labels.items() if label.startswith(asked)), "")
        assert name, f"nobody asks {asked}: {', '.join(labels)}"
        given[name] = [value] if isinstance(value, str) else value
    for node in form.all("input", "textarea", "select"):
        name, kind = node.attrs.get("name", ""), node.attrs.get("type", "")
        if not name or name in given:
            continue
        if kind in ("radio", "checkbox") and "checked" not in node.attrs:
            continue
        yield name, _standing(node)
    for name, values in given.items():
        yield from ((name, value) for value in values)


def _standing(node: Node) -> str:
    """What a field holds when nobody touches it."""
    if node.tag == "select":
        chosen = (o for o in node.all("option") if "selected" in o.attrs)
        return next((o.attrs["value"] for o in chosen), "")
    return node.attrs.get("value", "") if node.tag == "input" else node.text
