"""Kinds of tutoring: each agent of the tutoring graph, the question to a person, and a whole turn as one node."""

from __future__ import annotations

from typing import Annotated, Any

from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict, Field

from gradatim.agents.retriever import Retriever
from gradatim.agents.state import Plain, State
from gradatim.agents.tutoring.checking import Speaker
from gradatim.agents.tutoring.composing import Composer
from gradatim.agents.tutoring.examiner import Examiner
from gradatim.agents.tutoring.handover import Relay, hand_over_of, to_request
from gradatim.agents.tutoring.notes import Digest, Exchange, Plan, Tally, Understanding
from gradatim.agents.tutoring.planning import TutorPolicy
from gradatim.agents.tutoring.planning.planner import Planner
from gradatim.agents.tutoring.planning.policy import Reason
from gradatim.agents.tutoring.recaller import SessionRecaller
from gradatim.agents.tutoring.rememberer import Rememberer
from gradatim.agents.tutoring.turn import Heard, Turn
from gradatim.agents.tutoring.understanding import Listener
from gradatim.agents.tutoring.wording import Worder
from gradatim.domain import Diagnosis, Evidence, Execution, LearnerState, Recollection, Statement, Submission, Task
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind, NoParameters
from gradatim.graphs.workflow.types import Unchecked
from gradatim.tools.claims import ClaimChecker

_SESSION: dict[str, Any] = {"session": str, "heard": Heard}
_KNOWN: dict[str, Any] = {
    "number": int, "task": Task, "concept": str, "learner_id": str, "language": str, "began": str,
}  # fmt: skip
_PROGRAM: dict[str, Any] = {
    "submission": Submission, "execution": Execution, "diagnosis": Diagnosis, "grounds": list[Evidence],
}  # fmt: skip
_NOTES: dict[str, Any] = {"plan": Plan, "tally": Tally, "understood": Understanding, "code": str}
_MOVES: dict[str, Any] = {"before": dict[str, Any], "ran": dict[str, Any], "progressed": str, "answered": str}
Draft = Unchecked[list[Statement]]
"""Sentences that nobody has checked yet."""


class PolicyParameters(BaseModel):
    """What the course allows its tutor."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hand_over: tuple[Reason, ...] = ("distress", "asked", "stuck")
    """When a person takes over."""
    stuck_attempts: Annotated[int, Field(ge=1, le=1000)] = 10
    """Failing attempts at one fault, with every hint given, from which a learner is stuck."""
    solution_after: Annotated[int, Field(ge=0, le=1000)] = 2
    """Failing attempts from which a task that allows it has its solution shown on request."""
    free_hints: Annotated[int, Field(ge=1, le=100)] = 2
    """Hints in a row before a prediction is asked for first."""

    def policy(self) -> TutorPolicy:
        """As the agents take it."""
        return TutorPolicy(
            hand_over=frozenset(self.hand_over),
            stuck_attempts=self.stuck_attempts,
            solution_after=self.solution_after,
            free_hints=self.free_hints,
        )


class WordParameters(BaseModel):
    """What a model's words may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: Annotated[float, Field(ge=0, le=600)] = 30.0
    """Time for one turn; 0: evidence alone speaks."""
    tokens: Annotated[int, Field(ge=16, le=1000)] = 90
    """Tokens of its answer."""


async def ask_teacher(state: State, runtime: Any = None) -> Plain:
    """Waits for a person's answer to the learner, and does nothing else."""
    return {"decision": interrupt(to_request(hand_over_of(state)))}


def _checker(services: Services) -> ClaimChecker:
    return ClaimChecker(services.sandbox, services.concepts)


def _examiner(services: Services, _: Any) -> Agent:
    settings = services.settings
    retriever = Retriever(services.concepts, services.passages, services.related)
    return Examiner(
        services.sandbox, retriever, limit=settings.submission_limit, repair_seconds=settings.repair_seconds
    )


def _planner(services: Services, parameters: PolicyParameters) -> Agent:
    return Planner(parameters.policy(), services.concepts)


def _worder(services: Services, parameters: WordParameters) -> Agent:
    policy = TutorPolicy(model_seconds=parameters.seconds, model_tokens=parameters.tokens)
    return Worder(services.model, _checker(services), policy)


KINDS = (
    Kind(
        key="tutor_recall",
        summary="Ask the memory about the learner, at the opening of a tutoring session.",
        build=lambda services, _: SessionRecaller(services.memory),
        optional=_KNOWN,
        may_write={"learner": LearnerState, "recollections": list[Recollection]},
    ),
    Kind(
        key="tutor_understand",
        summary="Understand a learner's message: intent, affect, the program and the answer in it.",
        build=lambda services, _: Listener(services.concepts, services.model),
        reads={"heard": Heard},
        optional={**_KNOWN, "plan": Plan, "exchanges": list[Exchange]},
        writes={"understood": Understanding | None, "code": str | None},
    ),
    Kind(
        key="tutor_examine",
        summary="Run and diagnose the program that came with a message; nothing where none came.",
        build=_examiner,
        reads={"heard": Heard, "code": str | None},
        optional={**_KNOWN, **_PROGRAM, **_MOVES, "plan": Plan, "learner": LearnerState},
        may_write={**_PROGRAM, "before": dict[str, Any] | None, "ran": dict[str, Any]},
    ),
    Kind(
        key="tutor_plan",
        summary="Decide what the tutor does: which fault, how much help, which moves; hidden from the learner.",
        build=_planner,
        reads={"heard": Heard},
        optional={**_KNOWN, **_PROGRAM, **_NOTES, **_MOVES, "learner": LearnerState},
        writes={"plan": Plan, "tally": Tally, "asked": dict[str, Any] | None},
        may_write={"progressed": str},
        parameters=PolicyParameters,
    ),
    Kind(
        key="tutor_compose",
        summary="Say what the plan wants said, from evidence alone, with one question.",
        build=lambda services, _: Composer(services.sandbox, services.concepts),
        reads={"heard": Heard, "plan": Plan, "tally": Tally},
        optional={**_KNOWN, **_PROGRAM, **_NOTES, **_MOVES, "learner": LearnerState},
        writes={"draft": Draft, "author": str, "plan": Plan, "brought": list[Evidence]},
        parameters=NoParameters,
    ),
    Kind(
        key="tutor_word",
        summary="Let the model add a sentence or two that stand up to checks; never facts or questions.",
        build=_worder,
        reads={"heard": Heard, "plan": Plan, "draft": Draft},
        optional={**_KNOWN, **_PROGRAM, **_NOTES, "exchanges": list[Exchange], "said": list[str]},
        may_write={"draft": Draft, "author": str},
        parameters=WordParameters,
    ),
    Kind(
        key="tutor_check",
        summary="Check every sentence, refuse what gives the solution away, and release the rest as the turn.",
        build=lambda services, _: Speaker(_checker(services)),
        reads={**_SESSION, "plan": Plan, "draft": Draft},
        optional={**_KNOWN, **_PROGRAM, **_NOTES, "author": str, "brought": list[Evidence], "said": list[str]},
        writes={"turn": Turn, "said": list[str]},
    ),
    Kind(
        key="tutor_remember",
        summary="Write the turn to the learner memory, and keep the session short.",
        build=lambda services, _: Rememberer(services.memory, services.concepts),
        reads={**_SESSION, "turn": Turn},
        optional={
            **_KNOWN, **_PROGRAM, **_NOTES, **_MOVES, "asked": dict[str, Any], "exchanges": list[Exchange],
            "digest": Digest,
        },
        writes={"exchanges": list[Exchange], "digest": Digest, "answered": str},
    ),
    Kind(
        key="tutor_ask_teacher",
        summary="Hand a tutoring session over to a person and wait for the answer.",
        build=lambda _services, _parameters: ask_teacher,
        reads={**_SESSION, "turn": Turn},
        optional={**_KNOWN, **_PROGRAM, "plan": Plan, "exchanges": list[Exchange]},
        writes={"decision": dict[str, Any]},
        asks=True,
    ),
    Kind(
        key="tutor_relay",
        summary="Give a person's answer to the learner, in the person's name.",
        build=lambda _services, _parameters: Relay(),
        reads={"decision": dict[str, Any], "heard": Heard, "turn": Turn},
        optional={"plan": Plan, "language": str},
        writes={"turn": Turn, "number": int, "heard": Heard, "plan": Plan, "understood": None, "code": None},
    ),
)  # fmt: skip
