"""A beginner believes that a function is passed with its parentheses.

What it returned, and not the function, is called by the receiver.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("call-passed-instead-of-function",)

_RECEIVERS = frozenset(["map", "filter", "reduce"])


def detect(case: Examination) -> Iterator[Sign]:
    """The result of a call where a function is to be handed over."""
    pattern = r"'(\w+)' object is not callable"
    for line, found in case.raised_at("TypeError", pattern).items():
        for node in case.nodes_at(line):
            given = _handed_over(node)
            function = case.program.function(called_name(given) or "")
            if function is not None and not any(_makes_function(item, function) for item in function.returns):
                said = f"calls `{function.name}` and hands over its result, where a function is needed."
                yield of_errors(case, "call-passed-instead-of-function", line, 0.94, said, found)
                break
    for line, found in case.raised_at("TypeError", r"^(\w+)\(\) missing \d+ required positional").items():
        for node in case.nodes_at(line):
            if called_name(_handed_over(node)) == found[0].name:
                said = f"calls `{found[0].name}` in the place where a function is to be handed over."
                yield of_errors(case, "call-passed-instead-of-function", line, 0.9, said, found)
                break


def _handed_over(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call):
        return None
    key = next((item.value for item in node.keywords if item.arg == "key"), None)
    if key is not None:
        return key
    return node.args[0] if node.args and called_name(node) in _RECEIVERS else None


def _makes_function(node: ast.Return, function: Function) -> bool:
    inner = {item.name for item in function.nodes if isinstance(item, ast.FunctionDef)}
    return isinstance(node.value, ast.Lambda) or (isinstance(node.value, ast.Name) and node.value.id in inner)
