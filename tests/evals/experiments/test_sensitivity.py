"""Changed weights: the same as the memory's own analysis, and effects that can be worked out by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as some

from gradatim.agents.features import WEIGHTS
from gradatim.errors import InputError
from gradatim.evals.experiments.sensitivity import of_indicators, of_traces, of_weights
from gradatim.evals.traces import Trace
from gradatim.memory.profile.indicators import INDICATORS
from gradatim.memory.profile.sensitivity import sensitivity

CHANCE = random.Random(3)
ROWS = [{item.name: None if CHANCE.random() < 0.2 else CHANCE.random() for item in INDICATORS} for _ in range(25)]


@pytest.mark.parametrize("expert", [None, [float(n % 7) for n in range(25)]])
def test_indicators_have_the_effects_that_the_memory_finds(expert: list[float] | None) -> None:
    mine, theirs = of_indicators(ROWS, expert), sensitivity(ROWS, expert)
    assert (mine.baseline, mine.n, mine.against) == (theirs.baseline, theirs.learners, theirs.against)
    assert [(item.name, item.factor, item.r, item.change) for item in mine.effects] == [
        (item.indicator, item.factor, item.r, item.change) for item in theirs.effects
    ]
    own = of_weights("indicators", ROWS, {item.name: item.weight for item in INDICATORS}, expert)
    assert [item.r for item in own.effects] == pytest.approx([item.r for item in theirs.effects])


def test_effects_by_hand() -> None:
    rows = [{"a": 0.0, "b": 1.0}, {"a": 0.5, "b": 0.4}, {"a": 1.0, "b": 0.1}, {"a": 0.2, "b": None}]
    found = of_weights("rubric", rows, {"a": 0.5, "b": 0.5}, [1.0, 2.0, 3.0, 4.0], 0.2, threshold=0.5)
    means = np.array([0.5, 0.45, 0.55, 0.2])
    assert found.baseline == pytest.approx(np.corrcoef(means, [1, 2, 3, 4])[0, 1])
    less_a, more_a = found.effects[0], found.effects[1]
    changed = np.array([0.5, 0.44, 0.5, 0.2]) / np.array([0.9, 0.9, 0.9, 1.0])
    changed = np.array([0.5 / 0.9, (0.4 * 0.5 + 0.5 * 0.4) / 0.9, (0.4 + 0.05) / 0.9, 0.2])
    assert (less_a.name, less_a.factor) == ("a", pytest.approx(0.8))
    assert less_a.r == pytest.approx(np.corrcoef(changed, [1, 2, 3, 4])[0, 1])
    # 0.556 and 0.5 change places; with more of a, the first falls below the threshold
    assert less_a.moved == 1
    assert more_a.rerouted == 1
    assert less_a.rerouted == 0
    assert found.largest in found.effects


@options(max_examples=20, deadline=None)
@given(
    some.lists(some.lists(some.floats(0, 1), min_size=3, max_size=3), min_size=4, max_size=12),
    some.floats(0.05, 0.9),
)
def test_weights_that_are_all_scaled_alike_change_nothing(values: list[list[float]], change: float) -> None:
    rows = [dict(zip("abc", row, strict=True)) for row in values]
    one = of_weights("rubric", rows, {"a": 1.0, "b": 2.0, "c": 3.0}, change=change)
    ten = of_weights("rubric", rows, {"a": 10.0, "b": 20.0, "c": 30.0}, change=change)
    assert [item.moved for item in one.effects] == [item.moved for item in ten.effects] or one.baseline is None
    assert all(item.r is None or -1 - 1e-9 <= item.r <= 1 + 1e-9 for item in one.effects)


def trace(number: int, **outputs: object) -> Trace:
    measures = [
        {"name": "correctness", "weight": 0.6, "value": number / 10},
        {"name": "code_quality", "weight": 0.4, "value": None if number == 3 else 1 - number / 20},
    ]
    features = dict.fromkeys(WEIGHTS, 0.5) | {"checks": number / 8, "likelihood": None}
    known = {"rubric": {"measures": measures}, "confidence": {"features": features}, **outputs}
    return Trace(f"{number:032x}", "assessment", outputs=known)


def test_traces_give_rubric_and_confidence() -> None:
    rubric, confidence = of_traces([trace(n) for n in range(8)], threshold=0.5)
    assert (rubric.subject, rubric.n, rubric.against) == ("rubric", 8, "unchanged weights")
    assert {item.name for item in rubric.effects} == {"correctness", "code_quality"}
    assert all(item.rerouted is None for item in rubric.effects)
    assert [item.rerouted is None for item in confidence.effects] == [False] * 12
    judged = [trace(n, audit={"counts": {"supported": 3, "refuted": int(n < 4)}}) for n in range(8)]
    assert of_traces(judged)[1].against == "outcome"
    assert (of_traces(judged)[1].baseline or 0) > 0.8


def test_traces_of_any_shape_are_no_reason_to_break() -> None:
    odd = [Trace("a" * 32, "x", outputs={"rubric": [1], "confidence": {"features": "none"}})] * 4
    odd += [Trace("b" * 32, "x", outputs={"rubric": {"measures": [{"name": 3}, 4, {"weight": "1"}]}})] * 4
    with pytest.raises(InputError, match="0 rubrics and 0 confidences"):
        of_traces(odd)
    assert len(of_traces([*odd, *(trace(n) for n in range(5))])) == 2


def test_too_few_rows_are_told() -> None:
    with pytest.raises(InputError, match="2 of them have a measured part"):
        of_weights("rubric", [{"a": 1.0}, {"a": 0.5}, {"a": None}], {"a": 1.0})
    with pytest.raises(InputError, match="1 scores for 3 rows"):
        of_weights("rubric", [{"a": 1.0}] * 3, {"a": 1.0}, [1.0])
