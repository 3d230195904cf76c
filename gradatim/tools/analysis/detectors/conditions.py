"""Misconceptions about compound conditions and chains of branches."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import chain, constant_number, leaves, names_in, same
from gradatim.tools.analysis.sign import Sign

_TRUTH = (ast.If, ast.While, ast.IfExp, ast.Assert)


def or_with_bare_literal(case: Examination) -> Iterator[Sign]:
    """`x == 1 or 2`: a literal that stands alone in a condition."""
    for node in case.program.nodes:
        match node:
            case ast.BoolOp(op=op, values=values) if any(isinstance(value, ast.Compare) for value in values):
                first = next(i for i, value in enumerate(values) if isinstance(value, ast.Compare))
                bare = [value for value in values[first + 1 :] if _is_bare(value)]
                used = isinstance(
                    case.program.parent(node), (*_TRUTH, ast.UnaryOp, ast.BoolOp, ast.Return, ast.comprehension)
                )
                if bare and used:
                    word = "or" if isinstance(op, ast.Or) else "and"
                    fact = (
                        f"Line {node.lineno}: in `{case.program.text(node)}` the value "
                        f"{case.program.text(bare[0])} after `{word}` is compared with nothing and "
                        f"always counts as {_truth(bare[0])}."
                    )
                    yield Sign("or-with-bare-literal", (node.lineno,), 0.94, fact, _runs(case), case.failed_ids)
            case ast.Compare(ops=[ast.Eq() | ast.NotEq()], comparators=[ast.BoolOp(values=values) as both]) if all(
                isinstance(v, ast.Constant) for v in values
            ):
                fact = (
                    f"Line {node.lineno}: `{case.program.text(both)}` is one single value before "
                    "anything is compared with it."
                )
                yield Sign("or-with-bare-literal", (node.lineno,), 0.94, fact, _runs(case), case.failed_ids)
            case _:
                continue


def _runs(case: Examination) -> str:
    return f"It fails {name_tests(case.failed_ids)}." if case.failed_ids else "The condition is always the same."


def _truth(node: ast.expr) -> str:
    return "true" if ast.literal_eval(node) else "false"


def _is_bare(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return not isinstance(value, bool)
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return all(isinstance(item, ast.Constant) for item in elts)
        case _:
            return False


def and_or_swapped(case: Examination) -> Iterator[Sign]:
    """A condition that no value, or every value, fulfils."""
    for node, _ in case.places:
        match node:
            case ast.BoolOp(op=op, values=[ast.Compare() as first, ast.Compare() as second]):
                pass
            case _:
                continue
        one, two = _limit(first), _limit(second)
        if one is None or two is None or not same(one[0], two[0]):
            continue
        text = case.program.text(node)
        if isinstance(op, ast.And) and _never(one[1:], two[1:]):
            fact = f"Line {node.lineno}: no value can fulfil `{text}`."
        elif isinstance(op, ast.Or) and _always(one[1:], two[1:]):
            fact = f"Line {node.lineno}: every value fulfils `{text}`."
        else:
            continue
        yield Sign(
            "and-or-swapped", (node.lineno,), 0.94, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


Limit = tuple[str, object]
"""A comparison's operator (`<`, `<=`, `>`, `>=`, `==`, `!=`) and the constant on its right."""

_NAMES: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _limit(node: ast.expr) -> tuple[ast.expr, str, object] | None:
    """Expression, operator and constant of a comparison with a constant."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in _NAMES:
        return None
    op = _NAMES[type(node.ops[0])]
    left, right = node.left, node.comparators[0]
    for side, constant, name in ((left, right, op), (right, left, _TURNED[op])):
        number = constant_number(constant)
        if number is not None:
            return side, name, number
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
            return side, name, constant.value
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _never(one: Limit, two: Limit) -> bool:
    (op1, a), (op2, b) = one, two
    if op1 == op2 == "==":
        return a != b
    low, high = _number(a), _number(b)
    if low is None or high is None:
        return False
    if op1 in (">", ">=") and op2 in ("<", "<="):
        (op1, low), (op2, high) = (op2, high), (op1, low)
    # x < low and x > high
    return op1 in ("<", "<=") and op2 in (">", ">=") and (low < high or (low == high and (op1, op2) != ("<=", ">=")))


def _always(one: Limit, two: Limit) -> bool:
    (op1, a), (op2, b) = one, two
    if op1 == op2 == "!=":
        return a != b
    first, second = _number(a), _number(b)
    if first is None or second is None:
        return False
    if op1 in ("<", "<=") and op2 in (">", ">="):
        (op1, first), (op2, second) = (op2, second), (op1, first)
    # x > first or x < second
    return op1 in (">", ">=") and op2 in ("<", "<=") and first < second


def bitwise_for_logical(case: Examination) -> Iterator[Sign]:
    """`&` or `|` between comparisons, where it binds more tightly than they do."""
    for node, _ in case.places:
        if not isinstance(node, ast.Compare):
            continue
        middle = [side for side in node.comparators[:-1] if isinstance(side, ast.BinOp)]
        for side in middle:
            if isinstance(side.op, ast.BitAnd | ast.BitOr):
                mark = "&" if isinstance(side.op, ast.BitAnd) else "|"
                fact = (
                    f"Line {node.lineno}: in `{case.program.text(node)}` the {mark} joins the two "
                    "values next to it before anything is compared."
                )
                yield Sign(
                    "bitwise-for-logical",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"It runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )


def _branches(case: Examination, statement: ast.If) -> list[ast.If]:
    """The links of an if/elif chain, or consecutive ifs that all leave their block."""
    links, _ = chain(statement)
    if len(links) > 1:
        return links
    run: list[ast.If] = []
    for item in case.program.rest_of_block(statement):
        if not isinstance(item, ast.If) or item.orelse:
            break
        run.append(item)
        if not leaves(item.body):
            break
    return run


def condition_order_too_general_first(case: Examination) -> Iterator[Sign]:
    """A branch that can never be taken since one above covers all of its cases."""
    seen: set[ast.If] = set()
    for node, _ in case.places:
        if not isinstance(node, ast.If) or node in seen:
            continue
        links = _branches(case, node)
        seen.update(links)
        for later, link in enumerate(links):
            earlier = next((item for item in links[:later] if _covers(item.test, link.test)), None)
            if earlier is None or any(isinstance(n, ast.Call) for n in ast.walk(earlier.test)):
                continue
            if _same_result(earlier.body, link.body):
                continue
            tests = tuple(test for test in case.failed_ids if case.ran_in(test, earlier.lineno) is not False)
            fact = (
                f"Line {link.lineno}: `{case.program.text(link.test)}` is never reached as true, since "
                f"`{case.program.text(earlier.test)}` of line {earlier.lineno} covers it."
            )
            yield Sign(
                "condition-order-too-general-first",
                (earlier.lineno, link.lineno),
                0.93,
                fact,
                f"Line {earlier.lineno} is tested first in {name_tests(tests)}.",
                tests,
            )
            return


def _same_result(one: Sequence[ast.stmt], two: Sequence[ast.stmt]) -> bool:
    return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))


def _covers(general: ast.expr, narrow: ast.expr) -> bool:
    """Whether the first condition holds wherever the second does."""
    if isinstance(narrow, ast.BoolOp) and isinstance(narrow.op, ast.And):
        return any(_covers(general, part) for part in narrow.values)
    if isinstance(general, ast.BoolOp):
        return False
    if same(general, narrow):
        return True
    one, two = _limit(general), _limit(narrow)
    if one is None or two is None:
        return False
    if _divisible(one, two):
        return True
    if not same(one[0], two[0]):
        return False
    a, b = _number(one[2]), _number(two[2])
    if a is None or b is None:
        return False
    match one[1], two[1]:
        case (">", ">" | ">=") | (">=", ">" | ">="):
            return b > a or (b == a and (one[1] == ">=" or two[1] == ">"))
        case ("<", "<" | "<=") | ("<=", "<" | "<="):
            return b < a or (b == a and (one[1] == "<=" or two[1] == "<"))
        case (">", "==") | (">=", "=="):
            return b > a or (b == a and one[1] == ">=")
        case ("<", "==") | ("<=", "=="):
            return b < a or (b == a and one[1] == "<=")
        case _:
            return False


def _divisible(one: tuple[ast.expr, str, object], two: tuple[ast.expr, str, object]) -> bool:
    """`n % 3 == 0` covers `n % 15 == 0`."""
    match one[0], two[0]:
        case (
            ast.BinOp(left=a, op=ast.Mod(), right=ast.Constant(value=int() as m)),
            ast.BinOp(left=b, op=ast.Mod(), right=ast.Constant(value=int() as n)),
        ):
            return one[1] == two[1] == "==" and one[2] == two[2] == 0 and same(a, b) and m > 0 and n % m == 0
        case _:
            return False


def separate_ifs_for_elif(case: Examination) -> Iterator[Sign]:
    """Ifs below each other of which a later one replaces what an earlier one decided."""
    for node, function in case.places:
        if not isinstance(node, ast.If) or leaves(node.body):
            continue
        after = case.program.next_of(node)
        if not isinstance(after, ast.If) or (
            isinstance(above := case.program.parent(node), ast.If) and node in above.orelse
        ):
            continue
        shared = _decided(node.body) & _decided(after.body)
        prints = _printing(node.body) and _printing(after.body)
        if not names_in(node.test) & names_in(after.test) or shared & names_in(after.test):
            continue
        replaced = bool(shared) and (
            (bool(after.orelse) and shared <= _decided_last(after)) or _covers(after.test, node.test)
        )
        tests = tuple(item.test for item in case.wrong_of(function))
        both = [test for test in tests if case.ran_in(test, node.body[0].lineno) is not False]
        if replaced and both:
            name = min(shared)
            fact = (
                f"Line {after.lineno}: this if is tested also after the if of line {node.lineno} has "
                f"set `{name}`, and sets it anew."
            )
            yield Sign(
                "separate-ifs-for-elif",
                (after.lineno, node.lineno),
                0.92,
                fact,
                f"Both ifs are run in {name_tests(both)}.",
                tuple(both),
            )
            return
        extra = [
            item.test
            for item in case.wrong_of(function)
            if item.output and _extra_lines(str(item.expected), str(item.actual))
        ]
        if prints and after.orelse and _printing(after.orelse) and extra:
            fact = (
                f"Line {after.lineno}: this if, with its else, is run also when the if of line "
                f"{node.lineno} has printed."
            )
            yield Sign(
                "separate-ifs-for-elif",
                (after.lineno, node.lineno),
                0.9,
                fact,
                f"A second line is printed in {name_tests(extra)}.",
                tuple(extra),
            )
            return


def _decided(block: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that a block sets to a value of its own (not computed from the old one)."""
    return frozenset(
        target.id
        for item in block
        if isinstance(item, ast.Assign)
        for target in item.targets
        if isinstance(target, ast.Name) and target.id not in names_in(item.value)
    )


def _decided_last(statement: ast.If) -> frozenset[str]:
    """Names that every branch of a chain sets."""
    links, other = chain(statement)
    sets = [_decided(link.body) for link in links] + [_decided(other)]
    return frozenset(name for name in sets[0] if all(name in found for found in sets))


def _printing(block: Sequence[ast.stmt]) -> bool:
    match block:
        case [ast.Expr(value=ast.Call(func=ast.Name(id="print")))]:
            return True
        case [ast.If(body=body, orelse=orelse)]:
            return _printing(body) and (not orelse or _printing(orelse))
        case _:
            return False


def _extra_lines(expected: str, actual: str) -> bool:
    wanted, got = expected.split("\n"), iter(actual.split("\n"))
    return len(actual.split()) > len(expected.split()) and all(line in got for line in wanted)
