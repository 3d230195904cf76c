"""Places are limited, and tenants take turns."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.serving.client.queue import FairQueue, Queued
from gradatim.serving.scripted import ScriptedTransport
from gradatim.serving.transport import Call, DeadlinePassed, Overloaded, calling
from tests.serving.client.server import question


async def served(queue: FairQueue, backlog: list[str], steps: int) -> list[str]:
    """Tenants in the order in which they get the place, when all of the backlog waits from the start."""
    order: list[str] = []
    served_all = asyncio.Event()
    await queue.acquire(Call("before"))

    async def one(tenant: str) -> None:
        await queue.acquire(Call(tenant))
        order.append(tenant)
        if len(order) < min(steps, len(backlog)):
            queue.release()
        else:
            served_all.set()

    tasks = [asyncio.create_task(one(tenant)) for tenant in backlog]
    await asyncio.sleep(0)
    queue.release()
    await served_all.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return order


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.tuples(st.integers(20, 60), st.sampled_from([1.0, 2.0, 4.0])), min_size=2
    ),
    st.randoms(use_true_random=False),
)
def test_shares_follow_the_weights(tenants: dict[str, tuple[int, float]], random: object) -> None:
    """As long as all of them wait, nobody is more than a request of each tenant away from its share."""
    backlog = [tenant for tenant, (count, _) in tenants.items() for _ in range(count)]
    random.shuffle(backlog)  # type: ignore[attr-defined]
    weights = {tenant: weight for tenant, (_, weight) in tenants.items()}
    order = asyncio.run(served(FairQueue(1, weights=weights), backlog, 20))
    got, total = Counter(order), sum(weights.values())
    for tenant, weight in weights.items():
        assert abs(got[tenant] - 20 * weight / total) <= len(tenants)


@settings(deadline=None, max_examples=30)
@given(st.integers(30, 200), st.integers(1, 4))
def test_a_crowd_starves_nobody(crowd: int, late: int) -> None:
    """Whoever comes last with one request waits for one request of each other tenant, not for the crowd."""
    backlog = ["crowd"] * crowd + [f"late {number}" for number in range(late)]
    order = asyncio.run(served(FairQueue(1), backlog, 2 * late + 4))
    for number in range(late):
        assert order.index(f"late {number}") <= late + 1


async def test_no_more_than_the_limit_at_once_across_threads() -> None:
    queue, lock = FairQueue(3), threading.Lock()
    now, most, done = 0, 0, 0

    async def one() -> None:
        nonlocal now, most, done
        await queue.acquire(Call())
        with lock:
            now += 1
            most = max(most, now)
        await asyncio.sleep(0.001)
        with lock:
            now -= 1
            done += 1
        queue.release()

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(40)))

    await asyncio.gather(many(), *(asyncio.to_thread(lambda: asyncio.run(many())) for _ in range(3)))
    assert (most, done, queue.running, queue.waiting) == (3, 160, 0, 0)


async def test_what_cannot_be_answered_any_more_is_dropped() -> None:
    queue = FairQueue(1)
    await queue.acquire(Call())
    with pytest.raises(DeadlinePassed):
        await queue.acquire(Call().within(0))
    started = time.monotonic()
    with pytest.raises(DeadlinePassed, match=r"0\.1 seconds"):
        await queue.acquire(Call().within(0.1))
    assert 0.09 < time.monotonic() - started < 0.5
    assert queue.waiting == 0
    queue.release()
    await asyncio.wait_for(queue.acquire(Call()), 1)


async def test_those_who_leave_take_no_place() -> None:
    queue = FairQueue(1)
    await queue.acquire(Call())
    tasks = [asyncio.create_task(queue.acquire(Call())) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks[:4]:
        task.cancel()
    await asyncio.sleep(0)
    assert queue.waiting == 1
    queue.release()
    tasks[4].cancel()  # at the moment when it gets the place
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (queue.running, queue.waiting) == (0, 0)


async def test_a_full_queue_refuses() -> None:
    queue = FairQueue(1, longest=2)
    await queue.acquire(Call())
    waiting = [asyncio.create_task(queue.acquire(Call())) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="2 requests wait") as caught:
        await queue.acquire(Call())
    assert not caught.value.retryable
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_tenants_are_those_of_the_call() -> None:
    waited: list[str] = []

    class Watched(FairQueue):
        async def acquire(self, call: Call, cost: float = 1.0) -> None:
            waited.append(f"{call.tenant} {cost:g}")
            await super().acquire(call, cost)

    queued = Queued(ScriptedTransport(lambda _: "Hi"), Watched(1))
    with calling(tenant="cs101"):
        await queued.complete(question(n=3))
        stream = queued.stream(question())
        assert await anext(stream)
    await stream.aclose()
    assert waited == ["cs101 3", "cs101 1"]
    await asyncio.wait_for(queued.complete(question()), 1)  # leaving the stream gave its place back
