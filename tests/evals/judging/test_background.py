"""Waiting for coroutines: from many threads, after errors, after closing; and no thread is left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradatim.evals.judging.background import Background


async def twice(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def fail() -> None:
    raise ValueError("broken")


def threads() -> int:
    return sum(thread.name == "gradatim-judge" for thread in threading.enumerate())


def test_many_threads_wait_in_one_loop() -> None:
    background = Background()
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda number: background.run(twice(number)), range(50)))
    assert found == [2 * number for number in range(50)]
    background.close()


def test_an_error_is_raised_where_one_waits_and_harms_nobody() -> None:
    background = Background()
    with pytest.raises(ValueError, match="broken"):
        background.run(fail())
    assert background.run(twice(2)) == 4
    background.close()
    background.close()
    assert background.run(twice(3)) == 6
    background.close()


def test_no_thread_is_left_behind() -> None:
    gc.collect()
    before = threads()
    background = Background()
    background.run(twice(1))
    assert threads() == before + 1
    del background
    gc.collect()
    assert threads() == before
