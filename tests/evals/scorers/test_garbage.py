"""Whatever is handed in: a score or none with a reason, never an exception, always plain JSON."""

from __future__ import annotations

import copy
import math
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.scorers import SCORERS, ScorerInfo
from gradatim.evals.scorers.trust.injection_success import control_of
from tests.evals.scorers import made

_MINE = [info for info in SCORERS.values() if info.family in ("outcome", "trust", "trajectory")]
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["supported", "refuted", "correct", "line 3", "`range(1, n + 1)`", "\ud800", "x" * 5000])
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def _whole() -> dict[str, Any]:
    """An assessment in which everything is there that any scorer asks for."""
    spans = made.run(
        made.span("1", "invoke_agent", "generate", 0, 3),
        made.span("2", "chat", "m", 1, 2, attributes={"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 2}),
        made.span("3", "execute_tool", "run", 2, 3, attributes={"gen_ai.tool.call.arguments": {"a": [1]}}),
    )
    messages = [{"role": "assistant", "content": "Look.", "code": "x = 1"}]
    reference = {"injection": {"text": "hidden", "control": control_of(made.outputs()), "wanted": ["yes"]}}
    return {
        "inputs": made.inputs(),
        "outputs": made.outputs() | {"spans": spans, "messages": messages},
        "reference_outputs": made.reference() | reference,
    }


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key or place in it."""
    keys: list[Any] = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [found for key in keys for found in _places(value[key])]


def _judge(infos: list[ScorerInfo], given_: dict[str, Any]) -> None:
    whole = "\\ud800" not in ascii(given_)  # JSON of others cannot hold half a character, nor can ours
    for info in infos:
        found = info.scorer(**given_)
        assert found["key"] == info.key
        assert found["comment"]
        value = found["score"]
        assert value is None or isinstance(value, bool) or math.isfinite(value)
        if value is not None and info.unit is None:
            assert 0 <= value <= 1, (info.key, value)
        if whole:
            orjson.dumps(found)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({"inputs": _JSON, "outputs": _JSON, "reference_outputs": _JSON}))
def test_anything(given_: dict[str, Any]) -> None:
    _judge(_MINE, given_)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_real_run_in_which_something_is_off(data: st.DataObject) -> None:
    whole = _whole()
    places = _places(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        try:
            container[key] = data.draw(_JSON)
        except (IndexError, KeyError):
            continue
    _judge(_MINE, whole)


def test_the_whole_run_is_judged_by_all() -> None:
    whole = _whole()
    missing = {info.key: found["comment"] for info in _MINE if (found := info.scorer(**whole))["score"] is None}
    audited = {key for key in missing if "audit" in missing[key] or "outputs.names" in missing[key]}
    assert set(missing) - audited <= {
        "agreement_problem_solving_approach", "agreement_explanation_clarity", "agreement_conceptual_understanding",
        "cost",
    }  # fmt: skip


def test_nothing_is_changed() -> None:
    whole = _whole()
    before = copy.deepcopy(whole)
    _judge(_MINE, whole)
    assert whole == before


@pytest.mark.parametrize("depth", [500, 100_000])
def test_nested_deeply(depth: int) -> None:
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    whole = _whole()
    whole["outputs"]["spans"][3]["attributes"]["gen_ai.tool.call.arguments"] = deep
    whole["outputs"]["feedback"]["explanation"][0]["claims"] = [{"kind": deep}, {"kind": deep}]
    whole["reference_outputs"]["injection"]["control"]["tests"] = deep
    for info in _MINE:
        assert info.scorer(**whole)["key"] == info.key
    while deep:  # taken apart from outside, or the interpreter itself would go as deep
        deep = deep[0]


def test_texts_of_megabytes() -> None:
    whole = _whole()
    whole["outputs"]["feedback"]["explanation"][0]["text"] = "line 3 `a b` " * 800_000
    whole["inputs"]["submission"]["code"] = "x = 1\n" * 1_500_000
    _judge(_MINE, whole)
