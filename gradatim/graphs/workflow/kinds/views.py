"""What a model gets to read of values of a state: nothing hidden, no solution, everything untrusted as such."""

from __future__ import annotations

import json
from typing import Any, cast

from gradatim.agents.prompts import fence
from gradatim.agents.state import State
from gradatim.agents.untrusted import Screen, screened, statement_view
from gradatim.domain import Submission, Task

LONGEST = 4000
"""Characters of one value that a prompt holds."""
_WITHHELD = frozenset({"reference", "repairs", "tests", "test_file", "setup", "inputs", "raw", "hidden"})
"""Entries that are left out wherever they stand: solutions, and tests that may be hidden."""


def shown(state: State, key: str) -> str:
    """The value under a key, as it may stand in a prompt.

    A task is its statement and its visible tests; a program is screened (`gradatim.agents.untrusted`); evidence and
    outcomes that a learner may not see are left out, and so is whatever gives a solution away. What others wrote stands
    between `<<<` and `>>>`.
    """
    value = state.get(key)
    if value is None:
        return "(nothing)"
    task = _task(state.get("task"))
    found = _view(value, task)
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1)
    return f"<<<\n{fence(text, LONGEST)}\n>>>"


def _task(value: Any) -> Task | None:
    return Task.model_validate(value) if _has(value, "statement", "tests") else None


def _has(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(key in value for key in keys)


def _view(value: Any, task: Task | None) -> Any:
    if isinstance(value, list):
        return [_view(item, task) for item in cast("list[Any]", value) if not _invisible(item, task)]
    if not isinstance(value, dict):
        return value
    given = cast("dict[str, Any]", value)
    if _has(given, "statement", "tests"):
        return _of_task(Task.model_validate(given))
    if _has(given, "code", "task_id"):
        submission = Submission.model_validate(given)
        lines = Screen.of(task, submission.code).lines if task else submission.code.splitlines()
        return screened(lines)
    return {
        name: _view(item, task) for name, item in given.items() if name not in _WITHHELD and not _invisible(item, task)
    }


def _invisible(item: Any, task: Task | None) -> bool:
    """Whether a learner may not see it: hidden evidence, or the outcome of a hidden test."""
    if not isinstance(item, dict):
        return False
    given = cast("dict[str, Any]", item)
    if given.get("visible") is False or given.get("hidden") is True:
        return True
    if _has(given, "test", "status", "detail") and task is not None:
        return any(case.id == given["test"] and case.hidden for case in task.tests)
    return False


def _of_task(task: Task) -> str:
    lines = [task.title, "", statement_view(task.statement).strip()]
    tests = [case for case in task.tests if not case.hidden]
    if tests:
        lines += [
            "",
            "Tests:",
            *(f"- {case.label}" + (f" gives {case.expect}" if case.expect else "") for case in tests),
        ]
    return "\n".join(lines)
