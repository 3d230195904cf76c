"""ProgSnap2: programs that learners handed in, as a course's system logged them (Price et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from gradatim.domain import LearnerEvent, Submission, Task
from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example, assessment_example
from gradatim.memory.collection.progsnap2 import ProgSnapReader
from gradatim.memory.collection.row import Parsed, ReadingOptions, Rejected
from gradatim.tools.taskfile import load_task

Attempts = Literal["all", "first", "last"]


def load_progsnap2(
    path: Path, *, tasks: str | Path | None = None, attempts: Attempts = "all", skip_bad: bool = False
) -> Iterator[Example]:
    """Submissions with their code; the verdict is what the log says, where it says something.

    Args:
        path: The folder of the data set, or its main table.
        tasks: Folder of task files whose ids are the data set's problems. A submission for another problem has
            `task_id` instead of `task` in its inputs: it can be looked at, and not be assessed.
        attempts: All submissions, or the first or last of each learner for each problem.
        skip_bad: Leave out rows that cannot be used.

    Raises:
        InputError: It is no such data set, a row cannot be used, or no row holds a program.
    """
    if attempts not in get_args(Attempts):
        raise InputError(f"attempts is {attempts!r}", place="data set progsnap2", remedy="write all, first or last")
    known = {} if tasks is None else {task.id: task for task in map(load_task, _task_files(Path(tasks)))}
    kept = None if attempts == "all" else _kept(Path(path), attempts, skip_bad)
    count = 0
    for event, code in _submissions(Path(path), skip_bad):
        if kept is None or event.id in kept:
            count += 1
            yield _example(event, code, known)
    if not count:
        remedy = "rows of type Submit (or Run.Program with a score) need a CodeStateID that CodeStates holds"
        raise InputError("holds no programs that were handed in", place=str(path), remedy=remedy)


def _submissions(path: Path, skip_bad: bool) -> Iterator[tuple[LearnerEvent, str]]:
    for row in ProgSnapReader(ReadingOptions()).read(path):
        if isinstance(row, Rejected) and not skip_bad:
            main = path / "MainTable.csv" if path.is_dir() else path
            raise InputError(row.reason, place=f"{main}:{row.place}", remedy="correct the row, or set skip_bad")
        if isinstance(row, Parsed) and row.event.kind == "submission":
            code = row.event.payload.get("code")
            if isinstance(code, str):
                yield row.event, code


def _kept(path: Path, attempts: Attempts, skip_bad: bool) -> set[str]:
    """Ids of the first or last submission of each learner for each problem, by the clock of the log."""
    chosen: dict[tuple[str, str | None], tuple[tuple[str, str], str]] = {}
    for event, _ in _submissions(path, skip_bad):
        key, place = (event.learner_id, event.task_id), (event.at, event.id)
        found = chosen.get(key)
        if found is None or (place < found[0] if attempts == "first" else place > found[0]):
            chosen[key] = (place, event.id)
    return {identifier for _, identifier in chosen.values()}


def _example(event: LearnerEvent, code: str, tasks: dict[str, Task]) -> Example:
    reference: dict[str, Any] = {}
    if isinstance(passed := event.payload.get("passed"), bool):
        reference["verdict"] = "correct" if passed else "incorrect"
    if isinstance(score := event.payload.get("score"), int | float):
        reference["score"] = float(score)
    task_id = event.task_id or "unknown"
    submission = Submission.of(task_id, code.replace("\r\n", "\n"), learner_id=event.learner_id)
    task = tasks.get(task_id)
    if task is not None:
        return assessment_example(event.id, task, submission, reference, event.learner_id)
    if event.observations:
        reference["objectives"] = [seen.concept for seen in event.observations]
    inputs = {"task_id": task_id, "submission": submission.plain(), "learner": event.learner_id}
    return Example(event.id, inputs, reference)


def _task_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError("holds no task files", place=str(folder), remedy="name a folder of TASK.yaml")
    return files
