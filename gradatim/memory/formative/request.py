"""What fires: a request for a formative assessment, with the evidence that moved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from gradatim.domain import LearnerEvent, Noun, stable_id
from gradatim.languages import has, say

ACTION = "formative"
"""Action of the interaction with which a request is taken up."""


class SignalReason(Noun):
    """One signal that moved."""

    signal: str
    """`mastery`, `misconception`, `error_kind`, or an attribute of the profile."""
    subject: str | None = None
    """Concept, misconception or kind of error, where the signal has one."""
    change: float
    """Net change of late, older changes counting less; in units of the signal's scale."""
    weight: Annotated[float, Field(ge=0)]
    contribution: Annotated[float, Field(ge=0)]
    """`weight · |change|`."""
    events: tuple[str, ...]
    """Ids of the latest events that moved it."""


class FormativeRequest(Noun):
    """It is time to look closer at what a learner understands."""

    id: str
    """Follows from the learner, the event and the policy: the same stream gives the same ids."""
    learner_id: str
    at: str
    """Instant of the event at which it fired."""
    event: str
    """Id of that event."""
    concepts: tuple[str, ...]
    """What to ask about, what moved most first."""
    score: Annotated[float, Field(ge=0)]
    """`Σ w_i·|Δe_i|`."""
    threshold: float
    """What the score had to exceed."""
    reasons: Annotated[tuple[SignalReason, ...], Field(min_length=1)]
    """Largest contribution first."""
    policy: str
    """Version of the policy."""
    expires_at: str
    status: Literal["open", "taken", "lapsed"] = "open"

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the events behind all reasons."""
        return tuple(dict.fromkeys(event for reason in self.reasons for event in reason.events))


def request_id(learner_id: str, event_id: str, policy: str) -> str:
    """The id of what fires at an event."""
    return f"formative:{stable_id('formative', learner_id, event_id, policy)}"


def taken_up(request: FormativeRequest, at: str, run: str | None = None) -> LearnerEvent:
    """The event that says that the formative assessment asked for has begun; its id follows from the request.

    Args:
        run: Id of the run that takes it up.
    """
    payload: dict[str, JsonValue] = {"action": ACTION, "request": request.id}
    if run is not None:
        payload["run"] = run
    return LearnerEvent(
        id=f"taken:{request.id}", learner_id=request.learner_id, kind="interaction", at=at, payload=payload
    )


def reason_text(reason: SignalReason, name: str | None = None) -> str:
    """A reason in the language that is spoken.

    Args:
        name: What people call the subject; its id when not given, or what a kind of error is called.
    """
    way = "up" if reason.change > 0 else "down"
    key = f"formative.signals.{reason.signal}.{way}"
    once = f"formative.signals.{reason.signal}.new"
    if way == "up" and len(reason.events) == 1 and has(once):
        key = once  # one event is no "more often"
    elif not has(key):
        key = f"formative.other.{way}"
    kind = f"formative.kinds.{reason.subject}"
    if name is None and reason.signal == "error_kind" and has(kind):
        name = say(kind)
    return say(key, subject=name or reason.subject or "", signal=reason.signal.replace("_", " "))
