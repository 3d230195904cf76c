"""How likely a sentence is false."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gradatim.domain import Check, Diagnosis, Edit, FaultLineClaim, LineQuoteClaim, Repair
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.likelihood import SIGNS, Likelihood, blames, packaged_likelihood, sigmoid, signs_of
from gradatim.tools.claims.verdict import SentenceVerdict
from tests.cases import OFF_BY_ONE, TASK, submission
from tests.tools.claims.material import Run, build


def _case() -> Case:
    code = OFF_BY_ONE
    edit = Edit(line=3, last_line=3, replacement="    for i in range(n + 1):", operator="loop-bound")
    repair = Repair(code=code.replace("range(n)", "range(n + 1)"), edits=(edit,), place="the range in line 3",
                    change="in line 3 `range(n + 1)`", origin="search", weight=0.9)  # fmt: skip
    base = build("sum-up-to", code, Run("sum_up_to(2)", "3", "1"))
    diagnosis = Diagnosis(submission=submission().id, verdict="incorrect", repairs=(repair,))
    return Case.of(TASK, submission(), base.execution, diagnosis)


def _model(**changes: object) -> Likelihood:
    plain = {"sentences": 4, "false": 2, "intercept": 0.0, "coefficients": {"refuted": 2.0}, "means": {"refuted": 0.5},
             "scales": {"refuted": 0.5}}  # fmt: skip
    return Likelihood.model_validate(plain | changes)


def _verdict(verdict: str, *checks: Check) -> SentenceVerdict:
    return SentenceVerdict(verdict, checks, "")  # type: ignore[arg-type]


def test_a_sign_that_was_not_measured_says_nothing():
    model = _model()
    assert model.probability({}) == model.probability({"refuted": None}) == 0.5
    assert model.probability({"refuted": 1.0}) == round(sigmoid(2.0), 4)
    assert model.reasons({"refuted": 0.0}) == (("refuted", -2.0),)


def test_calibration_stretches_and_moves_the_log_odds():
    assert _model(slope=0.5, offset=1.0).probability({"refuted": 1.0}) == round(sigmoid(0.5 * 2.0 + 1.0), 4)


@pytest.mark.parametrize(
    "changes", [{"scales": {"refuted": 0.0}}, {"means": {}}, {"coefficients": {"x": 1}, "means": {"x": 0},
                                                              "scales": {"x": 1}}]
)  # fmt: skip
def test_a_model_that_makes_no_sense_is_refused(changes: dict[str, object]):
    with pytest.raises(ValidationError):
        _model(**changes)


def test_signs_are_in_range_and_complete():
    case = _case()
    quote = Check(claim=LineQuoteClaim(line=9, text="x"), verdict="refuted", method="source", detail="")
    said = [
        ("The range should end at `n + 1`.", _verdict("supported")),
        ("Line 9 is `x` because of that.", _verdict("refuted", quote)),
        ("It goes on.", _verdict("unchecked")),
    ]  # fmt: skip
    found = signs_of(said, case)
    assert len(found) == 3
    for signs in found:
        assert set(signs) == set(SIGNS)
        assert all(value is None or 0 <= value <= 1 for value in signs.values())
        assert signs["agreed"] is None
    assert found[0]["names_change"] == 1.0
    assert found[2]["names_change"] == 0.0
    assert found[0]["text_names_new"] == found[2]["text_names_new"] == 1.0
    assert found[1]["refuted_exactly"] == 1.0
    assert found[1]["cause"] == 1.0
    assert found[0]["refuted_exactly"] == 0.0
    assert found[0]["text_refuted"] > found[1]["text_refuted"]  # neighbours only, not itself


def test_other_samples_agree_or_not():
    case = _case()
    text = "The problem is in line 3."
    assert FaultLineClaim(line=3) in blames(text, case)
    judged = [(text, _verdict("supported"))]
    both = signs_of(judged, case, [blames("The fault is in line 3.", case), blames("The error is in line 5.", case)])
    assert both[0]["agreed"] == 0.5
    none = signs_of(judged, case, [blames("Keep going!", case)])
    assert none[0]["agreed"] is None


def test_the_packaged_model_prefers_what_was_shown():
    model = packaged_likelihood()
    signs = dict.fromkeys(SIGNS)
    refuted = model.probability(signs | {"refuted": 1.0, "supported": 0.0})
    open_one = model.probability(signs | {"refuted": 0.0, "supported": 0.0})
    shown = model.probability(signs | {"refuted": 0.0, "supported": 1.0})
    assert refuted > open_one > shown
    assert 150 < model.false + 40 < model.sentences
