"""`gradatim bench overhead`: everything of one assessment but the language model.

A learner with 1,000 events hands in wrong programs; each is executed, diagnosed, grounded, written by the grounded
realiser, checked, routed and recorded, on the persistence of the embedded default. The search for a change that makes
every test pass, which takes as long as it is given, is left out there and measured apart.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from gradatim.domain import LearnerEvent, Observation, Submission, Task, TestCase

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.graphs import Assessor
    from gradatim.memory import LearnerMemory

PAPER_SECONDS = 9.1
"""What the same work takes in the paper: 12.3 s a request, less 3.2 s of the model (SPEC §7)."""
EVENTS = 1_000
RUNS = 120
SEARCHES = 12
WARM_UP = 5
LEARNER = "bench-learner"

_TASK = Task(
    id="sum-up-to",
    title="Sum up to a limit",
    statement="Write sum_up_to(n), which returns 1 + 2 + … + n.",
    entry_point="sum_up_to",
    concepts=("for-loop", "range", "accumulator-pattern", "return-statement"),
    tests=tuple(
        TestCase(id=f"t{number}", call=f"sum_up_to({n})", expect=str(n * (n + 1) // 2))
        for number, n in enumerate((0, 1, 2, 5, 10, 100), 1)
    ),
)
_PROGRAMS = (
    "def sum_up_to(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n",
    "def sum_up_to(n):\n    total = 0\n    for i in range(1, n + 1):\n        total += i\n        return total\n",
    "def sum_up_to(n):\n    total = 1\n    for i in range(1, n + 1):\n        total += i\n    return total\n",
    "def sum_up_to(n):\n    for i in range(1, n + 1):\n        total += i\n    return total\n",
    "def sum_up_to(n):\n    total = 0\n    for i in range(1, n + 1):\n        total += i\n    print(total)\n",
    "def sum_up_to(n):\n    total = 0\n    for i in range(1, n + 1)\n        total += i\n    return total\n",
)


def overhead(request: BenchRequest) -> Figures:
    """Milliseconds of an assessment without a model, and how the paper's figure compares."""
    return asyncio.run(_run(request))


async def _run(request: BenchRequest) -> Figures:
    from gradatim.graphs import open_assessor

    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        settings = request.settings.model_copy(
            update={"data_dir": Path(folder), "model": "none", "repair_seconds": 0.0}
        )
        async with open_assessor(settings) as assessor:
            request.say(f"writing {EVENTS:,} events of one learner")
            await fill(assessor.services.memory)
            for number in range(WARM_UP):
                await _assess(assessor, number, "warm")
            request.say(f"{RUNS} assessments, one after the other")
            seconds: list[float] = []
            nodes: dict[str, float] = {}
            for number in range(RUNS):
                started = perf_counter()
                spent = await _assess(assessor, number, "run")
                seconds.append(perf_counter() - started)
                for node, value in spent.items():
                    nodes[node] = nodes.get(node, 0.0) + value
        searching = settings.model_copy(update={"repair_seconds": request.settings.repair_seconds})
        request.say(f"{SEARCHES} assessments that also search a change which makes every test pass")
        async with open_assessor(searching) as assessor:
            searched: list[float] = []
            for number in range(SEARCHES):
                started = perf_counter()
                await _assess(assessor, number, "search")
                searched.append(perf_counter() - started)
    seconds.sort()
    searched.sort()
    p50, p99 = _quantile(seconds, 0.5), _quantile(seconds, 0.99)
    return {
        "runs": RUNS,
        "events": EVENTS,
        "p50_ms": round(1000 * p50, 2),
        "p99_ms": round(1000 * p99, 2),
        "mean_ms": round(1000 * sum(seconds) / len(seconds), 2),
        "with_repair_search_p50_ms": round(1000 * _quantile(searched, 0.5), 2),
        "paper_ms": 1000 * PAPER_SECONDS,
        "paper_over_p50": round(PAPER_SECONDS / p50, 1),
        **{f"{node}_ms": round(1000 * value / RUNS, 2) for node, value in nodes.items()},
    }


async def fill(memory: LearnerMemory) -> None:
    """A learner with a history: events about the task's concepts and others, and earlier errors to recall."""
    from gradatim.domain import Recollection

    chance = random.Random(20)
    concepts = (*_TASK.concepts, "while-loop", "list-index", "function", "recursion", "dictionary", "string-slice")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    events = [
        LearnerEvent(
            id=f"bench:{number}",
            learner_id=LEARNER,
            kind="assessment",
            at=(begin + timedelta(minutes=37 * number)).isoformat(),
            task_id=f"task-{number % 40}",
            observations=(Observation(concept=chance.choice(concepts), correct=chance.random() < 0.6),),
        )
        for number in range(EVENTS)
    ]
    await memory.append(events)
    await memory.remember(
        [
            Recollection(
                id=f"bench:{number}",
                learner_id=LEARNER,
                kind="error",
                text=f"Task {number}: the loop over {concepts[number % len(concepts)]} ends one round too early.",
                concepts=(concepts[number % len(concepts)],),
                at=events[number].at,
            )
            for number in range(100)
        ]
    )


async def _assess(assessor: Assessor, number: int, kind: str) -> dict[str, float]:
    # a comment makes every submission a new one, as programs of a class are
    code = f"# {kind} {number}\n{_PROGRAMS[number % len(_PROGRAMS)]}"
    submission = Submission.of(_TASK.id, code, learner_id=LEARNER)
    assessment = await assessor.assess(_TASK, submission)
    return assessment.seconds


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
