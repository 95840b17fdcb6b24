"""Granian, serving the WSGI application."""

from granian.constants import Interfaces
from granian.server import Server

THREADS = 8


def serve_web(host: str, port: int) -> None:
    """Serve pages, API and feeds until a signal."""
    Server(
        "dateline.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_access=False,
        log_enabled=False,
    ).serve()
