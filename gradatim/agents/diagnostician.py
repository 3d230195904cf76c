"""Diagnostician: what is wrong and how much is right, from runs and static analysis alone."""

from __future__ import annotations

from typing import Any

from gradatim.agents.state import Plain, State, execution_of, submission_of, task_of
from gradatim.domain import Composite, Diagnosis, Execution, Submission, Task
from gradatim.kg import ConceptStore
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.rubric import rubric
from gradatim.tools.sandbox import Sandbox


class Diagnostician:
    """Says what is wrong with a program as far as it can be shown; no language model takes part.

    Args:
        sandbox: Where programs run.
        store: Tells which concepts a misconception concerns; without it the rubric knows only the task's.
        repair_seconds: Time in which a change that makes every test pass is searched; 0 searches none.
    """

    name = "diagnose"

    def __init__(self, sandbox: Sandbox, store: ConceptStore | None = None, repair_seconds: float = 0.0) -> None:
        self.sandbox = sandbox
        self.store = store
        self.repair_seconds = repair_seconds

    async def diagnose(self, task: Task, submission: Submission, execution: Execution) -> Diagnosis:
        """The diagnosis, every match, line and repair with evidence."""
        return await diagnose(self.sandbox, task, submission, execution, repair_seconds=self.repair_seconds)

    async def measure(
        self, task: Task, submission: Submission, execution: Execution, diagnosis: Diagnosis
    ) -> Composite:
        """The five dimensions of the rubric."""
        concepts: dict[str, tuple[str, ...]] = {}
        for match in diagnosis.misconceptions:
            misconception = None if self.store is None else await self.store.misconception(match.id)
            concepts[match.id] = tuple(misconception.concepts) if misconception else ()
        return rubric(task, submission, execution, diagnosis, concepts)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        task, submission, execution = task_of(state), submission_of(state), execution_of(state)
        diagnosis = await self.diagnose(task, submission, execution)
        measured = await self.measure(task, submission, execution, diagnosis)
        return {"diagnosis": diagnosis.plain(), "rubric": measured.plain()}
