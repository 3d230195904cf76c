"""The state of the assessment graph: JSON-plain, and each key written by one node.

Agents read the nouns they need through the helpers below and return only the keys they change. `degradations`,
`seconds`, `usage` and `prompts` are written by several nodes, each with an explicit reducer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict, TypeVar

from gradatim.domain import (
    Confidence,
    Degradation,
    Diagnosis,
    Evidence,
    Execution,
    Feedback,
    LearnerState,
    Noun,
    Submission,
    Task,
    Usage,
)
from gradatim.errors import InputError

Plain = dict[str, Any]
NounT = TypeVar("NounT", bound=Noun)


def append_new(old: list[Plain] | None, new: list[Plain] | None) -> list[Plain]:
    """Reducer: append what is not there yet (a node that runs again reports the same thing again)."""
    kept = list(old or [])
    return kept + [item for item in (new or []) if item not in kept]


def add_up(old: dict[str, float] | None, new: dict[str, float] | None) -> dict[str, float]:
    """Reducer: add numbers key by key."""
    total = dict(old or {})
    for key, value in (new or {}).items():
        total[key] = total.get(key, 0.0) + value
    return total


def add_usage(old: dict[str, Plain] | None, new: dict[str, Plain] | None) -> dict[str, Plain]:
    """Reducer: add what questions to the model took, node by node."""
    total = dict(old or {})
    for node, spent in (new or {}).items():
        total[node] = (Usage.model_validate(total.get(node, {})) + Usage.model_validate(spent)).plain()
    return total


def merge(old: dict[str, str] | None, new: dict[str, str] | None) -> dict[str, str]:
    """Reducer: later values win."""
    return {**(old or {}), **(new or {})}


class AssessmentState(TypedDict, total=False):
    """One assessment on its way through the graph. Comments name the one node that writes a key."""

    id: str  # input: also the thread id of the run
    language: str  # input, or recall: the learner's own; code of the language that the learner is spoken to in
    task: Plain  # input
    submission: Plain  # input, normalised by intake
    at: str  # intake: when the assessment began, ISO 8601 in UTC
    execution: Plain  # execute
    learner: Plain | None  # recall
    recollections: list[Plain]  # recall
    diagnosis: Plain  # diagnose
    rubric: Plain  # diagnose: the five dimensions
    grounds: list[Plain]  # retrieve: all evidence
    draft: Plain  # generate: the feedback as written
    repeated: bool  # generate: the model gave its refuted answer once more, word for word
    generation: Plain  # generate: model, token log-probability, where the raw answer is kept
    checked: Plain  # verify: the feedback with a check for each claim
    opinions: list[Plain]  # critique: independent short diagnoses
    consistency: float | None  # critique: agreement of the opinions and of the draft with them, in [0, 1]
    confidence: Plain  # decide
    refutations: list[str]  # revise
    revisions: int  # revise
    realise: bool  # revise: the model had its rounds, evidence speaks now
    decision: Plain | None  # human_review: a HITLResponse with the reviewer's name
    outcome: Plain  # deliver: {"feedback", "delivered", "reviewed_by"}
    changes: list[Plain]  # record
    degradations: Annotated[list[Plain], append_new]
    seconds: Annotated[dict[str, float], add_up]
    usage: Annotated[dict[str, Plain], add_usage]
    prompts: Annotated[dict[str, str], merge]


State = Mapping[str, Any]
"""What an agent is given: the keys that it reads."""


def read(state: State, key: str, noun: type[NounT]) -> NounT:
    """The noun under a key.

    Raises:
        InputError: The key is missing: the agent stands too early in the graph, or was called without it.
    """
    value = state.get(key)
    if value is None:
        raise InputError(
            f"the state has no {key!r}",
            place=f"state.{key}",
            remedy=f"give {key!r} (a plain {noun.__name__}) or put the agent behind the node that writes it",
        )
    return value if isinstance(value, noun) else noun.model_validate(value)


def task_of(state: State) -> Task:
    return read(state, "task", Task)


def submission_of(state: State) -> Submission:
    return read(state, "submission", Submission)


def execution_of(state: State) -> Execution:
    return read(state, "execution", Execution)


def diagnosis_of(state: State) -> Diagnosis:
    return read(state, "diagnosis", Diagnosis)


def learner_of(state: State) -> LearnerState | None:
    return read(state, "learner", LearnerState) if state.get("learner") else None


def language_of(state: State) -> str | None:
    """Code of the language of this run, if it was settled."""
    value = state.get("language")
    return str(value) if value else None


def grounds_of(state: State) -> tuple[Evidence, ...]:
    """All evidence; what the diagnosis holds where retrieval has not run."""
    if state.get("grounds") is None:
        return diagnosis_of(state).evidence
    return tuple(Evidence.model_validate(item) for item in state["grounds"])


def draft_of(state: State) -> Feedback:
    return read(state, "draft", Feedback)


def checked_of(state: State) -> Feedback:
    return read(state, "checked", Feedback)


def confidence_of(state: State) -> Confidence:
    return read(state, "confidence", Confidence)


def generation_of(state: State) -> Plain:
    """How the draft was made; empty where nothing was generated yet."""
    return dict(state.get("generation") or {})


def degraded(node: str, reason: object, fallback: str) -> Plain:
    """An update that says what could not be done and what stood in for it."""
    return {"degradations": [Degradation(node=node, reason=str(reason), fallback=fallback).plain()]}
