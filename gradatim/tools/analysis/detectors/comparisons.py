"""Misconceptions about comparisons: strictness, direction, and what is compared with what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from gradatim.tools.analysis.contrast import UNKNOWN, Contrast, is_number, items
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_ORDER = ast.Lt | ast.LtE | ast.Gt | ast.GtE


def boundary_comparison_strictness(case: Examination) -> Iterator[Sign]:
    """`<` for `<=` or the reverse: exactly the tests at a limit fail."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        failed = {fact.test for fact in facts if not fact.passed}
        limits = _failing_limits(case, function, facts)
        explained = {test for _, tests in limits for test in tests}
        if not failed or explained != failed or len(explained) == len(facts):
            continue
        for node, tests in limits:
            text = case.program.text(node)
            truth = "true" if isinstance(node.ops[0], ast.LtE | ast.GtE) else "false"
            fact = f"Line {node.lineno}: `{text}` is {truth} when both sides are equal."
            why = f"Both sides are equal in {name_tests(tests)}, and in no test that passes."
            yield Sign("boundary-comparison-strictness", (node.lineno,), 0.93, fact, why, tests)


def _failing_limits(
    case: Examination, function: Function, facts: list[Contrast]
) -> list[tuple[ast.Compare, tuple[str, ...]]]:
    """Comparisons whose sides are equal in some tests that fail and in none that pass."""
    found: list[tuple[ast.Compare, tuple[str, ...]]] = []
    for node in function.nodes:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], _ORDER):
            continue
        equal = [fact for fact in facts if _at_limit(node, case.bindings(fact, function), function)]
        reached = [fact for fact in equal if case.ran_in(fact.test, node.lineno) is not False]
        if reached and not any(fact.passed for fact in reached):
            found.append((node, tuple(fact.test for fact in reached)))
    return found


def _at_limit(node: ast.Compare, values: Mapping[str, object], function: Function) -> bool | None:
    """Whether both sides are equal for a test: by value, or by an item of a list that a loop goes over."""
    if not values:
        return None
    left, right = evaluate(node.left, values), evaluate(node.comparators[0], values)
    if left is not UNKNOWN and right is not UNKNOWN:
        return left == right
    for value, other in ((left, node.comparators[0]), (right, node.left)):
        if value is UNKNOWN or not is_number(value):
            continue
        over = _items_behind(other, function)
        found = items(values.get(over)) if over is not None else None
        if found is not None:
            return value in found
    return None


def _items_behind(node: ast.expr, function: Function) -> str | None:
    """Name of the sequence whose items an expression goes through (`x` of a loop, or `xs[i]`)."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name()):
            return name
        case ast.Name(id=item):
            for loop in function.nodes:
                match loop:
                    case ast.For(target=ast.Name(id=target), iter=ast.Name(id=over)) if target == item:
                        return over
                    case ast.For(
                        target=ast.Tuple(elts=[_, ast.Name(id=target)]),
                        iter=ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name(id=over)]),
                    ) if target == item:
                        return over
                    case _:
                        continue
            return None
        case _:
            return None


def opposite_answer(case: Examination) -> Iterator[Sign]:
    """A single condition whose branches come out exchanged in every test."""
    for function in case.functions:
        mine = [fact for fact in case.contrasts if fact.function == function.name]
        wrong = [fact for fact in mine if not fact.passed and fact.known]
        test = _only_condition(function)
        if test is None or len(wrong) < 2 or not _exchanged(wrong, function):
            continue
        text = case.program.text(test)
        tests = tuple(fact.test for fact in wrong)
        right = [fact for fact in mine if fact.passed]
        line = getattr(test, "lineno", function.line)
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _ORDER):
            # At equality both directions agree as often as not: such tests may pass.
            ties = all(_at_limit(test, case.bindings(fact, function), function) for fact in right)
            if ties:
                fact = f"Line {line}: `{text}` decides the result."
                yield Sign(
                    "comparison-direction-reversed",
                    (line,),
                    0.9,
                    fact,
                    f"The result is the opposite one in {name_tests(tests)}.",
                    tests,
                )
        elif not right:
            fact = f"Line {line}: `{text}` decides the result."
            yield Sign(
                "inverted-condition",
                (line,),
                0.9,
                fact,
                f"The result is the opposite one in {name_tests(tests)}, and no test passes.",
                tests,
            )


def _only_condition(function: Function) -> ast.expr | None:
    """The condition of a function that consists of one decision between two results."""
    body = function.body
    match body:
        case [ast.Return(value=ast.Compare() as test)]:
            return test
        case [ast.Return(value=ast.IfExp(test=test))]:
            return test
        case [ast.If(test=test, body=[ast.Return()], orelse=[ast.Return()])]:
            return test
        case [ast.If(test=test, body=[ast.Return()], orelse=[]), ast.Return()]:
            return test
        case _:
            return None


def _exchanged(wrong: list[Contrast], function: Function) -> bool:
    if all(fact.opposite for fact in wrong):
        return True
    constants = {
        node.value.value
        for node in function.returns
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str | int)
    }
    if len(constants) == 2:
        return all({fact.expected, fact.actual} == constants for fact in wrong if _plain(fact)) and all(
            map(_plain, wrong)
        )
    names = [node.value.id for node in function.returns if isinstance(node.value, ast.Name)]
    if len(names) == 2 and len(function.returns) == 2 and set(names) == set(function.parameters[:2]):
        return all(
            fact.arguments is not None
            and [fact.expected, fact.actual] in (list(fact.arguments), list(fact.arguments)[::-1])
            for fact in wrong
        )
    return False


def _plain(fact: Contrast) -> bool:
    return isinstance(fact.expected, str | int) and isinstance(fact.actual, str | int)


def boolean_compared_to_true(case: Examination) -> Iterator[Sign]:
    """A condition compared with True, with the text "True", or chained into another comparison."""
    for node, _ in case.places:
        if not isinstance(node, ast.Compare):
            continue
        text = case.program.text(node)
        for op, right in zip(node.ops, node.comparators, strict=True):
            if not isinstance(right, ast.Constant) or not isinstance(op, ast.Eq | ast.NotEq):
                continue
            if right.value in ("True", "False"):
                if not _is_boolean(node.left):
                    continue
                fact = f"Line {node.lineno}: `{text}` compares a truth value with a text."
                yield Sign(
                    "boolean-compared-to-true",
                    (node.lineno,),
                    0.92,
                    fact,
                    f"It is never equal; it runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )
            elif isinstance(right.value, bool) and len(node.ops) == 2:
                fact = (
                    f"Line {node.lineno}: `{text}` is a chain of two comparisons and does not compare "
                    "the first one's result."
                )
                yield Sign(
                    "boolean-compared-to-true",
                    (node.lineno,),
                    0.9,
                    fact,
                    f"It runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )


def _is_boolean(node: ast.expr) -> bool:
    """Whether an expression is a truth value, or a plain name or call that may be one."""
    match node:
        case (
            ast.Call(func=ast.Name(id="input" | "str")) | ast.Call(func=ast.Attribute(attr="strip" | "lower" | "upper"))
        ):
            return False
        case ast.Compare() | ast.BoolOp() | ast.Call():
            return True
        case ast.Name(id=name):
            return name.startswith(("is_", "has_", "found", "flag", "ok"))
        case _:
            return False


def is_for_equality(case: Examination) -> Iterator[Sign]:
    """`is` with a literal, or between values whose equality is meant."""
    for node in case.program.nodes:
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if not isinstance(op, ast.Is | ast.IsNot):
                continue
            fresh = [side for side in (left, right) if _is_literal(side)]
            if fresh:
                fact = f"Line {node.lineno}: `{case.program.text(node)}` asks with `is` whether two values are equal."
                yield Sign(
                    "is-for-equality",
                    (node.lineno,),
                    0.9,
                    fact,
                    "With a literal, identity says nothing reliable.",
                    anywhere=not case.failed_ids,
                )


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return not isinstance(value, bool)
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
            return True
        case _:
            return False


def find_returns_boolean(case: Examination) -> Iterator[Sign]:
    """The position that `find` gives used as a truth value."""
    for node, _ in case.places:
        if not isinstance(node, ast.If | ast.While | ast.IfExp):
            continue
        inner = (
            node.test.operand if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not) else node.test
        )
        match inner:
            case ast.Call(func=ast.Attribute(attr="find" | "index" as method)) if case.wrong:
                line = inner.lineno
                fact = (
                    f"Line {line}: `{case.program.text(inner)}` gives a position, and the condition "
                    "takes it for true or false."
                )
                tests = tuple(item.test for item in case.wrong)
                if method == "find":
                    yield Sign(
                        "find-returns-boolean",
                        (line,),
                        0.92,
                        fact,
                        f"The result is wrong in {name_tests(tests)}.",
                        tests,
                    )
            case _:
                continue
