"""How many programs a second the sandbox judges, how often it agrees with labels, and what its safety costs.

The data are labelled programs: for each `question_N.json` (set-up code, tests) a `question_N.jsonl` with one
program a line (`file`, `label`: correct, wrong or fail, `code`).

The other side of the comparison is what one would write without a sandbox: a fresh `python -I` for each
program, which runs all its tests. It is given only programs that the sandbox has just run and found correct,
so that neither side waits for endless loops and nothing unknown runs without walls.

Beside that, single runs of one trivial program are timed one after another, in the sandbox and, where an engine
answers, in the docker tier.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from gradatim.app.bench import BenchRequest, Figures
from gradatim.app.parallel import ordered_map
from gradatim.domain import Execution, Submission, Task, TestCase
from gradatim.errors import InputError, SandboxError, SubmissionError
from gradatim.settings import Settings
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import ForkServerSandbox, Job, Probe, open_sandbox
from gradatim.tools.submissions import read_submissions

SAMPLE = 60
"""Programs that both sides run."""
RUNS = 200
"""Runs of one trivial program whose times are told."""
TRIVIAL = Job("def double(n):\n    return 2 * n\n", (Probe.call("double(21)"),))
PLAIN_SECONDS = 10.0
"""A plain process that takes longer is ended and counts with this time."""
Result = TypeVar("Result")
LABELS = frozenset({"correct", "wrong", "fail"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A program, its task, and what the data say about it."""

    task: Task
    submission: Submission
    correct: bool
    label: str = ""
    """As the data have it: `correct`, `wrong`, or `fail`."""


def sandbox(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        InputError: The folder does not hold labelled programs.
        SandboxError: Programs cannot be run safely here.
    """
    folder = request.data_folder("labelled programs (question_N.json, question_N.jsonl)")
    programs = list(read_labelled(folder, request.settings))
    if not programs:
        raise InputError("holds no programs", place=str(folder), remedy="put programs into question_N.jsonl")
    return asyncio.run(_measure(programs, request))


async def _measure(programs: Sequence[Labelled], request: BenchRequest) -> Figures:
    workers = request.settings.workers
    async with open_sandbox(request.settings) as opened:
        request.say(f"{len(programs):,} programs in the sandbox ({opened.tier}, {workers} at a time)")
        seconds, executions = await _timed(_pooled(opened), programs, workers)
        passing = [
            item for item, execution in zip(programs, executions, strict=True) if execution.passed and item.correct
        ]
        sample = passing[:: max(1, len(passing) // SAMPLE)][:SAMPLE]
        request.say(f"{len(sample)} of them on both sides")
        pooled, _ = await _timed(_pooled(opened), sample, workers)
        with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
            plain, printed = await _timed(_plain(Path(folder)), sample, workers)
        runs = await _run_times(opened, request)
    docker_runs, docker_version, no_docker = await _docker_run_times(request)
    tests = sum(len(item.task.tests) for item in programs)
    endless = [run.seconds for run in executions if any(outcome.status == "timeout" for outcome in run.outcomes)]
    missed = sum(item.correct and not run.passed for item, run in zip(programs, executions, strict=True))
    passed = sum(run.passed and not item.correct for item, run in zip(programs, executions, strict=True))
    return {
        "tier": opened.tier,
        "workers": workers,
        "programs": len(programs),
        "tests": tests,
        "seconds": round(seconds, 3),
        "programs_per_second": round(len(programs) / seconds, 2),
        "tests_per_second": round(tests / seconds, 2),
        "programs_with_timeouts": len(endless),
        "worker_seconds_on_programs_with_timeouts": round(sum(endless), 3),
        "agreement": round(1 - (missed + passed) / len(programs), 6),
        "labelled_correct": sum(item.correct for item in programs),
        "labelled_correct_but_failed": missed,
        "labelled_wrong": sum(not item.correct for item in programs),
        "labelled_wrong_but_passed": passed,
        "sample": len(sample),
        "sample_fork_server_ms": _per_program(pooled, sample),
        "sample_plain_python_ms": _per_program(plain, sample),
        "sample_plain_python_ended_well": sum(printed),
        "plain_to_fork_server": round(plain / pooled, 3) if sample else None,
        "runs": RUNS,
        "run_ms_median": _milliseconds(runs),
        "run_ms_best_decile": _milliseconds(_best(runs)),
        "docker_run_ms_median": _milliseconds(docker_runs),
        "docker_run_ms_best_decile": _milliseconds(_best(docker_runs)),
        "docker_engine": docker_version,
        "docker_reason": no_docker,
    }


async def _run_times(opened: ForkServerSandbox, request: BenchRequest) -> list[float]:
    """Wall-clock seconds of single runs of one trivial program, one after another, in a server that is warm."""
    request.say(f"{RUNS} runs of one trivial program ({opened.tier})")
    await opened.run(TRIVIAL)
    times: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        result = await opened.run(TRIVIAL)
        times.append(time.perf_counter() - began)
        if result.probes[0].value != 42:
            raise RuntimeError(f"a trivial program gave {result.probes[0]!r} instead of 42")
    return times


async def _docker_run_times(request: BenchRequest) -> tuple[list[float], str | None, str | None]:
    """The same in the docker tier; the engine's version, or why there are no times."""
    settings = request.settings.model_copy(update={"sandbox": "docker", "workers": 1})
    try:
        async with open_sandbox(settings) as opened:
            return await _run_times(opened, request), str(opened.facts["engine"]), None
    except SandboxError as error:
        return [], None, error.message


def _best(times: Sequence[float]) -> list[float]:
    """The fastest tenth: what a run takes where nothing else wants the processor."""
    return sorted(times)[: max(1, len(times) // 10)]


def _milliseconds(times: Sequence[float]) -> float | None:
    """Median in milliseconds; `None` of nothing."""
    return round(statistics.median(times) * 1000, 3) if times else None


def _per_program(seconds: float, sample: Sequence[Labelled]) -> float | None:
    return round(seconds / len(sample) * 1000, 3) if sample else None


async def _timed(
    run: Callable[[Labelled], Awaitable[Result]], programs: Sequence[Labelled], workers: int
) -> tuple[float, list[Result]]:
    """Wall-clock seconds for all of them, and their results in order."""
    began = time.perf_counter()
    async with aclosing(ordered_map(run, programs, workers=workers)) as results:
        listed = [result async for result in results]
    return time.perf_counter() - began, listed


def _pooled(opened: ForkServerSandbox) -> Callable[[Labelled], Awaitable[Execution]]:
    async def run(item: Labelled) -> Execution:
        return await execute(opened, item.task, item.submission)

    return run


def _plain(folder: Path) -> Callable[[Labelled], Awaitable[bool]]:
    """A fresh interpreter for each program; tells whether it came to its end."""

    async def run(item: Labelled) -> bool:
        calls = "".join(f"print(repr({test.call}))\n" for test in item.task.tests)
        source = f"{item.task.setup}\n{item.submission.code}\n{calls}"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )  # fmt: skip
        try:
            await asyncio.wait_for(process.communicate(source.encode("utf-8")), PLAIN_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        return process.returncode == 0

    return run


# --------------------------------------------------------------------------------------------- data


def read_labelled(folder: Path, settings: Settings) -> Iterator[Labelled]:
    """All labelled programs of a folder, question by question.

    Raises:
        InputError: There are none, or a file is not as expected; names file and line.
    """
    questions = sorted(folder.glob("question_*.json"), key=lambda path: (len(path.name), path.name))
    if not questions:
        raise InputError("holds no question_N.json", place=str(folder), remedy="name a folder of labelled programs")
    for question in questions:
        programs = question.with_suffix(".jsonl")
        task = _task(question)
        labels = _labels(programs)
        for label, handed_in in zip(labels, read_submissions([programs], settings), strict=False):
            if isinstance(handed_in, SubmissionError):
                raise handed_in
            yield Labelled(task, handed_in.submission(task.id), label == "correct", label)


def _task(path: Path) -> Task:
    data = cast("dict[str, Any]", _json(path.read_bytes(), str(path)))
    try:
        cases = tuple(
            TestCase(id=f"t{number}", call=test["call"], expect=test["expect"])
            for number, test in enumerate(data["tests"], start=1)
        )
        return Task(
            id=path.stem.replace("_", "-"),
            title=path.stem,
            statement=data["statement"],
            setup=data.get("setup", "").replace("\r\n", "\n"),
            tests=cases,
        )
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        remedy = 'write {"statement": …, "setup": …, "tests": [{"call": …, "expect": …}]}'
        raise InputError("is not a question with tests", place=str(path), remedy=remedy) from error


def _labels(path: Path) -> list[str]:
    """Labels in the order of the lines."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        remedy = "put the labelled programs of the question there"
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy=remedy) from error
    labels: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}:{number}"
            data = _json(line, place)
            label = cast("dict[str, Any]", data).get("label") if isinstance(data, dict) else None
            if label not in LABELS:
                remedy = f"label every program with one of {', '.join(sorted(LABELS))}"
                raise InputError(f"{label!r} is no label", place=place, remedy=remedy)
            labels.append(str(label))
    return labels


def _json(data: bytes, place: str) -> object:
    try:
        return json.loads(data)
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", place=place, remedy="correct the file") from error
