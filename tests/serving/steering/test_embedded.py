"""Steering on the real embedded model: what it does to the distribution of the next token."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gradatim.serving.chat import OpenAIChat
from gradatim.serving.steering import Steering
from gradatim.serving.transport import RequestRefused

pytestmark = pytest.mark.model

QUESTION = [{"role": "user", "content": 'Complete with one word: "In Python, a for"'}]
# every sampler but the temperature off, and probabilities as they are when the token is chosen
WHOLE = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "post_sampling_probs": True, "logprobs": True, "top_logprobs": 40}


async def distribution(model: OpenAIChat, steering: Steering | None, **more: Any) -> dict[str, float]:
    """Natural logarithms of the most likely next tokens' probabilities, by the tokens' text."""
    payload = {"model": "m", "messages": QUESTION, "max_tokens": 1, "temperature": 1.0, "seed": 7, **WHOLE, **more}
    if steering is not None:
        payload["steering"] = steering.plain()
    answer = await model.transport.complete(payload)
    alternatives = answer["choices"][0]["logprobs"]["content"][0]["top_probs"]
    return {item["token"]: math.log(item["prob"]) for item in alternatives if item["prob"] > 1e-6}


async def test_log_odds_change_by_lambda_times_weight_over_temperature(embedded: OpenAIChat) -> None:
    await distribution(embedded, None)  # reads the prompt; read in another way its numbers differ in the second digit
    plain = await distribution(embedded, None)
    assert {"Loop", "loop", "in"} <= set(plain)
    for temperature in (1.0, 0.5):
        steering = Steering(
            lambda_profile=2.0,
            lambda_curriculum=1.5,
            temperature=temperature,
            profile={"loop": -0.5, "in": 1.0},
            curriculum={"loop": 1.0},
        )
        steered = await distribution(embedded, steering)
        added = {form: 0.5 for word in ("loop", "Loop") for form in (word, f" {word}")}
        added |= {form: 2.0 for word in ("in", "In") for form in (word, f" {word}")}
        shared = [token for token in plain if token in steered]
        assert len(shared) >= 8
        for token in shared:
            # against a token that no word begins with
            before = (plain[token] - plain["Lo"] + added.get(token, 0.0)) / temperature
            assert steered[token] - steered["Lo"] == pytest.approx(before, abs=1e-3), token


async def test_a_word_far_above_the_learner_is_not_chosen_any_more(embedded: OpenAIChat) -> None:
    away = Steering(lambda_profile=20.0, profile={"loop": -1.0})
    steered = await distribution(embedded, away)
    assert steered.get("loop", -99.0) < -15 or "loop" not in steered
    assert "Loop" not in steered or steered["Loop"] < -15


async def test_samples_are_steered_all_and_a_grammar_holds(embedded: OpenAIChat) -> None:
    # without an end to its properties the grammar lets a steered model add words for ever
    schema = {
        "type": "object",
        "properties": {"a": {"enum": ["while", "for"]}},
        "required": ["a"],
        "additionalProperties": False,
    }
    answer = await embedded.transport.complete(
        {
            "model": "m",
            "messages": QUESTION,
            "max_tokens": 64,
            "temperature": 1.0,
            "n": 2,
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
            "steering": {"lambda_curriculum": 20.0, "curriculum": {"while": 1.0, "loop": 1.0}},
        }
    )
    assert [json.loads(choice["message"]["content"]) for choice in answer["choices"]] == [{"a": "while"}] * 2


async def test_a_wrong_steering_is_refused(embedded: OpenAIChat) -> None:
    with pytest.raises(RequestRefused, match="lambda_profile") as caught:
        await embedded.ainvoke("?", max_tokens=1, steering={"lambda_profile": -1.0})
    assert caught.value.status == 400
