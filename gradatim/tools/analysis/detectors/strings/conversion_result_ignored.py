"""A beginner believes that `int(x)` changes x.

A conversion stands on a line of its own and its result is dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.sign import Sign

TELLS = ("type-changes-variable-in-place",)


def detect(case: Examination) -> Iterator[Sign]:
    """`int(x)` on a line of its own."""
    for node, _ in case.places:
        tried = any(isinstance(above, ast.Try) for above in case.program.ancestors(node))
        if isinstance(node, ast.Expr) and called_name(node.value) in ("int", "float", "str", "list") and not tried:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new value that nothing "
                "keeps; the variable stays as it is."
            )
            yield Sign(
                "type-changes-variable-in-place",
                (node.lineno,),
                0.94,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )
