"""What runs for ever ends when it is told to, also when it is woken in the same moment."""

import asyncio

import pytest

from dateline.delivery.pausing import pause


async def keep(wake: asyncio.Event, turns: list[int]) -> None:
    while True:
        await pause(60.0, wake)
        wake.clear()
        turns.append(1)


@pytest.mark.parametrize("between", range(5))
async def test_a_cancel_that_comes_with_a_wake_up_is_not_lost(between: int) -> None:
    wake, turns = asyncio.Event(), list[int]()
    task = asyncio.create_task(keep(wake, turns))
    await asyncio.sleep(0.01)
    wake.set()
    for _ in range(between):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1.0)
    assert task in done
    assert task.cancelled()


async def test_it_returns_when_it_is_woken_and_when_the_time_is_over() -> None:
    wake, turns = asyncio.Event(), list[int]()
    task = asyncio.create_task(keep(wake, turns))
    for number in (1, 2):
        wake.set()
        await asyncio.sleep(0.01)
        assert len(turns) == number
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await pause(0.0, asyncio.Event())
