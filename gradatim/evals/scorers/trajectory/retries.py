"""Retries: how often a piece of work was tried again because it had failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gradatim.evals.scorers.given import Given, number_of, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored
from gradatim.evals.scorers.trajectory.reading import work_of
from gradatim.evals.traces.trace import Span

KEY = "retries"
_ATTEMPT = "gradatim.node.attempt"


@scorer(KEY)
def retries(given: Given) -> Score:
    """How many spans of a run are new tries."""
    spans = work_of(given)
    again = retried(spans)
    names = Counter(span.subject for span in spans if span.id in again)
    told = [f"{name} ×{count}" for name, count in names.most_common(10)]
    return scored(KEY, float(len(again)), f"{len(again)} new tries: {listed(told) or 'none'}", retried=dict(names))


def retried(spans: Iterable[Span]) -> frozenset[str]:
    """Ids of spans that are new tries: those that say so, and those that follow the same work's failure."""
    failed: set[tuple[str | None, str]] = set()
    found: set[str] = set()
    for span in spans:
        work = (span.parent, span.name)
        attempt = number_of(span.attributes.get(_ATTEMPT))
        if (attempt is not None and attempt > 1) or work in failed:
            found.add(span.id)
        if span.ok:
            failed.discard(work)
        else:
            failed.add(work)
    return frozenset(found)


INFO = ScorerInfo(
    key=KEY,
    scorer=retries,
    summary="How often a piece of work was tried again because it had failed.",
    family="trajectory",
    higher_is_better=False,
    unit="retries",
    needs=("outputs.spans",),
)
