"""Waiting for whichever comes first: a word that there is something to do, or a time."""

import asyncio
import contextlib


async def pause(seconds: float, wake: asyncio.Event) -> None:
    """Return after so many seconds, or when `wake` is set.

    A cancel that comes together with the wake-up is not lost; Python 3.11's `asyncio.wait_for` loses it (CPython
    issue 86296), and what runs for ever then never ends.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
