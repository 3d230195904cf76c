"""Confidence and routing, as docs/confidence.md states them."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import pytest

from gradatim.agents.calibration import Calibration
from gradatim.agents.critic import Opinion
from gradatim.agents.decider import Decider
from gradatim.agents.features import FEATURES, WEIGHTS, firmness
from gradatim.agents.policy import Policy, TaskException, load_policy
from gradatim.agents.reviews import review_request
from gradatim.domain import (
    Check,
    Degradation,
    Diagnosis,
    Evidence,
    Execution,
    Feedback,
    MisconceptionMatch,
    Outcome,
    ProseClaim,
    Statement,
    SuspiciousLine,
    TestOutcomeClaim,
)
from gradatim.tools.claims.case import Case
from tests.cases import OFF_BY_ONE, TASK, submission

CLAIM = TestOutcomeClaim(test="t1", status="failed")
SUPPORTED = Check(claim=CLAIM, verdict="supported", method="evidence", detail="it failed")
REFUTED = Check(claim=CLAIM, verdict="refuted", method="evidence", detail="test t1 passed")
UNCHECKED = Check(claim=ProseClaim(text="x"), verdict="unchecked", method="none", detail="nobody knows")
WRONG = Diagnosis(
    submission="s", verdict="incorrect", error_category="logical",
    misconceptions=(MisconceptionMatch(id="m", confidence=0.8, why="w"),),
)  # fmt: skip
DECIDER = Decider(load_policy())


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


# ------------------------------------------------------------------------------------------- routing

FIRST = DECIDER.policy


def policy(**rules: dict[str, Any]) -> Policy:
    """The packaged policy with some rules changed (`_` for `-`)."""
    changed = {name.replace("_", "-"): values for name, values in rules.items()}
    return replace(
        FIRST,
        rules={**FIRST.rules, **{name: replace(FIRST.rules[name], **values) for name, values in changed.items()}},  # type: ignore[index,arg-type]
    )


def case(code: str = OFF_BY_ONE, failed: tuple[str, ...] = ("t3",)) -> Case:
    given = submission(code)
    outcomes = tuple(Outcome(test=test.id, status="failed" if test.id in failed else "passed") for test in TASK.tests)
    execution = Execution(submission=given.id, task=TASK.id, outcomes=outcomes, tier="bubblewrap")
    return Case.of(TASK, given, execution, WRONG)


def causes_of(decider: Decider, feedback: Feedback, **known: Any) -> list[str]:
    judged = decider.judge(feedback, WRONG, **known)
    assert (judged.route == "review") == bool(judged.causes)
    assert judged.reasons == tuple(cause.detail for cause in judged.causes)
    return [cause.kind for cause in judged.causes]


def test_nothing_asks_for_a_person_about_a_supported_feedback() -> None:
    assert causes_of(DECIDER, feedback(SUPPORTED), case=case()) == []


def test_distress_is_read_first_and_not_quoted() -> None:
    judged = DECIDER.judge(
        feedback(SUPPORTED), WRONG, case=case("# i want to die\n" + OFF_BY_ONE), consistency=0.0, mean_logprob=-20.0
    )
    assert [cause.kind for cause in judged.causes] == ["safety", "low-confidence"]
    assert judged.causes[0].priority == 100
    assert "die" not in judged.reasons[0]
    state = {"id": "r", "at": "2026-01-01", "task": TASK, "submission": submission(), "checked": feedback(SUPPORTED),
             "confidence": judged}  # fmt: skip
    request = review_request(state)
    assert (request.priority, request.causes) == (100, judged.causes)
    spoken = feedback(SUPPORTED).model_copy(update={"explanation": (Statement(text="You want to die."),)})
    assert "safety" in causes_of(DECIDER, spoken, case=case())
    assert causes_of(Decider(policy(safety={"active": False})), spoken, case=case()) == []


def test_rules_about_what_happened() -> None:
    assert causes_of(DECIDER, feedback(SUPPORTED), case=case(failed=("t5",))) == ["hidden-only"]
    assert causes_of(DECIDER, feedback(SUPPORTED), case=case(failed=("t3", "t5"))) == []
    lost = Degradation(node="critique", reason="r", fallback="f")
    assert causes_of(DECIDER, feedback(SUPPORTED), degradations=[lost]) == ["degraded"]
    other = lost.model_copy(update={"node": "recall"})
    assert causes_of(DECIDER, feedback(SUPPORTED), degradations=[other]) == []
    assert causes_of(DECIDER, feedback(SUPPORTED, evidence=()))[0] == "no-evidence"
    assert causes_of(DECIDER, feedback(SUPPORTED), refuted_before=True) == ["refuted"]
    assert causes_of(DECIDER, feedback(SUPPORTED), unused=True) == []
    assert causes_of(Decider(policy(first_use={"active": True})), feedback(SUPPORTED), unused=True) == ["first-use"]


def test_an_audit_draws_the_same_runs_every_time() -> None:
    decider = Decider(policy(audit={"active": True, "share": 0.2}))
    drawn = [causes_of(decider, feedback(SUPPORTED), run=f"run{number}") for number in range(500)]
    assert drawn == [causes_of(decider, feedback(SUPPORTED), run=f"run{number}") for number in range(500)]
    assert 60 < drawn.count(["audit"]) < 140


def test_the_threshold_of_a_task_follows_from_its_costs() -> None:
    strict = replace(FIRST, tasks=(TaskException(TASK.id, {"wrong_feedback": 1000.0}, {}),))
    assert causes_of(Decider(strict), feedback(SUPPORTED), case=case()) == ["low-confidence"]
    assert causes_of(Decider(strict), feedback(SUPPORTED)) == []


def test_checks_that_contradict_each_other_ask_for_a_person() -> None:
    opinions = [Opinion(line=line, misconception=name) for line, name in ((1, "a"), (3, "b"), (5, "c"))]
    said = feedback(SUPPORTED)
    assert "checks-disagree" in causes_of(DECIDER, said, opinions=opinions)
    assert "checks-disagree" not in causes_of(DECIDER, said, opinions=[Opinion(line=3)] * 3)


def test_a_calibration_takes_the_place_of_the_weighted_mean() -> None:
    flat = Calibration(method="isotonic", cases=2, right=1, scores=(0.5,), probabilities=(0.31,))
    judged = Decider(FIRST, flat).judge(feedback(SUPPORTED), WRONG)
    assert (judged.value, judged.calibrated, judged.route) == (0.31, True, "review")
    assert set(judged.features) == set(FEATURES)
    assert judged.components == DECIDER.judge(feedback(SUPPORTED), WRONG).components
