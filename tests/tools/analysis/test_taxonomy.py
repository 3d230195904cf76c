"""The kind of error of a program."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.domain import ExceptionFact, Execution, Outcome
from gradatim.tools.analysis import Program, categorise
from tests.tools.analysis.samples import task_of


def outcome(test: str, status: Any = "failed", actual: str | None = None, error: str | None = None) -> Outcome:
    fact = None if error is None else ExceptionFact(type=error, line=2)
    return Outcome(test=test, status=status, actual=actual, exception=fact)


def category(tests: list[Any], outcomes: list[Outcome], code: str = "x = 1\ny = 2\n", **more: Any) -> str | None:
    execution = Execution(submission="s", task="sample", tier="unsafe", outcomes=tuple(outcomes), **more)
    found = categorise(task_of(tests), execution, Program.parse(code))
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("expected", "actual", "name"),
    [
        ("3", "None", "wrong-return-type"),
        ("3", "'3'", "wrong-return-type"),
        ("(1, 2)", "[1, 2]", "wrong-return-type"),
        ("True", "1", "wrong-return-type"),
        ("2", "2.0", "wrong-return-type"),
        ("3", "4", "logical"),
        ("3", "4.5", "logical"),
        ("[1]", "[2]", "logical"),
    ],
)
def test_values(expected: str, actual: str, name: str) -> None:
    assert category([["f(1)", expected]], [outcome("t1", actual=actual)]) == name


@pytest.mark.parametrize(
    ("expected", "actual", "name"),
    [
        ("7\n", "", "no-output"),
        ("Sum: 7\n", "sum 7\n", "wrong-output-format"),
        ("7\n", "Enter: 7\n", "wrong-output-format"),
        ("7\n", "8\n", "logical"),
        ("-7\n", "7\n", "logical"),
        ("7\n", "3\n7\n", "logical"),
    ],
)
def test_output(expected: str, actual: str, name: str) -> None:
    assert category([{"stdin": "", "stdout": expected}], [outcome("t1", actual=actual)]) == name


def test_the_most_common_kind_counts_and_exceptions_win_ties() -> None:
    tests = [["f(1)", 1], ["f(2)", 2], ["f(3)", 3]]
    wrong, index, key = outcome("t1", actual="9"), outcome("t2", "error", error="IndexError"), outcome("t3", "error")
    assert category(tests, [wrong, index, outcome("t3", actual="9")]) == "logical"
    assert category(tests, [wrong, index, outcome("t3", "passed")]) == "IndexError"
    assert category(tests, [wrong, outcome("t2", "timeout"), key.model_copy(update={"status": "timeout"})]) == "timeout"
    assert category(tests, [outcome(f"t{i}", "passed") for i in (1, 2, 3)]) is None


def test_a_program_that_cannot_be_loaded() -> None:
    error = ExceptionFact(type="SyntaxError", message="invalid syntax", line=1)
    assert category([["f(1)", 1]], [outcome("t1", "not-run")], "def f(:\n", load_error=error) == "SyntaxError"
    error = ExceptionFact(type="NameError", message="name 'a' is not defined", line=1)
    assert category([["f(1)", 1]], [outcome("t1", "error", error="NameError")], "a\n", load_error=error) == "NameError"


def test_the_explanation_and_the_line() -> None:
    execution = Execution(
        submission="s", task="sample", tier="unsafe", outcomes=(outcome("t1", "error", error="ZeroDivisionError"),)
    )
    found = categorise(task_of([["f(0)", 1]]), execution, Program.parse("def f(n):\n    return 1 / n\n"))
    assert found is not None
    assert (found.line, found.tests) == (2, ("t1",))
    assert "zero" in found.explanation
