"""A beginner believes that round brackets make a tuple, or that `+` adds an item to one.

A TypeError from joining a tuple and something that is none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "single-element-tuple-comma",
    "tuple-concatenation-with-element",
)


def detect(case: Examination) -> Iterator[Sign]:
    """`t + x` or `t + (x)` where `t + (x,)` is needed."""
    pattern = r'can only concatenate tuple \(not "(\w+)"\) to tuple'
    for line, found in case.raised_at("TypeError", pattern).items():
        if found[0].name in ("list", "NoneType"):
            continue
        tests = tuple(test for item in found for test in item.tests)
        text = case.program.line(line)
        why = f"TypeError in {name_tests(tests)}."
        wrapped = _wrapped_operand(case, line)
        if wrapped:
            fact = f"Line {line}: in `{text}` the round brackets around `{wrapped}` make no tuple without a comma."
            yield Sign("single-element-tuple-comma", (line,), 0.94, fact, why, tests)
        else:
            fact = f"Line {line}: `{text}` joins a tuple and a value that is not a tuple."
            yield Sign("tuple-concatenation-with-element", (line,), 0.94, fact, why, tests)


def _wrapped_operand(case: Examination, line: int) -> str | None:
    """Source of an operand of + that stands in round brackets of its own."""
    for node in case.nodes_at(line):
        operand = node.right if isinstance(node, ast.BinOp) else node.value if isinstance(node, ast.AugAssign) else None
        if operand is None or isinstance(operand, ast.Tuple) or operand.lineno != line:
            continue
        raw = case.program.lines[line - 1].encode()
        before, after = raw[: operand.col_offset].rstrip(), raw[operand.end_col_offset or 0 :].lstrip()
        if before.endswith(b"(") and after.startswith(b")") and not before[:-1].rstrip().endswith((b"tuple", b"list")):
            return case.program.text(operand)
    return None
