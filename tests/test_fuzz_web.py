"""Whatever is sent to the web room: an answer or a refusal, and nobody else's words."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Web as Config
from bot.core.cards import Call
from bot.platforms.web import porch
from bot.platforms.web.hearing import UNREAD
from tests.browser import Browser, read
from tests.fuzz import KNOWN, TEXTS, TYPED, check_whole, examples, fresh, silence
from tests.room import WEB, Room
from tests.web_house import House, open_house
from tests.wire import Reply, Request, check_reply, sends

PAGES = ("/", "/now", "/account", "/robots.txt", "/events", "/static/x.css", "/enter/x", "/signin")
FORMS = ("/say", "/press", "/fill", "/enter", "/signin", "/signout", "/account", "/room")
FORM = b"application/x-www-form-urlencoded"
METHODS = (b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"SHOUT")

RAW = st.binary(max_size=30).filter(lambda value: not {10, 13, 0} & {*value})
CALLS = KNOWN.map(lambda call: str(Call(call[0], tuple(map(str, call[1])))))
LINES = st.builds("/{} {}".format, st.sampled_from(sorted(TYPED)), TEXTS)
VALUES = {
    "line": LINES | TEXTS,
    "call": CALLS | TEXTS,
    "room": st.just("home-group") | TEXTS,
    "file": st.sampled_from(["", "1"]),
    "everywhere": st.sampled_from(["", "1"]),
}
NAMES = (*VALUES, "cause", "card", "secret", "word", "new", "passphrase", "f.note", "f.name")
PAIRS = st.lists(
    st.sampled_from(NAMES).flatmap(lambda n: st.tuples(st.just(n), VALUES.get(n, TEXTS))),
    max_size=6,
)
WELL = PAIRS.map(lambda pairs: urlencode(pairs, errors="surrogatepass").encode()[:60_000])
ILL = st.one_of(
    WELL.map(lambda body: body.replace(b"%", b"%%")),
    TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"a=b&" * 300, b"line=" + b"a" * 70_000, b"--x\r\n\r\n--x--"]),
)
TYPES = st.sampled_from([FORM + b"; charset=nonsense", b"multipart/form-data; boundary=x", b"/;;="])
ODD = st.tuples(
    st.sampled_from(
        [
            *(b"Accept-Language", b"Last-Event-ID", b"X-Forwarded-For", b"X-Forwarded-Proto"),
            *(b"Sec-Fetch-Site", b"Origin", b"Referer", b"Cookie", b"Range", b"X-Piece"),
            *(b"Content-Encoding", b"Expect", b"Accept-Encoding", b"Upgrade", b"X" * 9000),
        ]
    ),
    RAW
    | st.sampled_from([b"gzip", b"deflate", b"br", b"100-continue", b"es;q=nan,en;q=1e999", b""])
    | st.sampled_from([b"null", b"http://[", b"fe80::1%x", b"-1", b"\xff", b"same-origin"]),
)
QUERIES = st.sampled_from([b""] * 9 + [b"?in=es", b"?room=home-group&last=0", b"?%ff=%", b"?\xff"])
STRAY = st.sampled_from([b""] * 20 + [b"/", b"//x", b"%00", b"/..%2f", b"%ed%a0%80", b"\xff"])
COOKIES = st.sampled_from(["ana", "ben", "guest", "none", "cut", "longer", "garbage", "both"])


@dataclass(frozen=True)
class Sent:
    """A request, and from whom: whose cookie it carries, and whether a page of ours sent it."""

    request: Request
    cookie: str
    own: bool = True
    host: bytes | None = None


def posted(path: bytes, body: bytes) -> Request:
    return Request(b"POST", path, ((b"Content-Type", FORM),), body)


def aimed(paths: Sequence[str]) -> st.SearchStrategy[bytes]:
    parts = st.tuples(st.sampled_from(paths).map(lambda path: quote(path).encode()), STRAY, QUERIES)
    return parts.map(b"".join)


FILLED = st.builds(
    lambda path, body, cookie: Sent(
        Request(b"POST", path, ((b"Content-Type", FORM),), body), cookie
    ),
    st.sampled_from(FORMS).map(str.encode),
    WELL,
    COOKIES,
)
LOOKED = st.builds(
    lambda target, headers, cookie: Sent(Request(b"GET", target, tuple(headers)), cookie),
    aimed(PAGES),
    st.lists(ODD, max_size=2),
    COOKIES,
)
WILD = st.builds(
    lambda method, target, type, headers, body, *who: Sent(
        Request(method, target, ((b"Content-Type", type), *headers), body), *who
    ),
    st.sampled_from((b"POST",) * 8 + METHODS),
    aimed(PAGES + FORMS),
    st.just(FORM) | TYPES,
    st.lists(ODD, max_size=2),
    WELL | ILL,
    COOKIES,
    st.booleans(),
    st.sampled_from([None] * 9 + [b"evil.example", b"[::1", b"\xff", b""]),
)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is sent away for asking often; that is tested elsewhere."""
    monkeypatch.setattr(porch, "ADDRESS", (1e9, 10**9))
    monkeypatch.setattr(porch, "POSTS", (1e9, 10**9))


@asynccontextmanager
async def house() -> AsyncIterator[tuple[House, dict[str, Browser]]]:
    """Ana and Ben, who keep a note each, and a guest."""
    config = Config(port=0, trusted_proxies=1)
    async with fresh() as storage, open_house(storage, config=config) as made:
        people = {"ana": await made.member("Ana"), "ben": await made.member("Ben")}
        for name, browser in people.items():
            await browser.types(f"/checkin 4 {name}-keeps-this")
        yield made, people | {"guest": await made.guest()}


def cookie_of(whose: str, people: dict[str, Browser]) -> str:
    ana, ben = people["ana"].cookie, people["ben"].cookie
    made_up = {"none": "", "cut": ana[:-1], "longer": f"{ana}x", "garbage": '"\\377";;='}
    made_up["both"] = f"{ana}; homegroup={ben}"
    return people[whose].cookie if whose in people else made_up[whose]


def whole(sent: Sent, port: int, cookie: str) -> bytes:
    host = b"127.0.0.1:%d" % port
    headers = [(b"Host", host if sent.host is None else sent.host)]
    if sent.own and sent.request.method != b"GET":
        headers.append((b"Origin", b"http://" + host))
    if cookie:
        headers.append((b"Cookie", b"homegroup=" + cookie.encode("latin-1")))
    return bytes(replace(sent.request, headers=(*headers, *sent.request.headers)))


def check_private(reply: Reply, whose: str) -> None:
    for name in {"ana", "ben"} - {whose} if whose != "both" else ():
        assert f"{name}-keeps-this" not in reply.text


@pytest.mark.usefixtures("patient")
def test_whatever_is_asked_is_answered_or_refused() -> None:
    @examples(25)
    @given(st.lists(FILLED | LOOKED | WILD, min_size=10, max_size=40))
    def asked(many: list[Sent]) -> None:
        async def happens() -> None:
            async with house() as (made, people):
                for sent in many:
                    cookie = cookie_of(sent.cookie, people)
                    reply = await sends(made.room.port, whole(sent, made.room.port, cookie))
                    assert reply, "nobody answers"
                    check_reply(reply)
                    check_private(reply, sent.cookie)
                    if reply.is_page and sent.request.method != b"HEAD":
                        read(reply.text)
                await check_whole(Room(made.app, made.storage, WEB))

        with silence():
            asyncio.run(happens())

    asked()


SAY = b"POST /say HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
SAY += b"Content-Type: " + FORM + b"\r\nConnection: close\r\n"
PACKED = gzip.compress(b"line=/help")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\0\1\2\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\0\1\0", 400),
        (b"GET /enter/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 500 + b"\r\n", 400),
        (b"GET http://[::1/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (
            b"GET /enter/%ff%ed%a0%80%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            410,
        ),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (SAY + b"Expect: \xff\r\n\r\n", 400),
        (SAY + b"Expect: wonders\r\n\r\n", 417),
        (SAY + b"Content-Length: -5\r\n\r\n", 400),
        (SAY + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (SAY + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
        (SAY + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\na=b", 415),
        (SAY + b"Content-Encoding: br\r\nContent-Length: 3\r\n\r\na=b", 415),
        (SAY + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED, 415),
        (SAY + b"Content-Length: 100000\r\n\r\n" + b"a" * 100_000, 413),
    ],
)
async def test_what_cannot_be_read_is_refused_in_few_words(sent: bytes, status: int) -> None:
    with silence():
        async with house() as (made, _):
            reply = await sends(made.room.port, sent)
            assert reply
            check_reply(reply)
            assert reply.status == status
            assert reply.status != 400 or reply.text == UNREAD


async def test_a_form_that_does_not_arrive_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(porch, "SLOW", 0.05)
    with silence():
        async with house() as (made, _):
            for rest in (
                b"Content-Length: 9\r\n\r\na=b",
                b"Transfer-Encoding: chunked\r\n\r\n3\r\na",
            ):
                reply = await sends(made.room.port, SAY + rest)
                assert reply
                check_reply(reply)
                assert reply.status == 408


async def test_a_proxy_may_say_what_it_likes_of_where_somebody_is() -> None:
    form = posted(b"/signin", b"word=quiet-lamp-42&passphrase=x")
    with silence():
        async with house() as (made, _):
            for said in (b"\xff\xfe", b"fe80::1%eth0", b"", b",,,", b"a" * 5000):
                sent = replace(form, headers=(*form.headers, (b"X-Forwarded-For", said)))
                reply = await sends(made.room.port, whole(Sent(sent, "none"), made.room.port, ""))
                assert reply
                assert reply.status == 403


@pytest.mark.usefixtures("patient")
async def test_whoever_hangs_up_halfway_leaves_nothing_behind() -> None:
    with silence():
        async with house() as (made, people):
            port, cookie = made.room.port, people["ana"].cookie
            page = Sent(Request(b"GET", b"/events?room=home-group"), "ana")
            form = Sent(posted(b"/say", b"line=%2Fcheckin+3"), "ana")
            for sent in (whole(page, port, cookie), whole(form, port, cookie)):
                for end in range(1, len(sent) + 1, 9):
                    await sends(port, sent[:end], cut=True)
                await sends(port, sent, cut=True)
            await people["ana"].opens("/")
            assert people["ana"].status == 200
            await check_whole(Room(made.app, made.storage, WEB))
