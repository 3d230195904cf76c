from __future__ import annotations

import asyncio

import pytest

from gradatim.kg.neo4j.slots import Slots


async def use(slots: Slots, log: list[int], number: int, seconds: float = 0.0) -> None:
    async with slots:
        log.append(number)
        await asyncio.sleep(seconds)


async def test_at_most_so_many_are_inside_and_the_others_come_in_order() -> None:
    slots, log = Slots(2), list[int]()
    inside = most = 0

    async def enter(number: int) -> None:
        nonlocal inside, most
        async with slots:
            inside += 1
            most = max(most, inside)
            log.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*map(enter, range(50)))
    assert (log, most) == (list(range(50)), 2)


async def test_who_is_cancelled_while_waiting_takes_no_place() -> None:
    slots, log = Slots(1), list[int]()
    first = asyncio.create_task(use(slots, log, 1, 0.05))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(use(slots, log, number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.gather(first, *waiting, return_exceptions=True)
    assert log == [1, 2, 4]
    await use(slots, log, 5)
    assert (log[-1], slots.waiting) == (5, 0)


async def test_a_place_given_to_one_who_is_cancelled_goes_to_the_next() -> None:
    slots, log = Slots(1), list[int]()
    async with slots:
        second = asyncio.create_task(use(slots, log, 2))
        third = asyncio.create_task(use(slots, log, 3))
        await asyncio.sleep(0)
    second.cancel()  # its turn has come, and it does not know yet
    await asyncio.gather(second, third, return_exceptions=True)
    assert log == [3]
    await asyncio.wait_for(use(slots, log, 4), 1)


async def test_those_who_wait_can_be_sent_away() -> None:
    slots, log = Slots(1), list[int]()
    first = asyncio.create_task(use(slots, log, 1, 0.02))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(use(slots, log, number)) for number in (2, 3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    slots.send_away(lambda: ConnectionError("gone"))
    found = await asyncio.gather(first, *waiting, return_exceptions=True)
    assert isinstance(found[1], ConnectionError)
    assert isinstance(found[2], asyncio.CancelledError)
    await asyncio.wait_for(use(slots, log, 4), 1)
    assert log == [1, 4]


async def test_an_exception_inside_gives_the_place_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="inside"):
        async with slots:
            raise ValueError("inside")
    await asyncio.wait_for(use(slots, [], 1), 1)
