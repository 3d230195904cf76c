"""Changes of what a condition asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.changes import Change
from gradatim.tools.analysis.corrections.reading import Reading, shifted
from gradatim.tools.analysis.flow import same
from gradatim.tools.analysis.program import Program

_STRICTNESS: set[tuple[type[ast.cmpop], type[ast.cmpop]]] = {
    (ast.Lt, ast.LtE),
    (ast.LtE, ast.Lt),
    (ast.Gt, ast.GtE),
    (ast.GtE, ast.Gt),
}
_TURNED: set[tuple[type[ast.cmpop], type[ast.cmpop]]] = {
    (ast.Lt, ast.Gt), (ast.Gt, ast.Lt), (ast.LtE, ast.GtE), (ast.GtE, ast.LtE),
}  # fmt: skip
_OPPOSITE: set[tuple[type[ast.cmpop], type[ast.cmpop]]] = {
    (ast.Lt, ast.GtE), (ast.GtE, ast.Lt), (ast.Gt, ast.LtE), (ast.LtE, ast.Gt), (ast.Eq, ast.NotEq),
    (ast.NotEq, ast.Eq), (ast.In, ast.NotIn), (ast.NotIn, ast.In),
}  # fmt: skip
_CASES = frozenset({"lower", "upper", "casefold"})


def readings(change: Change, program: Program) -> Iterator[Reading]:
    """Readings of a change in a condition."""
    if change.kind == "moved":
        yield from _of_chain(change)
    if change.kind != "replaced":
        return
    yield from _of_comparison(change)
    yield from _of_limit(change)
    yield from _of_logic(change)
    yield from _of_capitals(change)


def _of_comparison(change: Change) -> Iterator[Reading]:
    match change.old, change.new:
        case (
            ast.Compare(left=a, ops=[one], comparators=[b]),
            ast.Compare(left=c, ops=[two], comparators=[d]),
        ) if same(a, c) and same(b, d):
            pass
        case _:
            return
    kinds = (type(one), type(two))
    subject = f"A change of the comparison in line {change.line}"
    loop = change.old_above[0] if change.old_above else None
    governs = isinstance(loop, ast.While) and loop.test is change.old
    if kinds in _STRICTNESS:
        if governs:
            yield Reading("off-by-one-loop", subject, 0.74)
        else:
            yield Reading("boundary-comparison-strictness", subject, 0.78)
    elif kinds in _TURNED:
        yield Reading("while-condition-inverted" if governs else "comparison-direction-reversed", subject, 0.78)
    elif kinds in _OPPOSITE:
        yield Reading("while-condition-inverted" if governs else "inverted-condition", subject, 0.78)
    elif kinds in ((ast.Is, ast.Eq), (ast.IsNot, ast.NotEq)):
        yield Reading("is-for-equality", subject, 0.8)


def _of_limit(change: Change) -> Iterator[Reading]:
    """A limit moved by one, which says the same as another strictness."""
    inside = change.old_above[0] if change.old_above else None
    if not isinstance(inside, ast.Compare) or len(inside.ops) != 1 or shifted(change.old, change.new) not in (1, -1):
        return
    if not isinstance(inside.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return
    subject = f"A change of the limit in line {change.line}"
    holder = change.old_above[1] if len(change.old_above) > 1 else None
    governs = isinstance(holder, ast.While)
    yield Reading("off-by-one-loop" if governs else "boundary-comparison-strictness", subject, 0.68)


def _of_logic(change: Change) -> Iterator[Reading]:
    subject = f"A change of the condition in line {change.line}"
    match change.old, change.new:
        case ast.BoolOp(op=one, values=a), ast.BoolOp(op=two, values=b):
            alike = len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
            if type(one) is not type(two) and alike:
                yield Reading("and-or-swapped", subject, 0.8)
            elif not alike and _bare(a) and not _bare(b):
                yield Reading("or-with-bare-literal", subject, 0.8)
        case ast.BoolOp(values=a), ast.Compare(ops=[ast.In() | ast.NotIn()]) if _bare(a):
            yield Reading("or-with-bare-literal", subject, 0.8)
        case ast.Constant(), ast.Compare() if isinstance(change.old_above[0], ast.BoolOp):
            yield Reading("or-with-bare-literal", subject, 0.8)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()), ast.BoolOp():
            yield Reading("bitwise-for-logical", subject, 0.8)
        case ast.Compare(), ast.BoolOp() if any(
            isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitAnd | ast.BitOr) for part in ast.walk(change.old)
        ):
            yield Reading("bitwise-for-logical", subject, 0.8)
        case ast.expr() as plain, ast.UnaryOp(op=ast.Not(), operand=inner) if same(plain, inner):
            yield Reading(_negated(change), subject, 0.78)
        case ast.UnaryOp(op=ast.Not(), operand=inner), ast.expr() as plain if same(plain, inner):
            yield Reading(_negated(change), subject, 0.78)
        case ast.expr() as plain, ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=0)]) if same(
            plain, left
        ):
            yield Reading(_negated(change), subject, 0.76)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=0)]), ast.expr() as plain if same(
            plain, left
        ):
            yield Reading(_negated(change), subject, 0.76)
        case (
            ast.Call(func=ast.Attribute(attr="find")) as call,
            ast.Compare(left=left, ops=[ast.NotEq() | ast.GtE() | ast.Gt() | ast.Eq()]),
        ) if same(left, call):
            yield Reading("find-returns-boolean", subject, 0.8)
        case _:
            return


def _negated(change: Change) -> str:
    loop = change.old_above[0] if change.old_above else None
    return (
        "while-condition-inverted" if isinstance(loop, ast.While) and loop.test is change.old else "inverted-condition"
    )


def _bare(values: list[ast.expr]) -> bool:
    """Whether a literal stands alone among the parts of a condition."""
    return any(isinstance(item, ast.Constant) and not isinstance(item.value, bool) for item in values)


def _of_capitals(change: Change) -> Iterator[Reading]:
    """Letters brought to one case before they are looked at."""
    match change.old, change.new:
        case ast.expr() as old, ast.Call(func=ast.Attribute(value=owner, attr=method), args=[]) if method in _CASES:
            if same(old, owner):
                subject = f"Another treatment of capitals in line {change.line}"
                yield Reading("case-sensitive-comparison", subject, 0.78)
        case _:
            return


def _of_chain(change: Change) -> Iterator[Reading]:
    """An if that became a branch of the one above it."""
    above = change.new_above[0] if change.new_above else None
    if isinstance(change.new, ast.If) and isinstance(above, ast.If) and above.orelse == [change.new]:
        yield Reading("separate-ifs-for-elif", f"Another connection of the if in line {change.line}", 0.8)
