"""A beginner believes that looking at the first item is enough for a question about all.

A function answers True or False and reads no other item of its list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.contrast import Contrast, items
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import length_of
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import passed_facts
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("only-first-element-checked",)


def detect(case: Examination) -> Iterator[Sign]:
    """A yes-or-no answer that only the first item decides."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if not fact.passed and fact.function == function.name]
        right = passed_facts(case, function)
        if not facts or not right or not all(fact.opposite for fact in facts):
            continue
        for name in function.parameters:
            reads = function.loads(name)
            firsts = [node for node in function.nodes if _first_of(node, name)]
            if len(firsts) != 1 or 1 + _lengths(function, name) != len(reads):
                continue
            if _first_decides_nothing(case, function, name, [*facts, *right]):
                line = getattr(firsts[0], "lineno", function.line)
                said = f"reads the first item of `{name}`, and no line reads another."
                seen = "Lists that begin alike have different answers, and the wrong one came"
                yield of_facts(case, "only-first-element-checked", line, 0.92, said, seen, facts)


def _first_of(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value=0)):
            return owner == name
        case _:
            return False


def _lengths(function: Function, name: str) -> int:
    """How often only the length of a name, or whether it is empty, is asked for."""
    count = 0
    for node in function.nodes:
        of = length_of(node)
        if (isinstance(of, ast.Name) and of.id == name) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Name) and node.operand.id == name
        ):
            count += 1
    return count


def _first_decides_nothing(case: Examination, function: Function, name: str, facts: Sequence[Contrast]) -> bool:
    """Whether tests with the same first item (and all else alike) want different answers."""
    answers: dict[str, set[str]] = {}
    for fact in facts:
        values = dict(case.bindings(fact, function))
        found = items(values.get(name))
        if found:
            values[name] = found[0]
            answers.setdefault(repr(values), set()).add(repr(fact.expected))
    return any(len(wanted) > 1 for wanted in answers.values())
