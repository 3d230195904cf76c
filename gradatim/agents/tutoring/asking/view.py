"""What is looked at in one program: the failing run that is shown, its trace, and where it goes astray."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.agents.tutoring.notes import Fault
from gradatim.agents.tutoring.planning.target import departure_of
from gradatim.domain import Evidence, ExceptionFact, Outcome, Task, TestCase
from gradatim.errors import InputError
from gradatim.tools.claims import Case
from gradatim.tools.claims.code import parse
from gradatim.tools.inputs import disagreement, generate_inputs
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.tracing import ValueTrace, trace_values

EXTRA = "extra"
"""Id of an input that was made to show a fault which only hidden tests find."""
_INPUTS = 40
_TRACE_SECONDS = 0.5
_ENDLESS_SECONDS = 0.05
"""For runs that do not end: their first steps are enough."""
_STOPPED = ("timeout", "memory", "output-limit", "crashed")


@dataclass(frozen=True, slots=True)
class Shown:
    """A failing run that may be shown.

    Attributes:
        case: A visible test, or an input that was made (`EXTRA`).
        got: Literal, output or exception that came; `None` where none did.
        needed: The same that is needed.
        status: How the run ended.
        raised: The exception that ended it.
    """

    case: TestCase
    got: str | None
    needed: str | None
    status: str
    raised: ExceptionFact | None = None

    @property
    def stopped(self) -> bool:
        """Whether it had to be stopped, or crashed."""
        return self.status in _STOPPED

    @classmethod
    def of(cls, case: TestCase, outcome: Outcome) -> Shown:
        """A test's run."""
        needed = case.raises or outcome.expected or case.expect or case.stdout
        return cls(case, outcome.actual, needed, outcome.status, outcome.exception)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of the program: its header, the first line of its body, and its last line."""

    line: int
    body: int
    last: int
    name: str | None
    """The variable of a `for` loop."""


@dataclass(frozen=True, slots=True)
class View:
    """One program as the tutor looks at it.

    Attributes:
        shown: The failing run that is shown; `None` where there is none that may be.
        trace: What happened in it; `None` where it cannot be traced.
        departure: Where it first leaves the way of a run that passes.
    """

    case: Case
    fault: Fault
    shown: Shown | None
    trace: ValueTrace | None
    departure: Evidence | None

    @classmethod
    async def of(cls, sandbox: Sandbox, case: Case, fault: Fault) -> View:
        """Look at a program.

        Raises:
            SandboxError: Programs cannot be run.
        """
        shown = await _shown(sandbox, case, fault)
        trace: ValueTrace | None = None
        if shown is not None and shown.case.form != "suite" and case.execution.load_error is None:
            trace = await _traced(sandbox, case, shown)
        departure = departure_of(case.diagnosis)
        if departure is not None and (shown is None or departure.detail.get("test") != shown.case.id):
            departure = None
        return cls(case, fault, shown, trace if trace is not None and trace.steps else None, departure)

    @property
    def others(self) -> tuple[Shown, ...]:
        """Further visible tests that fail, the shortest first."""
        found = list(_failing(self.case))
        return tuple(item for item in found if self.shown is None or item.case.id != self.shown.case.id)

    def passing(self) -> tuple[TestCase, ...]:
        """Visible tests that pass."""
        good = {item.test for item in self.case.execution.outcomes if item.status == "passed"}
        return tuple(case for case in self.case.task.tests if not case.hidden and case.id in good)

    def line(self, number: int | None) -> str:
        """A line of the program, without its indentation."""
        lines = self.case.lines
        return lines[number - 1].strip() if number is not None and 1 <= number <= len(lines) else ""

    def loops(self) -> tuple[Loop, ...]:
        """The program's loops, from top to bottom."""
        tree = parse(self.case.submission.code)
        if tree is None:
            return ()
        found: list[Loop] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.For | ast.While):
                target = node.target.id if isinstance(node, ast.For) and isinstance(node.target, ast.Name) else None
                found.append(Loop(node.lineno, node.body[0].lineno, node.body[-1].end_lineno or node.lineno, target))
        return tuple(sorted(found, key=lambda item: item.line))


async def _traced(sandbox: Sandbox, case: Case, shown: Shown) -> ValueTrace | None:
    """The run that is shown, step by step; `None` for a check that cannot be taken apart."""
    seconds = _ENDLESS_SECONDS if shown.stopped else _TRACE_SECONDS
    code, name = case.submission.code, case.submission.filename
    try:
        return await trace_values(sandbox, case.task, code, shown.case, seconds=seconds, filename=name)
    except ValueError:
        return None


async def _shown(sandbox: Sandbox, case: Case, fault: Fault) -> Shown | None:
    if fault.test is not None:
        try:
            return Shown.of(case.task.test(fault.test), case.execution.outcome(fault.test))
        except KeyError:
            return None
    return await _made(sandbox, case)


def _failing(case: Case) -> Iterator[Shown]:
    cases = [item for item in case.task.tests if not item.hidden and item.form != "suite"]
    for item in sorted(cases, key=lambda one: len(one.call or one.stdin or one.label)):
        try:
            outcome = case.execution.outcome(item.id)
        except KeyError:
            continue
        if outcome.status not in ("passed", "not-run"):
            yield Shown.of(item, outcome)


async def _made(sandbox: Sandbox, case: Case) -> Shown | None:
    """An input beside the tests that shows the fault, where only hidden tests do; never a hidden test's own."""
    task = case.task
    if case.execution.passed or case.execution.load_error is not None or task.reference is None:
        return None
    try:
        inputs = await generate_inputs(sandbox, task, _INPUTS, 1)
        hidden = {_bare(item.call or item.stdin or "") for item in task.tests if item.hidden}
        free = [text for text in inputs if _bare(text) not in hidden]
        found = await disagreement(sandbox, task, case.submission.code, free) if free else None
    except InputError:  # an expression of the task that makes no inputs: there is nothing to show then
        return None
    if found is None:
        return None
    text, needed, got = found
    return _extra(task, text, needed, got)


def _extra(task: Task, text: str, needed: str, got: str) -> Shown:
    raised = got if got.isidentifier() and got.endswith(("Error", "Exception")) else None
    status = "error" if raised else got if got in _STOPPED else "failed"
    fact = ExceptionFact(type=raised) if raised else None
    if task.kind == "program":
        return Shown(TestCase(id=EXTRA, stdin=text, stdout=needed), got, needed, status, fact)
    return Shown(TestCase(id=EXTRA, call=text, expect=needed), got, needed, status, fact)


def _bare(text: str) -> str:
    return "".join(text.split())
