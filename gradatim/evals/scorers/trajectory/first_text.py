"""Time to first text: seconds until there was something to read.

By what was recorded: when the first piece of a model's answer came (`gen_ai.response.time_to_first_chunk`, or an event
for the first token), else when the first whole answer was there, else when the agent that delivers was done.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.scorers.given import Given, Missing, number_of, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import scored
from gradatim.evals.scorers.trajectory.reading import extent_of, spans_of
from gradatim.evals.traces.trace import Span

KEY = "first_text"
_CHUNK = "gen_ai.response.time_to_first_chunk"
_EVENTS = frozenset(("gen_ai.first_token", "gen_ai.content.first_chunk", "first_token", "first_chunk"))
_DELIVERS = ("deliver", "generate", "respond", "speak")


@scorer(KEY)
def first_text(given: Given) -> Score:
    """Seconds from the beginning of a run to its first text."""
    spans = spans_of(given)
    begin, _ = extent_of(spans)
    found = _first(spans)
    if found is None:
        raise Missing("no answer of a model and no agent that delivers was recorded")
    instant, what = found
    if instant < begin:
        raise Missing("the first text lies before the beginning of the run")
    seconds = (instant - begin) / 1e9
    return scored(KEY, seconds, f"{seconds:.3f} s to {what}", what=what)


def _first(spans: Sequence[Span]) -> tuple[int, str] | None:
    """Instant of the first text, and what it is."""
    asked = [span for span in spans if span.operation == "chat" and span.ok]
    chunks: list[int] = []
    for span in asked:
        waited = number_of(span.attributes.get(_CHUNK))
        if waited is not None and 0 <= waited < 1e6:
            chunks.append(span.start + round(waited * 1e9))
        chunks += [event.at for event in span.events if event.name in _EVENTS]
    if chunks:
        return min(chunks), "the first piece of an answer"
    if asked:
        return min(span.end for span in asked), "the first answer"
    for name in _DELIVERS:
        ends = [span.end for span in spans if span.operation == "invoke_agent" and span.subject == name and span.ok]
        if ends:
            return min(ends), f"the end of `{name}`"
    return None


INFO = ScorerInfo(
    key=KEY,
    scorer=first_text,
    summary="Seconds from the beginning of a run until there was something to read.",
    family="trajectory",
    higher_is_better=False,
    unit="seconds",
    needs=("outputs.spans",),
)
