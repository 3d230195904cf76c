"""A beginner believes that a generator, map, filter or zip can be gone through as often as one likes.

One such object is gone through in two places, and is empty in the second.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.generators import is_one_pass
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import values_of, with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("iterator-can-be-reused",)

_CONSUMERS = frozenset(["list", "tuple", "set", "sorted", "sum", "max", "min", "dict"])


def detect(case: Examination) -> Iterator[Sign]:
    """The second of two places that go through one iterator from end to end."""
    for function in (None, *case.functions):
        for assign, name in with_values(case, function):
            if not is_one_pass(case, assign.value) or len(values_of(case, function, name)) != 1:
                continue
            rest = case.program.rest_of_block(assign)[1:]
            uses = [(statement, use) for statement in rest for use in _uses_up(statement, name)]
            second = next((use for statement, use in uses[1:] if statement is not uses[0][0]), None)
            if second is not None and uses and _runs_always(uses[0][0]):
                said = f"goes through `{name}` a second time, which hands out its items only once."
                yield of_line(case, "iterator-can-be-reused", second, 0.93, said)


def _uses_up(statement: ast.stmt, name: str) -> Iterator[int]:
    """Lines of a statement on which the items of an iterator are all asked for."""
    for node in body_nodes([statement]):
        match node:
            case ast.For(iter=ast.Name(id=over), body=body) if over == name:
                if not any(isinstance(inner, ast.Break | ast.Return) for inner in body_nodes(body)):
                    yield node.lineno
            case ast.comprehension(iter=ast.Name(id=over) as where) if over == name:
                yield where.lineno
            case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=over), *_]):
                if called in _CONSUMERS and over == name:
                    yield node.lineno
            case _:
                continue


def _runs_always(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr | ast.For | ast.AnnAssign)
