"""Misconceptions about totals and counters: where they start, and where they are updated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    body_nodes,
    constant_number,
    names_in,
)
from gradatim.tools.analysis.program import Function, Loop
from gradatim.tools.analysis.sign import Sign

_GROWING = frozenset(["append", "add", "extend", "insert"])


def grows(node: ast.AST) -> str | None:
    """Name of the accumulator that a node adds to."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() as value) if name in names_in(value):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _GROWING:
            return name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return name
        case _:
            return None


def _is_start(value: ast.expr) -> bool:
    """Whether a value is one that accumulators start with."""
    match value:
        case ast.Constant(value=0 | 1 | "" | 0.0):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set" | "tuple" | "str" | "int"), args=[]):
            return True
        case _:
            return False


def _read_outside(case: Examination, loop: Loop, name: str, function: Function | None) -> bool:
    """Whether a name is read behind a loop."""
    nodes = function.nodes if function is not None else case.program.top
    end = loop.end_lineno or loop.lineno
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and node.lineno > end
        for node in nodes
    )


def initialise_inside_loop(case: Examination) -> Iterator[Sign]:
    """The start of an accumulator set anew in every round."""
    for loop, function in case.loops:
        for statement in loop.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_start(value):
                    pass
                case _:
                    continue
            after = loop.body[loop.body.index(statement) + 1 :]
            grown = [node for node in body_nodes(after) if grows(node) == name]
            inner = [node for node in grown if case.program.loops_around(node)[:1] != (loop,)]
            if not grown or inner or not _read_outside(case, loop, name, function):
                continue
            outer = case.program.loops_around(loop)
            if outer and not _read_outside(case, outer[-1], name, function):
                continue  # a total of its own for each round of the outer loop
            tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
            fact = (
                f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` stands inside the "
                f"loop of line {loop.lineno}, which adds to `{name}`."
            )
            yield Sign(
                "initialise-inside-loop",
                (statement.lineno,),
                0.92,
                fact,
                f"The result is wrong in {name_tests(tests)}.",
                tests,
            )


def wrong_initial_value(case: Examination) -> Iterator[Sign]:
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


def starts(case: Examination) -> Iterator[tuple[Function | None, str, ast.expr, ast.Assign]]:
    """Plain assignments before any loop, with function, name and value."""
    for node, function in case.places:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not case.program.loops_around(node):
                yield function, name, value, node
            case _:
                continue


def augmented_operator_reversed(case: Examination) -> Iterator[Sign]:
    """`=+` written for `+=`."""
    for node, _ in case.places:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.UnaryOp(op=ast.UAdd() | ast.USub() as op, operand=operand)
            ):
                pass
            case _:
                continue
        text = case.program.line(node.lineno)
        sign = "+" if isinstance(op, ast.UAdd) else "-"
        if f"={sign} " in text or (sign == "+" and "=+" in text):
            fact = (
                f"Line {node.lineno}: `{text}` sets {name} to {sign}{case.program.text(operand)} anew and adds nothing."
            )
            yield Sign(
                "augmented-operator-reversed",
                (node.lineno,),
                0.93,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )


def statement_wrongly_outside_loop(case: Examination) -> Iterator[Sign]:
    """An update below the loop that should be repeated with it."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or loop.orelse:
            continue
        after = case.program.next_of(loop)
        if after is None:
            continue
        name = grows(after.value if isinstance(after, ast.Expr) else after)
        if name is None or any(grows(node) == name for node in body_nodes(loop.body)):
            continue
        made = {loop.target.id} | {
            target.id
            for node in body_nodes(loop.body)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        value = after.value if isinstance(after, ast.Assign | ast.AugAssign | ast.Expr) else after
        if not names_in(value) & made or any(isinstance(node, ast.Break) for node in ast.walk(loop)):
            continue
        tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
        fact = (
            f"Line {after.lineno}: `{case.program.line(after.lineno)}` stands below the loop of line "
            f"{loop.lineno} and uses what each round makes."
        )
        yield Sign(
            "statement-wrongly-outside-loop",
            (after.lineno, loop.lineno),
            0.9,
            fact,
            f"It runs once only in {name_tests(tests)}.",
            tests,
        )


def statement_wrongly_inside_loop(case: Examination) -> Iterator[Sign]:
    """A result printed in every round where it was wanted once."""
    facts = [item for item in case.wrong if item.output]
    repeated: list[str] = []
    for item in facts:
        wanted = [text.strip() for text in str(item.expected).strip().splitlines()]
        got = [text.strip() for text in str(item.actual).strip().splitlines()]
        if wanted and len(got) > len(wanted) and got[-1] == wanted[-1] and got[: len(wanted) - 1] == wanted[:-1]:
            repeated.append(item.test)
    if not repeated or 3 * len(repeated) < 2 * len(facts):
        return
    for loop, _ in case.loops:
        grown = {name for node in body_nodes(loop.body) if (name := grows(node)) is not None}
        prints = [
            item
            for item in loop.body
            if isinstance(item, ast.Expr)
            and isinstance(item.value, ast.Call)
            and isinstance(item.value.func, ast.Name)
            and item.value.func.id == "print"
            and names_in(item.value) & grown
        ]
        behind = [
            node
            for node in case.program.nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
            and node.lineno > (loop.end_lineno or 0)
        ]
        if prints and not behind:
            line = prints[0].lineno
            fact = f"Line {line}: `{case.program.line(line)}` stands inside the loop of line {loop.lineno}."
            yield Sign(
                "statement-wrongly-inside-loop",
                (line,),
                0.92,
                fact,
                f"Only the last of several printed lines was wanted in {name_tests(repeated)}.",
                tuple(repeated),
            )
