"""The servers that a crowd is connected to, each as a process of its own on one core."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from dateline.words.entry import Entry

SERVER_CORE, CROWD_CORE = 0, 1
KEY = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
_EDGE = """
import sys
from pathlib import Path
from dateline.edge.house import EdgeConfig
from dateline.edge.server import run
from dateline.words.wire import Wire
run(EdgeConfig(Wire(), int(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3]), kept=2000), shared=True)
"""
_NGINX = """
{modules}
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 40000;
pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 39000; multi_accept on; }}
http {{
  access_log off; tcp_nodelay on; nchan_shared_memory_size 256M;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /publish {{ nchan_publisher; nchan_channel_id wire; nchan_message_buffer_length 20; }}
    location /wire {{ nchan_subscriber eventsource; nchan_channel_id wire; nchan_subscriber_first_message newest; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int) -> list[str]:
    """What makes a command stay on one core, where there is more than one."""
    found = shutil.which("taskset")
    return [found, "-c", str(core)] if found and (os.cpu_count() or 1) > 1 else []


class Tail:
    """A log's tail as the wire serves it, with the entries of a bench."""

    def __init__(self, folder: Path, begin: int = 1_000_000) -> None:
        self.path = folder / "tail.sock"
        self.seq = begin
        self.told: list[dict[str, Any]] = []
        self._before = begin
        self._entries: list[bytes] = []
        self._clients: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def add(self, *entries: Entry) -> None:
        """Append: each gets the next seq."""
        lines = b"".join(self._line(entry) for entry in entries)
        with self._lock:
            for client in self._clients:
                client.sendall(lines)

    def add_lines(self, lines: bytes) -> None:
        with self._lock:
            for client in self._clients:
                client.sendall(lines)

    def _line(self, entry: Entry) -> bytes:
        self.seq += 1
        entry = replace(entry, header={**entry.header, "seq": self.seq, "guid": f"tag:wire.example,2026:b{self.seq}"})
        document = {"type": "entry", "header": entry.header, "parts": entry.parts, "canceled_by": None}
        line = json.dumps(document, ensure_ascii=False).encode() + b"\n"
        self._entries.append(line)
        return line

    def lines(self, *entries: Entry) -> bytes:
        """What `add_lines` takes: for a burst that must cost the bench nothing at its minute."""
        return b"".join(self._line(entry) for entry in entries)

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client.makefile("rb") as said, contextlib.suppress(OSError):
            after = json.loads(said.readline())["after"]
            with self._lock:
                have = len(self._entries)
                skip = max(0, have + after) if after < 0 else max(0, after - self._before)
                client.sendall(b'{"type":"size","size":%d}\n' % self.seq + b"".join(self._entries[skip:]))
                self._clients.append(client)
            for line in said:
                self.told += json.loads(line)["figures"]
        with self._lock:
            self._clients.remove(client)


class Process:
    """A server, its port, and what it takes."""

    def __init__(self, command: list[str], port: int, **values: Any) -> None:
        self.port = port
        self.process = subprocess.Popen([*pinned(SERVER_CORE), *command], **values)

    def up(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise SystemExit("a server did not come up")

    def rss(self) -> int:
        """Bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def edge(tail: Tail, port: int | None = None) -> Process:
    port = port or free_port()
    made = Process(
        [sys.executable, "-c", _EDGE, str(port), str(tail.path), PUBLIC.hex()], port, stdout=subprocess.DEVNULL
    )
    made.up()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return made
        time.sleep(0.05)
    raise SystemExit("the edge is not ready")


def compiled(folder: Path) -> Path | None:
    """The floor in C, if there is a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    made = folder / "floor"
    subprocess.run([compiler, "-O2", "-o", str(made), str(Path(__file__).with_name("floor.c"))], check=True)
    return made


def floor(command: list[str], count: int, size: int) -> Process:
    port = free_port()
    made = Process([*command, str(port), str(count), str(size)], port, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert made.process.stdout is not None
    made.process.stdout.readline()
    return made


_TLS = """
daemon off; worker_processes 2; worker_rlimit_nofile 20000; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 19900; multi_accept on; }}
http {{
  access_log off; tcp_nodelay on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096 reuseport;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3;
    location / {{
      proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 1h; proxy_bind 127.0.0.$bind;
    }}
  }}
  split_clients "$connection" $bind {{ 50% 2; * 3; }}
}}
"""


def tls_proxy(folder: Path, upstream: int) -> Process | None:
    """Nginx with TLS before an edge, if it is installed; its certificate is made here and trusted by nobody."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        return None
    port, place = free_port(), Path(tempfile.mkdtemp(dir=folder))
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    certificate = builder.not_valid_before(day).not_valid_after(day + timedelta(days=1)).sign(private, hashes.SHA256())
    (place / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (place / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (place / "conf").write_text(_TLS.format(folder=place, port=port, upstream=upstream))
    made = Process([nginx, "-p", str(place), "-c", str(place / "conf")], port, stderr=subprocess.DEVNULL)
    made.up()
    return made


def nchan(folder: Path) -> Process | None:
    """Nginx with Nchan, if both are installed."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    folders = map(Path, ("/usr/lib/nginx/modules", "/usr/share/nginx/modules"))
    module = next((each for each in folders if (each / "ngx_nchan_module.so").exists()), None)
    if nginx is None or module is None:
        return None
    port = free_port()
    place = Path(tempfile.mkdtemp(dir=folder))
    # Debian's Nchan may need modules that come with nginx; what is missing nginx says by itself.
    modules = f"load_module {module}/ngx_nchan_module.so;"
    (place / "conf").write_text(_NGINX.format(modules=modules, folder=place, port=port))
    made = Process([nginx, "-p", str(place), "-c", str(place / "conf")], port, stderr=subprocess.DEVNULL)
    made.up()
    return made


class Crowd:
    """The client process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*pinned(CROWD_CORE), sys.executable, "-m", "bench.crowd"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def do(self, what: str, **values: Any) -> dict[str, Any]:
        self.begin(what, **values)
        return self.answer()

    def begin(self, what: str, **values: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **values}).encode() + b"\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the crowd is gone")
        return dict(json.loads(line))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def place() -> Iterator[tuple[Path, Crowd]]:
    """A folder and a crowd, both gone afterwards."""
    crowd = Crowd()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            yield Path(folder), crowd
        finally:
            crowd.end()
