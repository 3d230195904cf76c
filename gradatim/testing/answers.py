"""What a person answers when a workflow waits, in the shape that the graph is resumed with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradatim.agents.hitl import ACTION, Decision, HITLResponse
from gradatim.domain import Feedback

REVIEWER = "tester"
_AT = "2026-01-01T00:00:00+00:00"

PersonAnswer = HITLResponse | Callable[[Any], Any] | Any
"""A response, or a function from what was asked to the response."""


def approve(reviewer: str = REVIEWER) -> HITLResponse:
    """Yes, as it stands."""
    return _response({"type": "approve"}, reviewer)


def reject(reason: str, reviewer: str = REVIEWER) -> HITLResponse:
    """No, and why."""
    return _response({"type": "reject", "message": reason}, reviewer)


def respond(text: str, reviewer: str = REVIEWER) -> HITLResponse:
    """Something else is said instead."""
    return _response({"type": "respond", "message": text}, reviewer)


def edit(changed: Feedback | dict[str, Any], reviewer: str = REVIEWER, *, name: str = ACTION) -> HITLResponse:
    """Yes, with changes.

    Args:
        changed: The edited feedback, or the arguments of another action as the person wants them.
        name: Name of that action.
    """
    args = {"feedback": changed.plain()} if isinstance(changed, Feedback) else changed
    return _response({"type": "edit", "edited_action": {"name": name, "args": args}}, reviewer)


def _response(decision: Decision, reviewer: str) -> HITLResponse:
    return {"decisions": [decision], "reviewer": reviewer, "decided_at": _AT}
