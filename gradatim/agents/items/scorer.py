"""Item scorer: judges the answer in the state by execution, and lets the memory learn from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gradatim.agents.state import Plain, State, degraded, read
from gradatim.errors import InputError, StorageError
from gradatim.kg import ConceptStore
from gradatim.languages import speaking
from gradatim.memory import LearnerMemory
from gradatim.tools.items.corrections import corrections_of
from gradatim.tools.items.item import Item
from gradatim.tools.items.scoring import event_of, score
from gradatim.tools.sandbox import Sandbox


class ItemScorer:
    """Reads `item` and `answer`, writes `score`; records an event where the state names a learner who agrees."""

    name = "score_item"

    def __init__(self, sandbox: Sandbox, store: ConceptStore, memory: LearnerMemory) -> None:
        self.sandbox, self.store, self.memory = sandbox, store, memory

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        item = read(state, "item", Item)
        answer = state.get("answer")
        if not isinstance(answer, str):
            raise InputError("the state has no answer", place="state.answer", remedy="give the answer as text")
        graph = await self.store.snapshot()
        with speaking(state.get("language") or item.language):
            found = await score(self.sandbox, item, answer, corrections_of(graph))
        update: Plain = {
            "score": {
                "right": found.right,
                "said": list(found.said),
                "misconception": found.misconception,
                "passed": found.passed,
                "total": found.total,
            }
        }
        learner = state.get("learner_id")
        if not isinstance(learner, str):
            return update
        at = str(state.get("at") or datetime.now(UTC).isoformat())
        try:
            await self.memory.record(event_of(item, found, learner, at, graph))
        except StorageError as error:
            update |= degraded(self.name, error, "the answer was judged; nothing was written to the learner memory")
        return update
