"""Hosts with several addresses, some of which are dead, over real sockets, in both kinds of event loop."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import uvloop
from aiohttp.abc import AbstractResolver, ResolveResult

from dateline.delivery import dialing
from dateline.delivery.outward import OwnNetworkError
from tests.shared import PATIENCE

Run = Callable[[Awaitable[None]], None]
Place = tuple[str, int]


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs one to its end, and sees that no socket is left of it."""

    def whole(work: Awaitable[None]) -> None:
        async def watched() -> None:
            before = sockets()
            await work
            await asyncio.sleep(0)
            assert sockets() == before

        request.param(watched())

    return whole


def sockets() -> set[str]:
    """The open sockets of this process, by the names that the system has for them."""
    held = set()
    for each in Path("/proc/self/fd").iterdir():
        # What the listing itself was read by is closed.
        with suppress(FileNotFoundError):
            held.add(str(each.readlink()))
    return {each for each in held if each.startswith("socket:")}


class Leads(AbstractResolver):
    """A name that leads to these places."""

    def __init__(self, *places: Place) -> None:
        self.places = places

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        kind = socket.AF_INET
        return [ResolveResult(hostname=host, host=to, port=at, family=kind, proto=6, flags=0) for to, at in self.places]

    async def close(self) -> None:
        """It holds nothing."""


@pytest.fixture
def well() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.3", 0)) as made:
        made.setblocking(False)
        yield made


@pytest.fixture
def silent() -> Iterator[Place]:
    with full("127.0.0.2") as place:
        yield place


@contextmanager
def full(address: str) -> Iterator[Place]:
    """It answers nothing: whoever comes finds its backlog full."""
    with ExitStack() as held:
        made = held.enter_context(socket.create_server((address, 0), backlog=0))
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(made.getsockname())
        yield made.getsockname()


@pytest.fixture
def refusing() -> Iterator[Place]:
    with socket.socket() as made:
        made.bind(("127.0.0.4", 0))
        yield made.getsockname()


def dial(*places: Place, private: bool = True) -> Awaitable[socket.socket]:
    return dialing.dial(Leads(*places), "host.example", 443, private=private)


def visitors(of: socket.socket) -> int:
    """How many connections it was asked for."""
    count = 0
    while True:
        try:
            of.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


async def reached(*places: Place) -> tuple[Place, float]:
    """Which of them answered, and after how many seconds."""
    began = time.monotonic()
    with await dial(*places) as joined:
        return joined.getpeername(), time.monotonic() - began


def test_one_that_does_not_answer_costs_a_quarter_of_a_second(run: Run, silent: Place, well: socket.socket) -> None:
    async def work() -> None:
        place, took = await reached(silent, well.getsockname())
        assert place == well.getsockname()
        assert 0.2 < took < dialing._CONNECT

    run(work())


def test_after_one_that_refuses_the_next_is_tried_at_once(
    run: Run, refusing: Place, well: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialing, "_NEXT", 60.0)

    async def work() -> None:
        assert (await reached(refusing, refusing, well.getsockname()))[0] == well.getsockname()

    run(work())


def test_where_none_answers_it_ends_and_says_why(
    run: Run, silent: Place, refusing: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialing, "_CONNECT", 0.5)

    async def work() -> None:
        with pytest.raises(TimeoutError):
            await dial(silent, silent, silent)
        with pytest.raises(ConnectionRefusedError):
            await dial(refusing, refusing)
        with pytest.raises(OSError, match="the name leads nowhere"):
            await dial()

    run(work())


def test_what_is_no_address_is_told_as_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(_found: ResolveResult) -> socket.socket:
        raise ValueError("not a web address")

    monkeypatch.setattr(dialing, "_connected", wrong)

    async def work() -> None:
        with pytest.raises(ValueError, match="not a web address"):
            await dial(("127.0.0.3", 1), ("127.0.0.3", 2))

    run(work())


def test_who_gives_up_leaves_no_socket_open(run: Run, silent: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialing, "_NEXT", 0.01)

    async def work() -> None:
        before = len(sockets())
        dialled = asyncio.ensure_future(dial(silent, silent, silent))
        while len(sockets()) < before + 3:
            await asyncio.wait({dialled}, timeout=0.01)
            assert not dialled.done()
        dialled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialled
        assert len(sockets()) == before

    run(work())


def test_of_two_that_answer_in_the_same_moment_one_is_kept(
    run: Run, well: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = asyncio.Barrier(2)
    connect = dialing._connected

    async def together(found: ResolveResult) -> socket.socket:
        made = await connect(found)
        try:
            async with asyncio.timeout(PATIENCE):
                await both.wait()
        except TimeoutError:
            made.close()
            raise
        return made

    monkeypatch.setattr(dialing, "_connected", together)
    monkeypatch.setattr(dialing, "_NEXT", 0.01)

    async def work() -> None:
        with await dial(well.getsockname(), well.getsockname()):
            assert visitors(well) == 2

    run(work())


def test_none_of_the_own_network_is_tried_beside_one_that_may_be(
    run: Run, well: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.5", 0)) as own:
        own.setblocking(False)
        monkeypatch.setattr(dialing, "is_public", lambda address: address == "127.0.0.3")

        async def work() -> None:
            with await dial(own.getsockname(), well.getsockname(), own.getsockname(), private=False) as joined:
                assert joined.getpeername() == well.getsockname()
            with pytest.raises(OwnNetworkError):
                await dial(own.getsockname(), private=False)
            assert (visitors(own), visitors(well)) == (0, 1)

        run(work())


def test_one_that_may_be_tried_and_refuses_is_not_told_as_the_own_network(
    run: Run, refusing: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That would end what can be mended."""
    monkeypatch.setattr(dialing, "is_public", lambda address: address == refusing[0])

    async def work() -> None:
        with pytest.raises(ConnectionRefusedError):
            await dial(refusing, ("127.0.0.1", 9), private=False)

    run(work())


def test_no_more_than_six_are_tried(run: Run, refusing: Place, well: socket.socket) -> None:
    async def work() -> None:
        with pytest.raises(ConnectionRefusedError):
            await dial(*[refusing] * 6, well.getsockname())
        assert visitors(well) == 0

    run(work())
