"""Misconceptions about operators on numbers, and about exchanging values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from math import floor
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, length_of, names_in, same
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_FLOAT_INDEX = (
    r"indices must be integers or slices, not float|'float' object cannot be interpreted as an integer|"
    r"slice indices must be integers|can't multiply sequence by non-int of type 'float'"
)


def _divisions(case: Examination, function: Function | None, kind: type[ast.operator]) -> list[ast.AST]:
    nodes = function.nodes if function is not None else case.program.top
    return [n for n in nodes if isinstance(n, ast.BinOp | ast.AugAssign) and isinstance(n.op, kind)]


def division_kind_confusion(case: Examination) -> Iterator[Sign]:
    """`/` where whole numbers are needed, or `//` where the fraction is."""
    for line, found in case.raised_at("TypeError", _FLOAT_INDEX).items():
        home = case.function_at(line)
        slashes = _divisions(case, home, ast.Div) + _divisions(case, None, ast.Div)
        if slashes:
            where = cast(ast.expr, slashes[0]).lineno
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {where}: `{case.program.text(slashes[0])}` divides with /, which always gives a float."
            yield Sign(
                "division-kind-confusion",
                tuple(dict.fromkeys((where, line))),
                0.94,
                fact,
                f"A whole number is needed in {name_tests(tests)}.",
                tests,
            )
    for function in [None, *case.functions]:
        facts = [fact for fact in case.wrong if fact.function == (function.name if function else None)]
        if not facts:
            continue
        for kind, fits, mark in ((ast.Div, _fraction_added, "/"), (ast.FloorDiv, _fraction_lost, "//")):
            divided = _divisions(case, function, kind)
            tests = tuple(fact.test for fact in facts if fits(fact))
            if not divided or 3 * len(tests) < 2 * len(facts):
                continue
            where = cast(ast.expr, divided[0]).lineno
            text = case.program.text(divided[0])
            if mark == "//" and _is_average(divided[0]):
                fact = f"Line {where}: `{text}` computes an average with //, which drops the fraction."
                yield Sign(
                    "average-integer-division",
                    (where,),
                    0.93,
                    fact,
                    f"The fraction is missing in {name_tests(tests)}.",
                    tests,
                )
            else:
                what = "A float came for a whole number" if mark == "/" else "The fraction is missing"
                fact = f"Line {where}: `{text}` divides with {mark}."
                yield Sign("division-kind-confusion", (where,), 0.9, fact, f"{what} in {name_tests(tests)}.", tests)


def _fraction_added(fact: Contrast) -> bool:
    """A float where its whole part was wanted, in a value or in what is printed."""
    if fact.output:
        pieces = fact.pieces
        if pieces is None or len(pieces[0]) != len(pieces[1]):
            return False
        differing = [(str(a), str(b)) for a, b in zip(*pieces, strict=True) if a != b]
        return bool(differing) and all(a.lstrip("-").isdigit() and _floor_text(b) == a for a, b in differing)
    wanted, got = fact.expected, fact.actual
    return (
        isinstance(wanted, int)
        and not isinstance(wanted, bool)
        and isinstance(got, float)
        and abs(got) < 1e15
        and floor(got) == wanted
    )


def _floor_text(text: str) -> str | None:
    try:
        return str(floor(float(text))) if "." in text else None
    except (ValueError, OverflowError):
        return None


def _fraction_lost(fact: Contrast) -> bool:
    wanted, got = fact.expected, fact.actual
    if not isinstance(wanted, float) or not is_number(got) or wanted != wanted or abs(wanted) > 1e15:
        return False
    return floor(wanted) == got != wanted


def _is_average(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    return (
        length_of(node.right) is not None
        or called_name(node.left) == "sum"
        or any(word in name.lower() for name in names_in(node.right) for word in ("count", "len", "num"))
    )


def caret_is_power(case: Examination) -> Iterator[Sign]:
    """`^` for raising to a power."""
    for node, _ in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitXor):
            continue
        if any(isinstance(side, ast.Compare | ast.BoolOp) for side in (node.left, node.right)):
            continue
        match node.right:
            case ast.Constant(value=bool() | 1):
                continue
            case ast.Constant(value=int() | float()) | ast.Name() | ast.BinOp() | ast.Attribute():
                pass
            case _:
                continue
        fact = (
            f"Line {node.lineno}: `{case.program.text(node)}` uses ^, which combines bits and does not "
            "raise to a power."
        )
        yield Sign(
            "caret-is-power", (node.lineno,), 0.94, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


def precedence_of_arithmetic(case: Examination) -> Iterator[Sign]:
    """`a + b / 2` for the average: checked by working out the bracketed form."""
    for function in case.functions:
        for node in function.nodes:
            match node:
                case ast.BinOp(
                    left=left,
                    op=ast.Add() | ast.Sub() as outer,
                    right=ast.BinOp(left=middle, op=ast.Div() | ast.FloorDiv() | ast.Mult() as inner, right=right),
                ):
                    regrouped = ast.BinOp(ast.BinOp(left, outer, middle), inner, right)
                case _:
                    continue
            facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
            returned = any(item.value is node for item in function.returns)
            held = [
                fact.test
                for fact in facts
                if is_number(fact.expected) and evaluate(regrouped, case.bindings(fact, function)) == fact.expected
            ]
            if returned and facts and len(held) == len(facts):
                fact = f"Line {node.lineno}: in `{case.program.text(node)}` the right part is worked out first."
                yield Sign(
                    "precedence-of-arithmetic",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"With brackets around the left part the value is right in {name_tests(held)}.",
                    tuple(held),
                )


def sequential_swap(case: Examination) -> Iterator[Sign]:
    """`a = b` followed by `b = a`."""
    for node, _ in case.places:
        if not isinstance(node, ast.Assign):
            continue
        after = case.program.next_of(node)
        match node, after:
            case ast.Assign(targets=[a], value=b), ast.Assign(targets=[c], value=d):
                if same(a, d) and same(b, c) and not same(a, b) and isinstance(a, ast.Name | ast.Subscript):
                    first, second = case.program.line(node.lineno), case.program.line(after.lineno)
                    fact = f"Line {after.lineno}: `{second}` follows `{first}`, so both get the same value."
                    yield Sign(
                        "sequential-swap",
                        (node.lineno, after.lineno),
                        0.95,
                        fact,
                        f"It runs in {name_tests(case.failed_ids)}.",
                        case.failed_ids,
                    )
                elif _needs_old_value(a, b, c, d):
                    first, second = case.program.line(node.lineno), case.program.line(after.lineno)
                    fact = (
                        f"Line {after.lineno}: `{second}` uses {case.program.text(a)}, which `{first}` "
                        "has just replaced."
                    )
                    why = f"It runs in {name_tests(case.failed_ids)}."
                    yield Sign("sequential-swap", (node.lineno, after.lineno), 0.88, fact, why, case.failed_ids)
            case _:
                continue


def _needs_old_value(a: ast.expr, b: ast.expr, c: ast.expr, d: ast.expr) -> bool:
    """Whether `a = b` is followed by a new `b` computed from both, which are equal by then."""
    if not (isinstance(a, ast.Name) and isinstance(b, ast.Name) and isinstance(c, ast.Name)):
        return False
    return c.id == b.id and isinstance(d, ast.BinOp) and {a.id, b.id} <= names_in(d)


def string_number_confusion(case: Examination) -> Iterator[Sign]:
    """A number in quotes handed out for the number, or the other way round."""
    for function in case.functions:
        facts = [fact for fact in case.wrong if fact.function == function.name]
        text_came = [
            f.test for f in facts if is_number(f.expected) and isinstance(f.actual, str) and f.actual == str(f.expected)
        ]
        number_came = [
            f.test for f in facts if is_number(f.actual) and isinstance(f.expected, str) and f.expected == str(f.actual)
        ]
        for tests, what in (
            (text_came, "a text of digits came for a number"),
            (number_came, "a number came for a text of digits"),
        ):
            returns = [item for item in function.returns if item.value is not None]
            if tests and 3 * len(tests) >= 2 * len(facts) and returns:
                line = returns[-1].lineno
                fact = f"Line {line}: {function.name} hands out its result with `{case.program.line(line)}`."
                yield Sign(
                    "string-number-confusion",
                    (line,),
                    0.85,
                    fact,
                    f"{what[0].upper()}{what[1:]} in {name_tests(tests)}.",
                    tuple(tests),
                )


def float_equality(case: Examination) -> Iterator[Sign]:
    """A loop that waits for a sum of decimal fractions to equal a number exactly."""
    for loop, _ in case.loops:
        match loop:
            case ast.While(test=ast.Compare(left=ast.Name(id=name), ops=[ast.NotEq()])):
                pass
            case _:
                continue
        for node in ast.walk(loop):
            match node:
                case ast.AugAssign(target=ast.Name(id=target), value=ast.Constant(value=float() as step)) if (
                    target == name
                ):
                    if step != int(step) and case.timed_out:
                        fact = (
                            f"Line {loop.lineno}: `{case.program.text(loop.test)}` waits for an exact "
                            f"float that line {node.lineno} builds in steps of {step}."
                        )
                        yield Sign(
                            "float-equality",
                            (loop.lineno, node.lineno),
                            0.93,
                            fact,
                            f"Time ran out in {name_tests(case.timed_out)}.",
                            case.timed_out,
                        )
                case _:
                    continue


def modulo_as_division(case: Examination) -> Iterator[Sign]:
    """`%` and `//` exchanged: the results are swapped, or a recursion goes on with the wrong part."""
    for function in [None, *case.functions]:
        facts = case.wrong_of(function)
        rests = _divisions(case, function, ast.Mod)
        wholes = _divisions(case, function, ast.FloorDiv)
        for rest in rests:
            whole = next((node for node in wholes if _same_operands(rest, node)), None)
            if not isinstance(rest, ast.BinOp) or whole is None or not facts:
                continue
            tests = tuple(fact.test for fact in facts if _swapped(fact))
            into_itself = function is not None and called_name(case.program.parent(rest)) == function.name
            if (tests and len(tests) == len(facts)) or into_itself:
                lines = tuple(dict.fromkeys((rest.lineno, cast(ast.expr, whole).lineno)))
                fact = (
                    f"Line {rest.lineno}: `{case.program.text(rest)}` gives the rest of a division, "
                    f"`{case.program.text(whole)}` its whole part."
                )
                held = tests or tuple(item.test for item in facts)
                why = f"Each stands where the other is needed, judged by {name_tests(held)}."
                yield Sign("modulo-as-division", lines, 0.9 if tests else 0.85, fact, why, held)
                return


def _same_operands(one: ast.AST, two: ast.AST) -> bool:
    if not isinstance(one, ast.BinOp) or not isinstance(two, ast.BinOp):
        return False
    return same(one.left, two.left) and same(one.right, two.right)


def _swapped(fact: Contrast) -> bool:
    """Whether the right two numbers came in each other's place."""
    pieces = fact.pieces
    if pieces is None or len(pieces[0]) != len(pieces[1]):
        return False
    differing = [(a, b) for a, b in zip(*pieces, strict=True) if a != b]
    return len(differing) == 2 and differing[0] == differing[1][::-1]
