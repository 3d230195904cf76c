"""A task, programs and scripted answers that the tests of agents and graphs share."""

from __future__ import annotations

from typing import Any

from gradatim.domain import Submission, Task, TestCase

TASK = Task(
    id="sum-up-to",
    title="Sum up to a limit",
    statement="Write sum_up_to(n), which returns 1 + 2 + … + n.",
    entry_point="sum_up_to",
    concepts=("for-loop", "range", "accumulator-pattern"),
    tests=tuple(
        TestCase(id=f"t{number}", call=f"sum_up_to({n})", expect=str(n * (n + 1) // 2), hidden=number == 5)
        for number, n in enumerate((0, 1, 2, 5, 10), 1)
    ),
    reference="def sum_up_to(n):\n    return n * (n + 1) // 2\n",
)
CORRECT = "def sum_up_to(n):\n    total = 0\n    for i in range(n + 1):\n        total += i\n    return total\n"
OFF_BY_ONE = "def sum_up_to(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n"
LEARNER = "ada"


def submission(code: str = OFF_BY_ONE, learner: str | None = LEARNER) -> Submission:
    return Submission.of(TASK.id, code, "loop.py", learner)


FACT = "With one argument range begins at 0 and ends at n - 1."
"""A sentence of the packaged curriculum that explains `OFF_BY_ONE`."""
IDEA = "The number of rounds is settled by the items, so no counter has to be kept by hand."
"""A sentence of it about the task's first concept, for `CORRECT`."""


def answer(*, correct: bool = False, **texts: str) -> dict[str, Any]:
    """A model's answer that the evidence of `OFF_BY_ONE` (or `CORRECT`) bears out, with some texts replaced."""
    parts = {
        "error_identification": "All 5 tests pass." if correct else "`sum_up_to(2)` returns 1 instead of 3.",
        "explanation": "" if correct else "Line 3 is `for i in range(n):`.",
        "corrective_suggestion": "Which values does the loop variable take when n is 2?",
        "encouragement": "Well done: all 5 tests pass." if correct else "Good start: 1 of 5 tests pass.",
        **texts,
    }
    cites = {} if correct else {"error_identification": ["test:t3"], "explanation": ["line:3"]}
    found: dict[str, Any] = {
        part: {"text": text, "evidence": cites.get(part, ["test:t1"])} for part, text in parts.items()
    }
    found["error_identification"]["claims"] = []
    found["explanation"] |= {"claims": [], "fact": IDEA if correct else FACT}
    return found


def opinion(line: int = 3, misconception: str = "none") -> dict[str, Any]:
    """A critic's short diagnosis."""
    return {"line": line, "kind": "other", "misconception": misconception, "cause": "the loop ends before n"}
