"""Evidence alone as a judge: the scorers that ask no model, to be validated on the same labels."""

from __future__ import annotations

import importlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from gradatim.evals.judging.judgement import Judgement
from gradatim.evals.judging.labelled import Labelled
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.scorers.tutoring.reading import Dimension, label_of
from gradatim.serving.blocking import run_blocking

T = TypeVar("T")
_PACKAGE = "gradatim.evals.scorers.tutoring"


class EvidenceJudge:
    """Labels replies with the scorers of `gradatim.evals.scorers.tutoring`; where they cannot, it gives no label."""

    name = "evidence"
    digest = "evidence"
    at_once = 1

    async def label(self, dimension: Dimension, labelled: Labelled) -> Judgement:
        """Label a reply by what its scorer finds."""
        info: ScorerInfo = importlib.import_module(f"{_PACKAGE}.{dimension}").INFO
        # people's labels are no evidence: they are kept from the scorer
        reference = {key: value for key, value in labelled.reference.items() if key != "labels"}
        score = info.scorer(inputs=labelled.inputs, outputs=labelled.outputs, reference_outputs=reference)
        known = score.get("metadata") or {}
        label = label_of(known.get("label")) if score["score"] is not None else None
        value = None if score["score"] is None else float(score["score"])
        return Judgement(dimension, label, value, score["comment"])

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine."""
        return run_blocking(work)
