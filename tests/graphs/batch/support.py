"""An engine that answers at once, for what a batch does around its engine."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gradatim.domain import Assessment, Confidence, Diagnosis, Execution, Feedback, Outcome
from gradatim.graphs.batch import Batch, BatchOptions, Job, Programs, Result, TaskEntry
from gradatim.settings import Settings
from tests.cases import TASK


@cache
def entry() -> TaskEntry:
    return TaskEntry.of(TASK)


def assessment(job: Job) -> Assessment:
    """What an engine might say: delivered, every test passed."""
    outcomes = tuple(Outcome(test=case.id, status="passed") for case in job.task.tests)
    return Assessment(
        id=job.thread,
        task=job.task,
        submission=job.submission,
        execution=Execution(submission=job.submission.id, task=job.task.id, outcomes=outcomes, tier="landlock"),
        diagnosis=Diagnosis(submission=job.submission.id, verdict="correct"),
        feedback=Feedback(
            error_identification=(), explanation=(), corrective_suggestion=(), encouragement=(), author="realiser"
        ),
        confidence=Confidence(value=1.0, components={}, route="deliver"),
        delivered=True,
    )


@dataclass
class InstantEngine:
    """Gives each result at once, or, `together`, when it has taken all jobs; `answer` may say otherwise."""

    answer: Callable[[Job], Result] = lambda job: Result(job, assessment(job))
    asked: list[Job] = field(default_factory=list)
    together: bool = False

    async def results(self, jobs: AsyncIterator[Job]) -> AsyncGenerator[Result, None]:
        taken: list[Job] = []
        async for job in jobs:
            self.asked.append(job)
            if self.together:
                taken.append(job)
            else:
                yield self.answer(job)
        for job in reversed(taken):
            yield self.answer(job)


def write_programs(path: Path, programs: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(program) + "\n" for program in programs), "utf-8")


def programs(count: int, *, start: int = 0) -> list[dict[str, str]]:
    """So many different programs of different learners."""
    return [
        {"file": f"p{number}.py", "code": f"x = {number}\n", "learner": f"learner-{number}"}
        for number in range(start, start + count)
    ]


def batch(folder: Path, engine: InstantEngine, **options: Any) -> Batch:
    """A batch over `programs.jsonl` in a folder (or over `paths`), into `out.jsonl`."""
    settings = options.pop("settings", None) or Settings(data_dir=folder / "data", model="none")
    paths = options.pop("paths", None) or [str(folder / "programs.jsonl")]
    source = Programs(entry(), paths, settings)

    @asynccontextmanager
    async def opened() -> AsyncGenerator[InstantEngine]:
        yield engine

    return Batch(source, settings, folder / "out.jsonl", opened, options=BatchOptions(**options))


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
