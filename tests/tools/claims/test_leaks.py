"""What gives the solution away, and what does not."""

from __future__ import annotations

import textwrap

import pytest

from gradatim.domain import Diagnosis, Edit, Evidence, Execution, Outcome, Repair, Submission, Task, TestCase
from gradatim.tools.claims import Case, find_leak


def case_of(
    program: str, reference: str | None, statement: str, *calls: str, reveal: bool = False, repair: str | None = None
) -> Case:
    program = textwrap.dedent(program).lstrip()
    task = Task(
        id="t",
        title="t",
        statement=statement,
        reveal_solution=reveal,
        reference=textwrap.dedent(reference).lstrip() if reference else None,
        tests=tuple(TestCase(id=f"t{number}", call=call, expect="0") for number, call in enumerate(calls, 1)),
    )
    submission = Submission.of("t", program)
    execution = Execution(
        submission=submission.id,
        task="t",
        outcomes=tuple(Outcome(test=test.id, status="failed") for test in task.tests),
        tier="bubblewrap",
    )
    edit = Edit(line=3, last_line=3, replacement="    for i in range(2, n + 1):", operator="loop-bound")
    code = textwrap.dedent(repair).lstrip() if repair else ""
    fixed = Repair(code=code, edits=(edit,), place="the range", change="a change", origin="search", weight=0.9)
    diagnosis = Diagnosis(submission=submission.id, verdict="incorrect", repairs=(fixed,) if repair else ())
    range_says = (
        "The stop of a range is never among its numbers: range(1, n) ends with n - 1, and range(2, n + 1) ends with n."
    )
    concept = Evidence(
        id="misconception:range-stop-included",
        kind="misconception",
        summary=range_says,
        detail={"correction": range_says},
    )
    return Case.of(task, submission, execution, diagnosis, (concept,))


DIVISOR = """
    def divisors(n):
        found = []
        for i in range(2, n):
            if n % i == 0:
                found.append(i)
        return found
"""
DIVISORS = case_of(
    DIVISOR, DIVISOR.replace("range(2, n)", "range(2, n + 1)"), "Return all divisors from 2 to n.", "divisors(6)"
)
REPAIRED = case_of(DIVISOR, None, "Return all divisors.", "divisors(6)", repair=DIVISOR.replace("(2, n)", "(2, n + 1)"))
COUNT = """
    def count(limit):
        i = 0
        while i < limit:
            i += 1
        return i
"""
COUNTS = case_of(COUNT, COUNT.replace("i < limit", "i <= limit"), "Count up to the limit.", "count(3)")
MEAN = case_of(
    """
    def mean(numbers):
        total = 0
        for n in numbers:
            total = n
        return total
    """,
    """
    def mean(numbers):
        if not numbers:
            return 0.0
        return sum(numbers) / len(numbers)
    """,
    "Return the mean of a list. `mean([2, 4])` is 3.0.",
    "mean([2, 4])",
)
FIB = case_of(
    "def fib(n):\n    return fib(n - 1)\n",
    """
    def fib(n):
        a, b = 0, 1
        for _ in range(n):
            a, b = b, a + b
        return a
    """,
    "Return the n-th Fibonacci number; `fib(0)` is 0.",
    "fib(6)",
)
LEAKS = [
    (DIVISORS, "Use `range(2, n + 1)`."),
    (DIVISORS, "The loop should be `for i in range(2, n + 1):`."),
    (DIVISORS, "Write `for i in range(2,n+1)` instead."),
    (DIVISORS, "`range(2, n + 1)` ends with n."),
    (DIVISORS, "Use n + 1 as the stop."),
    (DIVISORS, "Use `n + 1` as the stop."),
    (DIVISORS, "Add `+ 1` to the stop of the range."),
    (DIVISORS, "The correct line is for i in range(2, n + 1):"),
    (DIVISORS, "Change range(2, n) to range(2, n + 1)."),
    (DIVISORS, "```python\nfor i in range(2, n + 1):\n    if n % i == 0:\n        found.append(i)\n```"),
    (DIVISORS, "```python for i in range(2, n + 1): if n % i == 0: found.append(i) ```"),
    (REPAIRED, "Use `range(2, n + 1)`."),
    (REPAIRED, "The stop should be `n + 1`."),
    (COUNTS, "The condition `i <= limit` also counts the limit."),
    (COUNTS, "Change `<` to `<=`."),
    (COUNTS, "Use `<=` in the condition."),
    (COUNTS, "The line should be while i <= limit:"),
    (MEAN, "Return `sum(numbers) / len(numbers)`."),
    (MEAN, "It is simply sum(numbers) / len(numbers), so return that."),
    (MEAN, "Start with `if not numbers: return 0.0`."),
    (MEAN, "```\ntotal = 0\nfor x in numbers:\n    total += x\nreturn total / len(numbers)\n```"),
    (MEAN, "Write `def mean(numbers): total = sum(numbers); return total`."),
    (FIB, "Use `a, b = b, a + b` in the loop."),
    (FIB, "Each round does a, b = b, a + b."),
    (FIB, "Start with `a, b = 0, 1`."),
    (FIB, "def fib(n): a, b = 0, 1 for _ in range(n): a, b = b, a + b return a"),
]
NO_LEAKS = [
    (DIVISORS, "`range(2, n)` ends before n."),
    (DIVISORS, "On line 3 you wrote `for i in range(2, n):`."),
    (DIVISORS, "`found.append(i)` puts i into the list."),
    (DIVISORS, "`for i in range(n):` runs n times."),
    (DIVISORS, "Is n itself among the numbers of `range(2, n)`?"),
    (DIVISORS, "`divisors(6)` returns `[2, 3]` instead of `[2, 3, 6]`."),
    (DIVISORS, "Use a `for` loop and `return` the list."),
    (DIVISORS, "The loop stops one step too early."),
    (DIVISORS, "The loop ends at `n - 1`."),
    (DIVISORS, "Which is the last value of `i`?"),
    (
        DIVISORS,
        "The stop of a range is never among its numbers: range(1, n) ends with n - 1, and range(2, n + 1) ends with n.",
    ),
    (DIVISORS, "```python\nfor i in range(2, n):\n    if n % i == 0:\n        found.append(i)\n```"),
    (DIVISORS, ""),
    (COUNTS, "The condition `i < limit` is false when both are equal."),
    (COUNTS, "`while i < limit` stops before the limit."),
    (COUNTS, "What happens in the last round of the `while` loop?"),
    (COUNTS, "`i += 1` is right."),
    (MEAN, "`total = n` forgets the numbers before."),
    (MEAN, "`mean([2, 4])` should return 3.0."),
    (MEAN, "`len(numbers)` is the number of items."),
    (MEAN, "What should happen for an empty list?"),
    (MEAN, "`for n in numbers:` takes each number once."),
    (MEAN, "`return total` comes after the loop."),
    (MEAN, "`if` asks for a condition."),
    (FIB, "`fib(n - 1)` calls itself for ever."),
    (FIB, "`fib(0)` is 0."),
    (FIB, "A loop with `range(n)` runs n times."),
    (FIB, "请检查循环。"),
]


@pytest.mark.parametrize(("case", "text"), LEAKS)
def test_leak(case: Case, text: str) -> None:
    found = find_leak(text, case)
    assert found is not None
    assert found.verdict == "refuted"
    assert "part of the solution" in found.detail


@pytest.mark.parametrize(("case", "text"), NO_LEAKS)
def test_no_leak(case: Case, text: str) -> None:
    found = find_leak(text, case)
    assert found is None, found


def test_nothing_is_a_leak_where_the_solution_may_be_shown() -> None:
    solution = DIVISOR.replace("range(2, n)", "range(2, n + 1)")
    open_case = case_of(DIVISOR, solution, "Return all divisors.", "divisors(6)", reveal=True)
    assert find_leak("Use `range(2, n + 1)`.", open_case) is None


def test_only_the_words_of_the_curriculum_are_free() -> None:
    free = (
        "The stop of a range is never among its numbers: range(1, n) ends with n - 1, and range(2, n + 1) ends with n."
    )
    assert find_leak(free, DIVISORS) is None
    assert find_leak("Use `range(2, n + 1)`, which ends with n.", DIVISORS) is not None
