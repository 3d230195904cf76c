"""A beginner believes that `+` puts a single value into a list.

A TypeError from joining a list and something that is none, or a text taken apart by `+=`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.lists import taken_apart
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-list-wrap",)


def detect(case: Examination) -> Iterator[Sign]:
    """A single value joined to a list with `+`."""
    pattern = (
        r'can only concatenate list \(not "(\w+)"\) to list|'
        r"unsupported operand type\(s\) for \+=?: '\w+' and 'list'"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        if found[0].match.group(1) in ("NoneType", "tuple"):
            continue
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` joins a list and a value that is not a list."
        yield Sign("missing-list-wrap", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)
    for line, found in case.raised_at("TypeError", r"'(int|float|bool)' object is not iterable").items():
        if any(isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) for node in case.nodes_at(line)):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: `{case.program.line(line)}` joins a list and a value that is not a list."
            yield Sign("missing-list-wrap", (line,), 0.92, fact, f"TypeError in {name_tests(tests)}.", tests)
    for node, function in case.places:
        if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add) or function is None:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        tests = tuple(fact.test for fact in facts if taken_apart(fact))
        if tests and 3 * len(tests) >= 2 * len(facts) and not isinstance(node.value, ast.List | ast.ListComp):
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` adds to a list with +=, which "
                "takes the value apart."
            )
            yield Sign(
                "missing-list-wrap",
                (node.lineno,),
                0.85,
                fact,
                f"Its parts stand in the result in {name_tests(tests)}.",
                tests,
            )
