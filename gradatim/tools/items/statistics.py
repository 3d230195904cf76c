"""What answers say about an item, beside its calibrated difficulty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradatim.domain import LearnerEvent


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """Classical statistics of an item, from first answers.

    Attributes:
        answers: Learners who answered it.
        right: Share of them who were right; `None` before the first answer.
        exposure: Share of the learners who answered any item to whom this one was shown.
        discrimination: Correlation of being right with the share of right answers to other items (corrected item–rest
            correlation); `None` for fewer than three learners, or where everybody is alike.
    """

    answers: int
    right: float | None = None
    exposure: float | None = None
    discrimination: float | None = None


def statistics(events: Iterable[LearnerEvent], items: Iterable[str]) -> Mapping[str, ItemStatistics]:
    """Statistics of items.

    Args:
        events: Of any learners; only answers to these items count, each learner's first to each.
        items: Ids.
    """
    wanted = set(items)
    first: dict[tuple[str, str], tuple[str, bool]] = {}
    for event in events:
        passed = event.payload.get("passed")
        if event.task_id not in wanted or not isinstance(passed, bool):
            continue
        key = (event.task_id, event.learner_id)
        if key not in first or event.at < first[key][0]:
            first[key] = (event.at, passed)
    learners = {learner for _, learner in first}
    by_learner: dict[str, dict[str, bool]] = {learner: {} for learner in learners}
    for (item, learner), (_, passed) in first.items():
        by_learner[learner][item] = passed
    return {item: _of(item, by_learner) for item in wanted}


def _of(item: str, by_learner: Mapping[str, Mapping[str, bool]]) -> ItemStatistics:
    answers = {learner: given[item] for learner, given in by_learner.items() if item in given}
    if not answers:
        return ItemStatistics(0, exposure=0.0 if by_learner else None)
    pairs = [
        (float(right), sum(value for other, value in by_learner[learner].items() if other != item) / rest)
        for learner, right in answers.items()
        if (rest := len(by_learner[learner]) - 1) > 0
    ]
    return ItemStatistics(
        answers=len(answers),
        right=sum(answers.values()) / len(answers),
        exposure=len(answers) / len(by_learner),
        discrimination=_correlation(pairs),
    )


def _correlation(pairs: list[tuple[float, float]]) -> float | None:
    if len(pairs) < 3:
        return None
    count = len(pairs)
    mean_x, mean_y = (sum(pair[side] for pair in pairs) / count for side in (0, 1))
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    if xx == 0.0 or yy == 0.0:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / math.sqrt(xx * yy)
