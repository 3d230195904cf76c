"""A beginner believes that digits in a text calculate like numbers.

A TypeError from a text and a number in one calculation or comparison.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.inputs import raw_inputs
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "input-is-number",
    "string-number-confusion",
    "string-plus-number",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A text and a number in one calculation or comparison: typed in, or put together."""
    pattern = (
        r'can only concatenate str \(not "(?:int|float)"\) to str|'
        r"unsupported operand type\(s\) for \S+: '(?:int|float|str)' and '(?:int|float|str)'|"
        r"not supported between instances of '(?:int|float|str)' and '(?:int|float|str)'|"
        r"'str' object cannot be interpreted as an integer|can't multiply sequence by non-int of type 'str'|"
        r"not all arguments converted during string formatting"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        home = case.function_at(line)
        raw = raw_inputs(case, home)
        used = {node.id for node in case.nodes_at(line) if isinstance(node, ast.Name)}
        text = case.program.line(line)
        why = f"TypeError in {name_tests(tests)}."
        if used & raw or any(called_name(node) == "input" for node in case.nodes_at(line)):
            name = min(used & raw, default="input()")
            fact = f"Line {line}: `{text}` calculates with `{name}`, which input() gave as a text."
            yield Sign("input-is-number", (line,), 0.95, fact, why, tests)
        elif "concatenate str" in found[0].fact.message or re.search(
            r"for \+=?: '(int|float)' and 'str'", found[0].fact.message
        ):
            fact = f"Line {line}: `{text}` puts a text and a number together with +."
            yield Sign("string-plus-number", (line,), 0.94, fact, why, tests)
        elif "not supported between" in found[0].fact.message or "unsupported" in found[0].fact.message:
            fact = f"Line {line}: `{text}` treats a text as a number."
            yield Sign("string-number-confusion", (line,), 0.85, fact, why, tests)
