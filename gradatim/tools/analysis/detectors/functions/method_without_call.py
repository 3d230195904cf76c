"""A beginner believes that naming a method is enough to have it done.

A method stands without brackets, as a statement, in a calculation or in a condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "method-without-call",
    "parentheses-missing-in-call",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A method named without parentheses, so that it is not called."""
    text_methods = frozenset(
        [
            "upper",
            "lower",
            "strip",
            "split",
            "isdigit",
            "isalpha",
            "append",
            "pop",
            "sort",
            "keys",
            "values",
            "items",
            "reverse",
            "title",
            "capitalize",
            "copy",
            "read",
            "close",
        ]
    )
    for node, _ in case.places:
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        above = case.program.parent(node)
        if isinstance(above, ast.Attribute | ast.Subscript) or (isinstance(above, ast.Call) and above.func is node):
            continue
        if isinstance(above, ast.keyword) or (
            isinstance(above, ast.Call) and node in above.args and _takes_function(above)
        ):
            continue
        own = {item.name for item in case.program.functions if item.owner is not None}
        assigned = {n.attr for n in case.program.nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
        if node.attr in assigned or (isinstance(node.value, ast.Name) and node.value.id in case.program.imports):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in ("str", "list", "int", "dict", "float"):
            continue
        if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr not in own:
            continue
        if node.attr in own and not _is_property(case, node.attr):
            name, confidence = "method-without-call", 0.9
        elif node.attr in text_methods:
            name, confidence = "parentheses-missing-in-call", 0.92
        else:
            continue
        fact = (
            f"Line {node.lineno}: `{case.program.text(node)}` names the method without parentheses, so "
            "it is not called."
        )
        yield Sign(
            name, (node.lineno,), confidence, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


def _is_property(case: Examination, name: str) -> bool:
    return any(item.name == name and item.node.decorator_list for item in case.program.functions)


def _takes_function(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id not in ("print", "len", "int", "float", "str", "list", "sum", "sorted")
    taken = method_called(call)
    return taken is None or taken[1] not in ("append", "join", "count", "index")
