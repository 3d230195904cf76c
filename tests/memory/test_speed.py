"""A learner's state and the next event cost milliseconds, however much is remembered.

The quickest of many calls counts: whatever else the machine does can only add to it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from gradatim.domain import LearnerEvent
from gradatim.memory import ChromaRecall, SQLiteEventLog
from tests.memory.material import HashingEmbedder, event, recollection


async def least_ms(call: Callable[[int], Awaitable[object]], times: int = 30) -> float:
    took: list[float] = []
    for number in range(times):
        start = time.perf_counter()
        await call(number)
        took.append(1000 * (time.perf_counter() - start))
    return min(took)


async def test_record_and_state_with_a_thousand_events(tmp_path: Path) -> None:
    chance = random.Random(3)

    def work(number: int) -> LearnerEvent:
        seen = [(f"concept {chance.randrange(60)}", chance.random() < 0.6) for _ in range(3)]
        return event(number, *seen, task_id=f"t{number % 80}", payload={"passed": False, "code": "x = 1\n" * 200})

    log = SQLiteEventLog(tmp_path / "memory.sqlite3")
    await log.append(work(number) for number in range(1000))
    record = await least_ms(lambda number: log.record(work(1000 + number)))
    state = await least_ms(lambda _: log.state("anna"))
    late = await least_ms(lambda number: log.record(work(0).model_copy(update={"id": f"late {number}"})), times=5)
    await log.aclose()
    print(f"1,000 events: record {record:.2f} ms, state {state:.2f} ms, late event {late:.1f} ms")  # noqa: T201
    assert record < 5.0
    assert state < 5.0


async def test_recall_among_a_thousand_items(tmp_path: Path) -> None:
    chance = random.Random(3)
    words = [f"word{number}" for number in range(200)]
    recall = ChromaRecall(tmp_path / "recall", lambda: HashingEmbedder(384))
    await recall.remember([recollection(f"r{number}", " ".join(chance.choices(words, k=20))) for number in range(1000)])
    recalled = await least_ms(lambda _: recall.recall("anna", " ".join(chance.choices(words, k=10))))
    await recall.aclose()
    print(f"1,000 items of 384 dimensions: recall {recalled:.1f} ms")  # noqa: T201
    assert recalled < 60.0
