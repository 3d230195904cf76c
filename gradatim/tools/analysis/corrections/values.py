"""Changes of the values that a program works with: where they start, how they are calculated, what they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.changes import Change, loops_of
from gradatim.tools.analysis.corrections.reading import Reading, shifted
from gradatim.tools.analysis.flow import called_name, constant_number, length_of, names_in, same
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.patterns.scopes import distance
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Program

_NUMBERS = frozenset({"int", "float"})
_OPERATORS: dict[tuple[type[ast.AST], type[ast.AST]], str] = {
    (ast.Div, ast.FloorDiv): "division-kind-confusion",
    (ast.FloorDiv, ast.Div): "division-kind-confusion",
    (ast.FloorDiv, ast.Mod): "modulo-as-division",
    (ast.Mod, ast.FloorDiv): "modulo-as-division",
    (ast.Div, ast.Mod): "modulo-as-division",
    (ast.Mod, ast.Div): "modulo-as-division",
    (ast.BitXor, ast.Pow): "caret-is-power",
}


def readings(change: Change, program: Program) -> Iterator[Reading]:
    """Readings of a change of a value."""
    if change.kind != "replaced":
        return
    yield from _of_start(change)
    yield from _of_arithmetic(change)
    yield from _of_update(change)
    yield from _of_position(change)
    yield from _of_slice(change)
    yield from _of_kind(change)
    yield from _of_wrapping(change)
    yield from _of_text(change)
    yield from _of_name(change, program)


def _of_start(change: Change) -> Iterator[Reading]:
    """Another value before the loop that works on it."""
    home = next((node for node in change.old_above[:2] if isinstance(node, ast.Assign)), None)
    name = _target_of(home, change.old) if home is not None else None
    if home is None or name is None or loops_of(change.old_above):
        return
    function = change.function
    nodes = list(ast.walk(function)) if function is not None else list(ast.walk(change.old_above[-1]))
    loops = [node for node in nodes if isinstance(node, ast.For | ast.While) and node.lineno > home.lineno]
    inside = [node for loop in loops for node in ast.walk(loop)]
    subject = f"A change of the value that `{name}` starts with in line {change.line}"
    if any(_keeps_record(node, name) for node in inside):
        yield Reading("wrong-initial-maximum", subject, 0.78)
    elif any(grows(node) == name or _goes_on(node, name) for node in inside):
        yield Reading("wrong-initial-value", subject, 0.78)
    elif any(isinstance(loop, ast.While) and name in names_in(loop.test) for loop in loops):
        yield Reading("wrong-initial-value", subject, 0.7)


def _target_of(home: ast.Assign, value: ast.AST | None) -> str | None:
    """The name that gets a value in an assignment, also in one of several names at once."""
    match home.targets, home.value:
        case [ast.Name(id=name)], whole if whole is value:
            return name
        case [ast.Tuple(elts=names)], ast.Tuple(elts=values) if len(names) == len(values):
            pairs = zip(names, values, strict=True)
            return next((item.id for item, part in pairs if part is value and isinstance(item, ast.Name)), None)
        case _:
            return None


def _goes_on(node: ast.AST, name: str) -> bool:
    """Whether an assignment of several names at once gives a name a value that the old ones make."""
    match node:
        case ast.Assign(targets=[ast.Tuple() as targets], value=ast.Tuple() as value):
            return name in names_in(targets) and name in names_in(value)
        case _:
            return False


def _keeps_record(node: ast.AST, name: str) -> bool:
    """Whether a part replaces a name by something that it was compared with."""
    if not isinstance(node, ast.If) or name not in names_in(node.test) or not isinstance(node.test, ast.Compare):
        return False
    if not isinstance(node.test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return False
    for part in node.body:
        match part:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return name not in names_in(value)
            case _:
                continue
    return False


def _of_arithmetic(change: Change) -> Iterator[Reading]:
    match change.old, change.new:
        case ast.BinOp(op=one, left=a, right=b), ast.BinOp(op=two, left=c, right=d):
            name = _OPERATORS.get((type(one), type(two)))
            if name is not None and same(a, c) and same(b, d):
                yield Reading(name, f"A change of the operator in line {change.line}", 0.8)
            elif _leaves_of(change.old) == _leaves_of(change.new):
                subject = f"Another order of the calculation in line {change.line}"
                yield Reading("precedence-of-arithmetic", subject, 0.8)
        case ast.AugAssign(op=one, target=a, value=b), ast.AugAssign(op=two, target=c, value=d):
            name = _OPERATORS.get((type(one), type(two)))
            if name is not None and same(a, c) and same(b, d):
                yield Reading(name, f"A change of the operator in line {change.line}", 0.8)
        case _:
            return


def _leaves_of(node: ast.AST | None) -> list[str]:
    """Operands and operators of a calculation in the order in which they are written."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return [*_leaves_of(left), type(op).__name__, *_leaves_of(right)]
        case ast.AST():
            return [ast.dump(node)]
        case _:
            return []


def _of_update(change: Change) -> Iterator[Reading]:
    """An assignment that became an update, or a method's result that is kept or no longer kept."""
    line = change.line
    match change.old, change.new:
        case (
            ast.Assign(targets=[target], value=ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=value)),
            ast.AugAssign(target=other, value=added),
        ) if same(target, other) and same(value, added):
            yield Reading("augmented-operator-reversed", f"A change of the assignment in line {line}", 0.82)
        case ast.Assign(value=ast.Call(func=ast.Attribute(attr=method)) as call), ast.Expr(value=after):
            if same(call, after):
                name = "append-returns-none-assigned" if method == "append" else "list-mutating-method-returns-list"
                yield Reading(name, f"Another use of the result of `.{method}(…)` in line {line}", 0.8)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call), ast.Assign(value=after):
            if same(call, after):
                subject = f"Another use of the result of `.{method}(…)` in line {line}"
                yield Reading("string-method-result-ignored", subject, 0.78)
        case ast.Expr(value=ast.Call(func=ast.Name(id=function)) as call), ast.Assign(value=after):
            if same(call, after) and function in ("sorted", "reversed"):
                yield Reading("sort-versus-sorted", f"Another use of the result of {function} in line {line}", 0.8)
            elif same(call, after) and function in ("int", "float", "str"):
                subject = f"Another use of the result of {function} in line {line}"
                yield Reading("type-changes-variable-in-place", subject, 0.8)
        case _:
            return


def _of_position(change: Change) -> Iterator[Reading]:
    """A position for an item or the reverse, or another position."""
    line = change.line
    holder = change.old_above[0] if change.old_above else None
    if isinstance(holder, ast.Subscript) and holder.slice is change.old:
        if same(length_of(change.old), holder.value):
            yield Reading("length-as-last-index", f"A change of the position in line {line}", 0.8)
            return
        if constant_number(change.old) == 1 and constant_number(change.new) == 0:
            yield Reading("index-starts-at-one", f"A change of the position in line {line}", 0.7)
            return
    match change.old, change.new:
        case ast.Name(id=name), ast.Subscript(value=ast.Name(), slice=ast.Name(id=index)) if name == index:
            yield Reading("index-versus-element", f"A change of what `{name}` is used for in line {line}", 0.78)
        case ast.Subscript(value=ast.Name(), slice=ast.Name(id=index)) as item, ast.Name(id=name) if name == index:
            loops = [loop for loop in loops_of(change.old_above) if isinstance(loop, ast.For)]
            over = any(
                isinstance(loop.target, ast.Name) and loop.target.id == name and same(loop.iter, item.value)
                for loop in loops
            )
            misconception = "loop-variable-is-index-confusion" if over else "index-versus-element"
            yield Reading(misconception, f"A change of what `{name}` is used for in line {line}", 0.78)
        case _:
            return


def _of_slice(change: Change) -> Iterator[Reading]:
    holder = change.old_above[0] if change.old_above else None
    if isinstance(holder, ast.Slice) and holder.upper is change.old and shifted(change.old, change.new) == 1:
        yield Reading("slice-end-included", f"A change of the slice's end in line {change.line}", 0.76)


def _of_kind(change: Change) -> Iterator[Reading]:
    """A conversion that was added or left out, or a number for a text."""
    line = change.line
    match change.old, change.new:
        case ast.expr() as old, ast.Call(func=ast.Name(id=name), args=[only]) if same(old, only) and (
            name in _NUMBERS or name == "str"
        ):
            typed = called_name(old) == "input" and name in _NUMBERS
            misconception = "input-is-number" if typed else "string-number-confusion"
            yield Reading(misconception, f"A change of the kind of value in line {line}", 0.76)
        case ast.Call(func=ast.Name(id="str"), args=[only]), ast.expr() as new if same(only, new):
            yield Reading("string-number-confusion", f"A change of the kind of value in line {line}", 0.76)
        case ast.Constant(value=str() as text), ast.Constant(value=int() | float() as number):
            if text.strip() == str(number):
                yield Reading("string-number-confusion", f"A change of the kind of value in line {line}", 0.8)
        case ast.Constant(value=int() | float() as number), ast.Constant(value=str() as text):
            if text.strip() == str(number):
                yield Reading("string-number-confusion", f"A change of the kind of value in line {line}", 0.8)
        case ast.Dict(keys=[]), ast.Call(func=ast.Name(id="set"), args=[]):
            yield Reading("empty-braces-is-set", f"A change of the empty value in line {line}", 0.8)
        case _:
            return


def _of_wrapping(change: Change) -> Iterator[Reading]:
    """A value put into a list or tuple, copied, or called."""
    line = change.line
    holder = change.old_above[0] if change.old_above else None
    match change.old, change.new:
        case ast.expr() as old, ast.List(elts=[only]) if same(old, only):
            if isinstance(holder, ast.BinOp | ast.AugAssign) and isinstance(holder.op, ast.Add):
                yield Reading("missing-list-wrap", f"A change of what is added in line {line}", 0.8)
            elif isinstance(holder, ast.Call):
                yield Reading("append-versus-extend", f"A change of what is added in line {line}", 0.72)
        case ast.expr() as old, ast.Tuple(elts=[only]) if same(old, only):
            yield Reading("single-element-tuple-comma", f"A change of the value in line {line}", 0.78)
        case ast.Attribute(attr=one, value=a), ast.Attribute(attr=two, value=b) if same(a, b):
            if {one, two} == {"append", "extend"}:
                yield Reading("append-versus-extend", f"Another way of adding in line {line}", 0.8)
        case ast.Name() as old, ast.Call(func=ast.Name(id="list"), args=[only]) if same(old, only):
            if isinstance(holder, ast.Assign):
                yield Reading("assignment-copies-object", f"A change of the assignment in line {line}", 0.78)
        case ast.Name() as old, ast.Call(func=ast.Attribute(value=owner, attr="copy")) if same(old, owner):
            if isinstance(holder, ast.Assign):
                yield Reading("assignment-copies-object", f"A change of the assignment in line {line}", 0.78)
        case ast.Name() as old, ast.Subscript(value=owner, slice=ast.Slice(lower=None, upper=None)):
            if same(old, owner) and isinstance(holder, ast.Assign):
                yield Reading("assignment-copies-object", f"A change of the assignment in line {line}", 0.78)
        case ast.Attribute() as old, ast.Call(func=called, args=[]) if same(old, called):
            yield Reading("method-without-call", f"A change of how the method is used in line {line}", 0.8)
        case ast.Name() as old, ast.Call(func=called) if same(old, called):
            yield Reading("parentheses-missing-in-call", f"A change of how the function is used in line {line}", 0.8)
        case ast.BinOp(op=ast.Mult(), left=ast.List(elts=[inner])), ast.ListComp(elt=elt) if same(inner, elt):
            yield Reading("list-multiplication-shares-rows", f"Another way to make the rows in line {line}", 0.8)
        case (
            ast.Call(func=ast.Name(id=one), args=a, keywords=[]),
            ast.Call(func=ast.Name(id=two), args=b, keywords=[ast.keyword(arg="reverse")]),
        ) if one == two == "sorted" and len(a) == len(b):
            yield Reading("sort-order-reversed", f"A change of the order in line {line}", 0.8)
        case (
            ast.Call(func=ast.Attribute(attr="sort"), keywords=[]),
            ast.Call(func=ast.Attribute(attr="sort"), keywords=[ast.keyword(arg="reverse")]),
        ):
            yield Reading("sort-order-reversed", f"A change of the order in line {line}", 0.8)
        case _:
            return


def _of_text(change: Change) -> Iterator[Reading]:
    """A text that is printed otherwise, or filled in."""
    line = change.line
    match change.old, change.new:
        case ast.Constant(value=str()), ast.JoinedStr():
            yield Reading("f-prefix-missing", f"A change of the text in line {line}", 0.8)
        case ast.Call(func=ast.Name(id="input"), args=[_]), ast.Call(func=ast.Name(id="input"), args=[]):
            yield Reading("prompt-in-output", f"A change of the question in line {line}", 0.82)
        case ast.Constant(value=str()), ast.Constant(value=str()) if any(
            called_name(node) == "print" for node in change.old_above[:3]
        ):
            yield Reading("wrong-output-format", f"A change of the text in line {line}", 0.72)
        case _:
            return


def _of_name(change: Change, program: Program) -> Iterator[Reading]:
    match change.old, change.new:
        case ast.Name(id=old), ast.Name(id=new):
            known = {
                node.id for node in program.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
            parameters = {name for function in program.functions for name in function.parameters}
            made = known | parameters | program.top_names | BUILT_IN_NAMES
            if old not in made and new in made and distance(old, new) <= 2:
                yield Reading("typo-in-name", f"Another spelling of the name in line {change.line}", 0.8)
        case ast.Name(id=name), ast.Attribute(value=ast.Name(id="self"), attr=attribute) if name == attribute:
            yield Reading("missing-self-prefix", f"A change of what `{name}` means in line {change.line}", 0.8)
        case _:
            return
