"""Misconceptions about print as a way of handing over values."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.detectors.results import prints_of
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    called_name,
)
from gradatim.tools.analysis.sign import Sign


def print_returns_value(case: Examination) -> Iterator[Sign]:
    """The value of a call of `print` used as if it were what is printed."""
    for node, _ in case.places:
        value = getattr(node, "value", None)
        if isinstance(node, ast.Return | ast.Assign) and called_name(value) == "print":
            fact = (
                f"Line {node.lineno}: in `{case.program.line(node.lineno)}` the value of print is used, which is None."
            )
            yield Sign(
                "print-returns-value",
                (node.lineno,),
                0.94,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )
    for node, _ in case.places:
        inner = node.args[0] if isinstance(node, ast.Call) and called_name(node) == "print" and node.args else None
        called = case.program.function(called_name(inner) or "")
        if not isinstance(node, ast.Call) or called is None or called.returns_value or not prints_of(called):
            continue
        strayed = [
            item.test
            for item in case.wrong
            if item.output and "None" in str(item.actual).split() and "None" not in str(item.expected).split()
        ]
        if strayed:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` prints what {called.name} "
                "returns, and it returns nothing."
            )
            yield Sign(
                "function-prints-so-returns",
                (node.lineno, called.line),
                0.9,
                fact,
                f"A stray None is printed in {name_tests(strayed)}.",
                tuple(strayed),
            )


def return_instead_of_print(case: Examination) -> Iterator[Sign]:
    """A program that computes a value in a function, calls it and shows nothing."""
    silent = tuple(item.test for item in case.wrong if item.output and not str(item.actual).strip())
    if not silent:
        return
    for node in case.program.top:
        called = case.program.function(called_name(node.value) or "") if isinstance(node, ast.Expr) else None
        if called is not None and called.returns_value and not prints_of(called):
            line = getattr(node, "lineno", 1)
            fact = (
                f"Line {line}: `{case.program.line(line)}` calls {called.name} and does nothing with "
                "the value it returns."
            )
            yield Sign(
                "return-instead-of-print", (line,), 0.92, fact, f"Nothing is printed in {name_tests(silent)}.", silent
            )


def function_not_called(case: Examination) -> Iterator[Sign]:
    """A program whose only function is defined and never started."""
    silent = tuple(item.test for item in case.wrong if item.output and not str(item.actual).strip())
    names = {node.id for node in case.program.nodes if isinstance(node, ast.Name)}
    idle = [
        item for item in case.program.functions if item.owner is None and item.outer is None and item.name not in names
    ]
    outside = [n for n in case.program.top if isinstance(n, ast.Call)]
    if silent and idle and not outside:
        line = idle[-1].line
        fact = f"Line {line}: the function {idle[-1].name} is defined, and no line calls it."
        yield Sign(
            "function-not-called",
            (line,),
            0.93,
            fact,
            f"Nothing is printed in {name_tests(silent)}.",
            silent,
            anywhere=True,
        )
