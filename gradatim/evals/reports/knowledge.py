"""What is known of the scorer behind a key, also where the scores came from elsewhere."""

from __future__ import annotations

from dataclasses import replace

from gradatim.evals.scorers.registry import SCORERS
from gradatim.evals.scorers.score import ScorerInfo, not_here

COMPLETED = "completed"
"""Key of what no scorer gives: whether the run ended without an error."""
JUDGED = "judged_"
"""How keys of scores begin that a judge gives for what a rule gives under the rest of the key."""
TIMES = frozenset({"seconds", "second", "s", "milliseconds", "ms"})


def about(key: str) -> ScorerInfo:
    """The scorer of a key; one of which only the key is known gives figures by their mean, and no direction."""
    if key == COMPLETED:
        return ScorerInfo(key, not_here, "Whether the run ended without an error.", "trajectory", "share")
    known = SCORERS.get(key)
    if known is not None:
        return known
    ruled = SCORERS.get(key.removeprefix(JUDGED))
    if ruled is not None:
        return replace(ruled, key=key, summary=f"The same as {ruled.key}, by a judge.")
    return ScorerInfo(key, not_here, "Not a scorer of gradatim.", "outcome", "mean", higher_is_better=None)


def circumstantial(info: ScorerInfo) -> bool:
    """Whether its scores hang on what else the machine did and on what was run before: times, what a cache held."""
    return info.unit in TIMES or info.key == "tokens_cached"
