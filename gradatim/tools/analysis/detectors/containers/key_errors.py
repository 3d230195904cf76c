"""A beginner believes that a dictionary has an entry for every key.

A KeyError, where an entry is updated or read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import same
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "dictionary-key-initialisation",
    "dictionary-missing-key",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A key that is not there: updated before it exists, or read."""
    for line, found in case.raised_at("KeyError").items():
        tests = tuple(test for item in found for test in item.tests)
        why = f"KeyError in {name_tests(tests)}."
        text = case.program.line(line)
        updated = any(_updates_entry(node) for node in case.nodes_at(line))
        read = any(isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) for node in case.nodes_at(line))
        if updated:
            fact = f"Line {line}: `{text}` updates an entry of a dictionary before there is one."
            yield Sign("dictionary-key-initialisation", (line,), 0.95, fact, why, tests)
        elif read:
            fact = f"Line {line}: `{text}` reads a key that the dictionary does not have."
            yield Sign("dictionary-missing-key", (line,), 0.88, fact, why, tests)


def _updates_entry(node: ast.AST) -> bool:
    match node:
        case ast.AugAssign(target=ast.Subscript()):
            return True
        case ast.Assign(targets=[ast.Subscript() as target], value=ast.BinOp() as value):
            return any(isinstance(item, ast.Subscript) and same(item, target) for item in ast.walk(value))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Subscript(), attr="append" | "add" | "extend"))):
            return True
        case _:
            return False
