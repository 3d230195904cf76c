"""Recorder: writes what was learnt into the learner memory, once however often it runs."""

from __future__ import annotations

from typing import Any

from gradatim.agents.conversation import citable
from gradatim.agents.deliverer import Outcome
from gradatim.agents.payloads import store_of
from gradatim.agents.recaller import LENGTH
from gradatim.agents.state import (
    Plain,
    State,
    degraded,
    diagnosis_of,
    execution_of,
    generation_of,
    grounds_of,
    read,
    submission_of,
    task_of,
)
from gradatim.agents.substance import settle, substance_of, unsettle
from gradatim.domain import (
    Composite,
    Diagnosis,
    Execution,
    LearnerEvent,
    MasteryChange,
    Measure,
    Observation,
    Recollection,
    Task,
)
from gradatim.errors import StorageError
from gradatim.kg import ConceptStore, resolve
from gradatim.memory import LearnerMemory
from gradatim.tools.claims.case import Case


class Recorder:
    """Appends one event for an assessment; its id follows from the run, so that a repeat adds nothing.

    Where the learner has not consented (`gradatim.memory.rights`), nothing is recorded, and the reason is told.
    """

    name = "record"

    def __init__(self, memory: LearnerMemory, store: ConceptStore) -> None:
        self.memory = memory
        self.store = store

    async def observations(self, task: Task, execution: Execution, diagnosis: Diagnosis) -> tuple[Observation, ...]:
        """What the execution says about each concept.

        A correct program speaks for every concept of the task. A wrong one speaks against the concepts of the
        misconceptions it shows, or, where none is known, against the task's.
        """
        known, unknown = await resolve(self.store, task.concepts)
        concepts = (*(concept.id for concept in known), *unknown)
        if execution.passed:
            return tuple(Observation(concept=concept, correct=True) for concept in concepts)
        blamed: list[str] = []
        for match in diagnosis.misconceptions:
            misconception = await self.store.misconception(match.id)
            blamed += misconception.concepts if misconception else ()
        return tuple(Observation(concept=concept, correct=False) for concept in dict.fromkeys(blamed or concepts))

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        await _settle(state, runtime)
        submission = submission_of(state)
        if submission.learner_id is None:
            return {}
        task, execution, diagnosis = task_of(state), execution_of(state), diagnosis_of(state)
        outcome = read(state, "outcome", Outcome)
        run = str(state.get("id") or submission.id)
        event = LearnerEvent(
            id=f"assessment:{run}",
            learner_id=submission.learner_id,
            kind="assessment",
            at=str(state["at"]),
            task_id=task.id,
            observations=await self.observations(task, execution, diagnosis),
            payload={
                "submission": submission.id,
                "passed": execution.passed,
                "error_category": diagnosis.error_category,
                "misconceptions": [match.id for match in diagnosis.misconceptions],
                "rubric": {item.name: item.value for item in _measures(state)},
                "delivered": outcome.delivered,
                "reviewed_by": outcome.reviewed_by,
            },
        )
        try:
            changes: tuple[MasteryChange, ...] = await self.memory.record(event)
        except StorageError as error:
            return degraded(self.name, error, "nothing was written to the learner memory")
        update: Plain = {"changes": [change.plain() for change in changes]}
        try:
            await self.memory.remember(_recollections(event, task, execution, diagnosis, outcome))
        except StorageError as error:
            update |= degraded(self.name, error, "the event is recorded; it cannot be recalled by likeness")
        return update


async def _settle(state: State, runtime: Any) -> None:
    """Keep what was said for the next learner with the same diagnosis, or forget it when a person rejected it."""
    situation = generation_of(state).get("situation")
    if not situation:
        return
    store, outcome = store_of(runtime), read(state, "outcome", Outcome)
    if not outcome.delivered:
        await unsettle(store, situation)
        return
    case = Case.of(task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state))
    substance = substance_of(outcome.feedback, citable(case, grounds_of(state)))
    if substance is not None and outcome.feedback.author != "realiser":
        await settle(store, situation, substance)
    elif outcome.reviewed_by is not None:
        await unsettle(store, situation)  # a person said something that fits this program alone


def _measures(state: State) -> tuple[Measure, ...]:
    """The rubric's dimensions; none where the diagnosis came from elsewhere."""
    return read(state, "rubric", Composite).measures if state.get("rubric") else ()


def _recollections(
    event: LearnerEvent, task: Task, execution: Execution, diagnosis: Diagnosis, outcome: Outcome
) -> list[Recollection]:
    """The error and the feedback, as they may be recalled later; nothing for a correct program."""
    if execution.passed:
        return []
    why = diagnosis.misconceptions[0].why if diagnosis.misconceptions else ""
    failed = next((item.summary for item in diagnosis.evidence if item.kind in ("syntax", "test")), "")
    error = Recollection(
        id=f"{event.id}:error",
        learner_id=event.learner_id,
        kind="error",
        text=_brief(f"{task.title}: {diagnosis.error_category or 'wrong'}. {why or failed}"),
        task_id=task.id,
        concepts=task.concepts,
        misconceptions=tuple(match.id for match in diagnosis.misconceptions),
        at=event.at,
    )
    said = " ".join(statement.text for statement in outcome.feedback.corrective_suggestion)
    if not outcome.delivered or not said:
        return [error]
    return [error, error.model_copy(update={"id": f"{event.id}:feedback", "kind": "feedback", "text": _brief(said)})]


def _brief(text: str) -> str:
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"
