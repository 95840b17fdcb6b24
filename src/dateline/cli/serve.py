"""`dateline serve`: run the wire."""

import signal
import socket
import sys
import threading

import click
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection

from dateline.cli.migrate import bring_up
from dateline.delivery import worker
from dateline.edge.house import EdgeConfig
from dateline.edge.server import run as run_edge
from dateline.intake import bell
from dateline.site import welcome
from dateline.site.demo import sink as demo_sink
from dateline.site.supervisor import Child, Supervisor, dateline, die_with_parent
from dateline.site.web_server import serve_web
from dateline.vault import keys
from dateline.wire import keeper

# The pages first: that is what somebody waits for.
PROCESSES = ("web", "wire", "edge", "delivery")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.group("serve", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Run every process of this wire, or the one that is named."""
    if ctx.invoked_subcommand is not None:
        die_with_parent()
        return
    bring_up()
    # The supervisor's children open connections of their own.
    connection.close()
    threading.Thread(target=welcome.say_when_up, daemon=True).start()
    names = (*PROCESSES, "sink") if settings.DATELINE_DEMO else PROCESSES
    edges = ["--processes", str(settings.DATELINE_EDGES)] if settings.DATELINE_EDGES > 1 else []
    commands = {name: dateline("serve", name, *(edges if name == "edge" else [])) for name in names}
    sys.exit(Supervisor([Child(name, command) for name, command in commands.items()]).run())


@command.command("wire")
def wire() -> None:
    """The log: appends, holds the timer, serves the tail."""
    keeper.run(_stop_on_signal("wire"))


@command.command("delivery")
def delivery() -> None:
    """Freezes who is owed what, sends it, and writes down what came of it."""
    worker.run(_stop_on_signal("delivery"))


@command.command("web")
def web() -> None:
    """Pages, API and feeds."""
    serve_web(settings.DATELINE_BIND, settings.DATELINE_PORT)


@command.command("edge")
@click.option("--processes", type=click.IntRange(1, 256), default=1, help="How many share the port, each on a core.")
@click.option("--shared", is_flag=True, help="Let other processes listen at the same port.")
def edge(processes: int, shared: bool) -> None:
    """The live stream."""
    if processes > 1:
        connection.close()
        alone = dateline("serve", "edge", "--shared")
        sys.exit(Supervisor([Child(f"edge {number + 1}", alone) for number in range(processes)]).run())
    public = keys.signing("ticket").public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    tail = settings.DATELINE_RUN / "tail.sock"
    run_edge(
        EdgeConfig(
            settings.DATELINE_WIRE,
            settings.DATELINE_STREAM_PORT,
            tail,
            public,
            settings.DATELINE_BIND,
            settings.DATELINE_STREAMS,
            name=socket.gethostname(),
        ),
        shared=shared,
    )


@command.command("sink")
def sink() -> None:
    """The demo's mail server and webhook receiver."""
    demo_sink.run(SIGNALS)


def _stop_on_signal(name: str) -> threading.Event:
    """Set by a signal, which also rings the process's own bell: it may be asleep."""
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        bell.ring_now(name)

    for number in SIGNALS:
        signal.signal(number, end)
    return stop
