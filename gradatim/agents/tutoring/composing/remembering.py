"""A word at the opening on what the memory holds about the learner."""

from __future__ import annotations

from gradatim.agents.tutoring.composing.saying import Said, observed, said
from gradatim.agents.tutoring.notes import Fault
from gradatim.domain import Evidence, HistoryClaim, LearnerState, Task
from gradatim.kg.labels import concept_name
from gradatim.languages import say
from gradatim.tools.claims import Case

MASTERED = 0.7
"""Mastery above which a concept is called well known."""


def remembered(task: Task, case: Case | None, fault: Fault | None, learner: LearnerState | None) -> Said | None:
    """The same misconception before, or, before there is a program, a concept that went well; `None` for neither."""
    if case is not None and fault is not None and fault.misconception is not None:
        earlier = [item for item in case.evidence.values() if item.kind == "history"]
        shown = [item for item in earlier if fault.misconception in _listed(item)]
        if shown:
            claim = HistoryClaim(subject="misconception", id=fault.misconception)
            return said("begin.remembered", evidence=(shown[0].id,), claims=(claim,))
    for concept in task.concepts if learner is not None and case is None else ():
        known = learner.of(concept) if learner is not None else None
        if known is not None and known.observations > 1 and known.probability > MASTERED:
            text = say("tutoring.begin.mastered", name=concept_name(concept))
            return observed("", text, f"mastery {known.probability:.2f}", (), "history")
    return None


def _listed(item: Evidence) -> list[str]:
    listed = item.detail.get("misconceptions")
    return [str(name) for name in listed] if isinstance(listed, list) else []
