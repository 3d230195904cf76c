"""Kinds of the assessment: each agent of the assessment graph, and the question to a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from langgraph.types import interrupt

from gradatim.agents import (
    Critic,
    Decider,
    Deliverer,
    Diagnostician,
    Executor,
    Generator,
    Intake,
    Recaller,
    Recorder,
    Retriever,
    Reviser,
    Verifier,
)
from gradatim.agents.calibration import load_calibration
from gradatim.agents.critic import Opinion
from gradatim.agents.deliverer import Outcome
from gradatim.agents.hitl import HITLResponse, to_hitl
from gradatim.agents.policy import parse_policy, policy_of
from gradatim.agents.reviews import review_request
from gradatim.agents.state import Plain, State
from gradatim.agents.wording import Wording
from gradatim.domain import (
    Composite,
    Confidence,
    Degradation,
    Diagnosis,
    Evidence,
    Execution,
    Feedback,
    LearnerState,
    MasteryChange,
    Recollection,
    Submission,
    Task,
)
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.graphs.workflow.kinds.parameters import (
    CritiqueParameters,
    DecideParameters,
    DiagnoseParameters,
    GenerateParameters,
    IntakeParameters,
    RecallParameters,
    RetrieveParameters,
    ReviseParameters,
)
from gradatim.graphs.workflow.types import Unchecked
from gradatim.tools.claims import ClaimChecker

Draft = Unchecked[Feedback]
"""A feedback as written: it has not been held against evidence."""
_CASE: dict[str, Any] = {"task": Task, "submission": Submission, "execution": Execution, "diagnosis": Diagnosis}


def _intake(services: Services, given: IntakeParameters) -> Agent:
    return Intake(given.limit or services.settings.submission_limit)


def _diagnose(services: Services, given: DiagnoseParameters) -> Agent:
    seconds = services.settings.repair_seconds if given.repair_seconds is None else given.repair_seconds
    return Diagnostician(services.sandbox, services.concepts, seconds)


def _retrieve(services: Services, given: RetrieveParameters) -> Agent:
    return Retriever(services.concepts, services.passages, services.related, given.limit)


def _generate(services: Services, given: GenerateParameters) -> Agent:
    profile, curriculum = services.settings.lambda_profile, services.settings.lambda_curriculum
    wording = Wording(services.concepts, profile, curriculum) if profile or curriculum else None
    return Generator(services.model, given.max_tokens, services.concepts if given.settled else None, wording)


def _critique(services: Services, given: CritiqueParameters) -> Agent:
    return Critic(services.model, given.samples or services.settings.samples, given.temperature)


def _verifier(services: Services) -> Verifier:
    return Verifier(ClaimChecker(services.sandbox, services.concepts))


def _decide(services: Services, given: DecideParameters) -> Agent:
    settings = services.settings
    policy = policy_of(settings)
    if given.policy is not None:
        policy = parse_policy(given.policy, "policy", policy)
    if given.threshold is not None:
        policy = replace(policy, fixed_threshold=given.threshold)
    return Decider(policy, load_calibration(settings), services.decisions)


def _revise(services: Services, given: ReviseParameters) -> Agent:
    return Reviser(policy_of(services.settings).rounds if given.rounds is None else given.rounds)


async def human_review(state: State, runtime: Any = None) -> Plain:
    """Waits for a person. Nothing else: a node runs again from its first line when it is resumed."""
    return {"decision": interrupt(to_hitl(review_request(state)))}


KINDS: tuple[Kind, ...] = (
    Kind(
        "intake",
        "Takes a submission in: that it belongs to the task, is not too large, has normal line ends.",
        _intake,
        reads={"task": Task, "submission": Submission},
        writes={"submission": Submission, "at": str},
        parameters=IntakeParameters,
    ),
    Kind(
        "execute",
        "Runs the task's tests on the program in a sandbox; the only source of a verdict.",
        lambda services, _: Executor(services.sandbox),
        reads={"task": Task, "submission": Submission},
        writes={"execution": Execution},
    ),
    Kind(
        "recall",
        "Reads what the memory knows about the learner, and earlier cases like this one.",
        lambda services, given: Recaller(services.memory, given.limit, given.floor),
        reads={"task": Task, "submission": Submission},
        writes={"learner": LearnerState | None},
        may_write={"recollections": list[Recollection], "degradations": list[Degradation]},
        parameters=RecallParameters,
    ),
    Kind(
        "diagnose",
        "Says what is wrong and where, with evidence, and measures the rubric's dimensions; asks no model.",
        _diagnose,
        reads={"task": Task, "submission": Submission, "execution": Execution},
        writes={"diagnosis": Diagnosis, "rubric": Composite},
        parameters=DiagnoseParameters,
    ),
    Kind(
        "retrieve",
        "Grounds a diagnosis in the concept graph, the course and the learner's history.",
        _retrieve,
        reads={"task": Task, "diagnosis": Diagnosis},
        optional={"learner": LearnerState, "recollections": list[Recollection]},
        writes={"grounds": list[Evidence]},
        may_write={"degradations": list[Degradation]},
        parameters=RetrieveParameters,
    ),
    Kind(
        "generate",
        "Writes feedback from evidence, citing it; the draft is unchecked until `verify`.",
        _generate,
        reads=_CASE,
        optional={
            "grounds": list[Evidence],
            "learner": LearnerState,
            "refutations": list[str],
            "revisions": int,
            "realise": bool,
            "generation": dict[str, Any],
        },
        writes={"draft": Draft, "generation": dict[str, Any]},
        may_write={
            "repeated": bool,
            "prompts": dict[str, str],
            "usage": dict[str, Any],
            "degradations": list[Degradation],
        },
        parameters=GenerateParameters,
        prompts=("system", "worked_reasoning", "worked_reasoning_correct"),
    ),
    Kind(
        "verify",
        "Executes or looks up every claim of a draft and keeps what bears out.",
        lambda services, _: _verifier(services),
        reads={**_CASE, "draft": Draft},
        optional={"grounds": list[Evidence]},
        writes={"checked": Feedback},
    ),
    Kind(
        "critique",
        "Asks for several independent short diagnoses and measures how far they agree with the draft.",
        _critique,
        reads={**_CASE, "draft": Draft},
        optional={"grounds": list[Evidence], "learner": LearnerState, "opinions": list[Opinion]},
        writes={"consistency": float | None},
        may_write={
            "opinions": list[Opinion],
            "prompts": dict[str, str],
            "usage": dict[str, Any],
            "degradations": list[Degradation],
        },
        parameters=CritiqueParameters,
        prompts=("self_reflection",),
    ),
    Kind(
        "decide",
        "Joins checks and agreement into a confidence, and routes: deliver, revise or review.",
        _decide,
        reads={**_CASE, "checked": Feedback},
        optional={
            "grounds": list[Evidence],
            "opinions": list[Opinion],
            "consistency": float,
            "generation": dict[str, Any],
            "revisions": int,
            "realise": bool,
            "degradations": list[Degradation],
            "at": str,
        },
        writes={"confidence": Confidence},
        may_write={"degradations": list[Degradation]},
        parameters=DecideParameters,
    ),
    Kind(
        "revise",
        "Sends a refuted feedback back with what was found wrong; after its rounds lets evidence speak alone.",
        _revise,
        reads={"checked": Feedback},
        optional={"revisions": int, "repeated": bool},
        writes={"refutations": list[str]},
        may_write={"revisions": int, "realise": bool},
        parameters=ReviseParameters,
    ),
    Kind(
        "human_review",
        "Asks a person whether a checked feedback may reach the learner: approve, edit, reject or respond.",
        lambda services, given: human_review,
        reads={
            "task": Task,
            "submission": Submission,
            "checked": Feedback,
            "confidence": Confidence,
            "at": str,
        },
        writes={"decision": HITLResponse},
        asks=True,
    ),
    Kind(
        "deliver",
        "Settles what the learner may read, by the reviewer's decision where there is one.",
        lambda services, _: Deliverer(_verifier(services), services.memory, services.decisions),
        reads={**_CASE, "checked": Feedback, "confidence": Confidence, "draft": Draft},
        optional={
            "grounds": list[Evidence],
            "learner": LearnerState,
            "decision": HITLResponse,
            "generation": dict[str, Any],
            "refutations": list[str],
            "revisions": int,
            "at": str,
        },
        writes={"outcome": Outcome},
        may_write={"degradations": list[Degradation]},
    ),
    Kind(
        "record",
        "Writes what was learnt into the learner memory, once.",
        lambda services, _: Recorder(services.memory, services.concepts),
        reads={**_CASE, "outcome": Outcome, "at": str},
        optional={"grounds": list[Evidence], "generation": dict[str, Any], "rubric": Composite},
        may_write={"changes": list[MasteryChange], "degradations": list[Degradation]},
    ),
)
