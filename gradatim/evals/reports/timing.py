"""Where the time, the tokens and the money of recorded runs went: read from the traces as a stream, numbers kept only.

The time of a run is that of its root span. Time with the model is the time during which at least one question to a
model was open (the union of its `chat` spans, for questions go side by side); what is left is overhead. A node's time
is that of its `invoke_agent` span. Of runs without spans the seconds of the nodes are read from the outputs, and how
long the run took from its attributes where they tell it; it is not made up from parts that ran side by side. Runs that
took answers of a model from a cache, and runs that failed, say nothing about time: they are counted and left out.
Where runs share work, each is charged with all of it: its spans are longer than it really took, and that is taken off
again where it matters which runs were under way at the same time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.evals.experiments.spans import SHARED
from gradatim.evals.reports.columns import Column
from gradatim.evals.reports.gathering import apart_by_seed
from gradatim.evals.scorers import inputs_of
from gradatim.evals.scorers.trajectory.cost import cost as cost_of
from gradatim.evals.traces.trace import Span, Trace

_TOKENS = ("input_tokens", "output_tokens", "cached_tokens")
_SPAN_TOKENS = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
)
_NS = 1e9


@dataclass(slots=True)
class Timing:
    """Numbers of the runs of one variant and model.

    Attributes:
        wall: Seconds of each run as a whole, where it was recorded.
        model, overhead: Seconds of each run whose spans were recorded with a question to a model open, and without.
        nodes: Node → seconds of each run in which it worked, all its turns together.
        input_tokens, output_tokens, cached_tokens: Of each run that told them.
        requests: Questions to a model, of each of these runs.
        cost: Of each run that told it, or whose tokens have prices.
        spans: When each recorded run really began and ended, in nanoseconds since 1970.
        began: Beginning of each run of `wall` whose spans were recorded.
        runs: How many runs there are.
        errors: Those that failed.
        shared: Those that took answers from a cache.
        charged: Those of `wall` that are charged with work which another run did.
    """

    wall: Column = field(default_factory=Column)
    model: Column = field(default_factory=Column)
    overhead: Column = field(default_factory=Column)
    nodes: dict[str, Column] = field(default_factory=dict[str, Column])
    input_tokens: Column = field(default_factory=Column)
    output_tokens: Column = field(default_factory=Column)
    cached_tokens: Column = field(default_factory=Column)
    requests: Column = field(default_factory=Column)
    cost: Column = field(default_factory=Column)
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    began: list[int] = field(default_factory=list[int])
    runs: int = 0
    errors: int = 0
    shared: int = 0
    charged: int = 0
    _owners: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, trace: Trace, *, apart: bool = False) -> None:
        """Count one run.

        Args:
            apart: Whether runs of the same example with another seed are of another one: simulated people are.
        """
        self.runs += 1
        root = trace.root
        owed = sum(_number(span.attributes.get(SHARED)) or 0.0 for span in trace.spans)
        if root is not None and root.end > root.start:
            self.spans.append((root.start, max(root.start, root.end - round(owed * _NS))))
        if isinstance(trace.outputs.get("error"), Mapping) or (root is not None and not root.ok):
            self.errors += 1
            return
        example = str(trace.attributes.get("sample", trace.id))
        if apart:
            example = apart_by_seed(example, trace.attributes.get("seed"))
        owner = self._owners.setdefault(example, len(self._owners))
        if trace.attributes.get("shared"):
            self.shared += 1
        else:
            self._time(trace, root, owner)
            self.charged += owed > 0
        used = usage(trace)
        if used is not None:
            for name, value in zip((*_TOKENS, "requests"), used, strict=True):
                getattr(self, name).add(value, owner)
        cost = _cost(trace)
        if cost is not None:
            self.cost.add(cost, owner)

    def _time(self, trace: Trace, root: Span | None, owner: int) -> None:
        if root is not None and root.end > root.start:
            asked = min(root.seconds, open_seconds((span.start, span.end) for span in trace.of("chat")))
            self.began.append(root.start)
            self.wall.add(root.seconds, owner)
            self.model.add(asked, owner)
            self.overhead.add(root.seconds - asked, owner)
        elif (told := _number(trace.attributes.get("seconds"))) is not None and told > 0:
            self.wall.add(told, owner)
        for node, seconds in node_seconds(trace).items():
            self.nodes.setdefault(node, Column()).add(seconds, owner)


def count_into(found: dict[tuple[str, str], Timing], traces: Iterable[Trace], *, apart: bool = False) -> None:
    """Add up numbers by variant and model, each trace once.

    Args:
        found: What is added to; what was counted before an error stays.
        traces: One after another; none is kept.
        apart: Whether runs of the same example with another seed are of another one.
    """
    seen: set[str] = set()
    for trace in traces:
        if trace.id in seen:
            continue
        seen.add(trace.id)
        place = (str(trace.attributes.get("variant", trace.name)), str(trace.attributes.get("model", "")))
        found.setdefault(place, Timing()).add(trace, apart=apart)


def open_seconds(spans: Iterable[tuple[int, int]]) -> float:
    """Seconds during which at least one of some spans (beginning and end in nanoseconds) was open."""
    total, until = 0, 0
    for start, end in sorted(spans):
        start = max(start, until)
        if end > start:
            total += end - start
            until = end
    return total / _NS


def node_seconds(trace: Trace) -> dict[str, float]:
    """Seconds of each node, all its turns together: by its spans, else by what the outputs tell."""
    found: dict[str, float] = {}
    for span in trace.of("invoke_agent"):
        found[span.subject] = found.get(span.subject, 0.0) + span.seconds
    if found:
        return found
    told = trace.outputs.get("seconds")
    if isinstance(told, Mapping):
        for node, seconds in cast("Mapping[Any, Any]", told).items():
            value = _number(seconds)
            if value is not None and value >= 0:
                found[str(node)] = value
    return found


def usage(trace: Trace) -> tuple[float, float, float, float] | None:
    """Tokens in, out and cached, and requests; `None` where the run tells nothing of them."""
    chats = list(trace.of("chat"))
    if chats:
        totals = [sum(_number(chat.attributes.get(name)) or 0.0 for chat in chats) for name in _SPAN_TOKENS]
        return totals[0], totals[1], totals[2], float(len(chats))
    told = trace.outputs.get("usage")
    if not isinstance(told, Mapping):
        return None
    nodes = [
        cast("Mapping[Any, Any]", node)
        for node in cast("Mapping[Any, Any]", told).values()
        if isinstance(node, Mapping)
    ]
    parts = [sum(_number(node.get(name)) or 0.0 for node in nodes) for name in (*_TOKENS, "requests")]
    return parts[0], parts[1], parts[2], parts[3]


def _cost(trace: Trace) -> float | None:
    """What a run cost: as it tells, or by its tokens and their prices."""
    if trace.attributes.get("prices"):
        return cost_of(**inputs_of(trace))["score"]
    return _number(trace.attributes.get("cost"))


def in_flight(began: Sequence[int], spans: Sequence[tuple[int, int]]) -> list[int]:
    """How many runs were under way when some of them began, themselves among them.

    Args:
        began: Their beginnings.
        spans: Beginning and end of all runs.
    """
    starts, ends = sorted(start for start, _ in spans), sorted(end for _, end in spans)
    return [max(1, bisect_right(starts, start) - bisect_right(ends, start)) for start in began]


def load_of(count: int) -> str:
    """Which class of load a number of runs in flight belongs to: powers of two."""
    low = 1
    while low * 2 <= count:
        low *= 2
    return "1" if low == 1 else f"{low}–{2 * low - 1}"


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None
