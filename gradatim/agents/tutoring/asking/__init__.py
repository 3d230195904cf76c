"""Questions that can be executed and judged: what a run gives, what a variable holds, which line comes next."""

from gradatim.agents.tutoring.asking.questions import questions
from gradatim.agents.tutoring.asking.view import Shown, View

__all__ = ["Shown", "View", "questions"]
