"""The measuring of `gradatim bench recall`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from gradatim.app.bench.recall.material import DrawnEmbedder, features, learner_name, many_of_one, recollections
from gradatim.app.bench.recall.server import own_chroma
from gradatim.errors import ServiceError
from gradatim.memory.recall import ChromaRecall, ChromaServerRecall, Recall, learner_key

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

LEARNERS = 10_000
EACH = 2
ONE = "one-with-many"
ONES_ITEMS = 3_000
QUESTIONS = 200
_FORGOTTEN = 3
_NEAREST = 5
_PART = 5_000

_MEASURED = (
    "recall_at_5", "recall_p50_ms", "recall_p99_ms", "recall_first_p50_ms", "recall_of_thousands_p50_ms",
    "similar_learners_p50_ms", "remember_batch_ms", "remember_one_ms", "forget_seconds", "forget_traces",
)  # fmt: skip
"""Figures of each side."""


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.recall.recall`."""
    learners = request.sample or LEARNERS
    figures: dict[str, str | int | float | bool | None] = {
        "learners": learners,
        "recollections": learners * EACH + ONES_ITEMS,
    }
    request.say("in a folder")
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        recall = ChromaRecall(Path(folder) / "recall", DrawnEmbedder)
        figures |= _named("embedded", asyncio.run(_measured(request, recall, learners)))
    figures |= dict.fromkeys(f"server_{name}" for name in _MEASURED)
    try:
        with own_chroma() as address:
            request.say("on a server")
            figures |= _named(
                "server", asyncio.run(_measured(request, ChromaServerRecall(address, DrawnEmbedder), learners))
            )
    except ServiceError as reason:
        figures["note"] = f"nothing was measured on a server: {reason.message}"
    here, there = figures["embedded_recall_p50_ms"], figures["server_recall_p50_ms"]
    ratio = there / here if isinstance(here, float) and isinstance(there, float) and here else None
    figures["server_over_embedded_recall"] = None if ratio is None else round(ratio, 2)
    return figures


async def _measured(request: BenchRequest, recall: Recall, learners: int) -> dict[str, float]:
    try:
        items = recollections(learners, EACH)
        began = perf_counter()
        for start in range(0, len(items), _PART):
            await recall.remember(items[start : start + _PART])
        found = {"remember_batch_ms": 1000 * (perf_counter() - began) / len(items)}
        request.say(f"remembered {len(items):,} items of {learners:,} learners")
        await recall.remember(many_of_one(ONE, ONES_ITEMS))
        described = features(learners)
        await recall.remember_features(described)
        found |= await _recalled(recall, learners)
        times = await _each(20, lambda n: recall.similar_learners(described[n % learners].values, limit=10))
        found["similar_learners_p50_ms"] = 1000 * median(times)
        one = [item.model_copy(update={"id": "new"}) for item in items[:: EACH * max(1, learners // 20)][:20]]
        found["remember_one_ms"] = 1000 * median(await _each(len(one), lambda n: recall.remember([one[n]])))
        request.say("forgetting")
        return found | await _forgotten(recall, learners)
    finally:
        await recall.aclose()


async def _recalled(recall: Recall, learners: int) -> dict[str, float]:
    """Recall of learners whose collection is not in memory yet, of one whose collection is, and of many items."""
    step = max(1, learners // QUESTIONS)
    first = await _each(
        min(QUESTIONS, learners), lambda n: recall.recall(learner_name(n * step % learners), f"question {n}")
    )
    warm = await _each(QUESTIONS, lambda n: recall.recall(learner_name(0), f"question {n}"))
    many = await _each(QUESTIONS, lambda n: recall.recall(ONE, f"question {n}", limit=_NEAREST))
    warm.sort()
    return {
        "recall_first_p50_ms": 1000 * median(first),
        "recall_p50_ms": 1000 * median(warm),
        "recall_p99_ms": 1000 * warm[int(0.99 * (len(warm) - 1))],
        "recall_of_thousands_p50_ms": 1000 * median(many),
        "recall_at_5": await _found_of_nearest(recall),
    }


async def _found_of_nearest(recall: Recall) -> float:
    """Share of the truly nearest items that are found among thousands."""
    import numpy as np

    embedder = DrawnEmbedder()
    items = many_of_one(ONE, ONES_ITEMS)
    vectors = np.asarray(embedder.embed([item.text for item in items]))
    hits = 0
    for number in range(QUESTIONS):
        text = f"question {number}"
        nearest = np.argsort(-(vectors @ np.asarray(embedder.embed([text])[0])), kind="stable")[:_NEAREST]
        wanted = {items[int(place)].id for place in nearest}
        hits += len(wanted & {item.id for item in await recall.recall(ONE, text, limit=_NEAREST)})
    return hits / (QUESTIONS * _NEAREST)


async def _forgotten(recall: Recall, learners: int) -> dict[str, float]:
    gone = [learner_name(number * learners // _FORGOTTEN) for number in range(_FORGOTTEN)]
    times = await _each(len(gone), lambda n: recall.forget(gone[n]))
    needles = [text.encode() for name in gone for text in (name, learner_key(name))]
    return {"forget_seconds": median(times), "forget_traces": len(await recall.traces(needles))}


async def _each(count: int, call: Callable[[int], Awaitable[object]]) -> list[float]:
    """Seconds that each of so many calls took."""
    times: list[float] = []
    for number in range(count):
        began = perf_counter()
        await call(number)
        times.append(perf_counter() - began)
    return times


def _named(side: str, found: dict[str, float]) -> dict[str, float]:
    return {f"{side}_{name}": round(value, 4) for name, value in found.items()}
