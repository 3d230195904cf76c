"""The two terms' weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradatim.serving.steering import MAX_TERMS, Steering, curriculum_term, profile_term
from gradatim.serving.steering.wording import PLAIN_WEIGHT

WORDINGS = {"loop": ["loop", "repeat"], "recursion": ["recursion", "repeat"], "generator": ["generator"]}


def test_known_concepts_go_up_and_those_far_above_down() -> None:
    term = profile_term({"loop": 0.95, "recursion": 0.05}, WORDINGS)
    assert term == pytest.approx({"loop": 0.9, "repeat": 0.9, "recursion": -0.9})


def test_half_known_stays_as_it_is_and_unseen_is_left_alone_unless_told() -> None:
    assert profile_term({"loop": 0.5}, {"loop": ["loop"], "generator": ["generator"]}) == {}
    assert profile_term({}, {"generator": ["generator"]}, unseen=0.1) == pytest.approx({"generator": -0.8})


def test_weights_grow_with_mastery() -> None:
    weights = [profile_term({"loop": p / 10}, {"loop": ["loop"]}).get("loop", 0.0) for p in range(11)]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (-1.0, 1.0)


def test_plain_words_are_never_pushed_down() -> None:
    term = profile_term({"recursion": 0.0}, WORDINGS, plain=["repeat", "again"])
    assert term == {"repeat": PLAIN_WEIGHT, "again": PLAIN_WEIGHT, "recursion": -1.0}


def test_curriculum_prefers_what_the_task_is_about() -> None:
    term = curriculum_term(WORDINGS, relevance={"recursion": 0.5, "generator": 0.0})
    assert term == {"loop": 1.0, "repeat": 1.0, "recursion": 0.5}


def test_the_strongest_are_kept_and_both_terms_fit_a_steering() -> None:
    many = {f"c{n:03}": [f"w{n:03}"] for n in range(400)}
    term = profile_term({f"c{n:03}": n / 399 for n in range(400)}, many)
    assert min(abs(weight) for weight in term.values()) > 0.6
    steering = Steering(lambda_profile=1.0, profile=term, curriculum=curriculum_term(many))
    assert len(steering.profile) + len(steering.curriculum) == MAX_TERMS


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no probability"):
        profile_term({"loop": value}, WORDINGS)
    with pytest.raises(ValueError, match=r"not in \[-1, 1\]"):
        curriculum_term(WORDINGS, relevance={"loop": value * 20})


def test_the_documentations_example_runs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "steering.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)
    steering = names["steering"]
    assert steering.profile["recursion"] == pytest.approx(-0.8)
    assert steering.curriculum == {"range": 1.0, "for loop": 0.5}
