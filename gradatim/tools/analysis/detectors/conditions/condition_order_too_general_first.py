"""A beginner believes that the best fitting branch is taken, not the first that holds.

A branch covers all cases of one below it, which is never reached.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import chain, leaves, same
from gradatim.tools.analysis.patterns.limits import covers
from gradatim.tools.analysis.sign import Sign

TELLS = ("condition-order-too-general-first",)


def _branches(case: Examination, statement: ast.If) -> list[ast.If]:
    """The links of an if/elif chain, or consecutive ifs that all leave their block."""
    links, _ = chain(statement)
    if len(links) > 1:
        return links
    run: list[ast.If] = []
    for item in case.program.rest_of_block(statement):
        if not isinstance(item, ast.If) or item.orelse:
            break
        run.append(item)
        if not leaves(item.body):
            break
    return run


def detect(case: Examination) -> Iterator[Sign]:
    """A branch that can never be taken since one above covers all of its cases."""
    seen: set[ast.If] = set()
    for node, _ in case.places:
        if not isinstance(node, ast.If) or node in seen:
            continue
        links = _branches(case, node)
        seen.update(links)
        for later, link in enumerate(links):
            earlier = next((item for item in links[:later] if covers(item.test, link.test)), None)
            if earlier is None or any(isinstance(n, ast.Call) for n in ast.walk(earlier.test)):
                continue
            if _same_result(earlier.body, link.body):
                continue
            tests = tuple(test for test in case.failed_ids if case.ran_in(test, earlier.lineno) is not False)
            fact = (
                f"Line {link.lineno}: `{case.program.text(link.test)}` is never reached as true, since "
                f"`{case.program.text(earlier.test)}` of line {earlier.lineno} covers it."
            )
            yield Sign(
                "condition-order-too-general-first",
                (earlier.lineno, link.lineno),
                0.93,
                fact,
                f"Line {earlier.lineno} is tested first in {name_tests(tests)}.",
                tests,
            )
            return


def _same_result(one: Sequence[ast.stmt], two: Sequence[ast.stmt]) -> bool:
    return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
