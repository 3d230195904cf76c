"""Learning gain: Hake's g and Marx and Cummings' c, of one learner and of a group."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.evals.scorers.score import Score
from gradatim.evals.scorers.tutoring.learning_gain import learning_gain
from gradatim.evals.scorers.tutoring.reading.gains import group_gain
from gradatim.evals.statistics import cohens_d_paired


def gain(pre: Any, post: Any) -> Score:
    return learning_gain(inputs={}, outputs={"pre": pre, "post": post})


def test_a_published_pair_of_averages() -> None:
    """Hake (1998), section III: a course with <pre> 44 % and <post> 63 % has <g> = 0.34."""
    assert gain(0.44, 0.63)["score"] == pytest.approx(0.34, abs=0.005)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_what_g_and_c_say(pre: float, post: float) -> None:
    assume(pre < 0.999)
    found = gain(pre, post)
    assert found["score"] is not None
    assert found["score"] <= 1 + 1e-9
    assert (found["score"] > 0) == (post > pre) or math.isclose(pre, post, abs_tol=1e-12)
    change = found["metadata"]["change"]
    assert -1 <= change <= 1 + 1e-9
    assert post < pre or change == found["score"]
    assert pre + found["score"] * (1 - pre) == pytest.approx(post)


@pytest.mark.parametrize(
    ("pre", "post", "wanted"),
    [
        ({"score": 5, "max": 10}, {"score": 15, "max": 20}, 0.5),
        ([0, 1, 0, 1], [1, 1, 1, 0], 0.5),
        ([False, True], [True, True], 1.0),
        (0, 1, 1.0),
    ],
)
def test_marks_in_other_forms(pre: Any, post: Any, wanted: float) -> None:
    assert gain(pre, post)["score"] == pytest.approx(wanted)


@pytest.mark.parametrize(
    "mark",
    [1.5, -0.1, float("nan"), float("inf"), "0.5", None, True, [], [2], ["x"], {"score": 1}, {"score": 3, "max": 2}],
)
def test_what_is_no_mark_says_so(mark: Any) -> None:
    found = gain(mark, 0.5)
    assert found["score"] is None
    assert "outputs.pre" in found["comment"]


def test_who_knew_everything_has_nothing_to_gain() -> None:
    found = gain(1, 0.8)
    assert found["score"] is None
    assert found["metadata"]["change"] == pytest.approx(-0.2)
    assert learning_gain(inputs={}, outputs={}, reference_outputs={"pre": 0.2, "post": 0.6})["score"] == pytest.approx(
        0.5
    )
    assert learning_gain(inputs={}, outputs={})["score"] is None


def test_the_gain_of_a_group() -> None:
    pairs = [(0.2, 0.6), (0.4, 0.7), (0.5, 0.5), (0.6, 0.9), (1.0, 1.0), (0.3, 0.2)]
    found = group_gain([gain(pre, post) for pre, post in pairs] + [gain("x", 1)], seed=1)
    assert found.n == 6
    pre, post = [item[0] for item in pairs], [item[1] for item in pairs]
    assert found.hake.value == pytest.approx((sum(post) - sum(pre)) / (6 - sum(pre)))
    assert found.hake.low is not None
    assert found.hake.high is not None
    assert found.hake.low < found.hake.value < found.hake.high
    own = [(b - a) / (1 - a) for a, b in pairs if a < 1]
    assert found.mean.value == pytest.approx(sum(own) / len(own))
    assert found.mean.n == 5
    assert found.effect == cohens_d_paired(post, pre)


def test_a_group_needs_two() -> None:
    with pytest.raises(InputError, match="at least two"):
        group_gain([gain(0.1, 0.2)])
