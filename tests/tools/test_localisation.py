"""Fault localisation on programs whose faulty line is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import ExceptionFact, Execution, MisconceptionMatch, Outcome
from gradatim.tools.analysis import Program
from gradatim.tools.localisation import localise, ochiai

SIGN = """\
def sign(n):
    if n > 0:
        return 1
    elif n == 0:
        return 5
    return -1
"""


def execution(failed: tuple[str, ...], passed: tuple[str, ...] = (), **more: object) -> Execution:
    outcomes = [Outcome(test=test, status="failed", expected="1", actual="2") for test in failed]
    outcomes += [Outcome(test=test, status="passed") for test in passed]
    return Execution(submission="s", task="t", tier="unsafe", outcomes=tuple(outcomes), **more)  # type: ignore[arg-type]


def test_the_line_that_only_the_failing_test_runs_comes_first() -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    lines = localise(Program.parse(SIGN), execution(("t2",), ("t1", "t3")), coverage, ())
    assert lines[0].line == 5
    assert "1 of 1 failing" in lines[0].why
    assert {item.line for item in lines} == {2, 4, 5}


def test_a_match_lifts_its_line() -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    match = MisconceptionMatch(id="inverted-condition", lines=(4,), confidence=0.9, why="because")
    lines = localise(Program.parse(SIGN), execution(("t2",), ("t1", "t3")), coverage, (match,))
    assert lines[0].line == 4
    assert "inverted-condition" in lines[0].why


def test_an_exception_points_at_its_line() -> None:
    code = "def f(xs):\n    n = len(xs)\n    last = xs[n]\n    return last\n"
    fact = ExceptionFact(type="IndexError", message="list index out of range", line=3, trace=(3,))
    outcomes = (Outcome(test="t1", status="error", exception=fact),)
    run = Execution(submission="s", task="t", tier="unsafe", outcomes=outcomes)
    lines = localise(Program.parse(code), run, {"t1": {2, 3}}, ())
    assert lines[0].line == 3
    assert lines[0].why.startswith("Raises IndexError in test t1")


def test_lines_never_run_are_found_statically() -> None:
    code = "def f(x):\n    if x:\n        return resutl\n    return 1\n"
    lines = localise(Program.parse(code), execution(("t1",)), {"t1": {2, 4}}, ())
    assert lines[0].line == 3
    assert "resutl" in lines[0].why
    known = localise(Program.parse(code), execution(("t1",)), {"t1": {2, 4}}, (), {"resutl"})
    assert 3 not in {item.line for item in known}


def test_an_end_without_return_is_suspicious_when_none_came() -> None:
    code = "def f(xs):\n    for x in xs:\n        if x:\n            return x\n"
    outcome = Outcome(test="t1", status="failed", expected="0", actual="None")
    run = Execution(submission="s", task="t", tier="unsafe", outcomes=(outcome,))
    lines = localise(Program.parse(code), run, {"t1": {2, 3}}, ())
    assert lines[0].line == 2
    assert "without a return" in lines[0].why


def test_a_syntax_error_is_the_line() -> None:
    error = ExceptionFact(type="SyntaxError", message="expected ':'", line=1)
    run = Execution(
        submission="s", task="t", tier="unsafe", outcomes=(Outcome(test="t1", status="not-run"),), load_error=error
    )
    lines = localise(Program.parse("def f(x)\n    return x\n"), run, None, ())
    assert [item.line for item in lines] == [1]
    assert lines[0].score > 0.9


def test_without_coverage_every_statement_may_be_it() -> None:
    lines = localise(Program.parse(SIGN), execution(("t1",)), None, ())
    assert {item.line for item in lines} == {2, 3, 4, 5, 6}


def test_a_correct_program_has_no_suspicious_lines() -> None:
    assert localise(Program.parse(SIGN), execution((), ("t1",)), {"t1": {2, 3}}, ()) == ()


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_ochiai_is_a_similarity(failed: int, passed: int, others: int) -> None:
    value = ochiai(failed, passed, failed + others)
    assert 0 <= value <= 1
    assert value <= ochiai(failed, 0, failed + others)
    if failed:
        assert ochiai(failed, 0, failed) == pytest.approx(1)
