"""A wake-up that carries no data: a datagram on a Unix socket in the home.

Who is woken reads from its own cursor. A bell that nobody hears loses nothing: each reader also
looks when it starts and every five seconds.
"""

import contextlib
import socket
from pathlib import Path

from django.conf import settings
from django.db import transaction


def ring(name: str) -> None:
    """Wake the process of that name once the transaction is committed."""
    transaction.on_commit(lambda: ring_now(name))


def ring_now(name: str) -> None:
    for path in _folder().glob(f"{name}.*.bell"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            try:
                sender.sendto(b"!", str(path))
            except ConnectionRefusedError:
                # Nobody listens there any more: it was killed.
                path.unlink(missing_ok=True)
            except OSError:
                continue


def listen(name: str, who: str = "1") -> socket.socket:
    """The listening end, non-blocking. Read and forget what arrives."""
    path = _folder() / f"{name}.{who}.bell"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.setblocking(False)
    listener.bind(str(path))
    return listener


def drain(listener: socket.socket) -> None:
    """Forget all wake-ups that have arrived; one look answers them all."""
    with contextlib.suppress(BlockingIOError):
        while listener.recv(16):
            pass


def _folder() -> Path:
    return Path(settings.DATELINE_RUN)
