"""The tutor's plan: which fault it works on, how much help is needed, and what this turn does."""

from gradatim.agents.tutoring.planning.planner import Planner
from gradatim.agents.tutoring.planning.policy import TutorPolicy
from gradatim.agents.tutoring.planning.target import fault_of

__all__ = ["Planner", "TutorPolicy", "fault_of"]
