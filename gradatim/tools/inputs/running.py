"""Running a program on generated inputs, and whether it behaves there as another one does."""

from __future__ import annotations

import cmath
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, cast

from gradatim.domain import Task
from gradatim.errors import InputError
from gradatim.tools.sandbox.job import Job, Probe, ProbeResult
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.values import Opaque, Value, equal, literal, shorten

PATIENCE = 3
"""Inputs on which a program may have to be stopped, or crash, before the others are left out."""
_REMEMBERED = 200
_TOLERANCE = 1e-9
_SHOWN = 300
_known: weakref.WeakKeyDictionary[Sandbox, OrderedDict[tuple[Any, ...], tuple[ProbeResult, ...]]]
_known = weakref.WeakKeyDictionary()


def reference_of(task: Task) -> str:
    """The task's correct program.

    Raises:
        InputError: It has none.
    """
    if task.reference is None:
        raise InputError(
            "the task has no reference program",
            place=f"task {task.id}",
            remedy="add a correct program as `reference:`; without one nothing says what a result has to be",
        )
    return task.reference


def limit_of(task: Task) -> float:
    """Seconds that a program may take for one input: as much as for a test."""
    return min(max((case.timeout for case in task.tests), default=1.0), 5.0)


async def results(
    sandbox: Sandbox, task: Task, code: str, inputs: Sequence[str], limit: float, give_up: int | None = PATIENCE
) -> tuple[ProbeResult, ...] | None:
    """What a program does with some inputs, in one job; `None` when it cannot be compiled."""
    program = task.kind == "program"
    probes = tuple(Probe.program(text, limit) if program else Probe.call(text, limit) for text in inputs)
    result = await sandbox.run(Job(code, probes, setup=task.setup, main=program, give_up=give_up))
    return None if result.load_error is not None else result.probes


async def reference_results(sandbox: Sandbox, task: Task, inputs: Sequence[str]) -> tuple[ProbeResult, ...]:
    """What the reference does with some inputs, remembered for the next program.

    Raises:
        InputError: The task has no reference, or one that does not compile.
    """
    reference = reference_of(task)
    known = _known.setdefault(sandbox, OrderedDict())
    key = (reference, task.setup, task.kind, tuple(inputs))
    if key not in known:
        found = await results(sandbox, task, reference, inputs, limit_of(task), None)
        if found is None:
            raise InputError("the reference program does not compile", place=f"task {task.id}", remedy="correct it")
        known[key] = found
        while len(known) > _REMEMBERED:
            known.popitem(last=False)
    return known[key]


def alike(task: Task, right: ProbeResult, other: ProbeResult) -> bool:
    """Whether a run ended as the reference's did: in the same value, exception type or output.

    Values compare as in tests, but for floats, which may differ by rounding (1e-9, relative), and for objects that
    are no plain data, which are alike when class and repr are.
    """
    if right.status == "raised" and right.raised is not None:
        return other.status == "raised" and other.raised is not None and other.raised.is_a(right.raised.type)
    if right.status != "ok" or other.status != "ok":
        return False
    if task.kind == "program":
        return _lines(right.stdout) == _lines(other.stdout)
    return same(right.value, other.value)


def shown(task: Task, result: ProbeResult) -> str:
    """The end of a run, for a person."""
    if result.status == "raised" and result.raised is not None:
        return result.raised.type
    if result.status != "ok":
        return result.status
    return shorten(result.stdout, _SHOWN) if task.kind == "program" else literal(result.value, _SHOWN)


def same(one: Value, other: Value) -> bool:
    """Equality of two values, as `alike` describes it."""
    if isinstance(one, Opaque) and isinstance(other, Opaque):
        return (one.type, one.text) == (other.type, other.text)
    if isinstance(one, float | complex) and isinstance(other, int | float | complex):
        return _close(one, other)
    if isinstance(other, float | complex) and isinstance(one, int):
        return _close(one, other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        first, second = cast("Sequence[Value]", one), cast("Sequence[Value]", other)
        alike_made = isinstance(one, list) is isinstance(other, list) and len(first) == len(second)
        return alike_made and all(map(same, first, second))
    if isinstance(one, dict) and isinstance(other, dict):
        first, second = cast("dict[Any, Value]", one), cast("dict[Any, Value]", other)
        return first.keys() == second.keys() and all(same(value, second[key]) for key, value in first.items())
    return equal(one, other)


def _close(one: complex, other: complex) -> bool:
    if one == other or (one != one and other != other):
        return True
    try:
        return cmath.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-12)
    except OverflowError:
        return False


def _lines(text: str) -> list[str]:
    """Lines without white space at their ends, and without empty lines at the end of all."""
    return [line.rstrip() for line in text.rstrip().splitlines()]
