"""A beginner believes that a method of a text changes the text.

`text.upper()` or the like stands on a line of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.sign import Sign

TELLS = ("string-method-result-ignored",)
_PURE = frozenset(
    [
        "upper",
        "lower",
        "strip",
        "lstrip",
        "rstrip",
        "replace",
        "title",
        "capitalize",
        "swapcase",
        "center",
        "ljust",
        "rjust",
        "zfill",
        "split",
        "join",
        "format",
        "removeprefix",
        "removesuffix",
    ]
)


def detect(case: Examination) -> Iterator[Sign]:
    """`text.upper()` on a line of its own."""
    own = {item.name for item in case.program.functions if item.owner is not None}
    for node, _ in case.places:
        call = method_called(node.value) if isinstance(node, ast.Expr) else None
        if call is None or call[1] not in _PURE - own or not isinstance(node, ast.Expr):
            continue
        fact = (
            f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new text that nothing "
            "keeps; the old one stays as it is."
        )
        yield Sign(
            "string-method-result-ignored",
            (node.lineno,),
            0.94,
            fact,
            f"It runs in {name_tests(case.failed_ids)}.",
            case.failed_ids,
        )
