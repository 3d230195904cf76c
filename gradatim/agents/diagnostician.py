"""Diagnostician: category, suspicious lines and misconceptions, from runs and static analysis alone."""

from __future__ import annotations

from typing import Any

from gradatim.agents.state import Plain, State, execution_of, submission_of, task_of
from gradatim.domain import Diagnosis, Execution, Submission, Task
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.sandbox import Sandbox


class Diagnostician:
    """Says what is wrong with a program as far as it can be shown; no language model takes part."""

    name = "diagnose"

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def diagnose(self, task: Task, submission: Submission, execution: Execution) -> Diagnosis:
        """The diagnosis, every match and line with evidence."""
        return await diagnose(self.sandbox, task, submission, execution)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        diagnosis = await self.diagnose(task_of(state), submission_of(state), execution_of(state))
        return {"diagnosis": diagnosis.plain()}
