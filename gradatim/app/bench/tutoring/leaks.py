"""Whether a text gives the solution away: a detector of its own, which shares nothing with the one that tutors use.

Three signs, each enough: a line of the repair, or of the reference program, that the learner does not have stands in
the text; an expression of it stands there as code; putting in what the text says makes every test pass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.testing.learners import Fault

_FENCED = re.compile(r"```[a-zA-Z]*\n?(.*?)(?:```|$)", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINE = 8
"""Characters, white space left out, from which a line tells something."""
_EXPRESSION = 4
"""Nodes from which an expression does: `n + 1` has four, `n` and `len(n)` fewer; of a method's call one fewer."""
_EVERYDAY = re.compile(
    r"return\w+|returnNone|else:|returnresult|returntotal|returnTrue|returnFalse|returncount|\w+=\[\]|\w+=0|\w+=\{\}"
    r"|for\w+in\w+:|\w+\+=1|break|continue|for\w+inrange\(\w+\):|returnself"
)


def shows(text: str, fault: Fault, program: str) -> str | None:
    """Code of the solution that a text shows; `None` where it shows none.

    Args:
        text: What the learner reads.
        fault: Gives the repair, and the task with its reference.
        program: The learner's program as it stands.
    """
    open_texts = _squeezed("\n".join((program, fault.code, fault.task.statement, fault.task.setup)))
    told = _squeezed(text.replace("`", " "))
    codes = [*_FENCED.findall(text), *_SPAN.findall(_FENCED.sub(" ", text))]
    for solution in (fault.right, fault.task.reference or ""):
        for line in solution.splitlines():
            wanted = _squeezed(line).rstrip(":")
            everyday = _EVERYDAY.fullmatch(wanted) or _EVERYDAY.fullmatch(wanted + ":")
            if len(wanted) >= _LINE and not everyday and wanted not in open_texts and wanted in told:
                return line.strip()
    secret = [
        item
        for solution in (fault.right, fault.task.reference or "")
        for item in _expressions(solution)
        if _squeezed(item) not in open_texts
    ]
    for item in secret:
        if len(_squeezed(item)) >= _LINE and _squeezed(item) in told:
            return item
    for code in codes:
        for expression in _expressions(code.strip().rstrip(":")):
            if expression in secret:
                return code.strip()
    return None


def _expressions(code: str) -> Iterator[str]:
    """Expressions of some size in a piece of code, each as Python itself would write it."""
    tree = _parsed(code)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.Compare | ast.Call | ast.BoolOp | ast.Subscript | ast.ListComp):
            size = sum(isinstance(item, ast.expr | ast.operator | ast.cmpop | ast.boolop) for item in ast.walk(node))
            if size >= _EXPRESSION - (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                yield ast.unparse(node)


def _parsed(code: str) -> ast.Module | None:
    for form in (code, f"{code}:\n    pass", f"if {code}:\n    pass"):
        try:
            return ast.parse(form)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"')
