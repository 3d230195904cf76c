"""Confidence and routing, as docs/confidence.md states them."""

from __future__ import annotations

from math import log

import pytest

from gradatim.agents.decider import WEIGHTS, Decider, firmness
from gradatim.domain import (
    Check,
    Diagnosis,
    Evidence,
    Feedback,
    MisconceptionMatch,
    ProseClaim,
    Statement,
    SuspiciousLine,
    TestOutcomeClaim,
)

CLAIM = TestOutcomeClaim(test="t1", status="failed")
SUPPORTED = Check(claim=CLAIM, verdict="supported", method="evidence", detail="it failed")
REFUTED = Check(claim=CLAIM, verdict="refuted", method="evidence", detail="test t1 passed")
UNCHECKED = Check(claim=ProseClaim(text="x"), verdict="unchecked", method="none", detail="nobody knows")
WRONG = Diagnosis(
    submission="s", verdict="incorrect", error_category="logical",
    misconceptions=(MisconceptionMatch(id="m", confidence=0.8, why="w"),),
)  # fmt: skip
DECIDER = Decider(threshold=0.75, max_revisions=2)


def feedback(*checks: Check, evidence: tuple[str, ...] = ("test:t1",), author: str = "realiser") -> Feedback:
    said = Statement(text="Test t1 fails.", evidence=evidence, checks=checks)
    return Feedback(
        error_identification=(said,), explanation=(), corrective_suggestion=(), encouragement=(), author=author
    )


def test_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_confidence_is_the_weighted_mean_of_what_was_measured() -> None:
    judged = DECIDER.judge(feedback(SUPPORTED, UNCHECKED), WRONG, consistency=0.5, mean_logprob=log(0.6))
    parts = {"checks": 0.5, "coverage": 1.0, "consistency": 0.5, "likelihood": 0.6, "diagnosis": 0.8}
    assert judged.components == pytest.approx({**parts, "kept": None})
    weight = sum(WEIGHTS[name] for name in parts)
    assert judged.value == pytest.approx(sum(WEIGHTS[name] * value for name, value in parts.items()) / weight, abs=1e-4)
    assert not judged.calibrated


def test_share_of_the_model_s_own_sentences() -> None:
    said = feedback(SUPPORTED, author="model:m").model_copy(
        update={"withheld": (Statement(text="a"), Statement(text="b"), Statement(text="c"))}
    )
    assert DECIDER.judge(said, WRONG).components["kept"] == pytest.approx(0.25)
    completed = said.model_copy(update={"completed": ("error_identification",)})
    assert DECIDER.judge(completed, WRONG).components["kept"] == 0


def test_refuted_goes_back_with_the_truth_and_after_its_rounds_to_a_person() -> None:
    judged = DECIDER.judge(feedback(SUPPORTED, REFUTED), WRONG)
    assert judged.route == "revise"
    assert judged.reasons == ("test t1 passed",)
    stood_in = DECIDER.judge(feedback(SUPPORTED), WRONG, refuted_before=True)
    assert stood_in.route == "review"


def test_thresholds() -> None:
    assert DECIDER.judge(feedback(SUPPORTED), WRONG).route == "deliver"
    low = DECIDER.judge(feedback(SUPPORTED), WRONG, consistency=0.0, mean_logprob=-20.0)
    assert low.route == "review"
    assert "below 0.75; weakest part" in low.reasons[0]
    assert DECIDER.judge(feedback(SUPPORTED, evidence=()), WRONG).route == "review"


def test_firmness_of_a_diagnosis() -> None:
    def wrong(**fields: object) -> Diagnosis:
        return Diagnosis.model_validate({"submission": "s", "verdict": "incorrect", **fields})

    assert firmness(Diagnosis(submission="s", verdict="correct")) == 1
    assert firmness(WRONG) == pytest.approx(0.8)
    assert firmness(wrong(suspicious_lines=(SuspiciousLine(line=1, score=0.5, why="w"),))) == pytest.approx(0.4)
    assert firmness(wrong(evidence=(Evidence(id="syntax:1", kind="syntax", summary="s", lines=(1,)),))) == 1
    assert firmness(wrong()) == 0
