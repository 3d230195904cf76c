"""Needless calls: the same tool with the same arguments twice, the same question twice, a question already settled.

A question to a model is settled when the substance of the feedback was known before (`outputs.feedback.reused`): then
the part that words feedback had nothing to ask. Repetition can be told only where arguments or questions, or digests of
them, were recorded; calls that failed may be made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import orjson

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored
from gradatim.evals.scorers.trajectory.reading import work_of
from gradatim.evals.traces.trace import Span

KEY = "needless_calls"
_ARGUMENTS = {
    "execute_tool": ("gen_ai.tool.call.arguments", "gradatim.arguments.digest"),
    "retrieval": ("gen_ai.retrieval.query.text", "gradatim.arguments.digest"),
    "chat": ("gen_ai.input.messages", "gradatim.arguments.digest"),
}
_SAME_QUESTION = ("gen_ai.request.model", "gen_ai.request.temperature", "gen_ai.request.seed")
_WORDS_FEEDBACK = ("generate", "revise")


@scorer(KEY)
def needless_calls(given: Given) -> Score:
    """How many calls of tools, look-ups and models a run could have done without."""
    spans = work_of(given)
    calls: Counter[tuple[str, ...]] = Counter(call for span in spans if span.ok and (call := _call(span)) is not None)
    repeated = [f"{call[0]} {call[1]} ×{count}" for call, count in calls.items() if count > 1]
    number = sum(count - 1 for count in calls.values())
    settled = _settled(given, spans)
    made = sum(span.operation in _ARGUMENTS for span in spans)
    if made > 1 and not calls and not settled:
        raise Missing("arguments of calls were not recorded, so it is not known which are the same")
    told = repeated + [f"{settled} questions that were settled"] * bool(settled)
    comment = f"{number + settled} needless calls" + (f": {listed(told)}" if told else "")
    return scored(
        KEY, float(number + settled), comment, repeated=repeated[:10], settled=settled, known=calls.total(), calls=made
    )


def _call(span: Span) -> tuple[str, ...] | None:
    """What makes two calls the same; `None` where that was not recorded."""
    for name in _ARGUMENTS.get(span.operation, ()):
        value = span.attributes.get(name)
        if value is not None and (written := _written(value)) is not None:
            further = [str(span.attributes.get(key)) for key in _SAME_QUESTION] if span.operation == "chat" else []
            return (span.operation, span.subject, written, *further)
    return None


def _settled(given: Given, spans: Sequence[Span]) -> int:
    if given.find("outputs.feedback.reused") is not True:
        return 0
    words = {span.id for span in spans if span.operation == "invoke_agent" and span.subject in _WORDS_FEEDBACK}
    return sum(span.operation == "chat" and span.parent in words for span in spans)


def _written(value: object) -> str | None:
    """A value as text, the same for the same value whatever the order of its keys; `None` for what is not plain."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError):  # not JSON, or nested too deeply: then it is not known whether calls are the same
        return None


INFO = ScorerInfo(
    key=KEY,
    scorer=needless_calls,
    summary="Calls of tools, look-ups and models that were made twice, or whose answer was settled.",
    family="trajectory",
    higher_is_better=False,
    unit="calls",
    needs=("outputs.spans",),
)
