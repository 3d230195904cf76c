"""A beginner does not tell the position of an item from the item.

A test wants one of the two and gets the other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import range_arguments
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.rounds import holding
from gradatim.tools.analysis.sign import Sign

TELLS = ("index-versus-element",)


def detect(case: Examination) -> Iterator[Sign]:
    """A position handed out where the item was wanted, or the other way round."""
    for function in case.functions:
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
        if not facts or (case.right_of(function) and len(case.right_of(function)) > len(facts)):
            continue
        for swapped, wanted, got in ((True, "item", "position"), (False, "position", "item")):
            held = [_is_item_at(fact, swapped) for fact in facts]
            tests = holding(facts, held)
            lines = _returned_lines(case, function, swapped)
            if tests and lines and len(tests) == len(facts):
                fact = f"Line {lines[0]}: `{case.program.line(lines[0])}` hands out the {got}."
                yield Sign(
                    "index-versus-element",
                    lines[:1],
                    0.85,
                    fact,
                    f"The {wanted} at that place was wanted in {name_tests(tests)}.",
                    tests,
                )


def _is_item_at(fact: Contrast, position_came: bool) -> bool:
    position, item = (fact.actual, fact.expected) if position_came else (fact.expected, fact.actual)
    if not isinstance(position, int) or isinstance(position, bool):
        return False
    return any(
        0 <= position < len(s) and s[position] == item and type(s[position]) is type(item) for s in fact.sequences_in
    )


def _returned_lines(case: Examination, function: Function, position: bool) -> tuple[int, ...]:
    """Returns that hand out a loop's position (or its item, by name or subscript)."""
    positions: set[str] = set()
    found: set[str] = set()
    for node in function.nodes:
        match node:
            case ast.For(target=ast.Name(id=name)) if range_arguments(node) is not None:
                positions.add(name)
            case ast.For(target=ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)])):
                positions.add(first)
                found.add(second)
            case ast.For(target=ast.Name(id=name)):
                found.add(name)
            case _:
                continue
    for node in function.nodes:  # copies such as best = i
        match node:
            case ast.Assign(targets=[ast.Name(id=copy)], value=ast.Name(id=name)) if name in positions:
                positions.add(copy)
            case ast.Assign(targets=[ast.Name(id=copy)], value=ast.Name(id=name)) if name in found:
                found.add(copy)
            case ast.Assign(targets=[ast.Name(id=copy)], value=ast.Subscript()):
                found.add(copy)
            case _:
                continue
    lines: list[int] = []
    for item in function.returns:
        match item.value:
            case ast.Name(id=name) if name in (positions if position else found):
                lines.append(item.lineno)
            case ast.Subscript() if not position:
                lines.append(item.lineno)
            case _:
                continue
    return tuple(lines)
