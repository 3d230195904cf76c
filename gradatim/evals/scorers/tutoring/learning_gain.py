"""Learning gain: how much of what could be learnt was learnt, from a test before and a test after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.score import Score, ScorerInfo, unscored
from gradatim.evals.scorers.tutoring.reading.marks import mark_of


def learning_gain(
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any],
    reference_outputs: Mapping[str, Any] | None = None,
) -> Score:
    """Normalised gain g = (post − pre) / (1 − pre) (Hake 1998), of one learner.

    `pre` and `post` stand in `outputs`, `reference` or `attributes`: a share in [0, 1], a mapping with `score` and
    `max`, or a list of marks of items. With pre = 1 there is nothing to gain, and no score. g has no lower bound:
    `metadata` also has the normalised change c (Marx & Cummings 2007), which divides a loss by pre and lies in [−1, 1].
    For a group: `gradatim.evals.scorers.tutoring.reading.gains.group_gain`.
    """
    marks = {key: mark_of(key, inputs, outputs, reference_outputs) for key in ("pre", "post")}
    pre, post = marks["pre"], marks["post"]
    if isinstance(pre, str) or isinstance(post, str):
        return unscored("learning_gain", pre if isinstance(pre, str) else str(post))
    metadata: dict[str, Any] = {"pre": pre, "post": post, "gain": post - pre}
    if pre < 1 or post < 1:
        metadata["change"] = (post - pre) / (1 - pre) if post >= pre else (post - pre) / pre
    if pre == 1:
        score = unscored("learning_gain", "everything was known before: there is nothing to gain")
        score["metadata"] = metadata
        return score
    return {
        "key": "learning_gain",
        "score": (post - pre) / (1 - pre),
        "comment": f"from {pre:.2f} to {post:.2f}",
        "metadata": metadata,
    }


INFO = ScorerInfo(
    key="learning_gain",
    scorer=learning_gain,
    summary="Normalised gain from a test before to a test after (Hake 1998).",
    family="tutoring",
    unit="gain",
    needs=("outputs.pre", "outputs.post"),
)
