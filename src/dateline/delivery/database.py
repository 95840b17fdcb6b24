"""How what runs in the event loop reaches the ledger."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Runs a function of the ORM in a thread that has a connection, one after the other."""

    async def __call__(self, act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T: ...


class OwnThread:
    """A thread with a connection of its own: Django's belong to the thread that opened them."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __call__(self, act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(act, *given, **named))

    async def close(self) -> None:
        await self(connections.close_all)
        self._thread.shutdown()
