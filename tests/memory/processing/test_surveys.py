"""Unanswered survey items: imputed, or the case leaves, and always with the figures that decided it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.processing.surveys import MOST_ITEMS, MOST_MISSING, analyse_survey

ITEMS = [f"q{number:02}" for number in range(1, 25)]
Responses = dict[str, dict[str, float | None]]


def answers(cases: int, seed: int = 1) -> Responses:
    """Answers to 24 items that share one factor."""
    draw = np.random.default_rng(seed)
    data = 0.5 + 0.1 * draw.normal(size=(cases, 1)) + 0.1 * draw.normal(size=(cases, len(ITEMS)))
    return {
        f"learner-{case:03}": dict(zip(ITEMS, map(float, np.clip(row, 0, 1)), strict=True))
        for case, row in enumerate(data)
    }


def test_complete_cases_are_scored_and_nothing_is_decided() -> None:
    given_ = answers(6)
    found = analyse_survey("affect", given_)
    assert found.decisions == ()
    assert found.test is None
    for name, score in found.scores.items():
        assert score.value == pytest.approx(np.mean(list(given_[name].values())))
        assert (score.items, score.imputed) == (24, ())
        assert score.error == pytest.approx(np.std(list(given_[name].values()), ddof=1) / np.sqrt(24))


def test_few_gaps_at_random_are_imputed() -> None:
    whole, given_ = answers(80), answers(80)
    for case in range(0, 80, 9):
        given_[f"learner-{case:03}"][ITEMS[case % 24]] = None
    found = analyse_survey("affect", given_)
    assert found.test is not None
    assert not found.test.rejects(0.05)
    imputed = [item for item in found.decisions if item.kind == "imputed"]
    assert len(imputed) == len(found.decisions) == 9
    for decision in imputed:
        name = decision.learner or ""
        item = decision.what.rpartition(" ")[2]
        assert found.scores[name].imputed == (item,)
        assert found.scores[name].items == 23
        truth = whole[name][item] or 0.0
        value, error = decision.figures["value"], decision.figures["error"]
        assert isinstance(value, float)
        assert isinstance(error, float)
        assert 0.0 <= value <= 1.0
        assert abs(value - truth) < 4 * error
        assert decision.figures["p"] == found.test.p
        assert {"chi_square", "degrees_of_freedom", "cases", "em_steps"} <= decision.figures.keys()
        assert (found.scores[name].error or 0.0) >= error / 24 - 1e-12


def test_five_per_cent_or_more_leave() -> None:
    given_ = answers(80)
    given_["learner-003"] |= {"q01": None, "q02": None}  # 2 of 24 are 8.3 %
    del given_["learner-004"]["q05"], given_["learner-004"]["q06"]  # absent is unanswered, too
    found = analyse_survey("affect", given_)
    assert {decision.learner for decision in found.decisions} == {"learner-003", "learner-004"}
    assert {decision.kind for decision in found.decisions} == {"excluded"}
    assert found.decisions[0].figures["missing_share"] == pytest.approx(2 / 24)
    assert found.scores.keys() == given_.keys() - {"learner-003", "learner-004"}


def test_the_limit_itself_leaves() -> None:
    """One of 20 is exactly 5 %, which is not below 5 %."""
    given_ = {name: {item: row[item] for item in ITEMS[:20]} for name, row in answers(60).items()}
    given_["learner-001"]["q01"] = None
    assert MOST_MISSING == 0.05
    assert analyse_survey("affect", given_).decisions[0].kind == "excluded"


def test_gaps_that_follow_the_answers_are_not_imputed() -> None:
    given_ = answers(120)
    by_first = sorted(given_, key=lambda name: given_[name]["q01"] or 0.0)
    for name in by_first[-30:]:
        given_[name]["q02"] = None
    found = analyse_survey("affect", given_)
    assert found.test is not None
    assert found.test.rejects(0.05)
    assert {item.kind for item in found.decisions} == {"excluded"}
    assert all("rejects at 5%" in item.reason and item.figures["p"] == found.test.p for item in found.decisions)
    assert len(found.scores) == 90


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda given_: [given_.pop(name) for name in list(given_)[20:]], "20 cases do not determine"),
        (lambda given_: [row.update(q09=0.5) for row in given_.values()], "'q09' is always the same"),
        (lambda given_: [row.update(q09=row["q08"]) for row in given_.values()], "depend linearly"),
    ],
)
def test_without_a_test_the_case_leaves(change: object, reason: str) -> None:
    given_ = answers(60)
    change(given_)  # type: ignore[operator]
    given_["learner-001"]["q01"] = None
    found = analyse_survey("affect", given_)
    assert [item.kind for item in found.decisions] == ["excluded"]
    assert reason in found.decisions[0].reason
    assert "learner-001" not in found.scores


def test_too_many_items_are_not_imputed() -> None:
    given_: Responses = {f"l{case}": {f"q{item}": 0.5 for item in range(MOST_ITEMS + 1)} for case in range(3)}
    given_["l0"]["q7"] = None
    found = analyse_survey("long", given_)
    assert "301 items are more than" in found.decisions[0].reason


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1_000), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 23)), max_size=25))
def test_every_gap_is_accounted_for_and_every_learner_scored_or_excluded(
    seed: int, holes: list[tuple[int, int]]
) -> None:
    given_ = answers(30, seed)
    for case, item in holes:
        given_[f"learner-{case:03}"][ITEMS[item]] = None
    found = analyse_survey("affect", given_)
    gone = {item.learner for item in found.decisions if item.kind == "excluded"}
    assert gone.isdisjoint(found.scores)
    assert gone | found.scores.keys() == given_.keys()
    gaps = {(name, item) for name in found.scores for item, value in given_[name].items() if value is None}
    assert gaps == {(item.learner, item.what.rpartition(" ")[2]) for item in found.decisions if item.kind == "imputed"}
    assert all(0.0 <= score.value <= 1.0 for score in found.scores.values())
