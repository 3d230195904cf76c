"""Misconceptions about raising and handling exceptions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.sign import Sign


def _is_exception(name: str | None) -> bool:
    kind = getattr(builtins, name or "", None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _not_raised(case: Examination) -> tuple[str, ...]:
    """Failing tests that wanted an exception and got a value."""
    by_test = {item.test: item for item in case.failing}
    return tuple(test for test in case.failed_ids if case.task.test(test).raises and by_test[test].status == "failed")


def exception_returned_not_raised(case: Examination) -> Iterator[Sign]:
    """An exception made and returned, or made and dropped."""
    tests = _not_raised(case)
    for node, _ in case.places if tests else ():
        value = node.value if isinstance(node, ast.Return | ast.Expr) else None
        name = called_name(value) or (value.id if isinstance(value, ast.Name) else None)
        if isinstance(node, ast.Return | ast.Expr) and _is_exception(name):
            fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes an exception and does not raise it."
            why = f"No exception comes in {name_tests(tests)}."
            yield Sign("exception-returned-not-raised", (node.lineno,), 0.95, fact, why, tests)


def guard_missing(case: Examination) -> Iterator[Sign]:
    """An input that has to be refused, and a function that refuses none."""
    tests = _not_raised(case)
    if not tests or any(isinstance(node, ast.Raise) for node in case.program.nodes):
        return
    if any(_is_exception(called_name(node)) for node in case.program.nodes):
        return
    for function in case.functions:
        others = [fact for fact in case.contrasts if fact.test not in tests and not fact.passed]
        if any(fact.function == function.name for fact in case.contrasts if fact.test in tests) and not others:
            line = function.body[0].lineno
            fact = f"Line {function.line}: {function.name} raises no exception for any input."
            why = f"One is wanted in {name_tests(tests)}; every other test passes."
            yield Sign("guard-missing", (line, function.line), 0.88, fact, why, tests)


def bare_except_hides_error(case: Examination) -> Iterator[Sign]:
    """A handler for everything that does nothing, or hands out a default."""
    for node, _ in case.places:
        if not isinstance(node, ast.ExceptHandler):
            continue
        everything = node.type is None or (
            isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
        )
        quiet = all(isinstance(part, ast.Pass | ast.Return | ast.Assign | ast.Continue) for part in node.body)
        ran = [test for test in case.failed_ids if case.ran_in(test, node.body[0].lineno)]
        if everything and quiet and ran and node.body[0].lineno > node.lineno:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` catches whatever goes wrong and tells nothing."
            )
            yield Sign(
                "bare-except-hides-error", (node.lineno,), 0.88, fact, f"It is used in {name_tests(ran)}.", tuple(ran)
            )
