"""A beginner believes that round brackets around one value make a tuple.

The item itself comes where a tuple of it was wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("single-element-tuple-comma",)


def detect(case: Examination) -> Iterator[Sign]:
    """The item itself where a tuple of it was wanted."""
    for function in case.functions:
        facts = [fact for fact in case.wrong if fact.function == function.name]
        tests = tuple(fact.test for fact in facts if fact.pieces is None and fact.expected == (fact.actual,))
        for item in function.returns:
            if tests and item.value is not None and not isinstance(item.value, ast.Tuple):
                ran = tuple(test for test in tests if case.ran_in(test, item.lineno) is not False)
                text = case.program.line(item.lineno)
                if ran and text.endswith(")") and "return (" in text.replace("return(", "return ("):
                    fact = f"Line {item.lineno}: the round brackets of `{text}` make no tuple without a comma."
                    yield Sign(
                        "single-element-tuple-comma",
                        (item.lineno,),
                        0.93,
                        fact,
                        f"The item came for a tuple of it in {name_tests(ran)}.",
                        ran,
                    )
