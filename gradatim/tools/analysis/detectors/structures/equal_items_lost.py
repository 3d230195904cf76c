"""A beginner believes that "smaller than the pivot" and "larger than the pivot" cover all items.

Items equal to the pivot are missing in the result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("equal-items-lost-in-partition",)


def detect(case: Examination) -> Iterator[Sign]:
    """A division by `<` and `>` where items that occur several times are lost."""
    for function in case.functions:
        parts = [_part(node) for node in function.nodes]
        kinds = {part[0]: part[1] for part in parts if part is not None}
        facts = [fact for fact in case.wrong_of(function) if _fewer(fact)]
        if kinds.keys() == {"<", ">"} and facts:
            said = "takes no item that is equal to the pivot, and no other line does."
            yield of_facts(
                case,
                "equal-items-lost-in-partition",
                kinds[">"],
                0.94,
                said,
                "Items that occur several times are lost",
                facts,
            )


def _part(node: ast.AST) -> tuple[str, int] | None:
    """The comparison and line of a comprehension that selects items by it, or of an if that appends."""
    match node:
        case ast.ListComp(generators=[ast.comprehension(target=ast.Name(id=item), ifs=[ast.Compare() as test])]):
            inside = True
        case ast.If(test=ast.Compare(left=ast.Name(id=item)) as test, body=body):
            inside = any(method is not None and method[1] == "append" for method in map(_method, body))
        case _:
            return None
    sign = {"Lt": "<", "Gt": ">", "LtE": "<=", "GtE": ">=", "Eq": "=="}.get(type(test.ops[0]).__name__)
    plain = isinstance(test.left, ast.Name) and test.left.id == item and isinstance(test.comparators[0], ast.Name)
    return (sign, getattr(node, "lineno", 0)) if sign is not None and plain and inside else None


def _method(statement: ast.stmt) -> tuple[ast.expr, str] | None:
    return method_called(statement.value) if isinstance(statement, ast.Expr) else None


def _fewer(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or len(got) >= len(wanted):
        return False
    return set(map(repr, wanted)) == set(map(repr, got))
