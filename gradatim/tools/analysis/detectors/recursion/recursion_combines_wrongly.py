"""A beginner does not see on which side of the recursive result the held-back part belongs.

The items come in exactly reversed order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.recursion import recursive_functions
from gradatim.tools.analysis.sign import Sign

TELLS = ("recursion-combines-wrongly",)


def detect(case: Examination) -> Iterator[Sign]:
    """The held-back part and the recursive result put together in the wrong order."""
    for function, calls in recursive_functions(case):
        facts = [fact for fact in case.wrong if fact.function == function.name]
        turned = tuple(fact.test for fact in facts if fact.backwards)
        for call in calls:
            above = case.program.parent(call)
            if turned and len(turned) == len(facts) and isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add):
                fact = f"Line {above.lineno}: `{case.program.text(above)}` puts the two parts together in this order."
                yield Sign(
                    "recursion-combines-wrongly",
                    (above.lineno,),
                    0.93,
                    fact,
                    f"The result is exactly reversed in {name_tests(turned)}.",
                    turned,
                )
                break
