"""The stream behind TLS, through the very examples that the documents show: nginx and Caddy."""

import asyncio
import json
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.desktops import entry, events, seqs
from tests.house import free_port
from tests.rooms.edge.place import edge, until
from tests.shared import program

EXAMPLES = Path(__file__).parents[3] / "docs/examples"


def certify(folder: Path) -> ssl.SSLContext:
    """A certificate for wire.example in the folder, and what trusts it."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wire.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("wire.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


def nginx(folder: Path, port: int, upstream: int) -> list[str]:
    shown = (EXAMPLES / "nginx.conf").read_text()
    for said, meant in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("127.0.0.1:8001", f"127.0.0.1:{upstream}"),
        ("/etc/ssl/wire.example.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/wire.example.key", f"{folder}/key.pem"),
    ):
        assert said in shown
        shown = shown.replace(said, meant)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr crit;\nevents {{ worker_connections 100; }}\n"
        f"http {{ access_log off; {temporary}\n{shown}\n}}\n"
    )
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "conf")]


def caddy(folder: Path, port: int, upstream: int) -> list[str]:
    shown = (EXAMPLES / "Caddyfile").read_text()
    for said, meant in (
        ("wire.example {\n", f"wire.example:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/cert.pem {folder}/key.pem\n"),
        ("127.0.0.1:8001", f"127.0.0.1:{upstream}"),
    ):
        assert said in shown
        shown = shown.replace(said, meant)
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{shown}")
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES = {"nginx": nginx, "caddy": caddy}


@asynccontextmanager
async def proxy(
    made: Callable[[Path, int, int], list[str]], upstream: int
) -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:
        folder, port = Path(name), free_port()
        trust = certify(folder)
        command = made(folder, port, upstream)
        environment = {"HOME": name, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "PATH": "/usr/bin:/bin"}
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=quiet, stderr=quiet)
        try:
            await until(lambda: listens(port))
            yield f"https://wire.example:{port}", trust
        finally:
            # A master ends its workers; one that waits for its clients does not end.
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 3)
            except TimeoutError:
                process.kill()
                await process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Here(AbstractResolver):
    """Resolves every name to this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("name", sorted(PROXIES))
async def test_stream_socket_and_poll_pass_through_the_example(name: str) -> None:
    async with edge(entry(1)) as place, proxy(PROXIES[name], place.port) as (url, trust):
        connector = TCPConnector(ssl=trust, resolver=Here())
        async with (
            ClientSession(connector=connector) as session,
            session.get(f"{url}/wire", params={"after": "0"}) as stream,
            session.ws_connect(f"{url}/wire?after=0") as wire,
        ):
            poll = asyncio.create_task(session.get(f"{url}/wire", params={"after": "1", "wait": "8"}))
            await asyncio.sleep(0.2)
            place.log.add(entry(2))
            got = b""
            while len(seqs(events(got))) < 2:
                got += await asyncio.wait_for(stream.content.readany(), 5)
            told = []
            while [each["id"] for each in told if each["event"] == "release"] != [1, 2]:
                told.append(json.loads((await wire.receive(5)).data))
            async with await poll as answer:
                assert [each["id"] for each in (await answer.json())["frames"]] == [2]
            async with session.post(f"{url}/receipt", json={"seq": 2, "at": "2026-11-23T09:00:00.000Z"}) as receipt:
                assert receipt.status == 204
