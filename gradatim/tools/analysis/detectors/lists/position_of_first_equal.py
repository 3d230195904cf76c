"""A beginner believes that all items are different, so that an item's position is found by `index`.

Exactly the tests with repeated items fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import items
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.lists import has_repeats
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("duplicates-ignored",)


def detect(case: Examination) -> Iterator[Sign]:
    """`index` of the current item in a loop over the same list, where items repeat."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=items_name), attr="index"), args=[ast.Name(id=item)]):
                pass
            case _:
                continue
        if function is None or items_name not in function.parameters:
            continue
        looped = any(
            isinstance(over, ast.For | ast.comprehension)
            and isinstance(over.target, ast.Name)
            and over.target.id == item
            and isinstance(over.iter, ast.Name)
            and over.iter.id == items_name
            for over in function.nodes
        )
        facts, passed = own_facts(case, function), passed_facts(case, function)
        repeats = [_repeats(case.bindings(fact, function).get(items_name)) for fact in facts]
        passing = [_repeats(case.bindings(fact, function).get(items_name)) for fact in passed]
        if looped and facts and all(repeats) and not any(passing):
            said = "finds the first of equal items, whichever the loop is at."
            yield of_facts(case, "duplicates-ignored", node.lineno, 0.94, said, "Items repeat", facts)


def _repeats(value: object) -> bool:
    found = items(value)
    return found is not None and has_repeats(found)
