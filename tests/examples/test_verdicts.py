"""Every example is really executed: references and correct programs pass, the others fail."""

from __future__ import annotations

import pytest

from gradatim.domain import Execution
from tests.examples.catalogue import Example, examples, tasks


@pytest.mark.parametrize("task_id", tasks())
def test_reference_passes(executions: dict[str, Execution], task_id: str) -> None:
    assert executions[f"{task_id}/reference"].passed


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_verdict(executions: dict[str, Execution], example: Example) -> None:
    execution = executions[example.name]
    assert execution.verdict == example.verdict
    assert len(execution.outcomes) == len(tasks()[example.task_id].tests)


def test_programs_fail_in_many_ways(executions: dict[str, Execution]) -> None:
    statuses = {outcome.status for execution in executions.values() for outcome in execution.outcomes}
    assert statuses >= {"passed", "failed", "error", "timeout", "output-limit", "not-run"}
    raised = {
        outcome.exception.type
        for execution in executions.values()
        for outcome in execution.outcomes
        if outcome.exception is not None
    }
    assert raised >= {
        "AttributeError", "IndexError", "KeyError", "NameError", "RecursionError", "TypeError", "UnboundLocalError",
        "ZeroDivisionError",
    }  # fmt: skip
    not_loaded = {execution.load_error.type for execution in executions.values() if execution.load_error}
    assert not_loaded >= {"SyntaxError", "IndentationError"}


def test_a_single_failing_test_is_enough(executions: dict[str, Execution]) -> None:
    """Some examples fail in one place only, and one of them where no learner may look."""
    failing = {
        name: [outcome.test for outcome in execution.outcomes if outcome.status != "passed"]
        for name, execution in executions.items()
        if not execution.passed
    }
    assert sum(len(tests) == 1 for tests in failing.values()) >= 5
    hidden_only = [
        name
        for name, tests in failing.items()
        if all(tasks()[name.partition("/")[0]].test(test).hidden for test in tests)
    ]
    assert hidden_only
