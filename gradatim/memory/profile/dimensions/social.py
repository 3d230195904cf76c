"""Social interaction: messages, replies, help asked and given, and a person's reviews."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import SHARE, Attribute
from gradatim.memory.profile.averages import Average, Measured, Shares, as_share, average, kind_as_share, observe
from gradatim.memory.profile.dimensions.packing import Accumulators

ACTIONS = frozenset({"hint", "help", "message", "reply", "assist"})
"""Actions of interactions whose shares are kept."""


def _share(name: str, action: str, what: str) -> Attribute:
    return Attribute(
        name,
        "social interaction",
        f"Share of recent interactions that {what}, 0 to 1.",
        f"decay over interactions that name an action; observed = 1 for the action `{action}`, else 0",
        ("interaction",),
        SHARE,
    )


ATTRIBUTES = (
    Attribute(
        "review_share",
        "social interaction",
        "Share of a person's reviews among recent assessments and reviews, 0 to 1.",
        "decay over both kinds of events; observed = 1 for a review, 0 for an assessment",
        ("assessment", "review"),
        SHARE,
    ),
    _share("message_share", "message", "were messages to somebody"),
    _share("reply_share", "reply", "answered somebody's message"),
    _share("help_asked_share", "help", "asked a person for help"),
    _share("help_given_share", "assist", "helped another learner"),
    Attribute(
        "reciprocity",
        "social interaction",
        "Share of replies and help given among all recent messages, replies, requests and help, 0 to 1.",
        "decay over interactions with one of these actions; observed = 1 for `reply` and `assist`, 0 for `message` "
        "and `help`",
        ("interaction",),
        SHARE,
    ),
)


@dataclass(slots=True)
class Social(Accumulators):
    """What social interaction is computed from."""

    reviews: Average = field(default_factory=average)
    given: Average = field(default_factory=average)

    def interaction(self, action: str) -> None:
        """An interaction; only those between people count here."""
        if action == "message" or action == "help":
            observe(self.given, 0.0)
        elif action == "reply" or action == "assist":
            observe(self.given, 1.0)

    def measured(self, actions: Shares, seen: int) -> dict[str, Measured]:
        return {
            "review_share": as_share(self.reviews),
            "message_share": kind_as_share(actions, "message", seen),
            "reply_share": kind_as_share(actions, "reply", seen),
            "help_asked_share": kind_as_share(actions, "help", seen),
            "help_given_share": kind_as_share(actions, "assist", seen),
            "reciprocity": as_share(self.given),
        }
