"""The formative trigger: when enough evidence about a learner has moved, a formative assessment is asked for."""

from gradatim.memory.formative.policy import Budget, FormativePolicy, Signal, Threshold, load_policy
from gradatim.memory.formative.request import FormativeRequest, SignalReason, reason_text, taken_up
from gradatim.memory.formative.trigger import Trigger, firings
from gradatim.memory.formative.watching import Watch, formative_requests, with_status

__all__ = [
    "Budget",
    "FormativePolicy",
    "FormativeRequest",
    "Signal",
    "SignalReason",
    "Threshold",
    "Trigger",
    "Watch",
    "firings",
    "formative_requests",
    "load_policy",
    "reason_text",
    "taken_up",
    "with_status",
]
