"""Misconceptions about parameters, calls and fixed answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import UNKNOWN
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_CHANGING = frozenset(["append", "extend", "insert", "add", "update", "remove", "pop", "setdefault"])


def mutable_default_shared(case: Examination) -> Iterator[Sign]:
    """A list, set or dictionary as a default that the function changes."""
    for function in case.program.functions:
        arguments = function.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        for argument, default in pairs:
            fresh = isinstance(default, ast.List | ast.Dict | ast.Set) or (
                isinstance(default, ast.Call)
                and isinstance(default.func, ast.Name)
                and default.func.id in ("list", "dict", "set")
                and not default.args
            )
            if fresh and _changes(function, argument.arg):
                fact = (
                    f"Line {argument.lineno}: the default `{case.program.text(default)}` of "
                    f"`{argument.arg}` is made once, and the function changes it."
                )
                why = (
                    f"It is kept between calls; failing: {name_tests(case.failed_ids)}."
                    if case.failed_ids
                    else "It is kept between calls."
                )
                yield Sign("mutable-default-shared", (argument.lineno,), 0.93, fact, why, case.failed_ids)


def _changes(function: Function, name: str) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method)) if (
                target == name and method in _CHANGING
            ):
                return True
            case ast.Subscript(value=ast.Name(id=target), ctx=ast.Store()) if target == name:
                return True
            case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                return True
            case _:
                continue
    return False


def wrong_argument_count(case: Examination) -> Iterator[Sign]:
    """A call with too many or too few arguments for the function of the program."""
    pattern = (
        r"(\w+)\(\) (?:missing \d+ required|takes (?:from )?\d+ .*but \d+ (?:was|were) given|takes \d+ positional)"
    )
    seen: set[tuple[str, int]] = set()
    for found in case.raised("TypeError", pattern):
        named = [item for item in case.program.functions if item.name == found.name]
        if not named or (found.name, found.line) in seen:
            continue
        function = named[-1]
        seen.add((found.name, found.line))
        why = f"TypeError in {name_tests(found.tests)}."
        if function.owner is not None and _lacks_self(function):
            fact = (
                f"Line {function.line}: the method {function.name} of {function.owner} has no `self` as "
                "its first parameter."
            )
            yield Sign("missing-self-parameter", (function.line,), 0.94, fact, why, found.tests, anywhere=True)
        elif function.owner is None or found.line:
            line = found.line or function.line
            fact = (
                f"Line {line}: `{case.program.line(line)}` calls {function.name} with another number of "
                "arguments than it has parameters."
                if found.line and found.line != function.line
                else f"Line {line}: {function.name} has another number of parameters than it is called with."
            )
            lines = tuple(dict.fromkeys((line, function.line)))
            yield Sign("wrong-argument-count", lines, 0.92, fact, why, found.tests, anywhere=True)


def _lacks_self(function: Function) -> bool:
    if any(
        isinstance(item, ast.Name) and item.id in ("staticmethod", "classmethod")
        for item in function.node.decorator_list
    ):
        return False
    return not function.parameters or function.parameters[0] not in ("self", "cls")


def parentheses_missing_in_call(case: Examination) -> Iterator[Sign]:
    """A function named on a line of its own, or compared, without being called."""
    for node in case.program.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
            called = case.program.function(node.value.id)
            if called is not None:
                fact = f"Line {node.lineno}: `{node.value.id}` names the function and does not call it."
                yield Sign(
                    "parentheses-missing-in-call",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"Failing: {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                    anywhere=True,
                )
    for node, _ in case.places:
        if (
            not isinstance(node, ast.Name)
            or not isinstance(node.ctx, ast.Load)
            or case.program.function(node.id) is None
        ):
            continue
        above = case.program.parent(node)
        tested = isinstance(above, ast.BoolOp) or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not))
        if tested or (isinstance(above, ast.If | ast.While) and above.test is node) or isinstance(above, ast.Compare):
            fact = f"Line {node.lineno}: `{node.id}` names the function in a condition and does not call it."
            why = f"Failing: {name_tests(case.failed_ids)}."
            yield Sign("parentheses-missing-in-call", (node.lineno,), 0.92, fact, why, case.failed_ids)
    pattern = r"'(?:function|builtin_function_or_method|method)'"
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        named = [
            node
            for node in case.nodes_at(line)
            if isinstance(node, ast.Name | ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and not (isinstance(above := case.program.parent(node), ast.Call) and above.func is node)
            and (isinstance(node, ast.Attribute) or case.program.function(node.id) is not None)
        ]
        if named:
            fact = f"Line {line}: `{case.program.text(named[0])}` names a function and does not call it."
            yield Sign("parentheses-missing-in-call", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)


def hard_coded_answer(case: Examination) -> Iterator[Sign]:
    """A function that gives fixed answers and looks at its input only to tell the shown tests apart."""
    for function in case.functions:
        if function.owner is not None or not function.parameters or function.trivial:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        right = [fact for fact in case.right if fact.function == function.name]
        values = [item.value for item in function.returns]
        if not values or not facts or not all(isinstance(v, ast.Constant) and v.value is not None for v in values):
            continue
        if any(isinstance(node, ast.For | ast.While | ast.Call) for node in function.nodes):
            continue
        used = {node.id for node in function.nodes if isinstance(node, ast.Name)} & set(function.parameters)
        tests = tuple(fact.test for fact in facts)
        line = function.returns[0].lineno
        if not used and len(values) == 1 and right:
            fact = (
                f"Line {line}: {function.name} always returns "
                f"{case.program.text(values[0] or function.node)} and uses no parameter."
            )
            yield Sign(
                "hard-coded-answer",
                (line,),
                0.93,
                fact,
                f"It is right in {name_tests([f.test for f in right])} and wrong in {name_tests(tests)}.",
                tests,
            )
            continue
        conditions = [node.test for node in function.nodes if isinstance(node, ast.If | ast.IfExp)]
        plain = [_tested_value(test, function) for test in conditions]
        given = [fact.arguments[0] for fact in right if fact.arguments]
        hits = [
            value
            for value in plain
            if value is not UNKNOWN and any(value == item and type(value) is type(item) for item in given)
        ]
        if len(conditions) >= 2 and all(value is not UNKNOWN for value in plain) and len(hits) >= 2:
            fact = (
                f"Line {line}: {function.name} compares its input with fixed values and returns a fixed "
                "answer for each."
            )
            yield Sign(
                "hard-coded-answer",
                (line, function.line),
                0.92,
                fact,
                f"Other inputs are wrong in {name_tests(tests)}.",
                tests,
            )


def _tested_value(test: ast.expr, function: Function) -> object:
    """The constant that a condition compares a parameter with for equality."""
    match test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[value]) if name in function.parameters:
            try:
                return ast.literal_eval(value)
            except ValueError:
                return UNKNOWN
        case _:
            return UNKNOWN


def unused_parameter(case: Examination) -> Iterator[Sign]:
    """A parameter that the function under test never looks at."""
    started = {fact.function for fact in case.contrasts}
    for function in case.functions:
        if function.owner is not None or function.trivial or function.name not in started:
            continue
        facts = case.wrong_of(function)
        if not facts or case.right_of(function):
            continue
        inner = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
        for name in function.parameters:
            if name not in inner:
                tests = tuple(fact.test for fact in facts)
                fact = f"Line {function.line}: {function.name} never uses its parameter `{name}`."
                yield Sign(
                    "unused-parameter",
                    (function.line,),
                    0.75,
                    fact,
                    f"No test of it passes; failing: {name_tests(tests)}.",
                    tests,
                )
