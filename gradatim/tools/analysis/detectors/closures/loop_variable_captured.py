"""A beginner believes that a function made in a loop keeps the value that the loop variable had.

A lambda or def that reads the loop variable is stored for later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("closure-captures-value",)

_KEEPING = frozenset(["append", "add", "insert", "setdefault"])


def detect(case: Examination) -> Iterator[Sign]:
    """A function that reads a loop variable and outlives its round."""
    for node, _ in case.places:
        name = _made_in_loop(case, node) if isinstance(node, ast.Lambda | ast.FunctionDef) else None
        if name is not None and isinstance(node, ast.Lambda | ast.FunctionDef):
            said = f"makes a function that reads the loop variable `{name}` when it is called."
            yield of_line(case, "closure-captures-value", node.lineno, 0.92, said)


def _made_in_loop(case: Examination, node: ast.Lambda | ast.FunctionDef) -> str | None:
    """The loop variable that a function reads, if the function is kept beyond the round."""
    parameters = {item.arg for item in (*node.args.args, *node.args.kwonlyargs)}
    body = node.body if isinstance(node.body, list) else [node.body]
    read = {item.id for part in body for item in ast.walk(part) if isinstance(item, ast.Name)} - parameters
    for above in case.program.ancestors(node):
        if isinstance(above, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            return None
        match above:
            case ast.For(target=target) if names_in(target) & read and _kept(case, node, above):
                return min(names_in(target) & read)
            case ast.ListComp(elt=elt, generators=[ast.comprehension(target=target), *_]):
                if elt is node and names_in(target) & read:
                    return min(names_in(target) & read)
            case ast.DictComp(value=value, generators=[ast.comprehension(target=target), *_]):
                if value is node and names_in(target) & read:
                    return min(names_in(target) & read)
            case _:
                continue
    return None


def _kept(case: Examination, node: ast.Lambda | ast.FunctionDef, loop: ast.For) -> bool:
    for item in body_nodes(loop.body):
        match item:
            case ast.Call(func=ast.Attribute(attr=method), args=[*_, argument]) if method in _KEEPING:
                kept = argument
            case ast.Assign(targets=[ast.Subscript()], value=value):
                kept = value
            case _:
                continue
        if kept is node or (isinstance(node, ast.FunctionDef) and isinstance(kept, ast.Name) and kept.id == node.name):
            return True
    return False
