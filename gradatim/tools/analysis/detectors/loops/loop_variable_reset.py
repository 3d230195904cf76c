"""A beginner sets up a counter inside the loop that it counts.

Time runs out in a while loop that assigns its counter a constant in every round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.whiles import condition_names, endless_loops, steps_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("loop-variable-reset",)


def detect(case: Examination) -> Iterator[Sign]:
    """A counter set back to its start inside the loop that it counts."""
    for loop, tests in endless_loops(case):
        names = condition_names(loop)
        for statement in loop.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    pass
                case _:
                    continue
            moved = [node for node, _ in steps_of(loop, name)]
            if constant_number(value) is not None and moved:
                fact = (
                    f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` sets the counter "
                    f"of `while {case.program.text(loop.test)}` back in every round."
                )
                yield Sign(
                    "loop-variable-reset",
                    (statement.lineno, loop.lineno),
                    0.93,
                    fact,
                    f"Time ran out in {name_tests(tests)}.",
                    tests,
                )
