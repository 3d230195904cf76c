"""Who is tutored: wrong programs with known faults, from a folder of tasks or planted in right programs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.domain import Submission, Task
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.testing.learners import Draft, Fault, Patch, kind_of, planted
from gradatim.tools.execution import execute
from gradatim.tools.repair.search import search_repairs
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.taskfile import load_task

_PACKAGED = Path(__file__).with_name("repairs.yaml")
_SECONDS = 6.0
"""Time of the search for a repair of a program whose repair nobody wrote down."""
CHINESE = 4
"""One learner in so many speaks Chinese."""


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner of the benchmark.

    Attributes:
        id: Which it is, the same in every run.
        seed: Of its traits and its luck.
    """

    id: str
    fault: Fault
    language: str
    seed: int


async def read_faults(folder: Path, sandbox: Sandbox, graph: ConceptGraph) -> tuple[list[Fault], int]:
    """Every wrong program below a folder whose repair is known or found, and how many were left out.

    The folder holds `tasks/*.yaml`, `submissions/TASK/FILE.py`, `expected.yaml` (as `gradatim bench localise` reads
    it) and, if somebody wrote them down, `repairs.yaml`. What is listed is not run here: `prove` does that.

    Raises:
        InputError: A file is wrong; names it.
        SandboxError: Programs cannot be run safely here.
    """
    own = folder / "repairs.yaml"
    repairs = _mapping(own if own.is_file() else _PACKAGED)
    found: list[Fault] = []
    left_out = 0
    for task_id, files in _mapping(folder / "expected.yaml").items():
        task = load_task(folder / "tasks" / f"{task_id}.yaml")
        for name, known in cast("dict[str, dict[str, Any]]", files).items():
            if known.get("verdict") == "correct":
                continue
            code = (folder / "submissions" / task_id / name).read_text(encoding="utf-8")
            place = f"{task_id}/{name}"
            written = cast("dict[str, dict[int, str]]", repairs.get(task_id) or {}).get(name)
            right = _mended(code, written) if written else await _searched(sandbox, task, code, known)
            fault = None if right is None else _fault(task, code, right, known, place, graph)
            if fault is None:
                left_out += 1
                continue
            found.append(fault)
    return found, left_out


async def plant_faults(folder: Path, sandbox: Sandbox, graph: ConceptGraph, most: int, seed: int = 2) -> list[Fault]:
    """Faults planted in the reference programs of a folder's tasks, of those that make the program fail.

    Args:
        most: How many, as evenly over the tasks as can be.
        seed: Decides which.

    Raises:
        InputError: A task file is wrong.
        SandboxError: Programs cannot be run safely here.
    """
    chance = random.Random(seed)
    waiting: list[list[Fault]] = []
    for path in sorted((folder / "tasks").glob("*.yaml")):
        task = load_task(path)
        if task.reference is not None:
            faults = list(planted(task, task.reference))
            chance.shuffle(faults)
            waiting.append(faults)
    chance.shuffle(waiting)
    found: list[Fault] = []
    while any(waiting):
        for faults in waiting:
            while faults:
                if len(found) >= most:
                    return found
                fault = faults.pop()
                result = await execute(sandbox, fault.task, Submission.of(fault.task.id, fault.code))
                if not result.passed:
                    found.append(_in_words(fault, graph))
                    break
    return found


async def prove(sandbox: Sandbox, fault: Fault) -> None:
    """Run both programs of a fault.

    Raises:
        InputError: The wrong program does not fail, or the repaired one does not pass.
        SandboxError: Programs cannot be run safely here.
    """
    place = fault.origin
    if (await execute(sandbox, fault.task, Submission.of(fault.task.id, fault.code))).passed:
        raise InputError("passes every test, but is listed as incorrect", place=place, remedy="correct expected.yaml")
    if not (await execute(sandbox, fault.task, Submission.of(fault.task.id, fault.right))).passed:
        raise InputError("its repair does not pass every test", place=place, remedy="correct repairs.yaml")


def drawn(faults: list[Fault], number: int, seed: int = 1, first: int = 1) -> list[Learner]:
    """Learners over the faults: as evenly over the tasks as can be, then again with other seeds.

    Args:
        number: How many.
        seed: Decides about the order.
        first: Number of the first.
    """
    chance = random.Random(seed)
    of_task: dict[str, list[Fault]] = {}
    for fault in faults:
        of_task.setdefault(fault.task.id, []).append(fault)
    for items in of_task.values():
        chance.shuffle(items)
    tasks = sorted(of_task)
    chance.shuffle(tasks)
    found: list[Learner] = []
    turn = 0
    while len(found) < number and tasks:
        for task in tasks:
            items = of_task[task]
            fault = items[turn % len(items)]
            language = "zh" if len(found) % CHINESE == CHINESE - 1 else "en"
            name = f"{len(found) + first:03d}:{fault.origin}"
            found.append(Learner(name, fault, language, seed * 10_000 + len(found)))
            if len(found) >= number:
                break
        turn += 1
    return found


def _fault(
    task: Task, code: str, right: str, known: Mapping[str, Any], place: str, graph: ConceptGraph
) -> Fault | None:
    """The fault with the first of its misconceptions that leads to a known kind; `None` if nothing has to change."""
    listed = [str(item) for item in known.get("misconception") or ()]
    named = next((item for item in listed if leads_to_kind(item)), next(iter(listed), "unknown"))
    try:
        fault = Fault.between(task, code, right, named, lines=known.get("lines") or (), origin=place)
    except ValueError:
        return None
    return _in_words(fault, graph)


def leads_to_kind(misconception: str) -> bool:
    """Whether a kind of fault is known for a misconception."""
    try:
        kind_of(misconception)
    except KeyError:
        return False
    return True


def _in_words(fault: Fault, graph: ConceptGraph) -> Fault:
    known = {item.id: item for item in graph.misconceptions}
    item = known.get(fault.misconception)
    return fault if item is None else fault.in_words(item.belief, item.correction)


def _mended(code: str, changes: Mapping[int, str]) -> str:
    patches = tuple(Patch(line, line, tuple(text.splitlines())) for line, text in changes.items())
    return Draft(code, patches).text


async def _searched(sandbox: Sandbox, task: Task, code: str, known: Mapping[str, Any]) -> str | None:
    """A repair found by trying: the first that is where the fault is known to be, else the first."""
    submission = Submission.of(task.id, code)
    execution = await execute(sandbox, task, submission)
    report = await search_repairs(sandbox, task, submission, execution, seconds=_SECONDS)
    lines = set(known.get("lines") or ())
    best = next((item for item in report.repairs if lines & set(item.lines)), None)
    return best.code if best is not None else next((item.code for item in report.repairs), None)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"cannot be read: {error}", place=str(path), remedy="see examples/ for what it holds"
        ) from error
    if not isinstance(content, dict):
        raise InputError("holds no mapping of tasks", place=str(path), remedy="see examples/ for what it holds")
    return cast("dict[str, Any]", content)
