"""What went into a run of a workflow and what came of it, for those who record runs."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.agents.state import Plain
from gradatim.graphs.assessor import assessment_told
from gradatim.graphs.observing import Told
from gradatim.graphs.workflow.runs import Run

_ASSESSMENT = ("task", "submission", "execution", "diagnosis", "checked", "confidence")
"""Keys of a state that holds an assessment."""
_ACCOUNT = ("degradations", "seconds", "usage", "prompts")


def run_told(inputs: Iterable[str], found: Run) -> Told:
    """The inputs and outputs of a run; those of an assessment too, where the workflow assessed something."""
    state = found.state
    given: Plain = {key: state[key] for key in inputs if key in state}
    came: Plain = {**{key: state[key] for key in _ACCOUNT if state.get(key)}, **found.outputs}
    if not all(state.get(key) for key in _ASSESSMENT):
        return "workflow", given, {**came, "waiting": bool(found.questions)}
    _, assessed, assessment = assessment_told({"id": found.thread, **state}, waiting=bool(found.questions))
    return "assessment", {**given, **assessed}, {**came, **assessment}
