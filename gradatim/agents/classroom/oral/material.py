"""What the questions are made from: the program's runs on inputs that its author may see."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.domain import Submission, Task, TestCase, stable_id
from gradatim.errors import InputError
from gradatim.languages import say
from gradatim.tools.analysis.program import Program
from gradatim.tools.inputs.generation import generate_inputs
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.tracing import ValueTrace, trace_values

LONGEST = 60
"""Characters of a value or a piece of code that a question quotes."""
_SECONDS, _CHANGED_SECONDS = 0.3, 0.1
"""CPU seconds of a run of the program, and of a changed one."""
_TRACED = 6
"""Visible tests that are traced at most."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run of the program.

    Attributes:
        case: What it was run on; its `id` is empty for an input that is no test.
        trace: What happened.
    """

    case: TestCase
    trace: ValueTrace

    @property
    def shown(self) -> str:
        """How a question names the run."""
        if self.case.call is not None:
            return say("classroom.oral.run.call", call=self.case.call)
        return say("classroom.oral.run.input", input=repr(self.case.stdin or ""))

    @property
    def outcome(self) -> str | None:
        """What came out, as a person writes it; `None` where that is too long or the run was stopped."""
        if self.trace.raised is not None:
            return self.trace.raised.type
        if self.trace.status != "ok":
            return None
        value = self.trace.result if self.case.call is not None else repr(self.trace.stdout.rstrip())
        return value if value is not None and len(value) <= LONGEST and not value.startswith("<") else None


@dataclass(frozen=True, slots=True)
class Material:
    """A program and its runs.

    Attributes:
        runs: On visible tests.
        fresh: On inputs that are no tests.
        rng: Source of every choice; follows from task and program.
    """

    sandbox: Sandbox
    task: Task
    submission: Submission
    program: Program
    runs: tuple[Case, ...]
    fresh: tuple[Case, ...]
    rng: random.Random

    @property
    def lines(self) -> list[str]:
        """The program's lines; line 1 is at index 0."""
        return self.submission.code.splitlines()

    def line(self, number: int) -> str:
        """A line as a question quotes it."""
        return self.lines[number - 1].strip()

    @property
    def visible(self) -> Task | None:
        """The task with the tests that its learners may see, those of a test file only where there are no others."""
        shown = [case for case in self.task.tests if not case.hidden]
        quick = [case for case in shown if case.form != "suite"]
        return self.task.model_copy(update={"tests": tuple(quick or shown)}) if shown else None

    @property
    def ends(self) -> bool:
        """Whether every run came to an end by itself: changes of a program that does not are not tried."""
        return all(case.trace.status in ("ok", "raised") for case in self.runs)

    async def run(self, case: TestCase, code: str) -> Case:
        """Run a changed program."""
        return Case(case, await _traced(self.sandbox, self.task, code, case, _CHANGED_SECONDS))


async def gather(sandbox: Sandbox, task: Task, submission: Submission) -> Material:
    """Run a program on its visible tests and on some new inputs.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    rng = random.Random(stable_id(task.id, submission.code))  # whoever handed it in
    program = Program.parse(submission.code)
    tests = [case for case in task.tests if not case.hidden and case.form in ("call", "program")][:_TRACED]
    runs: list[Case] = []
    for case in tests:
        runs.append(Case(case, await _traced(sandbox, task, submission.code, case)))
        if runs[-1].trace.status not in ("ok", "raised"):
            break  # others would cost their whole time as well
    fresh: list[Case] = []
    if program.tree is not None and all(case.trace.status in ("ok", "raised") for case in runs):
        new = await _fresh(sandbox, task, rng)
        fresh += [Case(case, await _traced(sandbox, task, submission.code, case)) for case in new]
    return Material(sandbox, task, submission, program, tuple(runs), tuple(fresh), rng)


async def _traced(sandbox: Sandbox, task: Task, code: str, case: TestCase, seconds: float = _SECONDS) -> ValueTrace:
    return await trace_values(sandbox, task, code, case, seconds=seconds)


async def _fresh(sandbox: Sandbox, task: Task, rng: random.Random) -> list[TestCase]:
    """Inputs that are no tests; none where the task has no reference to say which make sense."""
    try:
        found = await generate_inputs(sandbox, task, 8, rng.randrange(1 << 30))
    except InputError:
        return []
    known = {_plain(case.call or case.stdin or "") for case in task.tests}
    new = [text for text in found if _plain(text) not in known and len(text) <= LONGEST]
    if task.kind == "program":
        return [TestCase(stdin=text, stdout="") for text in new[:3]]
    return [TestCase(call=text, expect="None") for text in new[:3]]


def _plain(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return text.strip()


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every block of statements, from the outside in."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block  # pyright: ignore[reportUnknownVariableType] a block of statements, as its first shows
