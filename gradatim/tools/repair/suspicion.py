"""How suspicious lines are before anything is tried: Ochiai's value from traces, and what failing tests can reach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from gradatim.domain import Execution, Submission, Task, TestCase
from gradatim.tools.analysis.program import Program
from gradatim.tools.execution import probe_for
from gradatim.tools.localisation import ochiai
from gradatim.tools.sandbox.job import Job, Probe
from gradatim.tools.sandbox.protocol import Sandbox

_TRACED = 8
"""Failing, and passing, tests that are traced at most."""
_SECONDS = 0.25
_UNREACHED = 0.1
_NEVER_RUN = 0.35
"""Share of the highest value in a function that a line of it gets which no failing test ran."""


async def spectrum(sandbox: Sandbox, task: Task, submission: Submission, execution: Execution) -> dict[int, float]:
    """Ochiai's suspiciousness of the lines that traced failing tests ran, in (0, 1]; empty where nothing was traced."""
    status = {outcome.test: outcome.status for outcome in execution.outcomes}
    failing = [case for case in task.tests if status.get(case.id) not in ("passed", "not-run", None)][:_TRACED]
    passing = [case for case in task.tests if status.get(case.id) == "passed"][:_TRACED]
    if not failing or execution.load_error is not None:
        return {}
    probes = [(case, probe) for case in (*failing, *passing) if (probe := _probe(case, task)) is not None]
    job = Job(
        submission.code,
        tuple(probe for _, probe in probes),
        setup=task.setup,
        main=task.kind == "program",
        trace=True,
        give_up=2,
    )
    result = await sandbox.run(job)
    ran: dict[int, list[int]] = {}
    failed = 0
    for (case, _), probe in zip(probes, result.probes, strict=False):
        bad = case in failing
        if not probe.lines:
            continue
        failed += bad
        for line in probe.lines:
            ran.setdefault(line, [0, 0])[bad] += 1
    return {line: ochiai(bad, good, failed) for line, (good, bad) in ran.items() if bad and failed}


def _probe(case: TestCase, task: Task) -> Probe | None:
    if case.form == "suite":
        return None
    try:
        probe = probe_for(case, task.entry_point)
    except ValueError:
        return None
    return Probe(probe.steps, probe.stdin, min(_SECONDS, probe.timeout))


class Suspicion:
    """Weights of lines for the order in which edits are tried.

    Args:
        program: The program that edits are made on.
        task: Its tests.
        failing: Positions of the tests that fail.
        lines: Suspiciousness of lines, where it is known.
    """

    def __init__(
        self, program: Program, task: Task, failing: Iterable[int], lines: Mapping[int, float] | None = None
    ) -> None:
        reached = _reached(program, [task.tests[n].call or task.tests[n].check or "" for n in failing])
        count = len(program.lines) + 1
        self._weights = [1.0 if not lines else _NEVER_RUN] * (count + 1)
        if lines:
            for line, value in lines.items():
                if 0 < line <= count:
                    self._weights[line] = value
        for function in program.functions:
            first, last = function.line, function.node.end_lineno or function.line
            plain = function.outer is None and function.owner is None
            if reached is not None and function.name not in reached and plain:
                for line in range(first, last + 1):
                    self._weights[line] = _UNREACHED
            elif lines:
                best = max((lines.get(line, 0.0) for line in range(first, last + 1)), default=0.0)
                for line in range(first, min(last + 1, count) + 1):
                    self._weights[line] = max(self._weights[line] if line in lines else 0.0, _NEVER_RUN * best)

    def of(self, line: int) -> float:
        """Weight of a line, in (0, 1]."""
        return max(0.05, self._weights[min(max(line, 1), len(self._weights) - 1)])


def _reached(program: Program, calls: Sequence[str]) -> frozenset[str] | None:
    """Functions that failing tests can reach by name; `None` where that cannot be told."""
    if not calls or not all(calls):
        return None
    uses: dict[str, set[str]] = {}
    names = {function.name for function in program.functions}
    for function in program.functions:
        used = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
        used |= {node.attr for node in ast.walk(function.node) if isinstance(node, ast.Attribute)}
        uses.setdefault(function.name, set()).update(used & names)
    top = {node.id for node in program.top if isinstance(node, ast.Name)} & names
    todo = [name for call in calls for name in re.findall(r"\w+", call) if name in names] + list(top)
    if not todo:
        return None
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(uses.get(name, ()))
    return frozenset(found)
