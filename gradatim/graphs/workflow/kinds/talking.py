"""Kinds with which a workflow holds a whole tutoring session: how it begins, and how it listens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from langgraph.types import interrupt

from gradatim.agents.hitl import HITLRequest, HITLResponse
from gradatim.agents.state import Plain, State, read
from gradatim.agents.tutoring.turn import Heard, Turn
from gradatim.errors import InputError, ReviewError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.languages import say

ACTION = "tutor"


async def tutor_open(state: State, runtime: Any = None) -> Plain:
    """Begins a session, named after the run; the tutor speaks first.

    Raises:
        InputError: The run has no id.
    """
    run = str(state.get("id") or "")
    if not run:
        raise InputError("a session needs the id of the run", place="state.id", remedy="give an `id` with the inputs")
    now = _now()
    return {"session": run, "number": 0, "began": now, "heard": Heard(at=now).plain()}


async def tutor_listen(state: State, runtime: Any = None) -> Plain:
    """Says what the tutor says and waits for the learner's answer; who rejects says goodbye."""
    turn = read(state, "turn", Turn)
    answer: HITLResponse = interrupt(_request(turn))
    heard = Heard(message=message_in(answer), at=_now())
    return {"number": int(state["number"]) + 1, "heard": heard.plain()}


def _request(turn: Turn) -> HITLRequest:
    return {
        "action_requests": [{"name": ACTION, "args": {"passed": turn.passed}, "description": turn.text}],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": ["respond", "reject"]}],
    }


def message_in(answer: HITLResponse) -> str:
    """What a learner said.

    Raises:
        ReviewError: The answer says nothing.
    """
    decisions = answer.get("decisions") or []
    decision = decisions[0] if decisions else None
    if decision is not None and decision["type"] == "reject":
        return say("planning.talking.goodbye")
    message = decision.get("message") if decision is not None else None
    if not isinstance(message, str) or not message.strip():
        raise ReviewError(say("planning.talking.empty"), place=ACTION, remedy=say("planning.talking.remedy"))
    return message


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _of(agent: Agent) -> Callable[[Services, Any], Agent]:
    def build(services: Services, parameters: Any) -> Agent:
        return agent

    return build


KINDS: tuple[Kind, ...] = (
    Kind(
        "tutor_open",
        "Begins a tutoring session inside a workflow; the tutor speaks first.",
        _of(tutor_open),
        optional={"id": str},
        writes={"session": str, "number": int, "began": str, "heard": Heard},
    ),
    Kind(
        "tutor_listen",
        "Says the tutor's turn and waits for what the learner answers.",
        _of(tutor_listen),
        reads={"turn": Turn, "number": int},
        writes={"number": int, "heard": Heard},
        asks=True,
    ),
)
