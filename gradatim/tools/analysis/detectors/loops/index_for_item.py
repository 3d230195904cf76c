"""A beginner takes the variable of a loop over items for a position, or the reverse.

The item itself is used as a subscript of the sequence that it comes from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import items
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, length_of, names_in, range_arguments
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.rounds import subscripts
from gradatim.tools.analysis.sign import Sign

TELLS = ("loop-variable-is-index-confusion",)


def detect(case: Examination) -> Iterator[Sign]:
    """The item of a for loop used as a position, or the position used as the item."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        name = loop.target.id
        if isinstance(loop.iter, ast.Name):
            yield from _item_as_position(case, loop, name, loop.iter.id, function)
        else:
            yield from _position_as_item(case, loop, name, function)
            yield from _position_asked(case, loop, name, function)


def _item_as_position(
    case: Examination, loop: ast.For, name: str, over: str, function: Function | None
) -> Iterator[Sign]:
    inside = [node for node in body_nodes(loop.body) if isinstance(node, ast.Subscript)]
    hit = [
        node
        for node in inside
        if isinstance(node.value, ast.Name)
        and node.value.id == over
        and isinstance(node.slice, ast.Name)
        and node.slice.id == name
    ]
    if not hit or _is_mapping(case, over, function) or _holds_positions(case, over, function):
        return
    line = hit[0].lineno
    errors = [item for item in case.raised("IndexError TypeError") if item.line == line]
    tests = tuple(test for item in errors for test in item.tests) or tuple(f.test for f in case.wrong_of(function))
    if tests:
        fact = f"Line {line}: `{case.program.text(hit[0])}` uses `{name}`, an item of {over}, as a position."
        why = (
            f"{errors[0].fact.type} in {name_tests(tests)}."
            if errors
            else f"Wrong items are used in {name_tests(tests)}."
        )
        yield Sign("loop-variable-is-index-confusion", (line, loop.lineno), 0.93 if errors else 0.8, fact, why, tests)


def _is_mapping(case: Examination, name: str, function: Function | None) -> bool:
    nodes = function.nodes if function is not None else case.program.top
    for node in nodes:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            value = node.value
            if isinstance(value, ast.Dict | ast.DictComp) or (
                isinstance(value, ast.Call) and "dict" in case.program.text(value.func).lower()
            ):
                return True
    if function is None:
        return False
    return any(
        isinstance(case.bindings(fact, function).get(name), dict)
        or (fact.function == function.name and any(isinstance(v, dict) for v in fact.arguments or ()))
        for fact in case.contrasts
    )


def _holds_positions(case: Examination, name: str, function: Function | None) -> bool:
    """Whether a list holds nothing but positions of its own in every test, so that it may be meant to."""
    if function is None:
        return False
    given = [items(case.bindings(fact, function).get(name)) for fact in case.contrasts]
    found = [values for values in given if values]
    return bool(found) and all(
        all(isinstance(value, int) and 0 <= value < len(values) for value in values) for values in found
    )


def _position_as_item(case: Examination, loop: ast.For, name: str, function: Function | None) -> Iterator[Sign]:
    arguments = range_arguments(loop)
    sequence = length_of(arguments[0]) if arguments and len(arguments) == 1 else None
    if sequence is None or subscripts(loop, name):
        return
    if any(
        name in names_in(node.slice) for part in loop.body for node in ast.walk(part) if isinstance(node, ast.Subscript)
    ):
        return
    for node in (item for part in loop.body for item in ast.walk(part)):
        compared = isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Name) and side.id == name for side in (node.left, *node.comparators)
        )
        added = isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Name) and node.value.id == name
        if not (compared or added) or not isinstance(node, ast.Compare | ast.AugAssign):
            continue
        tests = tuple(item.test for item in case.wrong_of(function))
        if tests:
            fact = (
                f"Line {node.lineno}: `{case.program.text(node)}` uses the position `{name}`; "
                f"no item of {case.program.text(sequence)} is looked at in this loop."
            )
            yield Sign(
                "loop-variable-is-index-confusion",
                (node.lineno, loop.lineno),
                0.82,
                fact,
                f"The result is wrong in {name_tests(tests)}.",
                tests,
            )
        return


def _position_asked(case: Examination, loop: ast.For, name: str, function: Function | None) -> Iterator[Sign]:
    """A condition on the position that, asked of the item, keeps exactly what was wanted."""
    arguments = range_arguments(loop)
    sequence = length_of(arguments[0]) if arguments and len(arguments) == 1 else None
    match loop.body:
        case [ast.If(test=test, orelse=[])] if isinstance(sequence, ast.Name) and function is not None:
            pass
        case _:
            return
    if name not in names_in(test) or any(isinstance(node, ast.Subscript) for node in ast.walk(test)):
        return
    facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
    for fact in facts:
        values = case.bindings(fact, function)
        found = items(values.get(sequence.id))
        if found is None:
            return
        kept = [item for item in found if evaluate(test, {**values, name: item}) is True]
        if fact.expected not in (kept, len(kept)):
            return
    if facts:
        line = test.lineno
        told = (
            f"Line {line}: `{case.program.text(test)}` asks about the position `{name}` and not about the item there."
        )
        tests = tuple(fact.test for fact in facts)
        why = f"Asked of the items, it holds for exactly those that are wanted in {name_tests(tests)}."
        yield Sign("loop-variable-is-index-confusion", (line, loop.lineno), 0.93, told, why, tests)
