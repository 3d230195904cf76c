"""Programs and tasks that the tests of this folder share."""

from __future__ import annotations

from gradatim.domain import Edit, Repair, Task, TestCase

FIB = """\
def fib(n):
    a, b = 0, 1
    for i in range(n - 1):
        a, b = b, a + b
    return a
"""


def task(*tests: tuple[str, str], hidden: tuple[str, ...] = (), setup: str = "") -> Task:
    """A task of calls with their results; some of them hidden."""
    cases = tuple(
        TestCase(id=f"t{place}", call=call, expect=expect, hidden=call in hidden)
        for place, (call, expect) in enumerate(tests, 1)
    )
    return Task(id="task", title="Task", statement="A task.", tests=cases, setup=setup)


def program_task(*tests: tuple[str, str]) -> Task:
    """A task of inputs with their outputs."""
    cases = tuple(TestCase(id=f"t{n}", stdin=given, stdout=wanted) for n, (given, wanted) in enumerate(tests, 1))
    return Task(id="task", title="Task", statement="A task.", kind="program", tests=cases)


def repair(code: str, line: int) -> Repair:
    """A repair in one line."""
    text = code.splitlines()[line - 1]
    edit = Edit(line=line, last_line=line, replacement=text, operator="loop-bound")
    return Repair(code=code, edits=(edit,), place="x", change="y", origin="search", weight=0.5)
