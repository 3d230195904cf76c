"""How many wrong programs are repaired, how fast, and how often the repair is right beyond the tests.

The data are labelled programs: for each `question_N.json` (set-up code, tests, reference) a `question_N.jsonl` with one
program a line (`file`, `label`, `code`). Each program labelled wrong that fails at least one test is repaired three
times: by search alone, with a pool of 20 correct programs drawn at random, and with all correct programs as the pool.
The search sees the tests and nothing else: neither the reference nor the inputs on which the repairs are compared with
it after.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gradatim.app.bench import BenchRequest, Figures
from gradatim.app.bench.sandbox import Labelled, read_labelled
from gradatim.app.parallel import ordered_map
from gradatim.domain import Submission, Task
from gradatim.errors import InputError
from gradatim.tools.execution import execute
from gradatim.tools.inputs import agreement, generate_inputs
from gradatim.tools.repair.pool import Pool
from gradatim.tools.repair.search import search_repairs
from gradatim.tools.sandbox import Sandbox, open_sandbox

SECONDS = 5.0
"""Time for one program."""
WORKERS = 2
SMALL_POOL = 20
INPUTS = 60
_SEED = 20
_INPUT_SEED = 7_001


@dataclass(frozen=True, slots=True)
class Question:
    """One task with its wrong programs and the correct programs of others.

    Attributes:
        task: With its reference.
        wrong: Programs that fail at least one test.
        correct: Labelled correct, and passing every test.
        inputs: On which repairs are compared with the reference; the search never sees them.
    """

    task: Task
    wrong: tuple[Submission, ...]
    correct: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one program.

    Attributes:
        repaired: Whether some change makes every test pass.
        agrees: Whether the best such change agrees with the reference on all inputs; `None` without one.
        tried: Candidates that were run.
        seconds: Wall-clock time.
    """

    repaired: bool
    agrees: bool | None
    tried: int
    seconds: float


def repair(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        InputError: The folder does not hold labelled programs.
        SandboxError: Programs cannot be run safely here.
    """
    folder = request.data_folder("labelled programs (question_N.json, question_N.jsonl)")
    programs = list(read_labelled(folder, request.settings))
    if not any(item.label == "wrong" for item in programs):
        raise InputError("holds no wrong programs", place=str(folder), remedy="put some into question_N.jsonl")
    return asyncio.run(_measure(programs, read_references(folder), request))


async def _measure(programs: Sequence[Labelled], references: dict[str, str], request: BenchRequest) -> Figures:
    settings = request.settings.model_copy(update={"workers": WORKERS})
    figures: dict[str, str | int | float | bool | None] = {}
    async with open_sandbox(settings) as opened:
        questions = [
            await _question(opened, task, [item for item in programs if item.task.id == task.id], references, request)
            for task in {item.task.id: item.task for item in programs}.values()
        ]
        figures |= {
            "tier": opened.tier,
            "workers": WORKERS,
            "seconds_each": SECONDS,
            "questions": len(questions),
            "programs": sum(len(question.wrong) for question in questions),
            "search_sees_reference": False,
        }
        for name, size in (("no_pool", 0), ("pool_20", SMALL_POOL), ("pool_all", None)):
            began = time.monotonic()
            results = [
                result for question in questions for result in await _repaired(opened, question, size, request, name)
            ]
            figures |= _figures(name, results, time.monotonic() - began)
    return figures


async def _question(
    sandbox: Sandbox, task: Task, programs: Sequence[Labelled], references: dict[str, str], request: BenchRequest
) -> Question:
    """Sort programs by what their tests say, and draw the inputs for the comparison afterwards."""
    task = task.model_copy(update={"reference": references.get(task.id)})
    rng = random.Random(f"{_SEED} {task.id}")
    wrong = [item.submission for item in programs if item.label == "wrong"]
    if request.sample is not None and len(wrong) > request.sample:
        wrong = sorted(rng.sample(wrong, request.sample), key=lambda item: item.id)
    good = [item.submission for item in programs if item.correct]
    request.say(f"{task.id}: {len(wrong)} wrong programs, {len(good)} correct ones")

    async def passes(submission: Submission) -> bool:
        return (await execute(sandbox, task, submission)).passed

    async with aclosing(ordered_map(passes, [*wrong, *good], workers=WORKERS)) as verdicts:
        passed = [verdict async for verdict in verdicts]
    inputs = await generate_inputs(sandbox, task, INPUTS, _INPUT_SEED) if task.reference else ()
    return Question(
        task,
        tuple(item for item, ok in zip(wrong, passed, strict=False) if not ok),
        tuple(item.code for item, ok in zip(good, passed[len(wrong) :], strict=True) if ok),
        inputs,
    )


async def _repaired(
    sandbox: Sandbox, question: Question, size: int | None, request: BenchRequest, name: str
) -> list[Result]:
    request.say(f"{question.task.id}: {len(question.wrong)} programs, {name.replace('_', ' ')}")
    donors = list(question.correct)
    if size is not None and len(donors) > size:
        donors = random.Random(f"{_SEED} {question.task.id} pool").sample(donors, size)
    pool = None if size == 0 else Pool.of(donors, verified=True)
    blind = question.task.model_copy(update={"reference": None})
    if pool is not None:
        await pool.prepare(sandbox, blind)

    async def one(submission: Submission) -> Result:
        execution = await execute(sandbox, blind, submission)
        report = await search_repairs(sandbox, blind, submission, execution, seconds=SECONDS, pool=pool)
        agrees = None
        if report.repairs and question.inputs:
            share = await agreement(sandbox, question.task, report.repairs[0].code, question.inputs)
            agrees = share >= 1.0
        return Result(bool(report.repairs), agrees, report.tried, report.seconds)

    async with aclosing(ordered_map(one, question.wrong, workers=WORKERS)) as results:
        return [result async for result in results]


def _figures(name: str, results: Sequence[Result], seconds: float) -> dict[str, float | int | None]:
    repaired = [result for result in results if result.repaired]
    judged = [result.agrees for result in repaired if result.agrees is not None]
    spent = sum(result.seconds for result in results)
    late = sum(result.seconds > SECONDS + 1 for result in results)
    return {
        f"repaired_{name}": len(repaired),
        f"repaired_share_{name}": round(len(repaired) / len(results), 4) if results else None,
        f"agreeing_share_{name}": round(sum(judged) / len(judged), 4) if judged else None,
        f"median_seconds_{name}": round(statistics.median(item.seconds for item in results), 3) if results else None,
        f"over_time_{name}": late,
        f"candidates_{name}": sum(result.tried for result in results),
        f"candidates_per_second_{name}": round(sum(result.tried for result in results) / spent, 1) if spent else None,
        f"wall_seconds_{name}": round(seconds, 1),
    }


def read_references(folder: Path) -> dict[str, str]:
    """Task id → its reference, for the questions of a folder that have one (the first, where there are several)."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("question_*.json")):
        data = cast("dict[str, Any]", json.loads(path.read_bytes()))
        given: object = data.get("reference")
        if isinstance(given, list) and given:
            given = cast("list[object]", given)[0]
        if isinstance(given, str):
            found[path.stem.replace("_", "-")] = given.replace("\r\n", "\n")
    return found
