"""A beginner takes any value for a neutral start.

Every result is off by the start of a sum, is 0 because a product starts there, or begins with the start's items.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.accumulators import grows, starts
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrong-initial-value",)


def detect(case: Examination) -> Iterator[Sign]:
    """An accumulator that starts with a value which changes every result."""
    grown = {function.node: _returned_accumulators(case, function) for function in case.functions}
    for function, name, start, statement in starts(case):
        loops_grown = grown[function.node].get(name) if function is not None else None
        if function is None or not loops_grown:
            continue
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
        if not facts:
            continue
        line = statement.lineno
        text = case.program.line(line)
        tests = tuple(fact.test for fact in facts)
        number = constant_number(start)
        multiplied = all(_operator(node) is ast.Mult for node in loops_grown)
        if multiplied and number == 0:
            if all(fact.actual == 0 for fact in facts):
                fact = f"Line {line}: `{text}` starts a product at 0."
                yield Sign(
                    "wrong-initial-value", (line,), 0.95, fact, f"The result is 0 in {name_tests(tests)}.", tests
                )
        elif number is not None and all(_operator(node) in (ast.Add, ast.Sub) for node in loops_grown):
            gaps = {fact.difference for fact in facts}
            everywhere = not case.right_of(function) and len(facts) >= 2
            if everywhere and len(gaps) == 1 and gaps == {-number} and number != 0:
                fact = f"Line {line}: `{text}` starts a sum or count at {number}."
                yield Sign(
                    "wrong-initial-value", (line,), 0.9, fact, f"Every result is off by exactly {number}.", tests
                )
        elif isinstance(start, ast.Constant) and isinstance(start.value, str) and start.value:
            if all(fact.actual == start.value + str(fact.expected) for fact in facts):
                fact = f"Line {line}: `{text}` starts a text with something in it."
                yield Sign(
                    "wrong-initial-value",
                    (line,),
                    0.9,
                    fact,
                    f"Each result begins with it in {name_tests(tests)}.",
                    tests,
                )
        elif isinstance(start, ast.List | ast.Tuple) and start.elts and _begin_with(facts, len(start.elts)):
            fact = f"Line {line}: `{text}` starts with something in it."
            why = f"Each result begins with it in {name_tests(tests)}."
            yield Sign("wrong-initial-value", (line,), 0.88, fact, why, tests)


def _begin_with(facts: list[Contrast], count: int) -> bool:
    """Whether every result is the one wanted behind some items more."""
    return all(fact.pieces is not None and list(fact.pieces[1])[count:] == list(fact.pieces[0]) for fact in facts)


def _operator(node: ast.AST) -> type[ast.operator] | None:
    match node:
        case ast.AugAssign(op=op):
            return type(op)
        case ast.Assign(value=ast.BinOp(op=op)):
            return type(op)
        case _:
            return None


def _returned_accumulators(case: Examination, function: Function) -> dict[str, list[ast.AST]]:
    """Names that a function adds to in loops and returns as they are, with the nodes that add."""
    returned = {item.value.id for item in function.returns if isinstance(item.value, ast.Name)}
    found: dict[str, list[ast.AST]] = {}
    for node in function.nodes:
        name = grows(node)
        if name in returned and case.program.loops_around(node):
            found.setdefault(name, []).append(node)
    return found
