"""Our figure of many runs as a metric of inspect_ai: value and interval as `gradatim eval score` gives them."""

from __future__ import annotations

import logging

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from gradatim.evals.scorers.registry import SCORERS
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.scorers.summary import figure as summarised
from gradatim.evals.scorers.tally import Column
from gradatim.evals.statistics.library import NoStatistics

_log = logging.getLogger(__name__)
_own: dict[str, ScorerInfo] = {}
"""Scorers that are not in the registry, by key."""


def remember(info: ScorerInfo) -> None:
    """Let `figure` know a scorer of somebody's own."""
    if SCORERS.get(info.key) is not info:
        _own[info.key] = info


@metric
def figure(key: str, level: float = 0.95) -> Metric:
    """The figure of a scorer with its interval: `figure`, `low`, `high`.

    Which figure it is, the scorer says: a mean, a share (Wilson, 1927), Pearson's r of machine and people, the expected
    calibration error, coverage at a precision of .9. What the data do not give is `None`, which inspect_ai leaves out.

    Args:
        key: Of the scorer.
        level: Of the interval.
    """

    def metric_of(scores: list[SampleScore]) -> Value:
        info = _own.get(key) or SCORERS[key]
        column = Column()
        for item in scores:
            column.add(item.score.as_float(), item.score.explanation, item.score.metadata or {})
        try:
            estimate = summarised(column, info, level).estimate
        except NoStatistics as error:
            _log.warning("%s: no intervals of gradatim: %s", key, error)
            return {"figure": None}
        return {"figure": estimate.value, "low": estimate.low, "high": estimate.high}

    return metric_of
