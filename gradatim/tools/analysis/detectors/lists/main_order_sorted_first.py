"""A beginner believes that a second sort refines the order of the first.

Two sorts by different keys follow each other, and the right items come in another order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import same
from gradatim.tools.analysis.patterns.lists import reordered
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("second-sort-refines-first",)


def detect(case: Examination) -> Iterator[Sign]:
    """Two sorts of one list in a row, where the order is wrong."""
    for node, function in case.places:
        if not isinstance(node, ast.stmt):
            continue
        following = case.program.next_of(node) if isinstance(node, ast.Expr | ast.Assign) else None
        first, second = _sort(node), _sort(following)
        if first is None or second is None or following is None or first[0] != second[0]:
            continue
        if same(first[1], second[1]):
            continue
        facts = [fact for fact in case.wrong_of(function) if reordered(fact)]
        if facts:
            said = f"sorts once more, which decides about the whole order; line {node.lineno} settles only ties."
            seen = "The right items come in a wrong order"
            yield of_facts(case, "second-sort-refines-first", following.lineno, 0.92, said, seen, facts)


def _sort(node: ast.AST | None) -> tuple[str, ast.expr | None] | None:
    """The list that a statement sorts, and the key."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort"), keywords=words)):
            pass
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Name(id="sorted"), args=[ast.Name(id=source)], keywords=words),
        ) if name == source:
            pass
        case _:
            return None
    return name, next((item.value for item in words if item.arg == "key"), None)
