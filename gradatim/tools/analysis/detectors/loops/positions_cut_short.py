"""A beginner miscounts the positions of a sequence by one.

A loop over positions leaves out the first or last item, or goes one too far.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number, length_of, range_arguments, same
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.rounds import (
    behind,
    first_item_missing,
    holding,
    is_neighbour,
    last_item_missing,
    minus_one,
    plus_one,
    subscripts,
    too_small,
)
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "adjacent-pairs-overrun",
    "index-starts-at-one",
    "list-index-out-of-range",
    "off-by-one-loop",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop over positions that leaves out the last or the first item, or goes one too far."""
    for loop, function in case.loops:
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name):
            yield from _for_positions(case, loop, loop.target.id, function)
        elif isinstance(loop, ast.While):
            yield from _while_positions(case, loop, function)


def _for_positions(case: Examination, loop: ast.For, index: str, function: Function | None) -> Iterator[Sign]:
    arguments = range_arguments(loop)
    if arguments is None or len(arguments) > 2:
        return
    start = constant_number(arguments[0]) if len(arguments) == 2 else 0
    stop = arguments[-1]
    used = subscripts(loop, index)
    reaches = {k for _, k in used}
    text = case.program.text(loop.iter)
    line = loop.lineno
    facts = case.wrong_of(function)
    errors = [item for item in case.raised("IndexError") if any(item.line == node.lineno for node, _ in used)]
    shorter = minus_one(stop)
    if shorter is not None and length_of(shorter) is not None and used and max(reaches) <= 0:
        tests = holding(facts, [last_item_missing(item) for item in facts])
        fact = f"Line {line}: `{text}` leaves out the last position, and the loop uses no position behind `{index}`."
        if tests:
            yield Sign(
                "off-by-one-loop",
                (line,),
                0.93,
                fact,
                f"The last item is missing from the result in {name_tests(tests)}.",
                tests,
            )
        elif facts and not _last_used(case, function, shorter):
            ids = tuple(item.test for item in facts)
            yield Sign("off-by-one-loop", (line,), 0.72, fact, f"The loop runs in {name_tests(ids)}.", ids)
    elif length_of(stop) is not None and start == 1 and reaches == {0}:
        tests = holding(facts, [first_item_missing(item) for item in facts])
        if tests:
            fact = f"Line {line}: `{text}` leaves out position 0."
            yield Sign(
                "off-by-one-loop",
                (line,),
                0.9,
                fact,
                f"The first item is missing from the result in {name_tests(tests)}.",
                tests,
            )
            yield Sign(
                "index-starts-at-one", (line,), 0.7, fact, f"The first item is missing in {name_tests(tests)}.", tests
            )
    elif (longer := plus_one(stop)) is not None and length_of(longer) is not None and errors:
        tests = tuple(test for item in errors for test in item.tests)
        fact = f"Line {line}: with `{text}` the variable `{index}` goes up to the length, one behind the last position."
        yield Sign("off-by-one-loop", (line, errors[0].line), 0.93, fact, f"IndexError in {name_tests(tests)}.", tests)
        yield Sign(
            "index-starts-at-one" if start == 1 and reaches == {0} else "list-index-out-of-range",
            (line, errors[0].line),
            0.75,
            fact,
            f"IndexError in {name_tests(tests)}.",
            tests,
        )
    elif length_of(stop) is not None and reaches and max(reaches) > 0 and errors:
        tests = tuple(test for item in errors for test in item.tests)
        fact = f"Line {errors[0].line}: the position behind `{index}` is used, also when `{index}` is the last one."
        yield Sign(
            "adjacent-pairs-overrun", (line, errors[0].line), 0.94, fact, f"IndexError in {name_tests(tests)}.", tests
        )
    elif shorter is not None and length_of(shorter) is None and isinstance(shorter, ast.Name) and not used:
        tests = holding(facts, [_round_missing(case, item, facts) for item in facts])
        sure = bool(tests)
        if not tests and behind(case, loop, function):
            tests = tuple(item.test for item in facts)
        if tests:
            fact = (
                f"Line {line}: `{text}` makes one round less than `range({'1, ' if start == 1 else ''}{shorter.id})`."
            )
            yield Sign(
                "off-by-one-loop",
                (line,),
                0.85 if sure else 0.68,
                fact,
                f"One round is missing in {name_tests(tests)}.",
                tests,
            )
    elif not used and len(arguments) == 1 and isinstance(stop, ast.Name):
        tests = holding(facts, [item.last_missing or is_neighbour(case, item, -1) for item in facts])
        if tests:
            fact = f"Line {line}: `{text}` makes {stop.id} rounds."
            yield Sign(
                "off-by-one-loop", (line,), 0.75, fact, f"The result is one round behind in {name_tests(tests)}.", tests
            )
    if not used and len(arguments) in (1, 2) and isinstance(function, Function):
        ahead = holding(facts, [item.one_more or is_neighbour(case, item, 1) for item in facts])
        if ahead:
            fact = f"Line {line}: the loop goes over `{text}`."
            yield Sign(
                "off-by-one-loop", (line,), 0.8, fact, f"The result is one round too far in {name_tests(ahead)}.", ahead
            )


def _last_used(case: Examination, function: Function | None, sized: ast.expr) -> bool:
    """Whether the last item is taken by itself somewhere, so that a loop may leave it out."""
    nodes = function.nodes if function is not None else case.program.top
    sequence = length_of(sized)
    for node in nodes:
        if not isinstance(node, ast.Subscript) or not same(node.value, sequence):
            continue
        if constant_number(node.slice) == -1 or _minus_one_of_length(node.slice, sequence):
            return True
    return False


def _minus_one_of_length(node: ast.expr, sequence: ast.expr | None) -> bool:
    inner = minus_one(node)
    return inner is not None and same(length_of(inner), sequence)


def _while_positions(case: Examination, loop: ast.While, function: Function | None) -> Iterator[Sign]:
    match loop.test:
        case ast.Compare(left=ast.Name(id=index), ops=[ast.Lt() | ast.LtE() as op], comparators=[limit]):
            pass
        case _:
            return
    used = subscripts(loop, index)
    reaches = {k for _, k in used}
    line = loop.lineno
    text = case.program.text(loop.test)
    facts = case.wrong_of(function)
    shorter = minus_one(limit)
    if isinstance(op, ast.LtE) and length_of(limit) is not None:
        errors = [item for item in case.raised("IndexError") if any(item.line == node.lineno for node, _ in used)]
        if errors:
            tests = tuple(test for item in errors for test in item.tests)
            fact = f"Line {line}: `{text}` lets `{index}` become the length, one behind the last position."
            yield Sign(
                "off-by-one-loop", (line, errors[0].line), 0.94, fact, f"IndexError in {name_tests(tests)}.", tests
            )
    elif isinstance(op, ast.Lt) and shorter is not None and length_of(shorter) is not None:
        tests = holding(facts, [last_item_missing(item) for item in facts])
        if tests and reaches and max(reaches) <= 0:
            fact = f"Line {line}: `{text}` ends the loop before the last position."
            yield Sign(
                "off-by-one-loop",
                (line,),
                0.9,
                fact,
                f"The last item is missing from the result in {name_tests(tests)}.",
                tests,
            )
    elif not used and isinstance(limit, ast.Name | ast.Constant):
        behind = holding(facts, [_round_missing(case, item, facts) for item in facts])
        ahead = holding(facts, [item.one_more or is_neighbour(case, item, 1) for item in facts])
        if isinstance(op, ast.Lt) and behind:
            fact = f"Line {line}: `{text}` ends the loop before `{index}` reaches {case.program.text(limit)}."
            yield Sign(
                "off-by-one-loop", (line,), 0.85, fact, f"The last round is missing in {name_tests(behind)}.", behind
            )
        elif isinstance(op, ast.LtE) and ahead:
            fact = f"Line {line}: `{text}` makes a round for {case.program.text(limit)} as well."
            yield Sign(
                "off-by-one-loop", (line,), 0.85, fact, f"There is one round too many in {name_tests(ahead)}.", ahead
            )


def _round_missing(case: Examination, fact: Contrast, facts: Sequence[Contrast]) -> bool:
    """Whether a result lacks the last round; a single number may do so by chance."""
    return too_small(case, fact) and (len(facts) > 1 or fact.last_missing or is_neighbour(case, fact, -1))
