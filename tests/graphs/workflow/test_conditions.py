"""Conditions: what they come to, what they refuse, and that nothing is ever run."""

from __future__ import annotations

import operator
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Confidence, Degradation, Execution, LearnerState
from gradatim.graphs.workflow.comparing import ConditionError
from gradatim.graphs.workflow.conditions import read_condition
from tests.cases import OFF_BY_ONE, TASK

TYPES: dict[str, Any] = {
    "confidence": Confidence,
    "execution": Execution,
    "degradations": list[Degradation],
    "learner": LearnerState | None,
    "n": int,
    "share": float | None,
    "name": str,
    "flag": bool,
    "mode": Literal["strict", "loose"],
    "scores": dict[str, float],
    "anything": Any,
    "numbers": list[int],
}
STATE: dict[str, Any] = {
    "confidence": {"value": 0.8, "route": "revise", "components": {}},
    "execution": {"submission": "s", "task": "t", "outcomes": [{"test": "t1", "status": "passed"}], "tier": "unsafe"},
    "degradations": [],
    "n": 3,
    "name": "ada",
    "flag": True,
    "mode": "strict",
    "scores": {"style": 0.5},
    "numbers": [1, 2, 3],
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("confidence.value >= 0.8 and not degradations", True),
        ("confidence.value > 0.8 or degradations", False),
        ("confidence.route in ['deliver', 'review']", False),
        ('confidence.route not in ["deliver"]', True),
        ("execution.passed", True),
        ("execution.verdict == 'correct'", True),
        ("execution.outcomes[0].status == 'passed'", True),
        ("execution.outcomes[5].status == 'passed'", False),
        ("execution.load_error == null", True),
        ("learner == null", True),
        ("learner.events > 2", False),
        ("not learner.events > 2", True),
        ("share < 0.5", False),
        ("share >= 0.5", False),
        ("share != null", False),
        ("1 < n <= 3", True),
        ("n == limit", True),
        ("n > -1", True),
        ("len(numbers) == 3", True),
        ("len(degradations) > 0", False),
        ("n in numbers", True),
        ("flag == true", True),
        ("not flag", False),
        ("scores.style == 0.5 and scores.other == null", True),
        ("anything.at.all == null", True),
        ("(n > 5 or flag) and name == 'ada'", True),
        ("name in 'ada lovelace'", True),
        ("mode == 'strict'", True),
    ],
)
def test_what_a_condition_comes_to(text: str, holds: bool) -> None:
    assert read_condition(text, TYPES, {"limit": 3}).holds(STATE) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing > 1", "nothing is called"),
        ("confidence.valu > 1", "has no 'valu'"),
        ("n > 'a'", "cannot be compared"),
        ("n == 'a'", "never equal"),
        ("flag > 1", "true or false and cannot be compared"),
        ("degradations > 1", "is a list"),
        ("mode == 'lose'", "never 'lose'"),
        ("mode in ['strict', 'lose']", "never 'lose'"),
        ("n in 5", "nothing can be in"),
        ("len(n) > 1", "no length"),
        ("null < 3", "null cannot be compared"),
        ("execution.outcomes.status == 'passed'", "has no 'status'"),
        ("limit.x == 1", "is a parameter"),
        ("${limit} == 1", "stands in a condition"),
        ("n = 3", "cannot be read"),
        ("", "is empty"),
        ("n +", "cannot be read"),
        ("n + 1 > 3", "may not stand"),
        ("len(numbers, 1) == 3", "may not stand"),
        ("open('/etc/passwd')", "may not stand"),
        ("().__class__.__bases__", "may not stand"),
        ("name.__class__ == 1", "is private"),
        ("[x for x in numbers]", "may not stand"),
        ("(lambda: 1)()", "may not stand"),
        ("name if flag else n", "may not stand"),
        ("f'{name}' == 'ada'", "may not stand"),
        ("numbers[n] == 1", "may not stand"),
        ("n is 3", "may not stand"),
        ("name == b'ada'", "may not stand"),
        ("n == 10**10**10", "may not stand"),
        ("not " * 200 + "flag", "nested too deeply"),
        ("(" * 300 + "n" + ")" * 300, "cannot be read"),
        ("n == 1 or " * 200 + "flag", "longer than"),
        ("n == \x00", "cannot be read"),
    ],
)
def test_what_a_condition_may_not_be(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        read_condition(text, TYPES, {"limit": 3})
    assert message in caught.value.message
    assert caught.value.remedy


def test_it_tells_which_keys_it_looks_at() -> None:
    assert read_condition("n > limit and confidence.value > 0.5", TYPES, {"limit": 3}).keys == {"n", "confidence"}


def test_values_of_a_type_that_nobody_knew_are_false_and_no_error() -> None:
    for text in ("anything > 3", "3 in anything", "len(anything) > 1", "anything.x.y == 1"):
        assert read_condition(text, TYPES).holds({"anything": object()}) is False
        assert read_condition(text, TYPES).holds({"anything": "text"}) in (False, True)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abn()[]<>=!. '\"0123456789andortl_{}$:,*", max_size=60))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    try:
        condition = read_condition(text, TYPES, {"limit": 3})
    except ConditionError:
        return
    assert condition.holds(STATE) in (True, False)


@settings(max_examples=40, deadline=None)
@given(
    value=st.none() | st.integers(-5, 5) | st.floats(-5, 5),
    bound=st.integers(-5, 5),
    sign=st.sampled_from(["<", "<=", ">", ">="]),
)
def test_order_is_that_of_numbers_and_false_with_null(value: float | None, bound: int, sign: str) -> None:
    holds = read_condition(f"share {sign} {bound}", TYPES).holds({"share": value})
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    assert holds is (value is not None and compare(value, bound))


def test_a_task_is_read_by_its_parts() -> None:
    types = {"task": type(TASK)}
    state = {"task": TASK.plain(), "code": OFF_BY_ONE}
    assert read_condition("task.kind == 'function' and len(task.tests) == 5", types).holds(state)
    with pytest.raises(ConditionError, match="never 'programme'"):
        read_condition("task.kind == 'programme'", types)
