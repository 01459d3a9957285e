"""What every request must satisfy, and what every response says, whatever it is about."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from bot.config.settings import Web as Config

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
        " img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not "no-referrer": with it browsers send forms of our own pages with "Origin: null", and the
    # older ones nothing else to know them by. Other sites are told nothing either way.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
NO_STORE = "no-store"


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`, which streams and errors pass as well."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", NO_STORE)
    response.headers.popall("Server", None)


class Gate:
    """By which names we are reached, and from where our own pages come."""

    def __init__(self, config: Config) -> None:
        public = urlsplit(config.public_url)
        self._origin = config.public_url.lower()
        self._public, self._https = public.netloc.lower(), public.scheme == "https"
        self._bound, self._proxies = config.host.lower(), config.trusted_proxies
        self._loopback = _is_loopback(self._bound)

    def knows(self, request: web.Request) -> bool:
        """Whether the Host is ours. A page of another site whose name was made to lead here
        (DNS rebinding) comes with that name; an address is nobody's name."""
        host = request.headers.get("Host", "").lower()
        name = _name(host)
        if host == self._public or name in ("localhost", self._bound):
            return bool(host)
        return _is_loopback(name) if self._loopback else _is_address(name)

    def is_own(self, request: web.Request) -> bool:
        """Whether one of our own pages sent this."""
        if (site := request.headers.get("Sec-Fetch-Site")) and site != "same-origin":
            return False
        sent = request.headers.get("Origin", "null")
        if sent != "null":
            return self._matches(sent, request)
        return bool(site) or self._matches(request.headers.get("Referer", ""), request)

    def is_secure(self, request: web.Request) -> bool:
        """Whether the browser came by https, as far as we can know."""
        if request.headers.get("Host", "").lower() == self._public:
            return self._https
        said = request.headers.get("X-Forwarded-Proto", "") if self._proxies else ""
        return (said.rpartition(",")[2].strip() or request.scheme) == "https"

    def visitor(self, request: web.Request) -> str:
        """The address they come from: behind proxies of our own, what the outermost of them saw.
        Of IPv6 the network, since a visitor has all addresses of theirs."""
        seen = [request.remote or ""]
        if self._proxies:
            passed = ",".join(request.headers.getall("X-Forwarded-For", []))
            seen = [*(part.strip() for part in passed.split(",") if part.strip()), *seen]
        found = seen[max(0, len(seen) - 1 - self._proxies)][:64]
        try:
            address = ip_address(found)
        except ValueError:
            return ascii(found)  # no address, and perhaps no text
        return found if address.version == 4 else str(ip_network(f"{found}/64", strict=False))

    def _matches(self, url: str, request: web.Request) -> bool:
        parts, host = _split(url), request.headers.get("Host", "").lower()
        if host == self._public:
            return f"{parts[0]}://{parts[1]}" == self._origin
        return parts[0] in ("http", "https") and parts[1] == host


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[")
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)
