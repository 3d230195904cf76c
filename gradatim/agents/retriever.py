"""Retriever: grounds a diagnosis in the concept graph and in the learner's own history."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from gradatim import telemetry
from gradatim.agents.state import Plain, State, degraded, diagnosis_of, learner_of, task_of
from gradatim.domain import Diagnosis, Evidence, LearnerState, Recollection, Task
from gradatim.errors import GradatimError
from gradatim.kg import ConceptStore, resolve
from gradatim.kg.fallback import stand_in
from gradatim.kg.passages import Passage, PassageIndex
from gradatim.kg.passages.index import AT_MOST
from gradatim.kg.related import Related
from gradatim.kg.retrieval import retrieve
from gradatim.telemetry import names

WEAK = 0.5
"""Mastery below which a concept counts as weak."""


class Retriever:
    """Collects the evidence that a feedback may cite.

    Args:
        store: The concept graph.
        passages: Text of the course.
        related: Which concepts are close to which.
        limit: Pieces of evidence from the graph at most.
    """

    name = "retrieve"

    def __init__(
        self,
        store: ConceptStore,
        passages: PassageIndex | None = None,
        related: Related | None = None,
        limit: int = 8,
    ) -> None:
        self.store = store
        self.passages = passages
        self.related = related
        self.limit = limit

    async def ground(
        self,
        task: Task,
        diagnosis: Diagnosis,
        learner: LearnerState | None = None,
        recollections: Sequence[Recollection] = (),
    ) -> tuple[Evidence, ...]:
        """The diagnosis' own evidence, the graph's, and the learner's; ids are unique."""
        with telemetry.retrieval(f"kg/{self.store.name}") as work:
            graph = await retrieve(
                self.store,
                concepts=task.concepts,
                errors=(diagnosis.error_category,) if diagnosis.error_category else (),
                misconceptions=diagnosis.misconceptions,
                mastery=learner,
                history=[shown for item in recollections for shown in item.misconceptions],
                passages=None if self.passages is None else _ObservedPassages(self.passages),
                related=self.related,
                limit=self.limit,
            )
            work.set(names.FOUND, len(graph))
        found = (*diagnosis.evidence, *graph, *_mastery(task, learner), *map(_history, recollections))
        return tuple({item.id: item for item in found}.values())

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        diagnosis = diagnosis_of(state)
        recollections = [Recollection.model_validate(item) for item in state.get("recollections") or ()]
        task = task_of(state)
        began = monotonic()
        try:
            grounds = await self.ground(task, diagnosis, learner_of(state), recollections)
            _, unknown = await resolve(self.store, task.concepts)
        except GradatimError as error:
            update: Plain = {"grounds": [item.plain() for item in diagnosis.evidence]}
            return update | degraded(self.name, error, "feedback without the concept graph")
        degradations: list[Any] = []
        if (instead := stand_in(self.store, began)) is not None:
            fallback = f"evidence from the last snapshot of the concept graph, version {instead.version}"
            degradations += degraded(self.name, instead, fallback)["degradations"]
        if unknown:
            reason = f"the concept graph {self.store.name} does not know {', '.join(unknown)} of task {task.id}"
            degradations += degraded(self.name, reason, "evidence from the other concepts")["degradations"]
        found: Plain = {"grounds": [item.plain() for item in grounds]}
        return found | {"degradations": degradations} if degradations else found


class _ObservedPassages(PassageIndex):
    """An index that tells of what is looked up in it."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    def about(self, concepts: Sequence[str], errors: Sequence[str] = (), limit: int = AT_MOST) -> tuple[Passage, ...]:
        """Passages about these concepts, the most telling first."""
        with telemetry.retrieval("passages") as work:
            found = self._index.about(concepts, errors, limit)
            work.set(names.FOUND, len(found))
            return found


def _mastery(task: Task, learner: LearnerState | None) -> list[Evidence]:
    """The task's concepts that this learner has been seen to be weak in."""
    if learner is None:
        return []
    known = [learner.of(concept) for concept in task.concepts]
    return [
        Evidence(
            id=f"mastery:{item.concept}",
            kind="mastery",
            summary=f"Mastery of {item.concept} is estimated at {item.probability:.2f} "
            f"from {item.observations} observations.",
            detail={
                "concept": item.concept,
                "probability": item.probability,
                "observations": item.observations,
            },
            source="memory",
        )
        for item in known
        if item is not None and item.observations and item.probability < WEAK
    ]


def _history(item: Recollection) -> Evidence:
    return Evidence(
        id=f"history:{item.id}",
        kind="history",
        summary=f"Earlier {item.kind}: {item.text}"[:240],
        detail={"task": item.task_id, "at": item.at, "misconceptions": list(item.misconceptions)},
        source="memory/recall",
    )
