"""A beginner believes that swapping keys and values keeps all entries.

Exactly the tests fail in which a value occurs twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.lists import has_repeats
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("inverted-dictionary-keeps-all",)


def detect(case: Examination) -> Iterator[Sign]:
    """Keys and values exchanged where values repeat in every failing test and in no other."""
    for node, function in case.places:
        facts = own_facts(case, function)
        if not facts or not _inverts(node) or not isinstance(node, ast.expr | ast.stmt):
            continue
        if all(map(_repeats, facts)) and not any(map(_repeats, passed_facts(case, function))):
            said = "makes values the keys, and keys that are equal fall together."
            yield of_facts(
                case, "inverted-dictionary-keeps-all", node.lineno, 0.93, said, "A value occurs more than once", facts
            )


def _inverts(node: ast.AST) -> bool:
    match node:
        case ast.DictComp(
            key=ast.Name(id=key),
            value=ast.Name(id=value),
            generators=[
                ast.comprehension(
                    target=ast.Tuple(elts=[ast.Name(id=one), ast.Name(id=two)]),
                    iter=ast.Call(func=ast.Attribute(attr="items")),
                )
            ],
        ):
            return (key, value) == (two, one)
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=one), ast.Name(id=two)]), iter=ast.Call(func=ast.Attribute(attr="items"))
        ):
            return any(_stores(part, two, one) for part in node.body)
        case _:
            return False


def _stores(part: ast.stmt, key: str, value: str) -> bool:
    match part:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Name(id=place))], value=ast.Name(id=stored)):
            return (place, stored) == (key, value)
        case _:
            return False


def _repeats(fact: Contrast) -> bool:
    for value in fact.arguments or ():
        table = mapped(value)
        if table is not None:
            return has_repeats(list(table.values()))
    return False
