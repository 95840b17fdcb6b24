"""All processes of one install under one parent. They die with it, and Ctrl-C stops them cleanly."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger("dateline.supervisor")
_PR_SET_PDEATHSIG = 1
_PATIENCE = 10.0
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class Child:
    """One process: how it is started, and how often it came down lately."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0


@dataclass(slots=True)
class Supervisor:
    """Starts the children, starts those again that fall, and stops them all."""

    children: list[Child]
    stopping: bool = field(default=False)

    def run(self) -> int:
        """Until a signal. Returns the exit status: 1 if a child fell again and again at its start."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self.children:
            _start(child)
        gave_up = False
        while not self.stopping and not gave_up:
            time.sleep(0.2)
            gave_up = any(not _mind(child) for child in self.children)
        self._end()
        return 1 if gave_up else 0

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _end(self) -> None:
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + _PATIENCE
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        log.info("stopped")


def dateline(*words: str) -> list[str]:
    """The command line of this same install."""
    return [sys.executable, "-m", "dateline", *words]


def _start(child: Child) -> None:
    # A session of its own keeps the terminal's Ctrl-C from reaching it before its turn.
    child.process = subprocess.Popen(child.command, start_new_session=True)
    child.started = time.monotonic()


def die_with_parent() -> None:
    """For a child to call first: the kernel ends it when its parent ends, however that came about."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _mind(child: Child) -> bool:
    """Start it again if it fell; false once it has fallen five times within seconds of its start."""
    if child.process is None or child.process.poll() is None:
        return True
    lived = time.monotonic() - child.started
    child.falls = child.falls + 1 if lived < _PATIENCE else 1
    log.error("process ended", name=child.name, status=child.process.returncode, falls=child.falls)
    if child.falls >= 5:
        return False
    time.sleep(min(0.2 * child.falls, 1.0))
    _start(child)
    return True
