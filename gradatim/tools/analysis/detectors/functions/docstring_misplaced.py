"""A beginner believes that a text in triple quotes documents a function wherever it stands.

The documentation is asked for, and the text is not the first statement of the function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("docstring-anywhere",)


def detect(case: Examination) -> Iterator[Sign]:
    """A text on its own that is no docstring, where tests or the program ask for one."""
    asked = {
        name
        for test in case.task.tests
        if test.id in case.failed_ids
        for name in re.findall(r"(\w+)\.__doc__|getdoc\((\w+)", f"{test.call or ''} {test.check or ''}")[:3]
    }
    for function in case.program.functions:
        wanted = any(function.name in pair for pair in asked)
        if not wanted or ast.get_docstring(function.node) is not None:
            continue
        inside = [node for node in function.node.body[1:] if _bare_text(node)]
        tree = case.program.tree
        above = [node for node in tree.body if _bare_text(node) and node.lineno < function.line] if tree else []
        for node in (*inside, *above)[:1]:
            said = f"begins a text that is not the first statement of `{function.name}`."
            yield of_line(case, "docstring-anywhere", node.lineno, 0.93, said, anywhere=True)


def _bare_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and text_constant(node.value) is not None
