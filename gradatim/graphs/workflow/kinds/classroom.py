"""Kinds of the classroom: oral questions, short answers, placement tests, help for peer reviewers, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict, Field

from gradatim.agents.classroom.oral import OralExaminer, OralSheet
from gradatim.agents.classroom.peerreview import PeerReview, PeerReviewHelper
from gradatim.agents.classroom.placement import Placement, PlacementLevel, PoolTask, TaskAnswer, level_of, next_task
from gradatim.agents.classroom.shortanswer import ShortAnswerMarker, ShortAnswerMarks, ShortAnswerQuestion
from gradatim.agents.hitl import HITLRequest, HITLResponse
from gradatim.agents.state import Plain, State, degraded, execution_of, read, task_of
from gradatim.domain import (
    Degradation,
    Diagnosis,
    Evidence,
    Execution,
    Noun,
    Probability,
    Statement,
    Submission,
    Task,
)
from gradatim.errors import StorageError
from gradatim.graphs.services import Services
from gradatim.graphs.tools.learners import proposals
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.graphs.workflow.kinds.rounds import program_in
from gradatim.graphs.workflow.types import Unchecked
from gradatim.languages import say
from gradatim.tools.claims import ClaimChecker

ACTION = "hand_in"


class ClassroomParameters(BaseModel):
    """Base of the parameters of these kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OralParameters(ClassroomParameters):
    """What `oral_questions` may be given."""

    count: Annotated[int, Field(ge=1, le=20)] = 5
    """Questions at most."""


class PickParameters(ClassroomParameters):
    """What `pick_task` may be given."""

    most: Annotated[int, Field(ge=1, le=100)] = 10
    """Tasks at most."""
    error: Annotated[float, Field(gt=0, le=2)] = 0.45
    """Standard error of ability at which the test is over."""


class PlaceParameters(ClassroomParameters):
    """What `place` is given."""

    levels: Annotated[dict[str, float], Field(min_length=1, max_length=20)]
    """Level → ability from which it begins, in logits."""
    least: Annotated[float, Field(gt=0, le=1)] = 0.7
    """Probability from which a level is certain."""


class NextParameters(ClassroomParameters):
    """What `next_concepts` may be given."""

    limit: Annotated[int, Field(ge=1, le=20)] = 3
    goal: str | None = None
    """Only what leads to this concept."""


class NextConcept(Noun):
    """A concept to practise next, with reasons."""

    concept: str
    mastery: Probability
    reasons: tuple[str, ...]


def _pick(_: Services, given: PickParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        pool = [PoolTask.model_validate(item) for item in state["pool"]]
        answers = [TaskAnswer.model_validate(item) for item in state.get("answers") or ()]
        placement = next_task(pool, answers, most=given.most, error=given.error)
        chosen = next(item.task for item in pool if item.task.id == placement.next)
        kept = [item.plain() for item in answers]
        return {"placement": placement.plain(), "task": chosen.plain(), "answers": kept}

    return agent


def _place(_: Services, given: PlaceParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        return {"level": level_of(read(state, "placement", Placement), given.levels, given.least).plain()}

    return agent


async def hand_in(state: State, runtime: Any = None) -> Plain:
    """Waits for a learner's program for the task; skipping it hands in an empty one."""
    task = task_of(state)
    answer: HITLResponse = interrupt(_request(task))
    code = program_in(answer)
    learner = state.get("learner_id")
    submission = Submission.of(task.id, code or "", learner_id=str(learner) if learner else None)
    return {"submission": submission.plain(), "handed_in": code is not None}


def _request(task: Task) -> HITLRequest:
    shown = {"task": task.id, "title": task.title, "statement": task.statement}
    return {
        "action_requests": [
            {"name": ACTION, "args": shown, "description": say("classroom.placement.ask", title=task.title)}
        ],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": ["respond", "edit", "reject"]}],
    }


async def note_answer(state: State, runtime: Any = None) -> Plain:
    """Adds what the tests of the task showed to the answers."""
    task, execution = task_of(state), execution_of(state)
    answer = TaskAnswer(task=task.id, passed=execution.passed)
    before: list[Plain] = list(state.get("answers") or ())
    kept = [item for item in before if item["task"] != task.id]
    return {"answers": [*kept, answer.plain()]}


def _next(services: Services, given: NextParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        submission = Submission.model_validate(state["submission"]) if state.get("submission") else None
        learner = state.get("learner_id") or (submission.learner_id if submission else None)
        if learner is None:
            return Plain(next_concepts=[])
        try:
            known = await services.memory.state(str(learner))
            found = await proposals(services, known, given.goal, given.limit) if known.events else ()
        except StorageError as error:
            return Plain(next_concepts=[]) | degraded("next_concepts", error, "nothing is proposed")
        rows = [
            NextConcept(
                concept=item.concept, mastery=item.mastery, reasons=tuple(reason.text for reason in item.reasons)
            )
            for item in found
        ]
        proposed: list[Plain] = [row.plain() for row in rows]
        return {"next_concepts": proposed}

    return agent


def _alone(agent: Agent) -> Callable[[Services, Any], Agent]:
    def build(services: Services, given: Any) -> Agent:
        return agent

    return build


_CASE: dict[str, Any] = {"task": Task, "submission": Submission, "execution": Execution, "diagnosis": Diagnosis}

KINDS: tuple[Kind, ...] = (
    Kind(
        "oral_questions",
        "Questions for a talk about a program, with executed answers; says nothing about who wrote it.",
        lambda services, given: OralExaminer(services.sandbox, given.count),
        reads={"task": Task, "submission": Submission},
        writes={"oral_sheet": OralSheet, "oral_questions": list[str]},
        parameters=OralParameters,
    ),
    Kind(
        "mark_short_answer",
        "Marks a short answer by criteria, every judgement with the learner's words; tells what is uncertain.",
        lambda services, given: ShortAnswerMarker(services.concepts),
        reads={"question": ShortAnswerQuestion, "answer": Unchecked[str]},
        writes={"marks": ShortAnswerMarks},
        may_write={"degradations": list[Degradation]},
    ),
    Kind(
        "pick_task",
        "Placement test: estimates ability from the answers so far and picks the task that tells most.",
        _pick,
        reads={"pool": list[PoolTask]},
        optional={"answers": list[TaskAnswer]},
        writes={"placement": Placement, "task": Task, "answers": list[TaskAnswer]},
        parameters=PickParameters,
    ),
    Kind(
        "hand_in",
        "Waits for a learner's program for the task; the learner may skip it.",
        _alone(hand_in),
        reads={"task": Task},
        optional={"learner_id": str},
        writes={"submission": Submission, "handed_in": bool},
        asks=True,
    ),
    Kind(
        "note_answer",
        "Placement test: keeps whether the task was solved.",
        _alone(note_answer),
        reads={"task": Task, "execution": Execution},
        optional={"answers": list[TaskAnswer]},
        writes={"answers": list[TaskAnswer]},
    ),
    Kind(
        "place",
        "Placement test: the level that the ability stands for, with its probability.",
        _place,
        reads={"placement": Placement},
        writes={"level": PlacementLevel},
        parameters=PlaceParameters,
    ),
    Kind(
        "help_reviewer",
        "Holds a peer's review against evidence: what the author may read, and advice for the reviewer.",
        lambda services, given: PeerReviewHelper(ClaimChecker(services.sandbox, services.concepts)),
        reads={"review": Unchecked[str], **_CASE},
        optional={"grounds": list[Evidence]},
        writes={"peer_review": PeerReview, "statements": list[Statement]},
    ),
    Kind(
        "next_concepts",
        "What the learner should practise next, with reasons, by the learner memory and the concept graph.",
        _next,
        optional={"submission": Submission, "learner_id": str},
        writes={"next_concepts": list[NextConcept]},
        may_write={"degradations": list[Degradation]},
        parameters=NextParameters,
    ),
)
