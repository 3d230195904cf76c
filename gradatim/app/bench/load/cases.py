"""Exercises and wrong programs for the benchmark: as many as are wanted, no two of them alike.

Different tasks, because a fault that was explained before in the same situation is not put to the model again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradatim.domain import LearnerEvent, Observation, Recollection, Submission, Task, TestCase

INPUTS = (0, 1, 2, 5, 10)
CONCEPTS = ("for-loop", "range", "accumulator-pattern", "return-statement")
EVENTS = 4
"""Earlier events of each learner."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of exercise with one number `k` in it.

    Attributes:
        statement: With `{k}`.
        right: What is expected, for `k` and `n`.
        wrong: The program that is handed in.
    """

    name: str
    statement: str
    right: Callable[[int, int], object]
    wrong: str


KINDS = (
    Kind(
        "multiples",
        "Write work(n), which returns the sum of the first n multiples of {k}: {k} + 2·{k} + … + n·{k}.",
        lambda k, n: k * n * (n + 1) // 2,
        "def work(n):\n    total = 0\n    for i in range(n):\n        total += {k} * i\n    return total\n",
    ),
    Kind(
        "squares",
        "Write work(n), which returns {k} plus the sum of the squares from 1 to n.",
        lambda k, n: k + sum(i * i for i in range(1, n + 1)),
        "def work(n):\n    total = {k}\n    for i in range(1, n + 1):\n        total += i * i\n        return total\n",
    ),
    Kind(
        "table",
        "Write work(n), which returns the list of the first n multiples of {k}, from {k} on.",
        lambda k, n: [k * i for i in range(1, n + 1)],
        "def work(n):\n    found = []\n    for i in range(1, n):\n        found.append({k} * i)\n    return found\n",
    ),
    Kind(
        "growth",
        "Write work(n), which returns {k} doubled n times.",
        lambda k, n: k * 2**n,
        "def work(n):\n    value = {k}\n    for i in range(n):\n        value = value + 2\n    return value\n",
    ),
    Kind(
        "even",
        "Write work(n), which returns {k} times the number of even numbers from 0 to n.",
        lambda k, n: k * (n // 2 + 1),
        "def work(n):\n    count = 0\n    for i in range(n + 1):\n        if i % 2 == 1:\n            count += {k}\n"
        "    return count\n",
    ),
    Kind(
        "steps",
        "Write work(n), which returns how many steps of {k} fit into n.",
        lambda k, n: n // k,
        "def work(n):\n    steps = 0\n    while n > 0:\n        n = n - {k}\n        steps += 1\n    return steps\n",
    ),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One assessment to make."""

    task: Task
    submission: Submission


def cases(count: int, prefix: str) -> list[Case]:
    """As many different cases, each of a learner of its own; the same prefix gives the same ones."""
    return [_case(number, prefix) for number in range(count)]


def _case(number: int, prefix: str) -> Case:
    kind, k = KINDS[number % len(KINDS)], 3 + number // len(KINDS)
    inputs = (*INPUTS[:-1], 2 * k + 1) if kind.name == "steps" else INPUTS
    tests = tuple(
        TestCase(id=f"t{at}", call=f"work({n})", expect=repr(kind.right(k, n))) for at, n in enumerate(inputs, 1)
    )
    task = Task(
        id=f"{prefix}-{kind.name}-{k}",
        title=f"{kind.name.capitalize()} of {k}",
        statement=kind.statement.replace("{k}", str(k)),
        entry_point="work",
        concepts=CONCEPTS,
        tests=tests,
    )
    return Case(task, Submission.of(task.id, kind.wrong.replace("{k}", str(k)), learner_id=f"{prefix}-{number}"))


def history(case: Case) -> tuple[list[LearnerEvent], Recollection]:
    """What the learner of a case did before: some events, and one error to recall."""
    learner = case.submission.learner_id or ""
    events = [
        LearnerEvent(
            id=f"{learner}:{number}",
            learner_id=learner,
            kind="assessment",
            at=f"2026-01-0{number + 1}T10:00:00+00:00",
            task_id=f"earlier-{number}",
            observations=(Observation(concept=CONCEPTS[number % len(CONCEPTS)], correct=number % 2 == 0),),
        )
        for number in range(EVENTS)
    ]
    error = Recollection(
        id=f"{learner}:error",
        learner_id=learner,
        kind="error",
        text="The loop over a range ended one round too early.",
        concepts=("range",),
        at=events[0].at,
    )
    return events, error
