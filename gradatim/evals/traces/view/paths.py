"""Where the paths of two runs through their agents part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gradatim.evals.traces.trace import Trace

_MOST = 400
"""Agents of a run of which every pair is looked at."""


@dataclass(frozen=True, slots=True)
class _Step:
    """An agent's turn: `key` is its name with which time it is."""

    key: tuple[str, int]
    start: int
    end: int


def path_differences(first: Trace, second: Trace) -> Iterator[tuple[str, str, str]]:
    """Stretches of the two paths that are not the same: where, and the names in each.

    Agents that went on at the same time in either run began in the order in which they happened to be scheduled: that
    order is no difference.
    """
    one, other = _steps(first), _steps(second)
    if _same(one, other):
        return
    names, others = [step.key[0] for step in one], [step.key[0] for step in other]
    for kind, a, b, c, d in SequenceMatcher(None, names, others, autojunk=False).get_opcodes():
        if kind != "equal":
            before = names[a - 1] if a else "the beginning"
            yield f"after {before}", " → ".join(names[a:b]), " → ".join(others[c:d])


def _steps(trace: Trace) -> list[_Step]:
    times = Counter[str]()
    steps: list[_Step] = []
    for span in trace.of("invoke_agent"):
        times[span.subject] += 1
        steps.append(_Step((span.subject, times[span.subject]), span.start, span.end))
    return steps


def _same(one: Sequence[_Step], other: Sequence[_Step]) -> bool:
    keys, others = [step.key for step in one], [step.key for step in other]
    if keys == others:
        return True
    if len(keys) > _MOST or set(keys) != set(others):
        return False
    places = {key: place for place, key in enumerate(others)}
    for number, step in enumerate(one):
        for later in one[number + 1 :]:
            if places[step.key] > places[later.key] and not (
                _overlap(step, later) or _overlap(other[places[step.key]], other[places[later.key]])
            ):
                return False
    return True


def _overlap(one: _Step, other: _Step) -> bool:
    return one.start < other.end and other.start < one.end
