"""Nothing reaches the learner unchecked: claims, leaks over all turns, one question at a time, the right language."""

from gradatim.agents.tutoring.checking.secrets import Secrets
from gradatim.agents.tutoring.checking.speaker import Speaker

__all__ = ["Secrets", "Speaker"]
