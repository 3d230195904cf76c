from __future__ import annotations

import asyncio
import time

import pytest

from gradatim.kg.neo4j.deadline import deadline


async def test_what_takes_too_long_is_ended_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with deadline(0.1):
            await asyncio.sleep(5)
    assert 0.09 < time.monotonic() - began < 1


async def test_what_is_quick_enough_is_left_alone() -> None:
    async with deadline(0.05):
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)


async def test_time_in_which_the_loop_was_busy_does_not_count() -> None:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def busy() -> None:
        time.sleep(0.3)
        asyncio.get_running_loop().call_soon(lambda: asyncio.get_running_loop().call_soon(answer.set_result, "here"))

    asyncio.get_running_loop().call_soon(busy)
    async with deadline(0.2):
        assert await answer == "here"


async def test_cancelling_stays_cancelling() -> None:
    async def wait() -> None:
        async with deadline(5):
            await asyncio.sleep(5)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
