"""Thresholds learnt from what people accepted and rejected."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradatim.kg.decisions.force import in_force
from gradatim.kg.decisions.records import ConceptDecision, Decision, Made

if TYPE_CHECKING:
    from gradatim.kg.construction.settling import Thresholds

LOWEST, HIGHEST = 0.05, 0.95
"""Within these a learnt threshold stays."""
PRIOR = 100
"""Pseudo-decisions in an interval of confidence of length 1: one each 0.01, accepted above the default, rejected
below it."""
_STEPS = 10_000
"""Confidence is kept in ten thousandths, as in graph files."""


def retrained(thresholds: Thresholds, decisions: Iterable[Decision]) -> Thresholds:
    """Thresholds moved to where they are right most often.

    For each kind, with default `d` and decisions of confidence `c` in force, the threshold is the

        t in [0.05, 0.95] that maximises  #{accepted, c ≥ t} + #{rejected, c < t} − 100 · |t − d|

    The last term stands for pseudo-decisions, 100 for each unit of confidence, that bear the default out: moved by
    0.01, the threshold is wrong about one of them. So n decisions move it by n/100 at most: three by 0.03, while a
    hundred outweigh the default wherever they lie. Of equally good thresholds the one nearest to the default is
    taken. One more accepted item never raises a threshold, one more rejected never lowers it.

    A concept that was renamed or merged counts as accepted, for it is one; a relation that was edited counts as
    rejected, for as it was it was wrong. Kinds without decisions keep their threshold.

    Args:
        thresholds: The defaults. Not those that this function gave before, or decisions count twice.
        decisions: All of them, undone ones and undos included.
    """
    cases: dict[str, tuple[list[int], list[int]]] = {}
    for line in in_force(decisions):
        if line.confidence is not None:
            kind = "concept" if isinstance(line, ConceptDecision) else line.item.type
            right, wrong = cases.setdefault(kind, ([], []))
            (right if was_right(line) else wrong).append(round(line.confidence * _STEPS))
    relations = dict(thresholds.relations)
    for kind in relations.keys() & cases.keys():
        relations[kind] = best_threshold(relations[kind], *cases[kind])
    concept = best_threshold(thresholds.concept, *cases["concept"]) if "concept" in cases else thresholds.concept
    return replace(thresholds, concept=concept, relations=relations)


def was_right(decision: Made) -> bool:
    """Whether the item was right to be in the graph as it was."""
    return decision.verdict == "accept" or (decision.verdict == "edit" and isinstance(decision, ConceptDecision))


def best_threshold(default: float, accepted: Sequence[int], rejected: Sequence[int]) -> float:
    """The threshold of one kind; confidences in ten thousandths."""
    low, high = round(LOWEST * _STEPS), round(HIGHEST * _STEPS)
    start = min(max(round(default * _STEPS), low), high)
    right, wrong = sorted(accepted), sorted(rejected)
    # between two confidences only the prior changes: the best threshold is the default, a confidence or just above one
    marks = {mark for value in (*right, *wrong) for mark in (value, value + 1) if low <= mark <= high}

    def goodness(mark: int) -> int:
        sorted_right = len(right) - bisect_left(right, mark) + bisect_left(wrong, mark)
        return sorted_right * _STEPS - PRIOR * abs(mark - start)

    best = max(sorted(marks | {start, low, high}), key=lambda mark: (goodness(mark), -abs(mark - start)))
    return default if best == round(default * _STEPS) else best / _STEPS
