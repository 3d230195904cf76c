"""The learner profile: what events say about a learner beyond mastery, in eight dimensions."""

from gradatim.memory.profile.attribute import DAY, DIMENSIONS, MASTERED, Attribute, Dimension
from gradatim.memory.profile.attributes import ATTRIBUTES, PROFILE_VERSION
from gradatim.memory.profile.averages import DECAY
from gradatim.memory.profile.dimensions.knowledge import breadth, depth
from gradatim.memory.profile.progress import Progress
from gradatim.memory.profile.reading import attempt_outcome

__all__ = [
    "ATTRIBUTES",
    "DAY",
    "DECAY",
    "DIMENSIONS",
    "MASTERED",
    "PROFILE_VERSION",
    "Attribute",
    "Dimension",
    "Progress",
    "attempt_outcome",
    "breadth",
    "depth",
]
