"""A judge's scorers: the eight dimensions as `ScorerInfo`s, each score saying whether the judge was validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradatim.errors import GradatimError, InputError
from gradatim.evals.judging.exchange import exchange_of
from gradatim.evals.judging.judge import Judge
from gradatim.evals.judging.report import THRESHOLD, UNKNOWN, JudgeReport
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, WANTED, Dimension, Turn
from gradatim.evals.scorers.tutoring.reading.turns import Found, Scene, score_dimension

PREFIX = "judged_"
_MISTAKEN: frozenset[Dimension] = frozenset({"mistake_identification", "mistake_location", "providing_guidance"})
TURNS = 20
"""Turns of a dialogue that are judged at most, the last ones."""


def judged_scorers(
    judge: Judge,
    report: JudgeReport | None = None,
    *,
    dimensions: Sequence[Dimension] = DIMENSIONS,
    force: bool = False,
    turns: int = TURNS,
) -> Sequence[ScorerInfo]:
    """The scorers of a judge, with keys `judged_…`.

    Args:
        judge: Asked for each turn of the tutor.
        report: Of its validation; without one every score says that the judge is not validated.
        dimensions: Which of the eight.
        force: Use a judge although its agreement with people is too small; its scores say so.
        turns: How many turns of a dialogue are judged, the last ones.

    Raises:
        InputError: The report is of another judge, or the judge's κ on a dimension is below 0.4.
    """
    if report is not None:
        if report.digest != judge.digest:
            raise InputError(
                f"is of {report.judge} ({report.digest}), not of {judge.name} ({judge.digest})",
                place="report",
                remedy="validate this judge: its model, prompt or rubrics are others",
            )
        refused = [dimension for dimension in dimensions if report.standing(dimension) == "refused"]
        if refused and not force:
            raise InputError(
                f"{judge.name} agrees too little with people (κ < {THRESHOLD}) on {', '.join(refused)}",
                place="judge",
                remedy="leave these dimensions out, or take another model; in Python, force=True uses it all the same",
            )
    if turns < 1:
        raise InputError("at least one turn has to be judged", place="turns", remedy="give 1 or more")
    return tuple(_info(judge, report, dimension, turns) for dimension in dimensions)


def _info(judge: Judge, report: JudgeReport | None, dimension: Dimension, turns: int) -> ScorerInfo:
    validity = UNKNOWN if report is None else report.said(dimension)
    return ScorerInfo(
        key=PREFIX + dimension,
        scorer=_scorer(judge, validity, dimension, turns),
        summary=f"{judge.rubrics[dimension].question} By {judge.name}, {validity}.",
        family="tutoring",
        higher_is_better=WANTED[dimension] == "Yes",
        needs=("outputs.messages",),
    )


def _scorer(judge: Judge, validity: str, dimension: Dimension, turns: int) -> Scorer:
    def rule(scene: Scene, turn: Turn) -> Found:
        if not turn.text:
            return Found(None, "the tutor's turn is empty")
        exchange = exchange_of(scene.dialogue, turn, scene.truth)
        try:
            judgement = judge.wait(judge.judge(dimension, exchange))
        except GradatimError as error:  # a run of many traces goes on without this score
            return Found(None, f"the judge gave no answer: {error}")
        return Found(judgement.label, judgement.why, judgement.value, judgement.plain)

    def scorer(
        *,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any],
        reference_outputs: Mapping[str, Any] | None = None,
    ) -> Score:
        score = score_dimension(
            dimension,
            rule,
            inputs,
            outputs,
            reference_outputs,
            needs_mistake=dimension in _MISTAKEN,
            prefix=PREFIX,
            latest=turns,
        )
        score["metadata"] = {**score.get("metadata", {}), "judge": judge.name, "validity": validity}
        if not validity.startswith("validated"):
            score["comment"] = f"[{validity}] {score['comment']}"
        return score

    return scorer
