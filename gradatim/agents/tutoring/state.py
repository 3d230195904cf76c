"""The state of a tutoring session, as the nodes of its graph share it: JSON-plain and bounded."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, TypedDict

from gradatim.agents.state import Plain, State, add_up, append_new, read
from gradatim.agents.tutoring.notes import Digest, Exchange, Plan, Tally, Understanding
from gradatim.agents.tutoring.turn import Heard, Turn
from gradatim.domain import Diagnosis, Evidence, Execution, LearnerState, Statement, Submission, Task
from gradatim.languages import speaking
from gradatim.tools.claims import Case


class TutoringState(TypedDict, total=False):
    """One session. Comments name the one node that writes a key."""

    session: str  # input: also the thread of the graph
    language: str | None  # input
    learner_id: str | None  # input
    task: Plain | None  # input: of a session on a task
    concept: str | None  # input: of a session on a concept
    began: str  # input: instant of the opening
    number: int  # input: of this turn
    heard: Plain  # input: what the learner said in this turn
    learner: Plain | None  # recall: what the memory knows, at the opening
    recollections: list[Plain]  # recall
    understood: Plain | None  # understand
    code: str | None  # understand: a program that came with this turn
    submission: Plain | None  # examine: the latest program
    execution: Plain | None  # examine
    diagnosis: Plain | None  # examine
    grounds: list[Plain]  # examine: all evidence
    before: Plain | None  # examine: what the program before it came to
    ran: Plain | None  # examine: that something was run, or why not
    asked: Plain | None  # plan: the question that the message came after
    progressed: str  # plan: instant of the last step forward
    answered: str  # remember: instant of the tutor's last words
    tally: Plain  # plan
    plan: Plain  # plan; compose adds the question that was asked
    draft: list[Plain]  # compose: statements, not checked yet
    author: str  # compose, or word
    brought: list[Plain]  # compose: evidence that this turn adds
    turn: Plain  # check; relay, where a person answered
    decision: Plain | None  # hand_over: what a person decided
    exchanges: list[Plain]  # remember: the last turns
    digest: Plain  # remember: what became of earlier ones
    said: list[str]  # check: code that was quoted on the present fault, for what leaks piece by piece
    degradations: Annotated[list[Plain], append_new]
    seconds: Annotated[dict[str, float], add_up]


@contextmanager
def in_language(state: State) -> Generator[None]:
    """Speak the session's language inside the block."""
    with speaking(state.get("language")):
        yield


def heard_of(state: State) -> Heard:
    return read(state, "heard", Heard)


def task_of(state: State) -> Task | None:
    return read(state, "task", Task) if state.get("task") else None


def understood_of(state: State) -> Understanding | None:
    return read(state, "understood", Understanding) if state.get("understood") else None


def tally_of(state: State) -> Tally:
    return read(state, "tally", Tally) if state.get("tally") else Tally()


def plan_of(state: State) -> Plan:
    return read(state, "plan", Plan) if state.get("plan") else Plan()


def turn_of(state: State) -> Turn:
    return read(state, "turn", Turn)


def draft_of(state: State) -> tuple[Statement, ...]:
    return tuple(Statement.model_validate(item) for item in state.get("draft") or ())


def exchanges_of(state: State) -> tuple[Exchange, ...]:
    return tuple(Exchange.model_validate(item) for item in state.get("exchanges") or ())


def digest_of(state: State) -> Digest:
    return read(state, "digest", Digest) if state.get("digest") else Digest()


def learner_of(state: State) -> LearnerState | None:
    return read(state, "learner", LearnerState) if state.get("learner") else None


def execution_of(state: State) -> Execution | None:
    return read(state, "execution", Execution) if state.get("execution") else None


def diagnosis_of(state: State) -> Diagnosis | None:
    return read(state, "diagnosis", Diagnosis) if state.get("diagnosis") else None


def submission_of(state: State) -> Submission | None:
    return read(state, "submission", Submission) if state.get("submission") else None


def evidence_of(state: State) -> tuple[Evidence, ...]:
    return tuple(Evidence.model_validate(item) for item in state.get("grounds") or ())


def case_of(state: State, *more: Evidence) -> Case | None:
    """The learner's latest program with all that was observed; `None` before there is one.

    Args:
        more: Evidence that this turn adds.
    """
    task, submission = task_of(state), submission_of(state)
    execution, diagnosis = execution_of(state), diagnosis_of(state)
    if task is None or submission is None or execution is None or diagnosis is None:
        return None
    return Case.of(task, submission, execution, diagnosis, (*evidence_of(state), *more))


def ran_of(state: State) -> Plain:
    """What became of running the latest program or lines; empty before anything was run."""
    return dict(state.get("ran") or {})


def before_of(state: State) -> Plain | None:
    """What the program before the latest one came to; `None` where there is none."""
    known = state.get("before")
    return dict(known) if known else None


def passed_of(state: State) -> bool | None:
    """Whether the latest program passes every test; `None` before any run."""
    execution = execution_of(state)
    return None if execution is None else execution.passed
