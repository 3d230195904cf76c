"""Our scorers as scorers of inspect_ai.

A score is a number there as it is here; what could not be judged is inspect_ai's unscored score, which its metrics and
reducers leave out, with the reason as its explanation. The `metadata` of a score goes with it.
"""

from __future__ import annotations

from collections.abc import Callable

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from gradatim.evals.harness.inspecting.metrics import figure, remember
from gradatim.evals.harness.inspecting.state import given_to_scorers
from gradatim.evals.scorers.given import number_of
from gradatim.evals.scorers.registry import SCORERS, scorers_of
from gradatim.evals.scorers.score import Score as OwnScore
from gradatim.evals.scorers.score import ScorerInfo, unscored

_UNSCORED = float("nan")
"""inspect_ai's mark of a sample without a score (`Score.unscored`)."""


def gradatim_scorer(which: str | ScorerInfo) -> Scorer:
    """A scorer of ours for inspect_ai; its scores stand in the log under its key.

    Metrics are inspect_ai's `mean` and `stderr`, and `figure`, `low` and `high`: what `gradatim eval score` reports.

    Args:
        which: Its key (see `gradatim eval list scorers`), or a scorer of one's own.

    Raises:
        InputError: There is no such scorer.
    """
    if isinstance(which, ScorerInfo):
        return _factory(which)()
    (info,) = scorers_of([which])[:1]
    return _factories[info.key]()


def gradatim_scorers(*which: str) -> list[Scorer]:
    """Several scorers of ours.

    Args:
        which: Keys, or names of families (`outcome`, `trust`, `tutoring`, `trajectory`); all scorers when not given.

    Raises:
        InputError: There is no such scorer.
    """
    return [_factories[info.key]() for info in scorers_of(which or None)]


def score_for(found: OwnScore) -> Score:
    """A score of ours as one of inspect_ai."""
    value = number_of(float(found["score"])) if found["score"] is not None else None
    return Score(
        value=_UNSCORED if value is None else value,
        explanation=found["comment"],
        reason="scoring_failed" if value is None else None,
        metadata=dict(found.get("metadata") or {}),
    )


def _factory(info: ScorerInfo) -> Callable[[], Scorer]:
    """What makes a scorer, registered with inspect_ai under the key."""
    remember(info)

    def make() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            given = given_to_scorers(state)
            try:
                found = info.scorer(**given)
            except Exception as error:  # noqa: BLE001 a scorer of one's own may break in any way; others' scores count
                found = unscored(info.key, f"the scorer broke: {type(error).__name__}: {str(error)[:200]}")
            return score_for(found)

        return score

    make.__doc__ = info.summary
    return scorer(metrics=[mean(), stderr(), figure(info.key)], name=info.key)(make)


_factories: dict[str, Callable[[], Scorer]] = {key: _factory(info) for key, info in SCORERS.items()}
"""By key; made when the module is imported, for then inspect_ai looks for what a package has to offer."""
