"""Recaller: what the memory knows about the learner, and earlier errors and feedback like the present case."""

from __future__ import annotations

from typing import Any

from gradatim import telemetry
from gradatim.agents.state import Plain, State, degraded, language_of, submission_of, task_of
from gradatim.domain import LearnerState, Recollection, Task
from gradatim.errors import StorageError
from gradatim.memory import LearnerMemory
from gradatim.memory.speech import language_of_learner
from gradatim.telemetry import names

LENGTH = 160
"""Characters of a text by which cases are compared."""


class Recaller:
    """Reads the shared learner memory.

    Where the memory may not be used, because the learner has not consented (`gradatim.memory.rights`), the case is
    assessed without history, and the reason is told.

    Args:
        limit: Recollections at most.
        floor: Cosine similarity from which a recollection resembles the case.
    """

    name = "recall"

    def __init__(self, memory: LearnerMemory, limit: int = 3, floor: float = 0.3) -> None:
        self.memory = memory
        self.limit = limit
        self.floor = floor

    async def recollect(self, task: Task, learner_id: str) -> list[Recollection]:
        """Earlier errors and feedback of this learner, most similar first."""
        # as short as what is remembered: the time of an embedding grows with its text
        query = f"{task.title}: {', '.join(task.concepts)}"[:LENGTH]
        with telemetry.retrieval("memory/recall") as work:
            work.content(names.QUERY, lambda: query)
            found = await self.memory.recall(learner_id, query, limit=self.limit)
            work.set(names.FOUND, len(found))
        return [item for item in found if item.similarity is None or item.similarity >= self.floor]

    async def profile(self, learner_id: str) -> LearnerState:
        """What is known about this learner."""
        with telemetry.retrieval("memory/state") as work:
            learner: LearnerState = await self.memory.state(learner_id)
            work.set(names.FOUND, learner.events)
        return learner

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        submission = submission_of(state)
        if submission.learner_id is None:
            return {"learner": None}
        try:
            learner = await self.profile(submission.learner_id)
            own = await language_of_learner(self.memory, submission.learner_id) if learner.events else None
        except StorageError as error:
            return {"learner": None} | degraded(self.name, error, "assessed without history")
        update: Plain = {"learner": learner.plain()}
        if own is not None and language_of(state) is None:
            update["language"] = own
        if not learner.events:
            return update
        try:
            recollections = await self.recollect(task_of(state), submission.learner_id)
        except StorageError as error:
            return update | degraded(self.name, error, "profile without earlier cases")
        return update | {"recollections": [item.plain() for item in recollections]}
