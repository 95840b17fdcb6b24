"""Kept connections: one a login, one file at a time, closed when nobody has used it for a minute."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from dateline.delivery.filing.place import Place

# Seconds: to connect and log in, to write one file, and until an unused connection is closed.
OPENING = 20.0
WRITING = 60.0
IDLE = 60.0


@dataclass(frozen=True, slots=True)
class Login:
    """All that a connection depends on: who may write somewhere else, or shows another key, shares none."""

    place: Place
    secret: str = field(repr=False)
    host_key: str = ""


class Line(Protocol):
    """An open connection, in its folder."""

    async def put(self, name: str, body: bytes) -> None:
        """Have the whole file there under that name, in the place of what was there."""

    async def has(self, name: str) -> bool:
        """Whether the file is still there, as far as the host tells."""

    def close(self) -> None: ...


T = TypeVar("T")
Act = Callable[[Line], Awaitable[T]]


@dataclass(slots=True)
class _Desk:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    line: Line | None = None
    closing: asyncio.TimerHandle | None = None
    waiting: int = 0


class Lines:
    """`failures` is all that connecting and writing may raise."""

    def __init__(self, connect: Callable[[Login], Awaitable[Line]], failures: tuple[type[Exception], ...]) -> None:
        self._connect, self._failures = connect, failures
        self._desks: dict[Login, _Desk] = {}

    async def put(self, login: Login, name: str, body: bytes) -> None:
        """Write one file. The time spent in line behind others is not counted against it."""
        await self._run(login, lambda line: line.put(name, body))

    async def has(self, login: Login, name: str) -> bool:
        """Whether a file that was written is still there."""
        return await self._run(login, lambda line: line.has(name))

    async def _run(self, login: Login, act: Act[T]) -> T:
        desk = self._desks.setdefault(login, _Desk())
        desk.waiting += 1
        try:
            async with desk.lock:
                if desk.closing:
                    desk.closing.cancel()
                return await self._again(desk, login, act)
        finally:
            desk.waiting -= 1
            if not desk.waiting:
                desk.closing = asyncio.get_running_loop().call_later(IDLE, self._leave, login)

    def close(self) -> None:
        for login in list(self._desks):
            self._leave(login)

    async def _again(self, desk: _Desk, login: Login, act: Act[T]) -> T:
        kept = desk.line is not None
        try:
            return await self._once(desk, login, act)
        except TimeoutError:
            raise
        except self._failures:
            # The host may have closed a kept connection meanwhile: that says nothing of the file.
            if not kept:
                raise
            return await self._once(desk, login, act)

    async def _once(self, desk: _Desk, login: Login, act: Act[T]) -> T:
        if desk.line is None:
            async with asyncio.timeout(OPENING):
                desk.line = await self._connect(login)
        try:
            async with asyncio.timeout(WRITING):
                return await act(desk.line)
        except BaseException:
            # What it was in the middle of, nobody knows.
            desk.line.close()
            desk.line = None
            raise

    def _leave(self, login: Login) -> None:
        desk = self._desks.pop(login)
        if desk.closing:
            desk.closing.cancel()
        if desk.line:
            desk.line.close()
