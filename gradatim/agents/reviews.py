"""The list of what waits for a person, in the LangGraph store; every write is keyed by the run and may be repeated."""

from __future__ import annotations

from typing import Any

from langgraph.store.base import BaseStore

from gradatim.agents.payloads import store_of
from gradatim.agents.state import State, checked_of, confidence_of, submission_of, task_of
from gradatim.domain import ReviewDecision, ReviewRequest

REQUESTS = ("reviews",)
DECISIONS = ("review-decisions",)
_PAGE = 500
ORDINARY = 50
"""Priority of a request that names no cause."""


def review_request(state: State) -> ReviewRequest:
    """The question that this state asks a person; the same state asks the same question."""
    confidence = confidence_of(state)
    submission = submission_of(state)
    return ReviewRequest(
        id=str(state["id"]),
        created_at=str(state["at"]),
        task_id=task_of(state).id,
        submission_id=submission.id,
        learner_id=submission.learner_id,
        reasons=confidence.reasons or ("the route asks for a person",),
        priority=max((cause.priority for cause in confidence.causes), default=ORDINARY),
        causes=confidence.causes,
        feedback=checked_of(state),
        confidence=confidence,
    )


async def save_request(runtime: Any, request: ReviewRequest) -> None:
    """Put a request on the list (nothing to do in a graph without a store)."""
    store = store_of(runtime)
    if store is not None:
        await store.aput(REQUESTS, request.id, request.plain(), index=False)


async def mark_decided(runtime: Any, decision: ReviewDecision) -> None:
    """Take a request off the list of open ones and keep the decision."""
    store = store_of(runtime)
    if store is None:
        return
    item = await store.aget(REQUESTS, decision.request_id)
    if item is not None:
        await store.aput(REQUESTS, decision.request_id, {**item.value, "status": "decided"}, index=False)
    await store.aput(DECISIONS, decision.request_id, decision.plain(), index=False)


async def requests(store: BaseStore, *, everything: bool = False) -> list[ReviewRequest]:
    """Open requests (all of them with `everything`), most urgent first, and of the same priority the oldest."""
    wanted = None if everything else {"status": "open"}
    found: list[ReviewRequest] = []
    while page := await store.asearch(REQUESTS, filter=wanted, limit=_PAGE, offset=len(found)):
        found += [ReviewRequest.model_validate(item.value) for item in page]
    return sorted(found, key=lambda item: (-item.priority, item.created_at, item.id))


async def find_request(store: BaseStore, request_id: str) -> ReviewRequest | None:
    """One request by id."""
    item = await store.aget(REQUESTS, request_id)
    return ReviewRequest.model_validate(item.value) if item else None


async def find_decision(store: BaseStore, request_id: str) -> ReviewDecision | None:
    """The decision on a request, once there is one."""
    item = await store.aget(DECISIONS, request_id)
    return ReviewDecision.model_validate(item.value) if item else None
