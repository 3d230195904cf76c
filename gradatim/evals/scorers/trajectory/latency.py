"""Latency: seconds of a whole run, of each node, and of the model alone.

The model's time is that in which at least one question was under way, so that questions side by side are counted once;
the rest is overhead: what the source calls the latency of everything but the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored
from gradatim.evals.scorers.trajectory.reading import extent_of, node_seconds, spans_of
from gradatim.evals.traces.trace import Span

KEY = "latency"


@scorer(KEY)
def latency(given: Given) -> Score:
    """Seconds from the beginning of a run to its end; without spans, the seconds of all nodes together."""
    try:
        spans = spans_of(given)
    except Missing:
        nodes = node_seconds(given)
        if not nodes:
            raise
        whole = sum(nodes.values())
        return scored(KEY, whole, f"{whole:.3f} s of work in {len(nodes)} nodes (no spans were recorded)", nodes=nodes)
    begin, end = extent_of(spans)
    whole = (end - begin) / 1e9
    model = _busy([span for span in spans if span.operation == "chat"])
    nodes = _nodes(spans)
    comment = f"{whole:.3f} s, of which {model:.3f} s for the model"
    return scored(KEY, whole, comment, nodes=nodes, model=model, overhead=max(0.0, whole - model))


def _busy(spans: Iterable[Span]) -> float:
    """Seconds in which at least one of the spans was under way."""
    total, until = 0, None
    for span in sorted(spans, key=lambda item: item.start):
        begin = span.start if until is None else max(span.start, until)
        if span.end > begin:
            total += span.end - begin
            until = span.end
    return total / 1e9


def _nodes(spans: Sequence[Span]) -> dict[str, float]:
    """Seconds of each agent, all its visits together; at most 100 agents."""
    found: dict[str, float] = {}
    for span in spans:
        if span.operation == "invoke_agent" and span.end >= span.start and (len(found) < 100 or span.subject in found):
            found[span.subject] = found.get(span.subject, 0.0) + span.seconds
    return found


INFO = ScorerInfo(
    key=KEY,
    scorer=latency,
    summary="Seconds from the beginning of a run to its end; each node and the model apart in the metadata.",
    family="trajectory",
    higher_is_better=False,
    unit="seconds",
    needs=("outputs.spans or outputs.seconds",),
)
