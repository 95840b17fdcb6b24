"""Which addresses lie on the machine's own network; slots; what a stranger said, made printable."""

import asyncio

import pytest

from dateline.delivery.addresses import is_public
from dateline.delivery.deciding import EVIDENCE, printable
from dateline.delivery.slots import Slots

OWN = [
    "127.0.0.1", "127.8.8.8", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2002:c0a8:101::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", OWN)
def test_the_own_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_the_internet(address: str) -> None:
    assert is_public(address)


async def test_who_came_first_has_the_next_free_place() -> None:
    slots, order = Slots(1), []

    async def one(name: str) -> None:
        await slots.take()
        order.append(name)
        await asyncio.sleep(0)
        slots.give()

    await asyncio.gather(one("first"), one("second"), one("third"))
    assert order == ["first", "second", "third"]
    assert slots.free == 1


async def test_who_gives_up_waiting_takes_no_place() -> None:
    slots = Slots(1)
    await slots.take()
    waiting = [asyncio.create_task(slots.take()) for _ in range(2)]
    await asyncio.sleep(0)
    slots.give()
    waiting[0].cancel()
    await asyncio.wait(waiting)
    assert waiting[0].cancelled()
    assert not waiting[1].cancelled()
    slots.give()
    assert slots.free == 1


def test_what_a_stranger_said_is_one_line_without_controls() -> None:
    assert printable("250 2.0.0\r\nOk:\x00 queued\u202e as 7F3") == "250 2.0.0 Ok: queued as 7F3"
    assert len(printable("x" * 1000)) == EVIDENCE
