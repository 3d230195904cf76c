"""Correctness: the weighted share of passed tests, and nothing else."""

from __future__ import annotations

from gradatim.domain import Execution, Task
from gradatim.tools.rubric.finding import Finding


def correctness(task: Task, execution: Execution) -> Finding:
    """Weighted share of the task's tests that passed; evidence are the visible ones that did not, or all."""
    outcomes = {item.test: item for item in execution.outcomes}
    if not outcomes:
        return Finding(None, "not measured: no test was run")
    whole = sum(case.weight for case in task.tests)
    passed = [case for case in task.tests if case.id in outcomes and outcomes[case.id].status == "passed"]
    failed = [case for case in task.tests if case not in passed]
    cited = tuple(f"test:{case.id}" for case in (failed or passed) if not case.hidden)
    text = f"{len(passed)} of {len(task.tests)} tests pass"
    if any(case.weight != 1.0 for case in task.tests):
        text += ", weighted as the task says"
    return Finding(sum(case.weight for case in passed) / whole, text, cited)
