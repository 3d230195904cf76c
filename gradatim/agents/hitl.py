"""The question to a person in three shapes: LangChain's (ours), Agent Inbox's, and AG-UI's.

The graph interrupts with a `HITLRequest` and is resumed with a `HITLResponse`; the adapters are pure functions, so
that any of the three kinds of inbox can stand behind the review node.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, cast

from gradatim.domain import Feedback, ReviewDecision, ReviewRequest
from gradatim.errors import ReviewError

ACTION = "deliver_feedback"


class ActionRequest(TypedDict):
    """What the graph wants to do."""

    name: str
    args: dict[str, Any]
    description: str


class ReviewConfig(TypedDict):
    """What the person may answer."""

    action_name: str
    allowed_decisions: list[str]


class HITLRequest(TypedDict):
    """LangChain's request: actions and, for each, what may be answered."""

    action_requests: list[ActionRequest]
    review_configs: list[ReviewConfig]


class EditedAction(TypedDict):
    """The action as the person wants it."""

    name: str
    args: dict[str, Any]


class Decision(TypedDict):
    """One answer."""

    type: Literal["approve", "edit", "reject", "respond"]
    edited_action: NotRequired[EditedAction]
    message: NotRequired[str]


class HITLResponse(TypedDict):
    """LangChain's response: one decision an action; who decided and when are ours."""

    decisions: list[Decision]
    reviewer: NotRequired[str]
    decided_at: NotRequired[str]


def to_hitl(request: ReviewRequest) -> HITLRequest:
    """The question as the graph's interrupt carries it."""
    why = "; ".join(request.reasons)
    return {
        "action_requests": [
            {
                "name": ACTION,
                "args": {"request": request.plain()},
                "description": f"Deliver this feedback on task {request.task_id}? {why}",
            }
        ],
        "review_configs": [{"action_name": ACTION, "allowed_decisions": list(request.allowed)}],
    }


def request_of(payload: HITLRequest) -> ReviewRequest:
    """The review request that an interrupt carries."""
    return ReviewRequest.model_validate(payload["action_requests"][0]["args"]["request"])


def to_response(decision: ReviewDecision) -> HITLResponse:
    """A reviewer's decision as the graph is resumed with it."""
    answer: Decision = {"type": decision.kind}
    if decision.feedback is not None:
        answer["edited_action"] = {"name": ACTION, "args": {"feedback": decision.feedback.plain()}}
    if decision.message is not None:
        answer["message"] = decision.message
    return {"decisions": [answer], "reviewer": decision.reviewer, "decided_at": decision.decided_at}


def to_decision(request_id: str, response: Any) -> ReviewDecision:
    """The decision in whatever a reviewer's inbox resumed the graph with.

    Raises:
        ReviewError: It is not a `HITLResponse` with exactly one decision, or an edit without feedback.
    """
    try:
        (answer,) = cast(HITLResponse, response)["decisions"]
        edited = answer.get("edited_action")
        return ReviewDecision(
            request_id=request_id,
            kind=answer["type"],
            reviewer=response.get("reviewer") or "unnamed",
            decided_at=response.get("decided_at") or "",
            feedback=Feedback.model_validate(edited["args"]["feedback"]) if edited else None,
            message=answer.get("message"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReviewError(
            f"the answer is not a HITLResponse with one decision: {error}",
            place=f"review {request_id}",
            remedy='resume with {"decisions": [{"type": "approve|edit|reject|respond", …}]}',
        ) from error


def to_agent_inbox(payload: HITLRequest) -> list[dict[str, Any]]:
    """The question as Agent Inbox and agent-chat-ui show it (`HumanInterrupt`)."""
    found: list[dict[str, Any]] = []
    for action, config in zip(payload["action_requests"], payload["review_configs"], strict=True):
        allowed = config["allowed_decisions"]
        found.append(
            {
                "action_request": {"action": action["name"], "args": action["args"]},
                "config": {
                    "allow_accept": "approve" in allowed,
                    "allow_edit": "edit" in allowed,
                    "allow_respond": "respond" in allowed,
                    "allow_ignore": "reject" in allowed,
                },
                "description": action["description"],
            }
        )
    return found


def from_agent_inbox(answers: list[dict[str, Any]]) -> HITLResponse:
    """Agent Inbox's answers (`accept|ignore|response|edit`) as a `HITLResponse`."""
    kinds = {"accept": "approve", "ignore": "reject", "response": "respond", "edit": "edit"}
    decisions: list[Decision] = []
    for answer in answers:
        decision = cast(Decision, {"type": kinds[answer["type"]]})
        if answer["type"] == "edit":
            args = answer["args"]
            decision["edited_action"] = {"name": args.get("action", ACTION), "args": args.get("args", args)}
        elif answer["type"] == "response":
            decision["message"] = str(answer["args"])
        decisions.append(decision)
    return {"decisions": decisions}


def to_ag_ui(interrupt_id: str, payload: HITLRequest) -> dict[str, Any]:
    """The question as the outcome of an AG-UI `RUN_FINISHED` event."""
    action = payload["action_requests"][0]
    allowed = payload["review_configs"][0]["allowed_decisions"]
    return {
        "type": "interrupt",
        "interrupts": [
            {
                "id": interrupt_id,
                "reason": "human_review",
                "message": action["description"],
                "responseSchema": {
                    "type": "object",
                    "properties": {
                        "type": {"enum": allowed},
                        "message": {"type": "string"},
                        "edited_action": {"type": "object"},
                    },
                    "required": ["type"],
                },
                "metadata": {"action": action["name"], "args": action["args"]},
            }
        ],
    }


def from_ag_ui(resume: list[dict[str, Any]]) -> dict[str, HITLResponse]:
    """AG-UI's `RunAgentInput.resume` as resume values by interrupt id; a cancelled one is a rejection."""
    return {
        item["interruptId"]: {
            "decisions": [cast(Decision, item["payload"] if item["status"] == "resolved" else {"type": "reject"})]
        }
        for item in resume
    }
