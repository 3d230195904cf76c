"""A beginner believes that taking the best piece at each step leads to the best result.

Coins are taken from the largest down, and the count is valid and not the smallest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("greedy-always-optimal",)


def detect(case: Examination) -> Iterator[Sign]:
    """The largest piece taken as often as it fits, where fewer pieces are enough."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or function is None or not isinstance(loop.target, ast.Name):
            continue
        ordered = value_behind(case, function, loop.iter)
        in_place = any(isinstance(node, ast.Attribute) and node.attr == "sort" for node in function.nodes)
        if called_name(ordered) not in ("sorted", "reversed") and not in_place:
            continue
        piece = loop.target.id
        taken = any(_takes(node, piece) for node in ast.walk(loop))
        facts = own_facts(case, function)
        too_many = [fact for fact in facts if _more(fact)]
        if taken and too_many and len(too_many) == len(facts) and passed_facts(case, function):
            said = "takes the pieces in a fixed order and compares no other combination."
            seen = "The result has more pieces than are needed"
            yield of_facts(case, "greedy-always-optimal", loop.lineno, 0.92, said, seen, too_many)


def _takes(node: ast.AST, piece: str) -> bool:
    match node:
        case ast.AugAssign(op=ast.Mod() | ast.Sub(), value=value):
            return piece in names_in(value)
        case ast.Assign(value=ast.BinOp(op=ast.Mod() | ast.Sub(), right=right)):
            return piece in names_in(right)
        case _:
            return False


def _more(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is not None and got is not None:
        return len(got) > len(wanted)
    return fact.difference is not None and -3 <= fact.difference < 0
