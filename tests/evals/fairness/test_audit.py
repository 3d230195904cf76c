"""Audits find a bias that was put in, and none where none was."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.evals.fairness import Audit, Cases, Comparison, Unit, audit, audit_markdown, read_cases, summary
from gradatim.evals.fairness.measures import MEASURES
from gradatim.evals.results import open_results
from tests.evals.fairness.material import experiment, run


def _audited(folder: Path, count: int, biased: dict[str, Any], by: str = "language", **options: Any) -> Audit:
    draw = random.Random(7)
    runs = [
        run(draw, at, {"language": language}, **(biased if language == "zh" else {}))
        for at in range(count)
        for language in [("en", "zh")[at % 2]]
    ]
    return audit(read_cases(open_results(experiment(folder, runs))), by, **options)


def _of(found: Audit, measure: str) -> Comparison:
    return next(item for item in found.divided[0].comparisons if item.measure == measure)


@pytest.mark.parametrize(
    ("biased", "measure", "size"),
    [
        ({"review": 0.4}, "review", 0.2),
        ({"score": 0.5}, "score", -0.1),
        ({"wrong_verdict": 0.3}, "error", 0.2),
        ({"confidence": 0.7}, "confidence", -0.1),
        ({"right": 0.6}, "calibration_gap", -0.2),
    ],
)
def test_a_bias_that_was_put_in_is_found_with_its_size(
    tmp_path: Path, biased: dict[str, Any], measure: str, size: float
) -> None:
    found = _audited(tmp_path / "e", 800, biased)
    item = _of(found, measure)
    sign = 1.0 if item.group == "zh" else -1.0
    assert item.difference.value is not None
    assert item.difference.low is not None
    assert item.difference.high is not None
    assert sign * item.difference.value == pytest.approx(size, abs=0.07)
    assert item.difference.low <= sign * size <= item.difference.high
    assert item.holm is not None
    assert item.holm < 0.001
    assert item in found.found()
    related = {"review": {"delivered", "safe_delivery"}, "error": {"false_correct", "true_correct"}}
    related |= {"confidence": {"calibration_gap"}}
    allowed = {measure} | related.get(measure, set())
    assert {other.measure for other in found.found()} <= allowed
    assert any(MEASURES[measure].name in line and "language" in line for line in summary(found))


def test_the_error_rate_is_held_where_nothing_was_put_in() -> None:
    """Of 60 audits without bias, about 3 may call anything different at .05 after Holm's correction."""
    draw = random.Random(20)
    called = 0
    kinds: dict[str, Callable[[], float]] = {
        "score": lambda: draw.gauss(0.6, 0.2),
        "review": lambda: float(draw.random() < 0.2),
        "error": lambda: float(draw.random() < 0.1),
        "delivered": lambda: float(draw.random() < 0.7),
    }
    measures = {key: MEASURES[key] for key in kinds}
    for _ in range(60):
        units = tuple(
            Unit(
                str(at),
                {"a": draw.choice("xyz"), "b": draw.choice("pq")},
                {key: make() for key, make in kinds.items()},
            )
            for at in range(120)
        )
        found = audit(Cases(units, "full", "none", False, 120, 120, 0, measures), "a,b")
        assert found.tests >= 16
        called += bool(found.found(0.05))
    assert called <= 8  # more has a probability of .003 at a rate of .05


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    draw = random.Random(4)
    covered = 0
    for _ in range(200):
        units = tuple(
            Unit(str(at), {"g": "x" if at % 3 else "y"}, {"review": float(draw.random() < (0.3 if at % 3 else 0.5))})
            for at in range(90)
        )
        (item,) = (
            audit(Cases(units, "f", "", False, 90, 90, 0, {"review": MEASURES["review"]}), "g").divided[0].comparisons
        )
        assert item.difference.low is not None
        assert item.difference.high is not None
        covered += item.difference.low <= -0.2 <= item.difference.high
    assert 182 <= covered <= 198  # 95 % of 200, ± 2.6 standard errors


def test_no_cause_is_claimed_and_silence_is_not_proof(tmp_path: Path) -> None:
    found = _audited(tmp_path / "e", 200, {})
    assert not found.found()
    text = audit_markdown(found)
    assert "no difference was found that chance does not explain" in text
    assert "Not ruled out are differences up to:" in text
    assert "It does not say why" in text
    for word in ("because", "discriminat", "due to"):
        assert word not in text.lower()


def test_the_direction_for_learners_is_told(tmp_path: Path) -> None:
    lines = summary(_audited(tmp_path / "e", 800, {"wrong_verdict": 0.35}))
    (line,) = [line for line in lines if "share of wrong verdicts" in line]
    assert "percentage points" in line
    assert ("to its disadvantage" in line) == ("is higher for zh" in line)
    assert ("to the advantage of the former" in line) == ("is lower for en" in line)


def test_four_fifths(tmp_path: Path) -> None:
    found = _audited(tmp_path / "e", 800, {"review": 0.6})
    item = _of(found, "delivered")
    assert item.ratio is not None
    assert item.ratio.value == pytest.approx(0.4 / 0.8, abs=0.08)
    assert item.ratio.high is not None
    assert item.ratio.high < 0.8
    (line,) = [line for line in summary(found) if "four-fifths" in line and "without waiting" in line]
    assert str(item.ratio) in line


def test_equalised_odds(tmp_path: Path) -> None:
    found = _audited(tmp_path / "e", 1000, {"wrong_verdict": 0.3})
    verdict = next(item for item in found.divided[0].odds if item.decision == "verdict")
    assert verdict.difference == pytest.approx(0.2, abs=0.08)
    assert verdict.false_positive.low is not None
    assert verdict.false_positive.low > 0.05
    assert set(verdict.between) == {"en", "zh"}
    assert "Equalised odds" in audit_markdown(found)


def test_three_groups_are_each_compared_with_the_others(tmp_path: Path) -> None:
    draw = random.Random(1)
    runs = [run(draw, at, {"course": "ABC"[at % 3]}, review=0.5 if at % 3 == 2 else 0.1) for at in range(600)]
    found = audit(read_cases(open_results(experiment(tmp_path / "e", runs))), "course")
    reviews = [item for item in found.divided[0].comparisons if item.measure == "review"]
    assert {(item.group, item.other) for item in reviews} == {(name, "others") for name in "ABC"}
    assert next(item for item in reviews if item.group == "C").difference.value == pytest.approx(0.4, abs=0.08)


def test_attributes_that_nobody_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run names a group of 'age'") as caught:
        _audited(tmp_path / "e", 40, {}, by="age")
    assert "language" in (caught.value.remedy or "")
    with pytest.raises(InputError, match="names no attribute"):
        _audited(tmp_path / "f", 40, {}, by=" , ")
    with pytest.raises(InputError, match="--least"):
        _audited(tmp_path / "g", 40, {}, least=2)


def test_odds_need_both_rates_and_two_groups(tmp_path: Path) -> None:
    draw = random.Random(1)
    runs = [run(draw, at, {"g": "xy"[at % 2]}, wrong_verdict=0.0, right=1.0) for at in range(120)]
    found = audit(read_cases(open_results(experiment(tmp_path / "e", runs))), "g").divided[0]
    odds = {item.decision: item for item in found.odds}
    assert odds["verdict"].difference == 0.0
    assert set(odds["verdict"].between) == {"x", "y"}
    assert odds["delivery"].difference is None  # no run has a wrong statement
    every = next(item for item in found.comparisons if item.measure == "true_correct")
    assert every.ratio is not None
    assert (every.ratio.value, every.ratio.low) == (1.0, None)
