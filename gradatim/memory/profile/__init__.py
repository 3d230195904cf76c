"""The learner profile: what events say about a learner beyond mastery, in eight dimensions."""

from gradatim.memory.profile.attributes import (
    ATTRIBUTES,
    DAY,
    DECAY,
    MASTERED,
    PROFILE_VERSION,
    Attribute,
    Progress,
    attempt_outcome,
    breadth,
    depth,
)

__all__ = [
    "ATTRIBUTES",
    "DAY",
    "DECAY",
    "MASTERED",
    "PROFILE_VERSION",
    "Attribute",
    "Progress",
    "attempt_outcome",
    "breadth",
    "depth",
]
