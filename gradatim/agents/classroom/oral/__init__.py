"""Questions for a talk about a learner's own program, with answers that were executed."""

from gradatim.agents.classroom.oral.examiner import OralExaminer
from gradatim.agents.classroom.oral.sheet import OralQuestion, OralSheet

__all__ = ["OralExaminer", "OralQuestion", "OralSheet"]
