"""A beginner loses track of which variable holds the finished result.

A function builds up one variable, reads it nowhere, and returns another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.patterns.records import record_of
from gradatim.tools.analysis.patterns.results import ran_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("return-wrong-variable",)


def detect(case: Examination) -> Iterator[Sign]:
    """A function that builds up one variable and hands out another one."""
    for function in case.functions:
        if len(function.returns) != 1 or not isinstance(returned := function.returns[0].value, ast.Name):
            continue
        tests = ran_tests(case, function, function.returns[0].lineno)
        grown = {
            node.target.id
            for node in function.nodes
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and case.program.loops_around(node)
        }
        grown |= _filled(function) | _records(case, function)
        idle = sorted(name for name in grown if name != returned.id and not _read(case, function, name))
        counted = returned.id in function.parameters or any(
            isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == returned.id
            for node in function.nodes
        )
        if idle and counted and tests:
            line = function.returns[0].lineno
            fact = (
                f"Line {line}: `{case.program.line(line)}` hands out `{returned.id}`, and `{idle[0]}`, "
                "which the loop builds up, is never read."
            )
            why = f"The result is wrong in {name_tests(tests)}."
            yield Sign("return-wrong-variable", (line,), 0.9, fact, why, tests)


def _filled(function: Function) -> set[str]:
    """Names of lists and sets that start empty and are added to."""
    empty = {
        target.id
        for node in function.nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Call) and not _items(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {name for node in function.nodes if (name := grows(node)) is not None and name in empty}


def _items(node: ast.expr) -> list[ast.expr]:
    """Items of a list, or arguments of a call."""
    return node.elts if isinstance(node, ast.List) else node.args if isinstance(node, ast.Call) else []


def _records(case: Examination, function: Function) -> set[str]:
    """Names that keep the largest or smallest item so far."""
    stored = {name for name in function.binders if record_of(function, name) is not None}
    return {name for name in stored if any(case.program.loops_around(node) for node in function.stores(name))}


def _read(case: Examination, function: Function, name: str) -> bool:
    """Whether the value of a name is used for anything but going on with it."""
    for node in function.loads(name):
        above = case.program.parent(node)
        adding = isinstance(above, ast.Attribute) and grows(case.program.parent(above) or above) == name
        record = record_of(function, name)
        compared = record is not None and any(node is part for part in ast.walk(record[0].test))
        if not adding and not compared:
            return True
    return False
