"""Whether the verdict is what the executed tests show: it may rest on nothing else."""

from __future__ import annotations

from gradatim.evals.scorers.given import Given, Missing, objects_of, scorer
from gradatim.evals.scorers.outcome.verdict_agreement import verdict_at
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored

KEY = "verdict_by_execution"


@scorer(KEY)
def verdict_by_execution(given: Given) -> Score:
    """Whether the verdict is `correct` exactly where every test passed."""
    said = verdict_at(given, "outputs.diagnosis.verdict")
    states = [item.get("status") for item in objects_of(given.items("outputs.execution.outcomes"))]
    if not states:
        raise Missing("`outputs.execution.outcomes` holds no test")
    if not all(isinstance(state, str) for state in states):
        raise Missing("`outputs.execution.outcomes` holds a test without a status")
    passed = sum(state == "passed" for state in states)
    shown = "correct" if passed == len(states) else "incorrect"
    return scored(KEY, said == shown, f"said {said}; {passed} of {len(states)} tests passed", said=said, shown=shown)


INFO = ScorerInfo(
    key=KEY,
    scorer=verdict_by_execution,
    summary="Whether the verdict is what the executed tests show.",
    family="outcome",
    summarised="share",
    needs=("outputs.diagnosis.verdict", "outputs.execution.outcomes"),
)
