"""Kinds of workflows in which a learner comes back: the next attempt, what fails still, what a peer sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from langgraph.types import interrupt

from gradatim.agents.hitl import HITLRequest, HITLResponse
from gradatim.agents.state import Plain, State, execution_of, submission_of, task_of
from gradatim.domain import Execution, Noun, Submission, Task
from gradatim.errors import ReviewError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.languages import say

ACTION = "hand_in"
_FENCED = re.compile(r"^\s*```[\w+-]*[ \t]*\n(.*?)\n?```\s*$", re.DOTALL)


def _of(agent: Agent) -> Callable[[Services, Any], Agent]:
    def build(services: Services, parameters: Any) -> Agent:
        return agent

    return build


async def next_attempt(state: State, runtime: Any = None) -> Plain:
    """Waits for the learner's next program. What the earlier one led to is forgotten, so that the round begins anew."""
    old, task = submission_of(state), task_of(state)
    answer: HITLResponse = interrupt(_request(task, old))
    code = program_in(answer)
    update: Plain = {"handed_in": code is not None, "submission": old.plain()}
    if code is not None:
        handed_in = Submission.of(task.id, code, old.filename, old.learner_id)
        update["submission"] = handed_in.plain()
    # an empty decision is none: what a person said about the last round's feedback says nothing about the next one's
    return update | {"revisions": 0, "refutations": [], "realise": False, "decision": {}}


def _request(task: Task, old: Submission) -> HITLRequest:
    return {
        "action_requests": [
            {
                "name": ACTION,
                "args": {"task": task.id, "filename": old.filename, "code": old.code},
                "description": say("planning.next_attempt.ask"),
            }
        ],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": ["respond", "edit", "reject"]}],
    }


def program_in(answer: HITLResponse) -> str | None:
    """The program that a learner answered with; nothing where they stop.

    Raises:
        ReviewError: The answer holds none.
    """
    decisions = answer.get("decisions") or []
    decision = decisions[0] if decisions else None
    if decision is not None and decision["type"] == "reject":
        return None
    code: Any = None
    if decision is not None and decision["type"] == "respond":
        code = decision.get("message")
    elif decision is not None and decision["type"] == "edit":
        code = (decision.get("edited_action") or {"args": {}})["args"].get("code")
    if not isinstance(code, str) or not code.strip():
        raise ReviewError(say("planning.next_attempt.empty"), place=ACTION, remedy=say("planning.next_attempt.remedy"))
    fenced = _FENCED.match(code)
    return fenced.group(1) + "\n" if fenced else code


async def failing_share(state: State, runtime: Any = None) -> Plain:
    """Which share of a task's tests a program does not pass, in [0, 1]."""
    outcomes = execution_of(state).outcomes
    failed = sum(outcome.status != "passed" for outcome in outcomes)
    return {"failed_share": failed / len(outcomes) if outcomes else 1.0}


class PeerView(Noun):
    """What a fellow learner may see: the exercise and a program, but not whose, nor hidden tests or a solution."""

    title: str
    statement: str
    tests: tuple[str, ...]
    code: str


async def peer_view(state: State, runtime: Any = None) -> Plain:
    """Takes from a task and a submission what a fellow learner may see."""
    task = task_of(state)
    tests = tuple(case.label for case in task.tests if not case.hidden)
    view = PeerView(title=task.title, statement=task.statement, tests=tests, code=submission_of(state).code)
    return {"peer_view": view.plain()}


KINDS: tuple[Kind, ...] = (
    Kind(
        "peer_view",
        "Takes what a fellow learner may see: exercise and program, without name, hidden tests or solution.",
        _of(peer_view),
        reads={"task": Task, "submission": Submission},
        writes={"peer_view": PeerView},
    ),
    Kind(
        "next_attempt",
        "Waits for the learner's next program, after a hint; the learner may also stop.",
        _of(next_attempt),
        reads={"task": Task, "submission": Submission},
        writes={
            "submission": Submission,
            "handed_in": bool,
            "revisions": int,
            "refutations": list[str],
            "realise": bool,
            "decision": HITLResponse,
        },
        asks=True,
    ),
    Kind(
        "failing_share",
        "Says which share of the tests fails.",
        _of(failing_share),
        reads={"execution": Execution},
        writes={"failed_share": float},
    ),
)
