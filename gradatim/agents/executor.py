"""Executor: runs the task's tests on the submission; the only source of a verdict."""

from __future__ import annotations

from typing import Any

from gradatim.agents.state import Plain, State, submission_of, task_of
from gradatim.domain import Execution, Submission, Task
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox


class Executor:
    """Executes tests in a sandbox and judges their values on the host."""

    name = "execute"

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def execute(self, task: Task, submission: Submission) -> Execution:
        """All tests, each with its outcome.

        Raises:
            SandboxError: Programs cannot be run safely here; the submission is kept and can be taken up again.
        """
        return await execute(self.sandbox, task, submission)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        execution = await self.execute(task_of(state), submission_of(state))
        return {"execution": execution.plain()}
