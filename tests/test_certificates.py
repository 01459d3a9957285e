"""A door that leads out knows whom to trust, though nothing was read at the start."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

VISITOR = """
import asyncio, ssl, sys
import bot.platforms
import aiohttp
from bot.platforms.certificates import Unread

async def visit():
    async with aiohttp.ClientSession() as session, session.get(sys.argv[1]) as answer:
        return await answer.text()

async def twice():
    assert await visit() == await visit()
    print(await visit())

contexts = [c for c in vars(aiohttp.connector).values() if isinstance(c, ssl.SSLContext)]
assert contexts and all(isinstance(context, Unread) for context in contexts)
assert not any(context.get_ca_certs() for context in contexts)
assert not isinstance(ssl.create_default_context(), Unread)
asyncio.run(twice())
"""


async def test_a_connection_to_elsewhere_trusts_whom_this_machine_trusts(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)
    async with _elsewhere(certificate) as address:
        status, said, _ = await _visits(address, certificate)
        assert (status, said) == (0, "Hello")


async def test_a_connection_to_a_stranger_is_refused(tmp_path: Path) -> None:
    async with _elsewhere(_certificate(tmp_path)) as address:
        other = tmp_path / "other"
        other.mkdir()
        status, _, complaint = await _visits(address, _certificate(other))
        assert status == 1
        assert "CERTIFICATE_VERIFY_FAILED" in complaint


def _certificate(folder: Path) -> Path:
    """One that names this machine, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(encoding) + key.private_bytes(encoding, form, plain))
    return file


@asynccontextmanager
async def _elsewhere(certificate: Path) -> AsyncIterator[str]:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="Hello")

    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(certificate)
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=shown).start()
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _visits(address: str, trusted: Path) -> tuple[int | None, str, str]:
    """In a process of its own, which is the first to import the library."""
    visitor = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        VISITOR,
        address,
        env={"SSL_CERT_FILE": str(trusted), "SSL_CERT_DIR": "", "PATH": ""},
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await visitor.communicate()
    return visitor.returncode, said.decode().strip(), complaint.decode()
