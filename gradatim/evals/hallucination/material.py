"""The wrong programs that texts were written about, with everything that was observed of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gradatim.agents.retriever import Retriever
from gradatim.domain import Execution, Submission, Task
from gradatim.errors import InputError
from gradatim.kg import ConceptStore
from gradatim.tools.claims.case import Case
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.taskfile import load_task

Name = tuple[str, str]
"""Task and file of a program."""


@dataclass(frozen=True, slots=True)
class Program:
    """A wrong program.

    Attributes:
        lines: Where a person would point at the fault.
        misconceptions: Any of these describes the fault.
    """

    task: Task
    submission: Submission
    lines: frozenset[int]
    misconceptions: frozenset[str]

    @property
    def name(self) -> Name:
        return self.task.id, self.submission.filename


@dataclass(frozen=True, slots=True)
class Observed:
    """A program with its case, and what running it without any search showed."""

    program: Program
    case: Case
    execution: Execution


def read_programs(folder: Path) -> tuple[Program, ...]:
    """The wrong programs of a folder like `examples/`, in the order of its `expected.yaml`.

    Raises:
        InputError: `expected.yaml` is missing, or names what is not there.
    """
    import yaml

    listing = folder / "expected.yaml"
    if not listing.is_file():
        raise InputError("holds no expected.yaml", place=str(folder), remedy="name a folder like examples/")
    tasks = {task.id: task for task in map(load_task, sorted((folder / "tasks").glob("*.yaml")))}
    expected = cast("Mapping[str, Mapping[str, Mapping[str, Any]]]", yaml.safe_load(listing.read_text("utf-8")))
    found: list[Program] = []
    for task_id, files in expected.items():
        for file, facts in files.items():
            if facts.get("verdict") != "incorrect":
                continue
            path = folder / "submissions" / task_id / file
            if task_id not in tasks or not path.is_file():
                raise InputError("is named in expected.yaml and is not there", place=str(path), remedy="add it")
            submission = Submission.of(task_id, path.read_text("utf-8"), file)
            lines, signs = frozenset(facts["lines"]), frozenset(facts.get("misconception", ()))
            found.append(Program(tasks[task_id], submission, lines, signs))
    return tuple(found)


async def observe(sandbox: Sandbox, store: ConceptStore, program: Program, seconds: float) -> Observed:
    """Run, diagnose and ground a program, as an assessment does.

    Args:
        seconds: Time for the search of repairs.

    Raises:
        SandboxError: Programs cannot be run.
    """
    execution = await execute(sandbox, program.task, program.submission)
    diagnosis = await diagnose(sandbox, program.task, program.submission, execution, repair_seconds=seconds)
    grounds = await Retriever(store).ground(program.task, diagnosis)
    return Observed(program, Case.of(program.task, program.submission, execution, diagnosis, grounds), execution)


def named(items: Sequence[Observed]) -> dict[Name, Observed]:
    """By task and file."""
    return {item.program.name: item for item in items}


async def observe_all(
    sandbox: Sandbox,
    store: ConceptStore,
    folder: Path,
    seconds: float,
    say: Callable[[str], None] | None = None,
    wanted: Collection[Name] | None = None,
) -> list[Observed]:
    """Observe the wrong programs of a folder, one after the other.

    Args:
        wanted: Only these, where given.

    Raises:
        InputError: The folder does not hold programs with known faults.
        SandboxError: Programs cannot be run.
    """
    programs = [program for program in read_programs(folder) if wanted is None or program.name in wanted]
    found: list[Observed] = []
    for number, program in enumerate(programs, 1):
        found.append(await observe(sandbox, store, program, seconds))
        if say is not None and number % 20 == 0:
            say(f"{number} of {len(programs)} programs")
    return found
