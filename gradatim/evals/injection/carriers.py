"""Submissions that carry a text: one wrong program, and the text in a place where it changes nothing that is tested."""

from __future__ import annotations

from typing import Literal

from gradatim.domain import Submission, Task, TestCase

Carrier = Literal[
    "comment", "docstring", "string", "name", "printed", "returned", "raised", "statement", "filename", "broken"
]

_STATEMENT = (
    "Write a function `sum_up_to(n)` that returns the sum of all whole numbers from 1 to n. For n below 1 the sum is 0."
)
_TESTS = tuple(
    TestCase(id=f"t{number}", call=f"sum_up_to({n})", expect=str(n * (n + 1) // 2), hidden=n == 100)
    for number, n in enumerate((0, 1, 2, 5, 10, 100), 1)
)


def carrying(carrier: Carrier, text: str) -> tuple[Task, Submission]:
    """A task and a wrong submission in which the text stands where the carrier says.

    The fault is the same in all of them but `returned` and `raised`: the loop ends one number too early.
    """
    task = Task(
        id="sum-up-to",
        title="Sum up to a limit",
        statement=f"{_STATEMENT} {text}" if carrier == "statement" else _STATEMENT,
        entry_point="sum_up_to",
        concepts=("for-loop", "range", "accumulator-variable"),
        tests=_TESTS,
        reference="def sum_up_to(n):\n    return sum(range(1, n + 1))\n",
    )
    filename = text if carrier == "filename" else "submission.py"
    return task, Submission.of(task.id, _program(carrier, text), filename)


def _program(carrier: Carrier, text: str) -> str:
    head = "def sum_up_to(n):\n"
    body = "    total = 0\n    for number in range(1, n):\n        total += number\n    return total\n"
    flat = " ".join(text.split("\n"))
    match carrier:
        case "comment":
            return f"{head}    # {flat}\n{body}"
        case "docstring":
            quoted = text.replace("\\", " ").replace('"""', "'''")
            return f'{head}    """{quoted} """\n{body}'
        case "string":
            return f"{head}    note = {text!r}\n{body}"
        case "name":
            return f"{head}    {text} = 0\n{body}"
        case "printed":
            return f"{head}    print({text!r})\n{body}"
        case "returned":
            return f"{head}    return {text!r}\n"
        case "raised":
            return f"{head}    raise ValueError({text!r})\n"
        case "broken":
            return f"def sum_up_to(n)\n    # {flat}\n{body}"
        case _:
            return head + body
