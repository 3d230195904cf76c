"""Handing a session over to a person: the question to them, the list of what waits, and their answer to the learner."""

from __future__ import annotations

from typing import Annotated, Any

from langgraph.store.base import BaseStore
from pydantic import Field

from gradatim.agents.hitl import HITLRequest
from gradatim.agents.payloads import store_of
from gradatim.agents.state import Plain, State
from gradatim.agents.tutoring.notes import Exchange
from gradatim.agents.tutoring.state import (
    exchanges_of,
    heard_of,
    in_language,
    passed_of,
    plan_of,
    submission_of,
    task_of,
    turn_of,
)
from gradatim.agents.tutoring.turn import Heard, Turn
from gradatim.domain import Noun, Statement
from gradatim.languages import say
from gradatim.languages.speaking import spoken

ACTION = "tutor_reply"
HELD = ("tutor-held",)
_PRIORITY = {"distress": 100, "asked": 70, "stuck": 60}
_PAGE = 200


class HandOver(Noun):
    """A session that waits for a person."""

    session: str
    reason: str
    """`distress`, `asked` or `stuck`."""
    priority: Annotated[int, Field(ge=0, le=100)]
    at: str
    learner_id: str | None = None
    task_id: str | None = None
    concept: str | None = None
    message: str
    """What the learner wrote last."""
    program: str | None = None
    passed: bool | None = None
    exchanges: tuple[Exchange, ...] = ()
    """The last turns."""
    waiting: tuple[str, ...] = ()
    """What the learner wrote while waiting."""


def hand_over_of(state: State) -> HandOver:
    """What a person needs to see; the same state gives the same."""
    heard, plan, task, submission = heard_of(state), plan_of(state), task_of(state), submission_of(state)
    reason = plan.person or "asked"
    return HandOver(
        session=str(state["session"]),
        reason=reason,
        priority=_PRIORITY.get(reason, 50),
        at=heard.at,
        learner_id=state.get("learner_id"),
        task_id=task.id if task else None,
        concept=state.get("concept"),
        message=heard.message,
        program=submission.code if submission else None,
        passed=passed_of(state),
        exchanges=exchanges_of(state),
    )


def to_request(held: HandOver) -> HITLRequest:
    """The question as the graph's interrupt carries it: LangChain's shape, as for feedback."""
    return {
        "action_requests": [
            {
                "name": ACTION,
                "args": {"hand_over": held.plain()},
                "description": f"Answer the learner in session {held.session}: {held.reason}",
            }
        ],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": ["respond", "approve"]}],
    }


async def note_held(runtime: Any, state: State) -> None:
    """Put a session on the list of those that wait (nothing to do in a graph without a store)."""
    store = store_of(runtime)
    if store is not None:
        held = hand_over_of(state)
        await store.aput(HELD, held.session, held.plain(), index=False)


async def held_sessions(store: BaseStore) -> list[HandOver]:
    """Sessions that wait for a person, most urgent first."""
    found: list[HandOver] = []
    while page := await store.asearch(HELD, limit=_PAGE, offset=len(found)):
        found += [HandOver.model_validate(item.value) for item in page]
    return sorted(found, key=lambda item: (-item.priority, item.at))


class Relay:
    """Gives a person's answer to the learner, in the person's name, and takes the session off the list.

    `respond` carries the text; `approve` lets the tutor go on without one.
    """

    name = "relay"

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        with in_language(state):
            return await self._relayed(state, runtime)

    async def _relayed(self, state: State, runtime: Any) -> Plain:
        decision: dict[str, Any] = dict(state.get("decision") or {})
        answers: list[dict[str, Any]] = decision.get("decisions") or [{}]
        message = str(answers[0].get("message") or "").strip()
        reviewer = str(decision.get("reviewer") or "a teacher")
        before, author = turn_of(state), f"person:{reviewer}"
        statements = [Statement(text=say("tutoring.hand-over.back"))]
        if message:
            lead = Statement(text=say("tutoring.hand-over.answered", reviewer=reviewer))
            statements = [lead, Statement(text=message, author=author)]
        number = before.number + 1
        turn = Turn(
            session=before.session,
            number=number,
            text="\n".join(item.text for item in statements),
            statements=tuple(statements),
            move="hand-over",
            passed=before.passed,
            language=spoken(),
            author=author if message else "tutor",
        )
        store = store_of(runtime)
        if store is not None:
            await store.adelete(HELD, before.session)
        write = getattr(runtime, "stream_writer", None)
        if write is not None:
            write({"piece": turn.text})
        heard = Heard(at=str(decision.get("decided_at") or heard_of(state).at))
        plan = plan_of(state).model_copy(update={"person": None, "moves": (), "hint": 0, "need": 1.0})
        return {
            "turn": turn.plain(), "number": number, "heard": heard.plain(), "plan": plan.plain(), "understood": None,
            "code": None,
        }  # fmt: skip
