"""`gradatim bench prefix` on a tiny real model, and its figures on made-up answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradatim.agents.conversation import instructions
from gradatim.agents.prompts import load_prompt
from gradatim.app.bench.prefix import Count, Ours, Straightforward, reordered, uncached
from tests.app.conftest import Invoke
from tests.serving.embedded.tiny import write_tiny_model


def test_both_ways_side_by_side(invoke: Invoke, tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf")
    result = invoke("bench", "prefix", "--json", "--sample", "1", "--model", str(model))
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in figures.values())
    assert (figures["assessments"], figures["model"]) == (1, "tiny")
    # how many questions there are hangs on what a model without sense writes; nothing was in the cache before the first
    assert figures["first_reuse_share"] == figures["reuse_share"] >= figures["reuse_share_per_request"] > 0.4
    assert figures["later_learner_reuse_share"] is None  # there is one
    assert figures["read_tokens_straightforward"] > 1.5 * figures["read_tokens"]
    assert figures["samples_over_single"] == pytest.approx(1.0, abs=0.05)
    assert figures["speedup"] == pytest.approx(
        figures["median_seconds_straightforward"] / figures["median_seconds_ours"], rel=0.05
    )


def test_without_a_language_model(invoke: Invoke) -> None:
    result = invoke("bench", "prefix", "--model", "none")
    assert result.exit_code == 2
    assert "needs a language model" in result.stderr


class Answering:
    """Tells of each request that 60 of its 100 prompt tokens were cached."""

    endpoint = "http://model/v1"

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def complete(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(payload)
        choices = [{"index": n, "message": {"content": f"{len(self.asked)}"}} for n in range(payload.get("n", 1))]
        usage = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 60}}
        return {"choices": choices, "usage": usage}


def payload(job: str, **fields: Any) -> dict[str, Any]:
    messages = [
        {"role": "system", "content": instructions(False)},
        {"role": "user", "content": "the case"},
        {"role": "user", "content": load_prompt(job).ask},
    ]
    return {"messages": messages, **fields}


async def test_samples_ask_for_the_prompt_each_and_read_it_once() -> None:
    ours = Ours(Answering())
    await ours.complete(payload("worked_reasoning"))
    await ours.complete(payload("self_reflection", n=3))
    assert ours.count == Count(asked=400, once=200, read=80, written=14, requests=2)
    assert (ours.count.reuse, ours.count.reuse_per_request) == (0.8, 0.6)


async def test_the_straightforward_way_asks_for_each_sample() -> None:
    inner = Answering()
    other = Straightforward(inner)
    answer = await other.complete(payload("self_reflection", n=3, seed=7))
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["1", "2", "3"]
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert [asked["seed"] for asked in inner.asked] == [7, 8, 9]
    assert all("n" not in asked for asked in inner.asked)
    assert len({asked["messages"][0]["content"] for asked in inner.asked}) == 3
    assert other.count.asked == 300


def test_the_straightforward_way_puts_its_own_instructions_first() -> None:
    system, ask, case = reordered(payload("self_reflection")["messages"])
    assert (ask["content"], case["content"]) == (load_prompt("self_reflection").ask, "the case")
    assert system["content"] == instructions(False, ["self_reflection"])
    assert "error_identification:" not in system["content"].replace('"error_identification":', "")


def test_a_local_model_is_told_to_leave_its_cache_alone() -> None:
    asked = payload("self_reflection")
    assert uncached(asked, "/models/a.gguf", 3) == {**asked, "cache_prompt": False}


def test_nothing_asked_has_no_share() -> None:
    assert (Count().reuse, Count().reuse_per_request) == (None, None)
