"""A beginner believes that a total starts anew with each round of the outer loop.

The results are the sums of the wanted results so far.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number, listed
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.accumulators import grows, starts
from gradatim.tools.analysis.sign import Sign

TELLS = ("statement-wrongly-outside-loop",)


def detect(case: Examination) -> Iterator[Sign]:
    """A total for each row that is never set back, so that every row contains the ones before it."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        tests = tuple(fact.test for fact in facts if _running_sums(fact))
        if not tests or len(tests) < len(facts):
            continue
        inner = [node for node in loop.body if isinstance(node, ast.For | ast.While)]
        for name in sorted({grown for part in inner for node in body_nodes(part.body) if (grown := grows(node))}):
            inits = [s for f, n, _, s in starts(case) if n == name and f is function]
            if inits and not any(isinstance(s, ast.Assign) and _assigns(s, name) for s in loop.body):
                line = inits[0].lineno
                fact = (
                    f"Line {line}: `{case.program.line(line)}` stands before the loop of line "
                    f"{loop.lineno}, so `{name}` is set only once."
                )
                why = f"Each result contains the ones before it in {name_tests(tests)}."
                yield Sign("statement-wrongly-outside-loop", (line, loop.lineno), 0.93, fact, why, tests)


def _assigns(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def _running_sums(fact: Contrast) -> bool:
    """Whether a list came whose items are the sums of the wanted items so far."""
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got or len(wanted) != len(got):
        return False
    if not all(is_number(item) for item in wanted):
        return False
    return list(itertools.accumulate(cast("list[float]", wanted))) == got
