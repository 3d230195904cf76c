"""Whatever is handed in, a scorer gives a score in its range or says why not; it never raises."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.evals.scorers.registry import collect
from gradatim.evals.scorers.score import Score, ScorerInfo
from tests.evals.scorers.tutoring.talks import TASK, TRUTH, inputs, learner, tutor

SCORERS = collect("tutoring")
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "Why is `countdown(3)` [3, 2]?", "line 3", "第 3 行错了。", "```python\ndef f(", "`" * 30, "?" * 40,
            "\ud800", "\x00",
            "range(n, 0, -1)", "lines 1 to 99", "((((((((((", "1e999", "line 99999999999999999999", "把 `a` 改成 `b`",
        ]
    ),
)  # fmt: skip
_PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
_MESSAGES = st.lists(
    st.one_of(
        _PLAIN,
        st.fixed_dictionaries(
            {"role": st.sampled_from(["assistant", "user", "tool", 3]), "content": st.one_of(_TEXTS, _PLAIN)},
            optional={
                "code": st.one_of(_TEXTS, _PLAIN), "passed": _PLAIN, "hint": _PLAIN, "intent": _PLAIN,
                "statements": _PLAIN,
            },
        ),
    ),
    max_size=4,
)  # fmt: skip


def check(info: ScorerInfo, score: Score) -> None:
    assert score["key"] == info.key
    assert isinstance(score["comment"], str)
    assert score["comment"]
    value = score["score"]
    if value is None:
        return
    if info.unit is None:
        assert 0 <= value <= 1
    orjson.dumps(score.get("metadata", {}))


def test_the_registry_has_them_all() -> None:
    assert len(SCORERS) == len({info.key for info in SCORERS}) == 20
    assert all(info.scorer.__name__ == info.key for info in SCORERS)  # type: ignore[attr-defined]
    assert all(info.summary.endswith(".") and info.needs for info in SCORERS)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_=_PLAIN, messages=_MESSAGES, history=_MESSAGES, reference=_PLAIN, task=st.one_of(st.just(TASK), _PLAIN))
def test_anything(given_: Any, messages: Any, history: Any, reference: Any, task: Any) -> None:
    whole = {"task": task, "submission": {"code": given_}, "messages": history}
    for info in SCORERS:
        check(info, info.scorer(inputs=whole, outputs={"messages": messages}, reference_outputs=TRUTH))
        check(
            info,
            info.scorer(
                inputs=given_, outputs={"messages": messages, "attributes": given_}, reference_outputs=reference
            ),
        )
        check(info, info.scorer(inputs=given_, outputs=given_, reference_outputs=reference))


@pytest.mark.parametrize(
    "task",
    [
        {
            "tests": [{"call": 3}, None, {"call": "f(", "expect": "("}],
            "entry_point": "not a name",
            "reference": "def f(",
        },
        {"tests": "none", "statement": 4, "reference": "\ud800"},
        {"reference": "((" * 5000, "tests": [{"call": "f(1)", "expect": "1", "hidden": "yes"}]},
        {"question": "What is 1/2 + 1/3?"},
    ],
)
def test_tasks_that_are_none(task: Any) -> None:
    for info in SCORERS:
        given_ = {"task": task, "submission": {"code": "def f(:\n" * 50}, "messages": [learner("?")]}
        check(info, info.scorer(inputs=given_, outputs={"messages": [tutor("In line 1, `f(1)` is wrong.")]}))


@pytest.mark.parametrize(
    "text", ["a " * 5_000_000, "循环" * 5_000_000, "`x" * 5_000_000, "?" * 10_000_000, "line 3, " * 1_250_000]
)
def test_ten_megabytes_take_no_longer_than_what_is_read(text: str) -> None:
    began = time.perf_counter()
    for info in SCORERS:
        check(info, info.scorer(inputs=inputs(), outputs={"messages": [tutor(text)]}, reference_outputs=TRUTH))
    assert time.perf_counter() - began < 5


def test_runs_without_a_dialogue_cost_next_to_nothing() -> None:
    given_ = {"task": TASK, "submission": {"code": "x = 1\n"}}
    outputs = {"feedback": {"explanation": [{"text": "Because."}]}, "delivered": True, "spans": (), "attributes": {}}
    began = time.perf_counter()
    for _ in range(200):
        for info in SCORERS:
            info.scorer(inputs=given_, outputs=outputs, reference_outputs=TRUTH)
    assert (time.perf_counter() - began) / 200 < 0.002
