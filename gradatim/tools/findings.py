"""What is found by running a wrong program in further ways: values, a slice, verified changes, where it goes astray."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from gradatim.domain import Execution, Repair, Submission, Task, TestCase, stable_id
from gradatim.tools.analysis import Program
from gradatim.tools.inputs import agreement, generate_inputs
from gradatim.tools.repair.pool import Pool
from gradatim.tools.repair.search import Agreement, search_repairs
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.tracing import Departure, find_departure, slice_of, trace_values

INPUTS = 30
"""Generated inputs on which a found change is compared with the reference."""
LONGEST = 1_000
"""Lines from which a program is not sliced: that takes time with the square of them, and no beginner writes so many."""
_SEED = 1
_REMEMBERED = 200
_generated: weakref.WeakKeyDictionary[Sandbox, OrderedDict[str, tuple[str, ...]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Findings:
    """What further runs of one wrong program showed.

    Attributes:
        slice: Lines that the wrong result of a failing test depends on; `None` where it was not traced.
        gains: Line → the most failing tests that a single edit of it made pass.
        repairs: Changes that make every test pass, best first.
        departure: Where a failing run first leaves the way of one that passes.
    """

    slice: AbstractSet[int] | None = None
    gains: Mapping[int, int] = field(default_factory=dict[int, int])
    repairs: Sequence[Repair] = ()
    departure: Departure | None = None


async def find(
    sandbox: Sandbox,
    task: Task,
    submission: Submission,
    execution: Execution,
    *,
    seconds: float,
    pool: Pool | None = None,
) -> Findings:
    """Run a wrong program in further ways.

    Args:
        seconds: Time for the search of changes; 0 searches none.
        pool: Correct programs of others for the same task.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    if execution.passed:
        return Findings()
    if seconds <= 0:
        return Findings(slice=await _slice(sandbox, task, submission, execution))
    report = await search_repairs(
        sandbox,
        task,
        submission,
        execution,
        seconds=seconds,
        pool=pool,
        agreement=await _agreement(sandbox, task),
    )
    repairs = tuple(_tried(repair, task) for repair in report.repairs)
    departure = await find_departure(sandbox, task, submission, execution, repairs[0] if repairs else None)
    return Findings(await _slice(sandbox, task, submission, execution), report.gains, repairs, departure)


def _tried(repair: Repair, task: Task) -> Repair:
    """The repair with the number of inputs that it was compared on."""
    if repair.generalises is None or repair.inputs_tried:
        return repair
    return repair.model_copy(update={"inputs_tried": INPUTS})


async def _slice(sandbox: Sandbox, task: Task, submission: Submission, execution: Execution) -> AbstractSet[int] | None:
    case = _telling(task, execution)
    if case is None or submission.code.count("\n") > LONGEST:
        return None
    traced = await trace_values(sandbox, task, submission.code, case, filename=submission.filename)
    return slice_of(traced, Program.parse(submission.code))


def _telling(task: Task, execution: Execution) -> TestCase | None:
    """The first failing test that a learner may see and that can be traced."""
    if execution.load_error is not None:
        return None
    failing = {item.test for item in execution.outcomes if item.status in ("failed", "error")}
    cases = [case for case in task.tests if case.id in failing and case.form != "suite"]
    return min(cases, key=lambda case: case.hidden, default=None)


async def _agreement(sandbox: Sandbox, task: Task) -> Agreement | None:
    """How far a changed program agrees with the reference beyond the tests; `None` where nothing can be compared."""
    if task.reference is None:
        return None
    inputs = await _inputs(sandbox, task)
    if not inputs:
        return None

    async def share(code: str) -> float | None:
        return await agreement(sandbox, task, code, inputs)

    return share


async def _inputs(sandbox: Sandbox, task: Task) -> tuple[str, ...]:
    """Generated inputs of a task, drawn once."""
    known = _generated.setdefault(sandbox, OrderedDict())
    key = stable_id(task.model_dump_json())
    if key not in known:
        known[key] = await generate_inputs(sandbox, task, INPUTS, _SEED)
    known.move_to_end(key)
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
    return known[key]
