"""Fault localisation on programs whose faulty line is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.domain import Edit, ExceptionFact, Execution, MisconceptionMatch, Outcome, Repair
from gradatim.tools.analysis import Program
from gradatim.tools.localisation import FORMULAS, Spectrum, localise, ochiai, rank_by_formula

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


def test_what_the_result_does_not_rest_on_loses_weight() -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    run = execution(("t2",), ("t1", "t3"))
    whole = {item.line: item.score for item in localise(Program.parse(SIGN), run, coverage, ())}
    cut = {item.line: item.score for item in localise(Program.parse(SIGN), run, coverage, (), slice={2, 5})}
    assert cut[4] < whole[4]
    assert (cut[2], cut[5]) == (whole[2], whole[5])


def test_changes_that_help_lift_their_line() -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    run = execution(("t2",), ("t1", "t3"))
    helped = localise(Program.parse(SIGN), run, coverage, (), gains={4: 1, 2: 0})
    assert helped[0].line == 4
    assert "a change here makes 1 more of the tests pass" in helped[0].why.lower()


def test_a_repair_counts_more_than_a_gain() -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    run = execution(("t2",), ("t1", "t3"))
    edit = Edit(line=2, last_line=2, replacement="    if n > 1:", operator="comparison-operator")
    repair = Repair(code="x", edits=(edit,), place="line 2", change="x", origin="search", weight=0.8)
    lines = localise(Program.parse(SIGN), run, coverage, (), gains={4: 1}, repairs=(repair,))
    assert [item.line for item in lines[:2]] == [2, 4]
    assert "makes every test pass" in lines[0].why
    assert all(0 <= item.score <= 1 for item in lines)


def test_a_repair_of_many_lines_says_less_about_each() -> None:
    run = execution(("t2",), ("t1", "t3"))
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    wide = Edit(line=2, last_line=5, replacement="    pass", operator="from-pool")
    small = Edit(line=6, last_line=6, replacement="    return 0", operator="return-value")
    both = [Repair(code="x", edits=(edit,), place="x", change="x", origin="pool", weight=0.5) for edit in (wide, small)]
    scores = {i.line: i.score for i in localise(Program.parse(SIGN), run, coverage, (), repairs=both)}
    assert scores[6] > scores[2]


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_puts_the_line_of_the_failing_test_first(name: str) -> None:
    coverage = {"t1": {2, 3}, "t2": {2, 4, 5}, "t3": {2, 4, 6}}
    ranked = rank_by_formula(Program.parse(SIGN), execution(("t2",), ("t1", "t3")), coverage, name)
    assert ranked[0][0] == 5


def test_formulas_give_the_published_values() -> None:
    line = Spectrum(failed=3, passed=1, all_failed=4, all_passed=4)
    values = {name: formula(line) for name, formula in FORMULAS.items()}
    assert values == pytest.approx({"ochiai": 0.75, "tarantula": 0.75, "dstar": 4.5, "op2": 2.8, "barinel": 0.75})
    never = Spectrum(failed=0, passed=2, all_failed=4, all_passed=4)
    assert all(formula(never) <= 0 for formula in FORMULAS.values())
