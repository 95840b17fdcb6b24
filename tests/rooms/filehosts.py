"""File hosts for tests: a real OpenSSH and a real Pure-FTPd, each with settings, keys and a port of its own."""

import contextlib
import getpass
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint, Outcome
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from tests.house import free_port
from tests.shared import PATIENCE, open_folder, program

PASSWORD = "seven tides a week"


@dataclass(frozen=True, slots=True)
class Host:
    """A host that runs. `folder` is what its user sees as `url`, `said` its log, `host_key` how it is known."""

    url: str
    folder: Path
    log: Path
    secret: str
    host_key: str = ""
    pid: int = 0

    @property
    def said(self) -> str:
        return self.log.read_text()

    def files(self) -> dict[str, bytes]:
        """All that lies there, hidden files too."""
        return {each.name: each.read_bytes() for each in self.folder.iterdir()}

    def hang_up(self) -> None:
        """End the processes that serve its sessions, and not the one that listens."""
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)


def reader(host: Host, outlet: str = "Gazette", /, **options: str) -> Endpoint:
    """An outlet that wants everything in that folder."""
    subscriber = Subscriber.objects.create(kind=Subscriber.Kind.OUTLET, name=outlet)
    profiles.set_rules(subscriber, [{"everything": True}])
    known = {"host_key": host.host_key} if host.host_key else {}
    channel = "sftp" if host.host_key else "ftp"
    return endpoints.add(subscriber, channel, host.url, {**known, **options}, secret=host.secret)


def deferred() -> set[str]:
    """What the ledger says of attempts that come again."""
    return set(Outcome.objects.filter(result="deferred").values_list("evidence", flat=True))


@contextmanager
def watched(folder: Path) -> Iterator[set[int]]:
    """A reader who lists a folder in a loop: the sizes of the files that it read."""
    sizes, stop = set[int](), threading.Event()

    def poll() -> None:
        while not stop.is_set():
            sizes.update(len(each.read_bytes()) for each in folder.glob("[!.]*"))

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        yield sizes
    finally:
        stop.set()
        poller.join()


def key(file: Path, kind: str = "ed25519") -> str:
    """A new key pair in a file; returns the public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(file)], check=True)
    return file.with_suffix(".pub").read_text().strip()


@contextmanager
def openssh(home: Path, port: int = 0) -> Iterator[Host]:
    """An sshd for the user who runs the tests, who may do nothing but SFTP. Another one in `home` has another key."""
    started, port = program("sshd"), port or free_port()
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder = home / "incoming"
    folder.mkdir(exist_ok=True)
    own = home / f"key-{len(list(home.iterdir()))}"
    own.mkdir()
    shown, let_in = key(own / "host"), key(own / "user")
    (own / "let_in").write_text(f"{let_in}\n")
    config = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": own / "host",
        "AuthorizedKeysFile": own / "let_in",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
        "PasswordAuthentication": "no",
        "ForceCommand": f"internal-sftp -d {home}",
        "Subsystem": "sftp internal-sftp",
        "LogLevel": "VERBOSE",
    }
    (own / "config").write_text("".join(f"{name} {value}\n" for name, value in config.items()))
    url = f"sftp://{getpass.getuser()}@127.0.0.1:{port}/incoming"
    with _running([started, "-D", "-e", "-f", str(own / "config")], own / "log", port) as pid:
        yield Host(url, folder, own / "log", (own / "user").read_text(), shown, pid)


@contextmanager
def pure_ftpd(*more: str, quota: str = "") -> Iterator[Host]:
    """A Pure-FTPd with one user of its own. `quota` is in bytes."""
    started, port = program("pure-ftpd"), free_port()
    with open_folder() as home:
        folder = home / "user" / "incoming"
        folder.mkdir(parents=True)
        for each in (folder, folder.parent):
            os.chown(each, 65534, 65534)
        _people(home, quota)
        line = [started, "-S", f"127.0.0.1,{port}", "-l", f"puredb:{home / 'people.pdb'}", "-g", str(home / "pid")]
        line += ["-H", "-E", "-u", "1", "-O", f"clf:{home / 'transfers'}", *more]
        with _running(line, home / "log", port) as pid:
            yield Host(f"ftp://wire@127.0.0.1:{port}/incoming", folder, home / "log", PASSWORD, pid=pid)


def _people(home: Path, quota: str) -> None:
    """Its one user. The host's own tool makes hashes that take four seconds to check; this one does not."""
    line = ["openssl", "passwd", "-6", "-stdin"]
    hashed = subprocess.run(line, input=PASSWORD, text=True, check=True, capture_output=True).stdout.strip()
    row = ["wire", hashed, "65534", "65534", "", f"{home / 'user'}/./", *[""] * 6, quota, *[""] * 5]
    (home / "people").write_text(":".join(row) + "\n")
    subprocess.run(["pure-pw", "mkdb", home / "people.pdb", "-f", home / "people"], check=True, capture_output=True)


@contextmanager
def _running(line: list[str], log: Path, port: int) -> Iterator[int]:
    with log.open("wb") as out:
        running = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        _wait_for(port, log)
        yield running.pid
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            if probe.recv(3):
                return
        time.sleep(0.05)
    raise AssertionError(f"it did not answer: {log.read_text()}")
