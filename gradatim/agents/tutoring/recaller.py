"""What the memory knows about the learner, asked once, at the opening of a session."""

from __future__ import annotations

from typing import Any

from gradatim.agents.recaller import Recaller
from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.state import task_of
from gradatim.errors import StorageError
from gradatim.memory import LearnerMemory


class SessionRecaller:
    """Reads the learner's mastery and earlier errors, where the learner agrees; later turns use what it found.

    Args:
        memory: Guarded by consent.
    """

    name = "recall"

    def __init__(self, memory: LearnerMemory) -> None:
        self.memory = memory
        self.recaller = Recaller(memory)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        learner_id = state.get("learner_id")
        if state.get("number") or not learner_id:
            return {}
        try:
            learner = await self.recaller.profile(str(learner_id))
        except StorageError as error:
            return degraded(self.name, error, "a session without history")
        found: Plain = {"learner": learner.model_copy(update={"features": ()}).plain()}
        task = task_of(state)
        if not learner.events or task is None:
            return found
        try:
            recollections = await self.recaller.recollect(task, str(learner_id))
        except StorageError as error:
            return found | degraded(self.name, error, "mastery without earlier cases")
        return found | {"recollections": [item.plain() for item in recollections]}
