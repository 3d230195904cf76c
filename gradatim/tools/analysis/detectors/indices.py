"""Misconceptions about positions and the items that stand there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    body_nodes,
    length_of,
    names_in,
    range_arguments,
)
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.rounds import holding, subscripts
from gradatim.tools.analysis.sign import Sign


def range_of_list(case: Examination) -> Iterator[Sign]:
    """A loop over `range(items)`, or over a number without range."""
    pattern = r"^'(list|tuple|str|dict|set)' object cannot be interpreted as an integer|^'(int)' object is not iterable"
    for line, found in case.raised_at("TypeError", pattern).items():
        loop = next((node for node in case.nodes_at(line) if isinstance(node, ast.For)), None)
        if loop is None:
            continue
        tests = tuple(test for item in found for test in item.tests)
        over_range = range_arguments(loop) is not None
        if over_range == (found[0].match.group(2) is None):
            text = case.program.text(loop.iter)
            fact = (
                f"Line {line}: `{text}` gives range something that is not a number."
                if over_range
                else f"Line {line}: the loop goes over `{text}`, which is a number and not a range."
            )
            yield Sign("range-of-list", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)


def index_for_item(case: Examination) -> Iterator[Sign]:
    """The item of a for loop used as a position, or the position used as the item."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        name = loop.target.id
        if isinstance(loop.iter, ast.Name):
            yield from _item_as_position(case, loop, name, loop.iter.id, function)
        else:
            yield from _position_as_item(case, loop, name, function)


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
    if not hit or _is_mapping(case, over, function):
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


def index_versus_element(case: Examination) -> Iterator[Sign]:
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
