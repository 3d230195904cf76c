"""What a program is made of, counted over its syntax tree without any of the claim checkers."""

from __future__ import annotations

import ast

from gradatim.domain import Construct

NAMES: dict[Construct, str] = {
    "for-loop": "for loop",
    "while-loop": "while loop",
    "nested-loop": "nested loop",
    "recursion": "recursion",
    "class": "class",
    "try": "try statement",
    "break": "break statement",
    "lambda": "lambda",
    "import": "import statement",
    "list-comprehension": "list comprehension",
}
"""Constructs that can be told without doubt, as a person calls them."""
_NODES: dict[Construct, type[ast.AST] | tuple[type[ast.AST], ...]] = {
    "for-loop": ast.For,
    "while-loop": ast.While,
    "class": ast.ClassDef,
    "try": ast.Try,
    "break": ast.Break,
    "lambda": ast.Lambda,
    "import": (ast.Import, ast.ImportFrom),
    "list-comprehension": ast.ListComp,
}


def constructs_of(code: str) -> dict[Construct, bool] | None:
    """Whether a program has each of them; `None` where it cannot be parsed."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    nodes = list(ast.walk(tree))
    found: dict[Construct, bool] = {
        name: any(isinstance(node, kind) for node in nodes) for name, kind in _NODES.items()
    }
    loops = [node for node in nodes if isinstance(node, ast.For | ast.While)]
    found["nested-loop"] = any(
        isinstance(inner, ast.For | ast.While) and inner is not loop for loop in loops for inner in ast.walk(loop)
    )
    found["recursion"] = any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function.name
        for function in nodes
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
    )
    return found
