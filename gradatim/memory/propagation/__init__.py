"""Propagation of mastery over prerequisites: what one concept says about those around it, and why."""

from gradatim.memory.propagation.estimates import BeliefLike, Contribution, Explanation, Propagated
from gradatim.memory.propagation.plan import Plan
from gradatim.memory.propagation.propagation import Propagation
from gradatim.memory.propagation.state import KnowledgeState
from gradatim.memory.propagation.strengths import Strengths

__all__ = [
    "BeliefLike",
    "Contribution",
    "Explanation",
    "KnowledgeState",
    "Plan",
    "Propagated",
    "Propagation",
    "Strengths",
]
