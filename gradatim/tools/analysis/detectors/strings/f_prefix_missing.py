"""A beginner believes that braces in any text are filled with a variable.

Braces with a variable's name are printed or returned as they stand.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.sign import Sign

TELLS = ("f-prefix-missing",)


def detect(case: Examination) -> Iterator[Sign]:
    """Braces with a variable's name in a text that is no f-string."""
    for node, function in case.places:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        above = case.program.parent(node)
        if isinstance(above, ast.JoinedStr | ast.Expr) or (isinstance(above, ast.Attribute) and above.attr == "format"):
            continue
        names = set(re.findall(r"\{([A-Za-z_]\w*)[^{}]*\}", node.value))
        known = names & case.program.names_visible_in(function)
        if not known or _formatted_later(case, node):
            continue
        shown = [
            item.test
            for item in case.wrong
            if any(f"{{{name}" in str(item.actual) and f"{{{name}" not in str(item.expected) for name in known)
        ]
        if shown:
            fact = (
                f"Line {node.lineno}: the text {case.program.text(node)} names `{min(known)}` in braces "
                "and has no f before it."
            )
            yield Sign(
                "f-prefix-missing",
                (node.lineno,),
                0.96,
                fact,
                f"The braces come out as they stand in {name_tests(shown)}.",
                tuple(shown),
            )


def _formatted_later(case: Examination, node: ast.Constant) -> bool:
    return any(
        (call := method_called(item)) is not None and call[1] == "format" for item in case.program.ancestors(node)
    )
