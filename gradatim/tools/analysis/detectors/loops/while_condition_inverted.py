"""A beginner writes down when a loop should stop where Python wants to know when to go on.

No failing test ever enters the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.whiles import condition_names
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "while-condition-inverted",
    "wrong-initial-value",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop that no test ever enters, with a condition that says when to stop."""
    if case.coverage is None:
        return
    for loop, function in case.loops:
        if not isinstance(loop, ast.While) or case.right_of(function):
            continue
        facts = case.wrong_of(function)
        reached = [item.test for item in facts if case.ran_in(item.test, loop.lineno)]
        entered = [item.test for item in facts if case.ran_in(item.test, loop.body[0].lineno)]
        if (
            len(reached) >= 2
            and not entered
            and isinstance(loop.test, ast.Compare)
            and loop.body[0].lineno > loop.lineno
        ):
            fact = f"Line {loop.lineno}: the condition `{case.program.text(loop.test)}` is false at the start."
            why = f"The loop is never entered in {name_tests(reached)}."
            yield Sign("while-condition-inverted", (loop.lineno,), 0.75, fact, why, tuple(reached))
            alike = all(item.actual == facts[0].actual for item in facts) and _asks_for_constant(loop.test)
            started = _start_of(function, loop) if alike else None
            if started is not None:
                text = case.program.line(started)
                fact = (
                    f"Line {started}: after `{text}` the condition `{case.program.text(loop.test)}` is false at once."
                )
                yield Sign("wrong-initial-value", (started, loop.lineno), 0.75, fact, why, tuple(reached))


def _start_of(function: Function | None, loop: ast.While) -> int | None:
    """Line on which a name of a loop's condition gets a constant before the loop."""
    for node in function.nodes if function is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in condition_names(loop):
                if constant_number(value) is not None and node.lineno < loop.lineno:
                    return node.lineno
            case _:
                continue
    return None


def _asks_for_constant(test: ast.Compare) -> bool:
    """Whether a condition compares with a fixed value, so that the start may be what is wrong."""
    return any(constant_number(side) is not None for side in (test.left, *test.comparators))
