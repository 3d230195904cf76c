"""A beginner believes that `&` and `|` are short for `and` and `or`.

`&` or `|` stands between comparisons, where it is worked out before them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("bitwise-for-logical",)


def detect(case: Examination) -> Iterator[Sign]:
    """`&` or `|` between comparisons, where it binds more tightly than they do."""
    for node, _ in case.places:
        if not isinstance(node, ast.Compare):
            continue
        middle = [side for side in node.comparators[:-1] if isinstance(side, ast.BinOp)]
        for side in middle:
            if isinstance(side.op, ast.BitAnd | ast.BitOr):
                mark = "&" if isinstance(side.op, ast.BitAnd) else "|"
                fact = (
                    f"Line {node.lineno}: in `{case.program.text(node)}` the {mark} joins the two "
                    "values next to it before anything is compared."
                )
                yield Sign(
                    "bitwise-for-logical",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"It runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )
