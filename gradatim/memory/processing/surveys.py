"""Unanswered items of surveys: imputed where that can be defended, otherwise the case leaves that analysis.

For one instrument the cases are the latest responses of the learners, the variables its items:

1. A case with 5 % or more of the items unanswered leaves.
2. The others with gaps are imputed by EM only if Little's test, over these and the complete cases, does not reject at
   5 % that answers are missing completely at random; otherwise they leave.
3. Where the test or the estimates cannot be had (too few cases, items that depend on each other, …) they leave, too.

Complete cases stay as they are in every case.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.memory.processing.decisions import Decision, Figure
from gradatim.memory.processing.imputation import impute
from gradatim.memory.processing.mcar import MCARTest, little_test
from gradatim.memory.processing.normal import CannotEstimate, Matrix, Normal, estimate

MOST_MISSING = 0.05
"""Share of the items from which on a case leaves."""
LEVEL = 0.05
"""Significance at which Little's test rejects."""
MOST_ITEMS = 300
"""Items of an instrument beyond which nothing is imputed: the covariances would rest on too little."""

Answers = Mapping[str, float | None]
"""Item → answer, 0 to 1 of its scale; `None` or absent where it was not answered."""
_POLICY = (
    "survey items: EM imputation below 5 % missing a person if Little's MCAR test does not reject, else the case leaves"
)


@dataclass(frozen=True, slots=True)
class SurveyScore:
    """A learner's score in an instrument.

    Attributes:
        value: Mean of the answers, 0 to 1.
        error: Standard error, from the spread of the items and what the imputed ones are unsure by; `None` for an
            instrument of one item.
        items: How many answers it rests on, the imputed ones not counted.
        imputed: The items that were imputed.
    """

    value: float
    error: float | None
    items: int
    imputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyAnalysis:
    """What became of an instrument.

    Attributes:
        items: Of all learners together, sorted.
        scores: By learner; a learner whose case left has none.
        decisions: One for each learner with gaps.
        test: Little's test; `None` where no case was to be imputed or it could not be computed.
    """

    instrument: str
    items: tuple[str, ...]
    scores: Mapping[str, SurveyScore]
    decisions: tuple[Decision, ...]
    test: MCARTest | None = None


def analyse_survey(instrument: str, responses: Mapping[str, Answers]) -> SurveyAnalysis:
    """Score an instrument for all learners, filling gaps where the policy allows it.

    Args:
        instrument: Its name.
        responses: Learner → answers.
    """
    learners = sorted(responses)
    items = sorted({item for answers in responses.values() for item in answers})
    gaps = {name: [item for item in items if responses[name].get(item) is None] for name in learners}
    most = MOST_MISSING * len(items)
    complete = [name for name in learners if not gaps[name]]
    few = [name for name in learners if gaps[name] and len(gaps[name]) < most]
    scores = {name: _score([_answer(responses[name], item) for item in items]) for name in complete}
    decisions = [
        Decision(
            "excluded",
            f"survey {instrument}",
            name,
            _POLICY,
            f"{len(gaps[name])} of {len(items)} items have no answer, 5 % or more",
            {"items": len(items), "missing": len(gaps[name]), "missing_share": len(gaps[name]) / len(items)},
        )
        for name in learners
        if gaps[name] and name not in few
    ]
    if not few:
        return SurveyAnalysis(instrument, tuple(items), scores, tuple(decisions))
    cases = sorted(complete + few)
    data = np.array([[_answer(responses[name], item) for item in items] for name in cases], dtype=float)
    test, fitted, refused = _examined(data, items)
    for name in few:
        figures: dict[str, Figure] = {"items": len(items), "missing": len(gaps[name]), "cases": len(cases)}
        if test is not None:
            figures |= {"chi_square": test.statistic, "degrees_of_freedom": test.degrees, "p": test.p}
        if refused is not None:
            decisions.append(Decision("excluded", f"survey {instrument}", name, _POLICY, refused, figures))
    if refused is None and fitted is not None:
        filled = impute(data, fitted)
        for place, name in enumerate(cases):
            if gaps[name]:
                scores[name] = _imputed_score(filled.data[place], float(filled.mean_error[place]), tuple(gaps[name]))
                decisions.extend(
                    _imputed(instrument, name, item, test, len(cases), fitted,
                             float(filled.data[place, column]), float(filled.error[place, column]))
                    for column, item in enumerate(items)
                    if item in gaps[name]
                )  # fmt: skip
    return SurveyAnalysis(instrument, tuple(items), scores, tuple(decisions), test)


def _answer(answers: Answers, item: str) -> float:
    value = answers.get(item)
    return math.nan if value is None else value


def _examined(data: Matrix, items: Sequence[str]) -> tuple[MCARTest | None, Normal | None, str | None]:
    """Little's test, the estimates, and why nothing may be imputed; `None` where it may."""
    if len(items) > MOST_ITEMS:
        return None, None, f"{len(items)} items are more than the {MOST_ITEMS} whose covariances are estimated"
    try:
        fitted = estimate(data, items)
        test = little_test(data, items, fitted=fitted)
    except CannotEstimate as error:
        return None, None, f"Little's MCAR test cannot be computed: {error.message}"
    if test.rejects(LEVEL):
        return test, None, f"Little's MCAR test rejects at {LEVEL:.0%} that answers are missing completely at random"
    return test, fitted, None


def _score(answers: Sequence[float]) -> SurveyScore:
    error = statistics.stdev(answers) / math.sqrt(len(answers)) if len(answers) > 1 else None
    return SurveyScore(statistics.fmean(answers), error, len(answers))


def _imputed_score(answers: Matrix, unsure: float, imputed: tuple[str, ...]) -> SurveyScore:
    """A score with imputed answers: their uncertainty is added to that of the items."""
    # An expectation may lie off the scale, which no answer can.
    whole = _score([float(value) for value in np.clip(answers, 0.0, 1.0)])
    error = math.hypot(whole.error or 0.0, unsure)
    return SurveyScore(whole.value, error, whole.items - len(imputed), imputed)


def _imputed(
    instrument: str,
    learner: str,
    item: str,
    test: MCARTest | None,
    cases: int,
    fitted: Normal,
    value: float,
    error: float,
) -> Decision:
    figures: dict[str, Figure] = {
        "value": min(1.0, max(0.0, value)),
        "error": error,
        "cases": cases,
        "em_steps": fitted.steps,
    }
    if test is not None:
        figures |= {"chi_square": test.statistic, "degrees_of_freedom": test.degrees, "p": test.p}
    if not 0.0 <= value <= 1.0:
        figures["expected_off_the_scale"] = value
    return Decision(
        "imputed",
        f"survey {instrument}, item {item}",
        learner,
        _POLICY,
        "fewer than 5 % of the items have no answer and Little's MCAR test does not reject",
        figures,
    )
