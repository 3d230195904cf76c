"""Tool errors: calls of tools and look-ups that failed.

That a learner's program fails its tests is no error of the tool that ran it.
"""

from __future__ import annotations

from collections import Counter

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored
from gradatim.evals.scorers.trajectory.reading import work_of
from gradatim.evals.traces.formats.conversation import UNTOLD

KEY = "tool_errors"
_TOOLS = ("execute_tool", "retrieval")


@scorer(KEY)
def tool_errors(given: Given) -> Score:
    """How many calls of tools and look-ups ended with an error."""
    calls = [span for span in work_of(given) if span.operation in _TOOLS]
    if any(span.attributes.get(UNTOLD) for span in calls):
        raise Missing("whether calls of tools failed was not recorded: such messages do not tell")
    failed = Counter(span.subject for span in calls if not span.ok)
    number = failed.total()
    told = [f"{name} ×{count}" for name, count in failed.most_common(10)]
    comment = f"{number} of {len(calls)} calls of tools failed" + (f": {listed(told)}" if told else "")
    return scored(KEY, float(number), comment, calls=len(calls), failed=dict(failed.most_common(20)))


INFO = ScorerInfo(
    key=KEY,
    scorer=tool_errors,
    summary="Calls of tools and look-ups that ended with an error.",
    family="trajectory",
    higher_is_better=False,
    unit="errors",
    needs=("outputs.spans",),
)
