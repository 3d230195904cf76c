"""Small programs with what their tests showed, as cases that claims can be checked against."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from gradatim.domain import (
    Diagnosis,
    Evidence,
    ExceptionFact,
    Execution,
    MisconceptionMatch,
    Outcome,
    Submission,
    Task,
    TestCase,
)
from gradatim.tools.claims.case import Case


@dataclass(frozen=True)
class Run:
    """One test: a call, what it needs, and what came (a literal or `Name@line`)."""

    call: str
    needs: str
    came: str
    status: str = ""
    hidden: bool = False


def build(
    name: str,
    code: str,
    *runs: Run,
    load: ExceptionFact | None = None,
    evidence: tuple[Evidence, ...] = (),
    **task: Any,
) -> Case:
    """A case from a program and the results of its tests."""
    code = textwrap.dedent(code).strip("\n") + "\n"
    tests = tuple(
        TestCase(id=f"t{number}", call=run.call, expect=run.needs, hidden=run.hidden)
        for number, run in enumerate(runs, 1)
    )
    outcomes = tuple(outcome(f"t{number}", run) for number, run in enumerate(runs, 1))
    the_task = Task(
        id=name,
        title=name,
        statement=task.pop("statement", f"Write {name}."),
        entry_point=name,
        tests=tests,
        **task,
    )
    submission = Submission.of(name, code)
    execution = Execution(submission=submission.id, task=name, outcomes=outcomes, load_error=load, tier="bubblewrap")
    diagnosis = Diagnosis(
        submission=submission.id,
        verdict=execution.verdict,
        evidence=evidence,
        misconceptions=(
            MisconceptionMatch(id="range-stop-included", lines=(3,), confidence=0.9, why="`range(n)` ends before n."),
        )
        if name == "sum_to"
        else (),
    )
    return Case.of(the_task, submission, execution, diagnosis)


def outcome(test: str, run: Run) -> Outcome:
    """What a run of a test shows."""
    kind, _, line = run.came.partition("@")
    if line:
        fact = ExceptionFact(type=kind, message="it went wrong", line=int(line), trace=(int(line),))
        return Outcome(test=test, status="error", expected=run.needs, actual=kind, exception=fact)
    status: Any = run.status or ("passed" if run.came == run.needs else "failed")
    return Outcome(test=test, status=status, expected=run.needs, actual=run.came or None)


CASES: dict[str, Case] = {
    "fib": build(
        "fib",
        """
        def fib(n):
            if n < 1:
                return 0
            a, b = 0, 1
            for i in range(n):
                a, b = b, a + b
            return b
        """,
        Run("fib(0)", "0", "0"),
        Run("fib(5)", "5", "8"),
        Run("fib(6)", "8", "13"),
        Run("fib(1)", "1", "1"),
        Run("fib(2)", "1", "2"),
        Run("fib(10)", "55", "89", hidden=True),
    ),
    "sum_to": build(
        "sum_to",
        """
        def sum_to(n):
            total = 0
            for i in range(n):
                total += i
            return total
        """,
        Run("sum_to(1)", "1", "0"),
        Run("sum_to(3)", "6", "3"),
        Run("sum_to(0)", "0", "0"),
        Run("sum_to(10)", "55", "45", hidden=True),
    ),
    "mean": build(
        "mean",
        """
        def mean(numbers):
            total = 0
            for number in numbers:
                total += number
            return total / len(numbers)
        """,
        Run("mean([2, 4])", "3.0", "3.0"),
        Run("mean([])", "0.0", "ZeroDivisionError@5"),
        Run("mean([5])", "5.0", "5.0"),
    ),
    "largest": build(
        "largest",
        """
        def largest(numbers):
            best = 0
            for n in numbers:
                if n > best:
                    best = n

            return best
        """,
        Run("largest([3, 9, 2])", "9", "9"),
        Run("largest([-3, -9])", "-3", "0"),
    ),
    "last": build(
        "last",
        """
        def last(items):
            return items[len(items)]
        """,
        Run("last([1, 2])", "2", "IndexError@2"),
        Run("last('ab')", "'b'", "IndexError@2"),
    ),
    "is_even": build(
        "is_even",
        """
        def is_even(n):
            if n % 2 == 0:
                print(True)
            else:
                print(False)
        """,
        Run("is_even(4)", "True", "None"),
        Run("is_even(3)", "False", "None"),
    ),
    "steps": build(
        "steps",
        """
        def steps(n):
            count = 0
            while n > 0:
                count += 1
            return count
        """,
        Run("steps(0)", "0", "0"),
        Run("steps(3)", "3", "", status="timeout"),
        Run("steps(1)", "1", "", status="timeout"),
    ),
    "fact": build(
        "fact",
        """
        def fact(n):
            return n * fact(n - 1)
        """,
        Run("fact(3)", "6", "RecursionError@2"),
        Run("fact(0)", "1", "RecursionError@2"),
    ),
    "double": build(
        "double",
        """
        def double(n)
            return n * 2
        """,
        Run("double(2)", "4", "", status="not-run"),
        load=ExceptionFact(type="SyntaxError", message="expected ':'", line=1, trace=(1,)),
    ),
    "square": build(
        "square",
        """
        def square(n):
            return n ** 2
        """,
        Run("square(3)", "9", "9"),
        Run("square(-2)", "4", "4"),
        Run("square(0)", "0", "0"),
    ),
    "vowels": build(
        "vowels",
        """
        def vowels(text):
            count = 0
            for letter in text:
                if letter in "aeiou":
                    counter += 1
            return count
        """,
        Run("vowels('xyz')", "0", "0"),
        Run("vowels('abc')", "1", "UnboundLocalError@5"),
    ),
    "initials": build(
        "initials",
        """
        def initials(names):
            result = ''
            for name in names:
                result = name[0]
            return result
        """,
        Run("initials(['Ada', 'Bo'])", "'AB'", "'B'"),
        Run("initials([])", "''", "''"),
        Run("initials(['Cy'])", "'C'", "'C'"),
    ),
}  # fmt: skip
