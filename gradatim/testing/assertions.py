"""What a test says about a run. Each raises `AssertionError` with what was there instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import EllipsisType
from typing import Any

from langchain_core.language_models import BaseChatModel

from gradatim.agents.deliverer import UNCHECKED, Outcome
from gradatim.agents.state import diagnosis_of, execution_of, grounds_of, submission_of, task_of
from gradatim.domain import Feedback, Statement
from gradatim.languages import available, say, speaking
from gradatim.testing.runs import Run
from gradatim.tools.claims import Case, find_leak

Stop = str | Collection[str] | EllipsisType
"""A node, nodes that work side by side, or `...` for any number of steps."""


def assert_path(run: Run, expected: Sequence[Stop]) -> None:
    """The run went this way.

    Args:
        expected: Step by step: a node that worked alone in its superstep, or a set of nodes that worked side by side;
            `...` stands for any number of steps, none included.

    Example:
        ```python
        assert_path(run, ["intake", {"execute", "recall"}, "diagnose", ..., "record"])
        ```
    """
    wanted = [item if isinstance(item, EllipsisType) else _names(item) for item in expected]
    if not _fits([frozenset(step) for step in run.steps], wanted):
        raise AssertionError(f"the run went another way\n  expected: {_way(wanted)}\n  went:     {_way(run.steps)}")


def assert_visited(run: Run, *nodes: str) -> None:
    """Each of these nodes did its work."""
    missing = [node for node in nodes if not run.times(node)]
    if missing:
        raise AssertionError(f"never worked: {', '.join(missing)}\n  went: {_way(run.steps)}")


def assert_not_visited(run: Run, *nodes: str) -> None:
    """None of these nodes did its work."""
    there = [node for node in nodes if run.times(node)]
    if there:
        raise AssertionError(f"worked all the same: {', '.join(there)}\n  went: {_way(run.steps)}")


def assert_loops_at_most(run: Run, node: str, times: int) -> None:
    """A node did its work at most so often."""
    worked = run.times(node)
    if worked > times:
        raise AssertionError(f"{node} worked {worked} times, not at most {times}\n  went: {_way(run.steps)}")


def assert_wrote(run: Run, node: str, *keys: str) -> None:
    """A node wrote these keys of the state when it last did its work."""
    try:
        update = run.wrote(node)
    except KeyError as error:
        raise AssertionError(str(error.args[0])) from error
    missing = [key for key in keys if key not in update]
    if missing:
        raise AssertionError(f"{node} did not write {', '.join(missing)}; it wrote {', '.join(update) or 'nothing'}")


def assert_held_for_person(run: Run, node: str | None = None) -> None:
    """The run waits for a person, at this node where one is named."""
    if not run.waiting:
        raise AssertionError(f"nobody is asked\n  went: {_way(run.steps)}")
    if node is not None and node not in run.waiting:
        raise AssertionError(f"{node} does not wait; these do: {', '.join(run.waiting)}")


def assert_delivered(run: Run, key: str = "outcome") -> Feedback:
    """The learner may read a feedback, which is given back.

    Args:
        key: Where the state holds the outcome.
    """
    outcome = _outcome(run, key)
    if not outcome.delivered:
        who = f" by {outcome.reviewed_by}" if outcome.reviewed_by else ""
        raise AssertionError(f"the feedback under {key!r} was held back{who}")
    return outcome.feedback


def assert_not_delivered(run: Run, key: str = "outcome") -> None:
    """No feedback reached the learner: none was settled, or it was held back."""
    if run.values.get(key) and _outcome(run, key).delivered:
        raise AssertionError(f"the feedback under {key!r} was delivered")


def assert_no_unchecked(run: Run, key: str = "outcome") -> None:
    """No claim of the delivered feedback is false, and none that was not decided is said as a fact.

    A sentence that is marked as not checked, or that a person wrote, may stand.
    """
    openings = (UNCHECKED, *(_opening(code) for code in available()))
    for statement in _delivered(run, key):
        if statement.refuted:
            refuted = next(check for check in statement.checks if check.verdict == "refuted")
            raise AssertionError(f"a refuted sentence was delivered: {statement.text!r} ({refuted.detail})")
        marked = statement.text.startswith(openings) or statement.by_person
        if statement.unchecked and not marked:
            raise AssertionError(f"an unchecked sentence was delivered as a fact: {statement.text!r}")


def _opening(code: str) -> str:
    with speaking(code):
        return say("labels.unchecked")


def assert_no_leak(run: Run, key: str = "outcome") -> None:
    """The delivered feedback does not give the solution away, unless the task allows that."""
    statements = _delivered(run, key)
    if not statements:
        return
    state = run.values
    case = Case.of(task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state))
    for statement in statements:
        leak = find_leak(statement.text, case)
        if leak is not None:
            raise AssertionError(f"the solution was given away: {statement.text!r} ({leak.detail})")


def assert_degraded(run: Run, node: str) -> None:
    """A node could not do its work and said so."""
    told: list[Mapping[str, Any]] = list(run.values.get("degradations") or ())
    if node not in {item["node"] for item in told}:
        others = "; ".join(f"{item['node']}: {item['reason']}" for item in told) or "nothing"
        raise AssertionError(f"{node} degraded nothing; told was {others}")


def assert_asked(model: BaseChatModel, *words: str) -> None:
    """A scripted model was asked something in which all these words stand."""
    requests: list[Any] = list(getattr(model, "requests", ()))
    if not any(all(word in request.text for word in words) for request in requests):
        raise AssertionError(f"{len(requests)} questions, none with {', '.join(map(repr, words))}")


def _outcome(run: Run, key: str) -> Outcome:
    if not run.values.get(key):
        waits = f"; {', '.join(run.waiting)} waits for a person" if run.waiting else ""
        raise AssertionError(f"the state has no {key!r}{waits}\n  went: {_way(run.steps)}")
    return Outcome.model_validate(run.values[key])


def _delivered(run: Run, key: str) -> tuple[Statement, ...]:
    if not run.values.get(key):
        return ()
    outcome = _outcome(run, key)
    return outcome.feedback.statements() if outcome.delivered else ()


def _names(item: str | Collection[str]) -> frozenset[str]:
    return frozenset((item,)) if isinstance(item, str) else frozenset(item)


def _fits(steps: Sequence[frozenset[str]], wanted: Sequence[frozenset[str] | EllipsisType]) -> bool:
    """Whether the steps are those, `...` taking any number; by the set of positions that may have been reached."""
    reached = {0}
    for item in wanted:
        if isinstance(item, EllipsisType):
            reached = set(range(min(reached, default=len(steps) + 1), len(steps) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(steps) and steps[at] == item}
    return len(steps) in reached


def _way(steps: Sequence[Collection[str] | EllipsisType]) -> str:
    shown = ["…" if isinstance(step, EllipsisType) else " ∥ ".join(sorted(step)) for step in steps]
    return " → ".join(shown) or "nowhere"
