"""Examiner: runs the learner's new program, diagnoses it, and collects what can be said about it."""

from __future__ import annotations

import difflib
from typing import Any

from gradatim.agents.intake import Intake
from gradatim.agents.retriever import Retriever
from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.notes import shortened
from gradatim.agents.tutoring.planning.target import trusted_repair
from gradatim.agents.tutoring.state import (
    diagnosis_of,
    execution_of,
    heard_of,
    learner_of,
    plan_of,
    ran_of,
    submission_of,
    task_of,
)
from gradatim.agents.tutoring.worked.example import run_snippet
from gradatim.domain import Diagnosis, ExceptionFact, Execution, Recollection, Submission, Task
from gradatim.errors import GradatimError, SubmissionError
from gradatim.tools.diagnosis import diagnose, diagnose_untraced
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox

_BACK = 2
"""Times in a row that the session goes on from the better program though the learner builds on the worse one."""
_LINES = 20
"""Changed lines of a worse program that are remembered, to tell whether the next one builds on it."""
_REPAIRS = 3
"""Changes that are kept in the state."""


class Examiner:
    """Executes and diagnoses a program that came with a message.

    The program that came before is compared by what it passed. A change that passes fewer tests, or cannot be loaded,
    does not take its place at once: the session goes on from the better one, unless the learner stays with it. In a
    session on a concept there are no tests: the program is run once, and what it prints is kept.

    Args:
        sandbox: Where programs run.
        retriever: Grounds the diagnosis in the concept graph.
        limit: Bytes a program may have.
        repair_seconds: Time in which a change that makes every test pass is searched.
    """

    name = "examine"

    def __init__(self, sandbox: Sandbox, retriever: Retriever, *, limit: int = 256_000, repair_seconds: float = 2.0):
        self.sandbox = sandbox
        self.retriever = retriever
        self.intake = Intake(limit)
        self.repair_seconds = repair_seconds

    async def examine(self, task: Task, submission: Submission) -> tuple[Execution, Diagnosis]:
        """The test results of a program and its diagnosis.

        Raises:
            SandboxError: Programs cannot be run.
        """
        return await self.diagnosed(task, submission, await execute(self.sandbox, task, submission))

    async def diagnosed(self, task: Task, submission: Submission, execution: Execution) -> tuple[Execution, Diagnosis]:
        """The same for a program whose tests were run."""
        if execution.passed:
            return execution, diagnose_untraced(task, submission, execution)
        diagnosis = await diagnose(self.sandbox, task, submission, execution, repair_seconds=self.repair_seconds)
        return execution, diagnosis.model_copy(update={"repairs": diagnosis.repairs[:_REPAIRS]})

    async def _carried(
        self, task: Task, before: Submission, now: Submission, diagnosis: Diagnosis | None
    ) -> int | None:
        """By how many lines the earlier fault has moved, where it still is the fault; `None` where it is not.

        It still is the fault when the earlier change, made to the new program at the same code, makes every test pass.

        Raises:
            SandboxError: Programs cannot be run.
        """
        repair = trusted_repair(diagnosis) if diagnosis is not None else None
        if repair is None or len(repair.edits) != 1:
            return None
        edit = repair.edits[0]
        old = [line.strip() for line in before.code.splitlines()[edit.line - 1 : edit.last_line]]
        lines = now.code.splitlines()
        bare = [line.strip() for line in lines]
        for start in range(len(lines) - len(old) + 1) if old else ():
            if bare[start : start + len(old)] == old:
                changed = "\n".join([*lines[:start], edit.replacement, *lines[start + len(old) :]]) + "\n"
                tried = await execute(self.sandbox, task, Submission.of(task.id, changed), give_up=1)
                return start + 1 - edit.line if tried.passed else None
        return None

    async def _aside(
        self,
        task: Task,
        before: Submission,
        now: Submission,
        first: Execution,
        earlier: Execution,
        diagnosis: Diagnosis | None,
    ) -> bool:
        """Whether a change gained nothing and only hides a fault that is known: no further test passes, and the change
        that repaired the program before it does not repair the new one.

        Raises:
            SandboxError: Programs cannot be run.
        """
        if first.passed or first.load_error is not None or earlier.load_error is not None:
            return False
        if diagnosis is None or trusted_repair(diagnosis) is None or _bare(now.code) == _bare(before.code):
            return False
        good = {item.test for item in earlier.outcomes if item.status == "passed"}
        if any(item.status == "passed" and item.test not in good for item in first.outcomes):
            return False
        return await self._carried(task, before, now, diagnosis) is None

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        code = state.get("code")
        if code is None:
            return {}
        task = task_of(state)
        if task is None:
            printed, raised = await run_snippet(self.sandbox, code[: self.intake.limit])
            return {"ran": {"code": shortened(code), "printed": printed, "raised": raised}}
        learner = state.get("learner_id")
        given = Submission.of(task.id, code, learner_id=learner)
        try:
            submission = self.intake.admit(task.id, given)
        except SubmissionError as error:  # the learner is told; the session goes on
            return {"ran": {"refused": str(error)}}
        previous, before = submission_of(state), execution_of(state)
        compared: Plain | None = None
        ran: Plain = {"at": heard_of(state).at}
        if previous is not None and before is not None:
            fault = plan_of(state).fault
            compared = {
                "same": _bare(previous.code) == _bare(submission.code),
                "passed": [item.test for item in before.outcomes if item.status == "passed"],
                "fault": fault.key if fault else None,
            }
            first = await execute(self.sandbox, task, submission)
            last = ran_of(state)
            stays = bool(set(last.get("lines") or ()) & set(_lines_new(submission.code, previous.code)))
            running = int(last.get("worse", 0)) if stays else 0
            aside = False
            if not _worse(first, before):
                aside = await self._aside(task, previous, submission, first, before, diagnosis_of(state))
            if (aside or _worse(first, before)) and running < _BACK:
                error, fresh = first.load_error, _raised(task, first, before)
                broke: Plain = {"error": error.type, "line": error.line} if error is not None else {}
                if error is None and fresh is not None:
                    broke = {"raises": fresh.type, "line": fresh.line}
                passed = [item.test for item in first.outcomes if item.status == "passed"]
                lines = list(_lines_new(submission.code, previous.code))[:_LINES]
                noted: Plain = {"worse": running + 1, "passed": passed, "lines": lines, "aside": aside}
                changed = _first_changed(previous.code, submission.code)
                return {"before": compared, "ran": {**ran, **noted, "changed": changed, **broke}}
            execution, diagnosis = await self.diagnosed(task, submission, first)
            if not execution.passed:
                ran["carried"] = await self._carried(task, previous, submission, diagnosis_of(state))
        else:
            execution, diagnosis = await self.examine(task, submission)
        found: Plain = {
            "submission": submission.plain(),
            "execution": execution.plain(),
            "diagnosis": diagnosis.plain(),
            "before": compared,
            "ran": ran,
        }
        recollections = [Recollection.model_validate(item) for item in state.get("recollections") or ()]
        try:
            grounds = await self.retriever.ground(task, diagnosis, learner_of(state), recollections)
        except GradatimError as error:
            found["grounds"] = [item.plain() for item in diagnosis.evidence]
            return found | degraded(self.name, error, "hints without the concept graph")
        return found | {"grounds": [item.plain() for item in grounds]}


def _worse(now: Execution, before: Execution) -> bool:
    """Whether a program passes fewer tests than the one before, cannot be loaded any more, or raises more often."""
    if now.load_error is not None:
        return before.load_error is None
    gained, raised = _passing(now) - _passing(before), _raising(now) - _raising(before)
    return gained < 0 or raised > gained


def _raising(execution: Execution) -> int:
    return sum(item.status == "error" for item in execution.outcomes)


def _passing(execution: Execution) -> int:
    return sum(item.status == "passed" for item in execution.outcomes)


def _raised(task: Task, now: Execution, before: Execution) -> ExceptionFact | None:
    """An exception in a visible test that raised none before."""
    raised = {item.test for item in before.outcomes if item.status == "error"}
    hidden = {case.id for case in task.tests if case.hidden}
    found = (item for item in now.outcomes if item.status == "error" and item.test not in raised | hidden)
    return next((item.exception for item in found), None)


def _lines_new(code: str, before: str) -> dict[str, None]:
    """Lines of a program that the one before does not have, in their order."""
    known = {line.strip() for line in before.splitlines()}
    return dict.fromkeys(line.strip() for line in code.splitlines() if line.strip() and line.strip() not in known)


def _first_changed(before: str, now: str) -> int | None:
    """The first line of the earlier program that was changed or taken out; `None` where lines were only added."""
    old, new = before.splitlines(), now.splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return next((start + 1 for tag, start, _, _, _ in blocks if tag in ("replace", "delete")), None)


def _bare(code: str) -> str:
    """A program without white space at line ends and without empty lines and comments of a whole line."""
    lines = (line.rstrip() for line in code.splitlines())
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
