"""A small exercise with programs for it, to try workflows on."""

from __future__ import annotations

from gradatim.domain import Submission, Task, TestCase

TASK = Task(
    id="largest-number",
    title="The largest number",
    statement=(
        "Write a function `largest(numbers)` that returns the largest of the numbers in a list. "
        "For an empty list it returns None."
    ),
    entry_point="largest",
    concepts=("for-loop", "maximum-pattern", "comparison-operator"),
    tests=(
        TestCase(id="t1", call="largest([3, 9, 4])", expect="9"),
        TestCase(id="t2", call="largest([7])", expect="7"),
        TestCase(id="t3", call="largest([])", expect="None"),
        TestCase(id="t4", call="largest([-5, -2, -8])", expect="-2", name="negative numbers"),
        TestCase(id="t5", call="largest([-40, -31])", expect="-31", hidden=True),
    ),
    reference=(
        "def largest(numbers):\n"
        "    if not numbers:\n"
        "        return None\n"
        "    best = numbers[0]\n"
        "    for number in numbers:\n"
        "        if number > best:\n"
        "            best = number\n"
        "    return best\n"
    ),
)
"""A task with a hidden test; it does not allow that the solution is shown."""

CORRECT = (
    "def largest(numbers):\n"
    "    if len(numbers) == 0:\n"
    "        return None\n"
    "    top = numbers[0]\n"
    "    for item in numbers:\n"
    "        if item > top:\n"
    "            top = item\n"
    "    return top\n"
)
"""A program that passes every test."""
WRONG = (
    "def largest(numbers):\n"
    "    if len(numbers) == 0:\n"
    "        return None\n"
    "    top = 0\n"
    "    for item in numbers:\n"
    "        if item > top:\n"
    "            top = item\n"
    "    return top\n"
)
"""A program that is right for positive numbers alone; the fault is in line 4."""
BROKEN = "def largest(numbers)\n    return max(numbers)\n"
"""A program that Python cannot read."""


def submission(code: str = WRONG, learner: str | None = None) -> Submission:
    """One of these programs, handed in for `TASK`."""
    return Submission.of(TASK.id, code, "largest.py", learner)
