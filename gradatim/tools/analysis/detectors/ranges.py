"""Misconceptions about where a loop over numbers or positions begins and ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.contrast import Contrast, is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number, length_of, names_in, range_arguments, same
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign


def _too_small(case: Examination, fact: Contrast) -> bool:
    """Whether a result is what the same work without its last round gives."""
    if fact.last_missing:
        return True
    gap = fact.difference
    if gap is None:
        return False
    if gap == 1 or any(gap in (n, n * n, n**3) for n in fact.numbers_in if abs(n) < 1e6 and n > 0):
        return True
    if any(is_number(fact.actual) and fact.actual and fact.expected == fact.actual * n for n in fact.numbers_in):  # type: ignore[operator]
        return True
    return _is_neighbour(case, fact, -1)


def _is_neighbour(case: Examination, fact: Contrast, step: int) -> bool:
    """Whether another test, whose single number is `step` away, wants the value that came here."""
    if len(fact.arguments or ()) != 1 or len(fact.numbers_in) != 1:
        return False
    wanted = fact.numbers_in[0] + step
    return any(
        other.numbers_in == (wanted,) and other.expected == fact.actual and other.function == fact.function
        for other in case.contrasts
    )


def _last_item_missing(fact: Contrast) -> bool:
    """Whether a number is short by the last item (or by one) of a list among the arguments."""
    if fact.last_missing:
        return True
    gap = fact.difference
    return gap is not None and any(gap == 1 or (len(s) > 0 and s[-1] == gap) for s in fact.sequences_in)


def _first_item_missing(fact: Contrast) -> bool:
    if fact.first_missing:
        return True
    gap = fact.difference
    return gap is not None and any(gap == 1 or (len(s) > 0 and s[0] == gap) for s in fact.sequences_in)


def _holding(facts: Sequence[Contrast], held: Sequence[bool]) -> tuple[str, ...]:
    """Ids of the tests that fit a guess, if at least two thirds of them do."""
    tests = tuple(fact.test for fact, holds in zip(facts, held, strict=True) if holds)
    return tests if tests and 3 * len(tests) >= 2 * len(facts) else ()


def _subscripts(loop: ast.For | ast.While, index: str) -> list[tuple[ast.Subscript, int]]:
    """Subscripts `x[index + k]` in a loop, with k."""
    found: list[tuple[ast.Subscript, int]] = []
    for node in (item for part in loop.body for item in ast.walk(part)):
        if not isinstance(node, ast.Subscript):
            continue
        match node.slice:
            case ast.Name(id=name) if name == index:
                found.append((node, 0))
            case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=int() as k)) if name == index:
                found.append((node, k))
            case ast.BinOp(left=ast.Name(id=name), op=ast.Sub(), right=ast.Constant(value=int() as k)) if name == index:
                found.append((node, -k))
            case ast.Slice() if index in names_in(node.slice):
                found.append((node, 1))
            case _:
                continue
    return found


def _uses_remainder_by(loop: ast.For, name: str) -> bool:
    """Whether a loop tests divisibility by its variable, where stopping before n is right."""
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and name in names_in(node.right)
        for part in loop.body
        for node in ast.walk(part)
    )


def _minus_one(node: ast.expr) -> ast.expr | None:
    """x of `x - 1`."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=1)):
            return left
        case _:
            return None


def _plus_one(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)):
            return left
        case _:
            return None


def range_stop_included(case: Examination) -> Iterator[Sign]:
    """`range(1, n)` where the last round, for n, is missing."""
    for loop, function in case.loops:
        arguments = range_arguments(loop)
        if arguments is None or len(arguments) != 2 or not isinstance(loop, ast.For):
            continue
        stop = arguments[1]
        if not isinstance(stop, ast.Name | ast.Constant) or not isinstance(loop.target, ast.Name):
            continue
        facts = case.wrong_of(function)
        tests = _holding(facts, [_too_small(case, fact) for fact in facts])
        shortfall = all((fact.difference or 0) > 0 for fact in facts) and bool(facts)
        if _uses_remainder_by(loop, loop.target.id) and not (tests and len(tests) == len(facts)):
            continue
        text = case.program.text(loop.iter)
        fact = f"Line {loop.lineno}: `{text}` ends before {case.program.text(stop)}."
        if tests:
            why = f"The result lacks exactly the last round in {name_tests(tests)}."
            yield Sign("range-stop-included", (loop.lineno,), 0.9, fact, why, tests)
        elif shortfall and len(facts) >= 2 and not case.right_of(function) and not _subscripts(loop, loop.target.id):
            why = f"The result is too small in {name_tests([item.test for item in facts])}."
            yield Sign("range-stop-included", (loop.lineno,), 0.6, fact, why, tuple(item.test for item in facts))


def range_starts_at_one(case: Examination) -> Iterator[Sign]:
    """`range(n)` used as if it counted from 1 to n."""
    for loop, function in case.loops:
        arguments = range_arguments(loop)
        if arguments is None or len(arguments) != 1 or not isinstance(loop, ast.For):
            continue
        if not isinstance(loop.target, ast.Name) or length_of(arguments[0]) is not None:
            continue
        index, line = loop.target.id, loop.lineno
        fact = f"Line {line}: `{case.program.text(loop.iter)}` counts from 0, so `{index}` is 0 in the first round."
        zero = [item for item in case.raised("ZeroDivisionError") if _divides_by(case, item.line, index)]
        if zero:
            tests = tuple(test for item in zero for test in item.tests)
            yield Sign("range-starts-at-one", (line,), 0.93, fact, f"ZeroDivisionError in {name_tests(tests)}.", tests)
            continue
        facts = case.wrong_of(function)
        multiplied = any(
            (isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult) and index in names_in(node.value))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and index in names_in(node))
            for part in loop.body
            for node in ast.walk(part)
        )
        held = [
            (multiplied and item.actual == 0 and is_number(item.actual) and item.expected != 0)
            or _all_one_less(item)
            or (item.difference is not None and item.difference in item.numbers_in and item.difference > 1)
            for item in facts
        ]
        tests = _holding(facts, held)
        if tests and not _subscripts(loop, index):
            yield Sign("range-starts-at-one", (line,), 0.9, fact, f"The values are those of counting from 0 in {name_tests(tests)}.", tests)


def _all_one_less(fact: Contrast) -> bool:
    """Whether every number that came is one less than the one wanted."""
    pieces = fact.pieces
    if pieces is None or len(pieces[0]) != len(pieces[1]) or not pieces[0]:
        return False
    try:
        return all(float(str(wanted)) - float(str(got)) == 1 for wanted, got in zip(*pieces, strict=True))
    except ValueError:
        return False


def _divides_by(case: Examination, line: int, index: str) -> bool:
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mod | ast.Div | ast.FloorDiv)
        and index in names_in(node.right)
        for node in case.nodes_at(line)
    )


def positions_cut_short(case: Examination) -> Iterator[Sign]:
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
    used = _subscripts(loop, index)
    reaches = {k for _, k in used}
    text = case.program.text(loop.iter)
    line = loop.lineno
    facts = case.wrong_of(function)
    errors = [item for item in case.raised("IndexError") if any(item.line == node.lineno for node, _ in used)]
    shorter = _minus_one(stop)
    if shorter is not None and length_of(shorter) is not None and used and max(reaches) <= 0:
        tests = _holding(facts, [_last_item_missing(item) for item in facts])
        fact = f"Line {line}: `{text}` leaves out the last position, and the loop uses no position behind `{index}`."
        if tests:
            yield Sign("off-by-one-loop", (line,), 0.93, fact, f"The last item is missing from the result in {name_tests(tests)}.", tests)
        elif facts and not _last_used(case, function, shorter):
            ids = tuple(item.test for item in facts)
            yield Sign("off-by-one-loop", (line,), 0.72, fact, f"The loop runs in {name_tests(ids)}.", ids)
    elif length_of(stop) is not None and start == 1 and reaches == {0}:
        tests = _holding(facts, [_first_item_missing(item) for item in facts])
        if tests:
            fact = f"Line {line}: `{text}` leaves out position 0."
            yield Sign("off-by-one-loop", (line,), 0.9, fact, f"The first item is missing from the result in {name_tests(tests)}.", tests)
            yield Sign("index-starts-at-one", (line,), 0.7, fact, f"The first item is missing in {name_tests(tests)}.", tests)
    elif (longer := _plus_one(stop)) is not None and length_of(longer) is not None and errors:
        tests = tuple(test for item in errors for test in item.tests)
        fact = f"Line {line}: with `{text}` the variable `{index}` goes up to the length, one behind the last position."
        yield Sign("off-by-one-loop", (line, errors[0].line), 0.93, fact, f"IndexError in {name_tests(tests)}.", tests)
        yield Sign("index-starts-at-one" if start == 1 and reaches == {0} else "list-index-out-of-range", (line, errors[0].line), 0.75, fact, f"IndexError in {name_tests(tests)}.", tests)
    elif length_of(stop) is not None and reaches and max(reaches) > 0 and errors:
        tests = tuple(test for item in errors for test in item.tests)
        fact = f"Line {errors[0].line}: the position behind `{index}` is used, also when `{index}` is the last one."
        yield Sign("adjacent-pairs-overrun", (line, errors[0].line), 0.94, fact, f"IndexError in {name_tests(tests)}.", tests)
    elif shorter is not None and length_of(shorter) is None and isinstance(shorter, ast.Name) and not used:
        tests = _holding(facts, [_too_small(case, item) for item in facts])
        if tests:
            fact = f"Line {line}: `{text}` makes one round less than `range({'1, ' if start == 1 else ''}{shorter.id})`."
            yield Sign("off-by-one-loop", (line,), 0.85, fact, f"One round is missing in {name_tests(tests)}.", tests)
    elif not used and len(arguments) == 1 and isinstance(stop, ast.Name):
        tests = _holding(facts, [item.last_missing or _is_neighbour(case, item, -1) for item in facts])
        if tests:
            fact = f"Line {line}: `{text}` makes {stop.id} rounds."
            yield Sign("off-by-one-loop", (line,), 0.75, fact, f"The result is one round behind in {name_tests(tests)}.", tests)
    if not used and len(arguments) in (1, 2) and isinstance(function, Function):
        ahead = _holding(facts, [item.one_more or _is_neighbour(case, item, 1) for item in facts])
        if ahead:
            fact = f"Line {line}: the loop goes over `{text}`."
            yield Sign("off-by-one-loop", (line,), 0.8, fact, f"The result is one round too far in {name_tests(ahead)}.", ahead)


def _last_used(case: Examination, function: Function | None, sized: ast.expr) -> bool:
    """Whether the last item is taken by itself somewhere, so that a loop may leave it out."""
    nodes = function.nodes if function is not None else case.program.top
    sequence = length_of(sized)
    for node in nodes:
        if isinstance(node, ast.Subscript) and same(node.value, sequence):
            if constant_number(node.slice) == -1 or _minus_one_of_length(node.slice, sequence):
                return True
    return False


def _minus_one_of_length(node: ast.expr, sequence: ast.expr | None) -> bool:
    inner = _minus_one(node)
    return inner is not None and same(length_of(inner), sequence)


def _while_positions(case: Examination, loop: ast.While, function: Function | None) -> Iterator[Sign]:
    match loop.test:
        case ast.Compare(left=ast.Name(id=index), ops=[ast.Lt() | ast.LtE() as op], comparators=[limit]):
            pass
        case _:
            return
    used = _subscripts(loop, index)
    reaches = {k for _, k in used}
    line = loop.lineno
    text = case.program.text(loop.test)
    facts = case.wrong_of(function)
    shorter = _minus_one(limit)
    if isinstance(op, ast.LtE) and length_of(limit) is not None:
        errors = [item for item in case.raised("IndexError") if any(item.line == node.lineno for node, _ in used)]
        if errors:
            tests = tuple(test for item in errors for test in item.tests)
            fact = f"Line {line}: `{text}` lets `{index}` become the length, one behind the last position."
            yield Sign("off-by-one-loop", (line, errors[0].line), 0.94, fact, f"IndexError in {name_tests(tests)}.", tests)
    elif isinstance(op, ast.Lt) and shorter is not None and length_of(shorter) is not None:
        tests = _holding(facts, [_last_item_missing(item) for item in facts])
        if tests and reaches and max(reaches) <= 0:
            fact = f"Line {line}: `{text}` ends the loop before the last position."
            yield Sign("off-by-one-loop", (line,), 0.9, fact, f"The last item is missing from the result in {name_tests(tests)}.", tests)
    elif not used and isinstance(limit, ast.Name | ast.Constant):
        behind = _holding(facts, [_too_small(case, item) for item in facts])
        ahead = _holding(facts, [item.one_more or _is_neighbour(case, item, 1) for item in facts])
        if isinstance(op, ast.Lt) and behind:
            fact = f"Line {line}: `{text}` ends the loop before `{index}` reaches {case.program.text(limit)}."
            yield Sign("off-by-one-loop", (line,), 0.85, fact, f"The last round is missing in {name_tests(behind)}.", behind)
        elif isinstance(op, ast.LtE) and ahead:
            fact = f"Line {line}: `{text}` makes a round for {case.program.text(limit)} as well."
            yield Sign("off-by-one-loop", (line,), 0.85, fact, f"There is one round too many in {name_tests(ahead)}.", ahead)


def positions_outside(case: Examination) -> Iterator[Sign]:
    """A subscript beyond the end: the length used as a position, or another position that does not exist."""
    for kind, word in (("list", "list"), ("tuple", "list"), ("string", "string")):
        for line, found in case.raised_at("IndexError", rf"^{kind} (assignment )?index out of range").items():
            tests = tuple(test for item in found for test in item.tests)
            why = f"IndexError in {name_tests(tests)}."
            empty = [item for item in case.contrasts if item.test in tests and item.empty_input]
            whole = [node for node in case.nodes_at(line) if isinstance(node, ast.Subscript)]
            last = next((node for node in whole if same(length_of(node.slice), node.value)), None)
            text = case.program.line(line)
            if last is not None and len(empty) < max(len(tests), 1):
                fact = f"Line {line}: `{case.program.text(last)}` uses the length as a position; the last one is one less."
                yield Sign("length-as-last-index", (line,), 0.95, fact, why, tests)
            elif len(empty) < len(tests) or not tests:
                fact = f"Line {line}: `{text}` uses a position that does not exist."
                yield Sign(f"{word}-index-out-of-range", (line,), 0.7, fact, why, tests)


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
    inside = [node for part in loop.body for node in ast.walk(part) if isinstance(node, ast.Subscript)]
    hit = [
        node
        for node in inside
        if isinstance(node.value, ast.Name) and node.value.id == over
        and isinstance(node.slice, ast.Name) and node.slice.id == name
    ]
    if not hit or _is_mapping(case, over, function):
        return
    line = hit[0].lineno
    errors = [item for item in case.raised("IndexError TypeError") if item.line == line]
    tests = tuple(test for item in errors for test in item.tests) or tuple(f.test for f in case.wrong_of(function))
    if tests:
        fact = f"Line {line}: `{case.program.text(hit[0])}` uses `{name}`, an item of {over}, as a position."
        why = f"{errors[0].fact.type} in {name_tests(tests)}." if errors else f"Wrong items are used in {name_tests(tests)}."
        yield Sign("loop-variable-is-index-confusion", (line, loop.lineno), 0.93 if errors else 0.8, fact, why, tests)


def _is_mapping(case: Examination, name: str, function: Function | None) -> bool:
    nodes = function.nodes if function is not None else case.program.top
    for node in nodes:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            value = node.value
            if isinstance(value, ast.Dict | ast.DictComp) or (isinstance(value, ast.Call) and "dict" in ast.dump(value.func).lower()):
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
    if sequence is None or _subscripts(loop, name):
        return
    if any(name in names_in(node.slice) for part in loop.body for node in ast.walk(part) if isinstance(node, ast.Subscript)):
        return
    for node in (item for part in loop.body for item in ast.walk(part)):
        compared = isinstance(node, ast.Compare) and any(isinstance(side, ast.Name) and side.id == name for side in (node.left, *node.comparators))
        added = isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Name) and node.value.id == name
        if not (compared or added) or not isinstance(node, ast.Compare | ast.AugAssign):
            continue
        tests = tuple(item.test for item in case.wrong_of(function))
        if tests:
            fact = (
                f"Line {node.lineno}: `{case.program.text(node)}` uses the position `{name}`; "
                f"no item of {case.program.text(sequence)} is looked at in this loop."
            )
            yield Sign("loop-variable-is-index-confusion", (node.lineno, loop.lineno), 0.82, fact, f"The result is wrong in {name_tests(tests)}.", tests)
        return


def index_versus_element(case: Examination) -> Iterator[Sign]:
    """A position handed out where the item was wanted, or the other way round."""
    for function in case.functions:
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
        if not facts or case.right_of(function) and len(case.right_of(function)) > len(facts):
            continue
        for swapped, wanted, got in ((True, "item", "position"), (False, "position", "item")):
            held = [_is_item_at(fact, swapped) for fact in facts]
            tests = _holding(facts, held)
            lines = _returned_lines(case, function, swapped)
            if tests and lines and len(tests) == len(facts):
                fact = f"Line {lines[0]}: `{case.program.line(lines[0])}` hands out the {got}."
                yield Sign("index-versus-element", lines[:1], 0.85, fact, f"The {wanted} at that place was wanted in {name_tests(tests)}.", tests)


def _is_item_at(fact: Contrast, position_came: bool) -> bool:
    position, item = (fact.actual, fact.expected) if position_came else (fact.expected, fact.actual)
    if not isinstance(position, int) or isinstance(position, bool):
        return False
    return any(0 <= position < len(s) and s[position] == item and type(s[position]) is type(item) for s in fact.sequences_in)


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
