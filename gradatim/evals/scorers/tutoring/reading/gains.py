"""Learning gain of a group: gains of many learners as figures with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.evals.scorers.score import Score
from gradatim.evals.statistics.estimate import Estimate


@dataclass(frozen=True, slots=True)
class GroupGain:
    """What a group gained.

    Attributes:
        mean: Mean of the learners' normalised gains. change: Mean of the normalised changes (Marx & Cummings 2007), in
        [-1, 1]. hake: Gain of the averages, (mean post − mean pre) / (1 − mean pre): what Hake (1998) calls the gain of
        a course;
            with a bootstrap interval over learners.
        effect: Cohen's d of the paired marks.
        n: Learners.
    """

    mean: Estimate
    change: Estimate
    hake: Estimate
    effect: Estimate
    n: int


def group_gain(scores: Iterable[Score], *, level: float = 0.95, resamples: int = 2_000, seed: int = 0) -> GroupGain:
    """The gain of a group from scores of `learning_gain`.

    Learners without both marks are left out; those who knew everything before count for `hake` and `effect` alone.

    Raises:
        InputError: There are fewer than two learners with both marks.
    """
    from gradatim.evals.statistics import bootstrap, cohens_d_paired, mean

    marks: list[tuple[float, float]] = []
    gains: list[float] = []
    changes: list[float] = []
    for score in scores:
        known = score.get("metadata") or {}
        if score["key"] != "learning_gain" or "pre" not in known or "post" not in known:
            continue
        marks.append((float(known["pre"]), float(known["post"])))
        if score["score"] is not None:
            gains.append(float(score["score"]))
            changes.append(float(known["change"]))
    if len(marks) < 2:
        raise InputError(
            "a group's gain needs at least two learners with both marks", remedy="give outputs.pre and outputs.post"
        )
    pre, post = [item[0] for item in marks], [item[1] for item in marks]
    return GroupGain(
        mean=mean(gains, level=level),
        change=mean(changes, level=level),
        hake=bootstrap(_hake, pre, post, level=level, resamples=resamples, seed=seed, paired=True),
        effect=cohens_d_paired(post, pre),
        n=len(marks),
    )


def _hake(pre: Iterable[float], post: Iterable[float]) -> float:
    before, after = list(pre), list(post)
    start, end = sum(before) / len(before), sum(after) / len(after)
    return (end - start) / (1 - start) if start < 1 else 0.0
