"""Where two runs part: path, evidence, statements, checks, verdict, confidence, tokens, times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher

from gradatim.evals.traces.trace import Plain, Trace
from gradatim.evals.traces.view.paths import path_differences
from gradatim.evals.traces.view.run import Judgement, RunView, view_of
from gradatim.evals.traces.view.statements import Sentence

TOLERANCE = 5e-4
"""Up to which confidences and scores count as equal: half of the third decimal."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two runs differ.

    Attributes:
        aspect: `path`, `verdict`, `evidence`, `statements`, `checks`, `confidence`, …
        place: What it is about: an id, a part of the feedback, an agent.
        first, second: What the one and the other has; empty where it has nothing.
        counts: Whether it makes the runs differ; times and what was read from a cache do not, for they are never
            twice the same.
    """

    aspect: str
    place: str
    first: str
    second: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, and where they part."""

    first: RunView
    second: RunView
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether nothing that counts differs."""
        return not any(difference.counts for difference in self.differences)

    def plain(self) -> Plain:
        """This comparison as plain data."""
        return {
            "same": self.same,
            "first": {"id": self.first.id, "name": self.first.name},
            "second": {"id": self.second.id, "name": self.second.name},
            "differences": [asdict(difference) for difference in self.differences],
        }


def compare(first: Trace, second: Trace, *, tolerance: float = TOLERANCE) -> Comparison:
    """Compare two runs.

    Args:
        first: One run.
        second: Another.
        tolerance: Up to which confidences and scores count as equal.
    """
    one, other = view_of(first), view_of(second)
    found = [
        *_values("given", _given(one), _given(other)),
        *(Difference("path", *parts) for parts in path_differences(first, second)),
        *_values("verdict", _verdict(one), _verdict(other)),
        *_values("tests", _tests(one), _tests(other)),
        *_values("misconceptions", _misconceptions(one), _misconceptions(other)),
        *_values("evidence", _evidence(one), _evidence(other)),
        *_statements(one.sentences, other.sentences),
        *_values("dialogue", _turns(one), _turns(other)),
        *_numbers("confidence", _confidence(one), _confidence(other), tolerance),
        *_values("route", _route(one), _route(other)),
        *_judgements(one, other, tolerance),
        *_values("calls", _calls(one), _calls(other)),
        *_values("errors", _faults(one), _faults(other)),
        *_values("tokens", _tokens(one), _tokens(other)),
        *_times(one, other),
    ]
    return Comparison(one, other, tuple(found))


def _values(aspect: str, first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[Difference]:
    """What stands under a name in one of them only, or is not the same in both."""
    for place in (*first, *(key for key in second if key not in first)):
        one, other = first.get(place, ""), second.get(place, "")
        if one != other:
            yield Difference(aspect, place, one, other)


def _numbers(
    aspect: str, first: Mapping[str, float | None], second: Mapping[str, float | None], tolerance: float
) -> Iterator[Difference]:
    for place in (*first, *(key for key in second if key not in first)):
        one, other = first.get(place), second.get(place)
        if _apart(one, other, tolerance):
            yield Difference(aspect, place, _told(one), _told(other))


def _told(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _given(view: RunView) -> dict[str, str]:
    model = dict(view.facts).get("model", "")
    return {"workflow": view.name, "task": view.title, "program": view.code, "model": model}


def _verdict(view: RunView) -> dict[str, str]:
    return {"verdict": view.verdict, "category": view.category}


def _tests(view: RunView) -> dict[str, str]:
    return {test: f"{status} {detail}".strip() for test, status, detail in view.tests}


def _misconceptions(view: RunView) -> dict[str, str]:
    return {key: "" if value is None else f"{value:.2f}" for key, value, _ in view.misconceptions}


def _evidence(view: RunView) -> dict[str, str]:
    return {grounds.id: grounds.summary for grounds in view.evidence}


def _turns(view: RunView) -> dict[str, str]:
    return {f"{number} {turn.role}": turn.content for number, turn in enumerate(view.turns, 1)}


def _confidence(view: RunView) -> dict[str, float | None]:
    return {"confidence": view.confidence, **dict(view.components)}


def _route(view: RunView) -> dict[str, str]:
    delivered = "" if view.delivered is None else str(view.delivered).lower()
    return {
        "route": view.route,
        "delivered": delivered,
        "waiting": str(view.waiting).lower(),
        "revisions": str(view.revisions),
        "reasons": "; ".join(view.reasons),
    }


def _judgements(one: RunView, other: RunView, tolerance: float) -> Iterator[Difference]:
    """The last judgement of each name by each agent: there or not, its value, its label."""
    first, second = ({f"{item.by}: {item.name}": item for item in view.judgements} for view in (one, other))
    for place in (*first, *(key for key in second if key not in first)):
        a, b = first.get(place), second.get(place)
        if a is None or b is None or a.label != b.label or _apart(a.value, b.value, tolerance):
            yield Difference("scores", place, _judged(a), _judged(b))


def _judged(item: Judgement | None) -> str:
    return "" if item is None else f"{_told(item.value)} {item.label}".strip() or "no score"


def _apart(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > tolerance


def _calls(view: RunView) -> dict[str, str]:
    """How often what was called, by the agent that called it."""
    called = Counter[str]()
    called.update(f"{call.by}: chat {call.model}" for call in view.asked)
    called.update(f"{call.by}: {call.tool}" for call in view.ran)
    called.update(f"{call.by}: retrieval {call.source}" for call in view.found)
    return {place: f"{count}×" for place, count in called.items()}


def _faults(view: RunView) -> dict[str, str]:
    return {fault.where: f"{fault.kind} {fault.message}".strip() for fault in view.faults}


def _tokens(view: RunView) -> dict[str, str]:
    held = {"input": view.costs.input_tokens, "output": view.costs.output_tokens}
    return {place: "" if value is None else f"{value:,}" for place, value in held.items()}


def _statements(first: Sequence[Sentence], second: Sequence[Sentence]) -> Iterator[Difference]:
    """Sentences in one of them only, and what became of the claims of those in both."""
    matcher = SequenceMatcher(
        None, [(item.part, item.text) for item in first], [(item.part, item.text) for item in second], autojunk=False
    )
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            for one, other in zip(first[a:b], second[c:d], strict=True):
                yield from _checks(one, other)
            continue
        gone, new = first[a:b], second[c:d]
        for number in range(max(len(gone), len(new))):
            one = gone[number] if number < len(gone) else None
            other = new[number] if number < len(new) else None
            part = (one or other or first[0]).part
            if one is not None and other is not None and one.part != other.part:
                yield Difference("statements", one.part, one.text, "")
                yield Difference("statements", other.part, "", other.text)
            else:
                yield Difference("statements", part, one.text if one else "", other.text if other else "")


def _checks(one: Sentence, other: Sentence) -> Iterator[Difference]:
    if one.mark != other.mark:
        yield Difference("checks", one.text, one.mark, other.mark)
    else:
        marks = {finding.claim: finding.mark for finding in one.findings}
        others = {finding.claim: finding.mark for finding in other.findings}
        for difference in _values("checks", dict(marks), dict(others)):
            yield Difference("checks", f"{one.text} [{difference.place}]", difference.first, difference.second)
    if set(one.evidence) != set(other.evidence):
        yield Difference("citations", one.text, ", ".join(one.evidence), ", ".join(other.evidence))


def _times(one: RunView, other: RunView) -> Iterator[Difference]:
    """Seconds of the whole and of each agent, and tokens that were read from a cache."""
    if one.timeline.timed and other.timeline.timed:
        for place, first, second in _paired(_seconds(one), _seconds(other)):
            if first != second:
                yield Difference("times", place, first, second, counts=False)
    cached = (one.costs.cached_tokens, other.costs.cached_tokens)
    if cached[0] != cached[1]:
        told = ["" if value is None else f"{value:,}" for value in cached]
        yield Difference("tokens", "cached", told[0], told[1], counts=False)


def _seconds(view: RunView) -> dict[str, str]:
    """Seconds by agent, added up over its calls."""
    sums: dict[str, float] = {"whole": view.costs.seconds or 0.0}
    for row in view.timeline.rows:
        if row.operation == "invoke_agent":
            sums[row.subject] = sums.get(row.subject, 0.0) + row.seconds
    return {place: f"{seconds:.3f} s" for place, seconds in sums.items()}


def _paired(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for place in (*first, *(key for key in second if key not in first)):
        yield place, first.get(place, ""), second.get(place, "")
