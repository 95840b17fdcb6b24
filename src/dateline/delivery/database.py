"""How what runs in the event loop reaches the ledger."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Runs a function of the ORM in the one thread that has the connection."""

    async def __call__(self, act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T: ...
