"""A beginner starts an entry of a dictionary at a value that the first item then counts once more, or restarts it.

Every count of a tally is off by the same number, or no count goes beyond its start.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number, mapped
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, constant_number, same
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "initialise-inside-loop",
    "wrong-initial-value",
)


def detect(case: Examination) -> Iterator[Sign]:
    """An entry of a dictionary that starts with a value off by one, or is started anew in every round."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        for node in body_nodes(loop.body):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as entry], value=value):
                    number = constant_number(value)
                case _:
                    continue
            grown = any(
                isinstance(item, ast.AugAssign) and isinstance(item.op, ast.Add) and same(item.target, entry)
                for item in body_nodes(loop.body)
            )
            tests = tuple(fact.test for fact in facts)
            if number is None or not grown or not facts:
                continue
            text = case.program.line(node.lineno)
            if node in loop.body and number in (0, 1):
                fact = (
                    f"Line {node.lineno}: `{text}` starts the entry anew in every round of the loop of "
                    f"line {loop.lineno}."
                )
                why = f"The result is wrong in {name_tests(tests)}."
                yield Sign("initialise-inside-loop", (node.lineno,), 0.9, fact, why, tests)
            elif number != 0 and all(_all_off_by(fact, -number) for fact in facts):
                fact = f"Line {node.lineno}: `{text}` starts an entry of {name} at {number}."
                why = f"Every entry is too large by {number} in {name_tests(tests)}."
                yield Sign("wrong-initial-value", (node.lineno,), 0.93, fact, why, tests)
            elif all(_all_off_by(fact, 1) for fact in facts):
                fact = f"Line {node.lineno}: `{text}` starts an entry of {name} at {number}."
                why = f"Every entry is one too small in {name_tests(tests)}."
                yield Sign("wrong-initial-value", (node.lineno,), 0.93, fact, why, tests)


def _all_off_by(fact: Contrast, gap: float) -> bool:
    """Whether two dictionaries have the same keys and all wanted values are larger by `gap`."""
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if not wanted or got is None or wanted.keys() != got.keys():
        return False
    pairs = [(wanted[key], got[key]) for key in wanted]
    return all(is_number(a) and is_number(b) and cast(float, a) - cast(float, b) == gap for a, b in pairs)
