"""What a steering may say, and what is said to somebody who gets it wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.serving.steering import MAX_LAMBDA, MAX_TERMS, Steering, SteeringError, parse_steering

words = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=12)
terms = st.dictionaries(words, st.floats(-1, 1), max_size=8)


@given(terms, terms, st.floats(0, MAX_LAMBDA), st.floats(0, MAX_LAMBDA), st.none() | st.floats(0, 2))
def test_it_is_plain_data_there_and_back(
    profile: dict[str, float], curriculum: dict[str, float], first: float, second: float, temperature: float | None
) -> None:
    steering = Steering(
        lambda_profile=first,
        lambda_curriculum=second,
        temperature=temperature,
        profile=profile,
        curriculum=curriculum,
    )
    assert parse_steering(json.loads(json.dumps(steering.plain()))) == steering
    assert parse_steering(json.dumps(steering.plain())) == steering
    assert parse_steering(steering) is steering


@pytest.mark.parametrize(
    ("given", "place", "problem"),
    [
        ({"lambda": 1}, "steering.lambda", "not permitted"),
        ({"lambda_profile": "1"}, "steering.lambda_profile", "number"),
        ({"lambda_profile": True}, "steering.lambda_profile", "number"),
        ({"lambda_profile": -0.1}, "steering.lambda_profile", "greater than or equal to 0"),
        ({"lambda_curriculum": MAX_LAMBDA + 1}, "steering.lambda_curriculum", "less than or equal"),
        ({"lambda_curriculum": float("nan")}, "steering.lambda_curriculum", "finite"),
        ({"temperature": 2.5}, "steering.temperature", "less than or equal"),
        ({"profile": {"loop": 1.5}}, "steering.profile.loop", "less than or equal to 1"),
        ({"profile": {"loop": float("inf")}}, "steering.profile.loop", "finite"),
        ({"profile": ["loop"]}, "steering.profile", "object|dictionary"),
        ({"curriculum": {" loop": 1}}, "steering.curriculum. loop", "white space"),
        ({"curriculum": {"": 1}}, "steering.curriculum", "1 to 64"),
        ({"curriculum": {"l" * 65: 1}}, "steering.curriculum", "1 to 64"),
        ({"curriculum": {"a\x00b": 1}}, "steering.curriculum", "control"),
        ({"profile": {f"w{n}": 1 for n in range(MAX_TERMS + 1)}}, "steering", f"at most {MAX_TERMS}"),
        ([], "steering", "object|dictionary"),
        (7, "steering", "object|dictionary"),
    ],
)
def test_what_cannot_be_applied_is_refused_with_its_place(given: Any, place: str, problem: str) -> None:
    for form in (given, json.dumps(given)):
        with pytest.raises(SteeringError, match=problem) as caught:
            parse_steering(form)
        assert isinstance(caught.value, InputError)
        assert isinstance(caught.value, ValueError)
        assert caught.value.place is not None
        assert caught.value.place.startswith(place)
        assert len(str(caught.value)) < 500
        assert "\n" not in str(caught.value)


def test_text_that_is_not_json_or_far_too_long() -> None:
    with pytest.raises(SteeringError, match="Invalid JSON"):
        parse_steering("{")
    with pytest.raises(SteeringError, match="fewer words"):
        parse_steering(" " * 1_000_000)


def test_as_many_terms_as_are_taken_fit_into_the_length_that_is_read() -> None:
    longest = {f"{n:03}" + "循" * 61: -0.123456789012345 for n in range(MAX_TERMS)}
    assert len(parse_steering(json.dumps({"profile": longest})).profile) == MAX_TERMS


def test_neutral_changes_nothing() -> None:
    assert Steering().neutral
    assert Steering(profile={"loop": 1.0}).neutral
    assert Steering(lambda_profile=1.0, profile={"loop": 0.0}, curriculum={"loop": 1.0}).neutral
    assert not Steering(lambda_curriculum=1.0, curriculum={"loop": 1.0}).neutral
