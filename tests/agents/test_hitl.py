"""The question to a person in its three shapes."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.agents.hitl import (
    from_ag_ui,
    from_agent_inbox,
    request_of,
    to_ag_ui,
    to_agent_inbox,
    to_decision,
    to_hitl,
    to_response,
)
from gradatim.domain import Confidence, Feedback, ReviewDecision, ReviewRequest, Statement
from gradatim.errors import ReviewError

FEEDBACK = Feedback(
    error_identification=(Statement(text="Test t1 fails.", evidence=("test:t1",)),),
    explanation=(),
    corrective_suggestion=(),
    encouragement=(),
    author="model:m",
)
REQUEST = ReviewRequest(
    id="run", created_at="2026-01-01T00:00:00+00:00", task_id="t", submission_id="s", reasons=("confidence 0.4",),
    feedback=FEEDBACK, confidence=Confidence(value=0.4, components={"checks": 0.4}, route="review"),
)  # fmt: skip


def decision(**fields: Any) -> ReviewDecision:
    return ReviewDecision.model_validate({"request_id": "run", "reviewer": "grace", "decided_at": "now", **fields})


def test_a_request_survives_the_interrupt() -> None:
    assert request_of(to_hitl(REQUEST)) == REQUEST


@pytest.mark.parametrize(
    "given",
    [
        decision(kind="approve"),
        decision(kind="reject", message="no"),
        decision(kind="respond", message="Come by."),
        decision(kind="edit", feedback=FEEDBACK),
    ],
)
def test_a_decision_survives_the_resume(given: ReviewDecision) -> None:
    assert to_decision("run", to_response(given)) == given


@pytest.mark.parametrize(
    "answer",
    [None, "approve", {}, {"decisions": []}, {"decisions": [{"type": "maybe"}]}, {"decisions": [{}, {}]},
     {"decisions": [{"type": "edit", "edited_action": {"args": {}}}]}],
)  # fmt: skip
def test_an_answer_of_another_form_is_refused(answer: Any) -> None:
    with pytest.raises(ReviewError, match="HITLResponse"):
        to_decision("run", answer)


def test_agent_inbox_shows_what_may_be_answered_and_its_answers_come_back() -> None:
    (shown,) = to_agent_inbox(to_hitl(REQUEST))
    assert shown["config"] == {
        "allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True,
    }  # fmt: skip
    assert shown["action_request"]["args"]["request"]["id"] == "run"
    kinds = {
        "accept": "approve", "ignore": "reject", "response": "respond",
    }  # fmt: skip
    for theirs, ours in kinds.items():
        assert to_decision("run", from_agent_inbox([{"type": theirs, "args": "text"}])).kind == ours
    edit = {"type": "edit", "args": {"action": "deliver_feedback", "args": {"feedback": FEEDBACK.plain()}}}
    assert to_decision("run", from_agent_inbox([edit])).feedback == FEEDBACK


def test_ag_ui_carries_the_interrupt_and_a_cancelled_one_is_a_rejection() -> None:
    outcome = to_ag_ui("interrupt-1", to_hitl(REQUEST))
    assert outcome["type"] == "interrupt"
    assert outcome["interrupts"][0]["id"] == "interrupt-1"
    assert "confidence 0.4" in outcome["interrupts"][0]["message"]
    answers = from_ag_ui(
        [
            {"interruptId": "a", "status": "resolved", "payload": {"type": "approve"}},
            {"interruptId": "b", "status": "cancelled"},
        ]
    )
    assert {key: to_decision("run", value).kind for key, value in answers.items()} == {"a": "approve", "b": "reject"}
