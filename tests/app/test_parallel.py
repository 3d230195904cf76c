from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.app.parallel import AHEAD, ordered_map


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4))
def test_results_come_in_the_order_of_the_items(pauses: list[int], workers: int) -> None:
    async def work(item: tuple[int, int]) -> int:
        for _ in range(item[1]):
            await asyncio.sleep(0)
        return item[0]

    async def main() -> list[int]:
        return [result async for result in ordered_map(work, list(enumerate(pauses)), workers=workers)]

    assert asyncio.run(main()) == list(range(len(pauses)))


async def test_no_more_work_at_a_time_than_workers() -> None:
    running, most = 0, 0

    async def work(item: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1

    async for _ in ordered_map(work, range(30), workers=3):
        pass
    assert most == 3


async def test_items_are_taken_only_as_needed() -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    async def work(item: int) -> int:
        await asyncio.sleep(0)
        return item

    async with aclosing(ordered_map(work, endless(), workers=2)) as results:
        assert [await anext(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert taken <= 5 + 2 * AHEAD


async def test_a_result_does_not_wait_for_later_items() -> None:
    never = asyncio.Event()

    async def work(item: int) -> int:
        if item == 3:
            await never.wait()
        return item

    async with aclosing(ordered_map(work, [1, 2, 3], workers=2)) as results:
        async with asyncio.timeout(5):
            assert [await anext(results), await anext(results)] == [1, 2]


async def test_the_first_exception_ends_everything() -> None:
    ended: list[int] = []

    async def work(item: int) -> int:
        if item == 1:
            raise LookupError("one")
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(item)
        return item

    with pytest.raises(LookupError, match="one"):
        async with aclosing(ordered_map(work, [1, 2, 3], workers=3)) as results:
            await anext(results)
    assert sorted(ended) in ([], [2, 3])
    assert len(asyncio.all_tasks()) == 1


async def test_closing_early_ends_what_runs() -> None:
    async def work(item: int) -> int:
        if item > 1:
            await asyncio.sleep(60)
        return item

    async with aclosing(ordered_map(work, range(1, 10), workers=3)) as results:
        assert await anext(results) == 1
    assert len(asyncio.all_tasks()) == 1
