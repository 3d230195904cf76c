"""A beginner believes that a tree is a search tree if each node agrees with its children.

A check that compares nodes with their children only accepts a wrong tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.recursion import self_calls
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("search-tree-compares-children-only",)


def detect(case: Examination) -> Iterator[Sign]:
    """A recursive check with the node alone, which says True where False is wanted."""
    for function in case.functions:
        calls = self_calls(function)
        if len(function.parameters) != 1 or len(calls) < 2:
            continue
        node = function.parameters[0]
        compared = [item for item in function.nodes if isinstance(item, ast.Compare) and _with_child(item, node)]
        facts = [fact for fact in case.contrasts if not fact.passed and fact.function == function.name]
        accepted = [fact for fact in facts if fact.expected is False and fact.actual is True]
        if compared and accepted and len(accepted) == len(facts):
            said = "compares a node with its child only, not with everything below."
            seen = "A tree is accepted that is no search tree"
            yield of_facts(case, "search-tree-compares-children-only", compared[0].lineno, 0.93, said, seen, accepted)


def _with_child(item: ast.Compare, node: str) -> bool:
    """Whether data of a child is compared with data of the node."""
    depths = [_depth(side, node) for side in (item.left, *item.comparators)]
    return sorted(depths) == [1, 2]


def _depth(side: ast.expr, node: str) -> int:
    depth = 0
    while isinstance(side, ast.Attribute):
        depth += 1
        side = side.value
    return depth if isinstance(side, ast.Name) and side.id == node else 0
