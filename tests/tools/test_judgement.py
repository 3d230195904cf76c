"""Judging on the host must end, whatever values come out of a sandbox."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gradatim.tools.assertion import parse_check
from gradatim.tools.judgement import Judge, _apply
from gradatim.tools.sandbox.job import StepValue


def verdict(check: str, *values: Any) -> tuple[bool, str]:
    parsed = parse_check(check, "f")
    given = iter(values)
    steps = [
        StepValue(next(given), truth=False) if step.kind == "eval" else StepValue(False, truth=False)
        for step in parsed.steps
    ]
    (assertion,) = parsed.assertions
    judged = Judge(parsed, steps, ()).judge(assertion)
    return judged.holds, judged.detail


@pytest.mark.parametrize(
    ("check", "values"),
    [
        ("assert 'x' in f(1)", [range(10**15)]),
        ("assert 0.5 in f(1)", [range(10**300)]),
        ("assert 'x' not in f(1)", [range(10**15)]),
        ("assert f(1) == f(2)", [Decimal("1.5"), 16**900_000 - 1]),
        ("assert f(1) < f(2)", [[16**900_000 - 1], [Decimal("1.5")]]),
    ],
)
def test_a_value_that_takes_for_ever_to_judge_does_not_hold(check: str, values: list[Any]) -> None:
    began = time.process_time()
    holds, detail = verdict(check, *values)
    assert time.process_time() - began < 1
    assert not holds
    assert detail


@pytest.mark.parametrize(
    ("check", "values"),
    [
        ("assert 5 in f(1)", [range(10**15)]),
        ("assert 5.0 in f(1)", [range(10)]),
        ("assert 'x' not in f(1)", [range(10)]),
        ("assert f(1) == f(2)", [Decimal(2), 2]),
        ("assert f(1) == f(2)", [16**900_000, 16**900_000]),
    ],
)
def test_ordinary_values_are_judged_as_python_does(check: str, values: list[Any]) -> None:
    assert verdict(check, *values) == (True, "")


@pytest.mark.parametrize(
    ("function", "operands", "keywords"),
    [
        ("round", [Decimal("1E+999999999")], {}),
        ("round", [7, -(10**9)], {}),
        ("round", [7], {"ndigits": -(10**9)}),
        ("round", [Fraction(1, 3), 10**9], {}),
        ("**", [Fraction(2**10_000 - 1, 3**6000), 1000], {}),
        ("**", [2**20_000, 1000], {}),
    ],
)
def test_arithmetic_without_end_is_refused(function: str, operands: list[Any], keywords: dict[str, Any]) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="too"):
        _apply(function, operands, keywords)
    assert time.process_time() - began < 1


def test_ordinary_arithmetic_is_pythons_own() -> None:
    assert _apply("round", [Decimal("2.7")], {}) == 3
    assert _apply("round", [3.14159, 2], {}) == 3.14
    assert _apply("round", [3.14159], {"ndigits": 2}) == 3.14
    assert _apply("**", [Fraction(1, 2), 3], {}) == Fraction(1, 8)
    assert _apply("**", [2, 10], {}) == 1024
