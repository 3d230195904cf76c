"""A beginner believes that the last position of a sequence is its length, or that any position exists.

An IndexError, and the subscript that caused it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import length_of, names_in, same
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "length-as-last-index",
    "list-index-out-of-range",
    "string-index-out-of-range",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A subscript beyond the end: the length used as a position, or another position that does not exist."""
    for kind, word in (("list", "list"), ("tuple", "list"), ("string", "string")):
        for line, found in case.raised_at("IndexError", rf"^{kind} (assignment )?index out of range").items():
            tests = tuple(test for item in found for test in item.tests)
            why = f"IndexError in {name_tests(tests)}."
            empty = [item for item in case.contrasts if item.test in tests and item.empty_input]
            whole = [node for node in case.nodes_at(line) if isinstance(node, ast.Subscript)]
            last = next((node for node in whole if _is_length(case, node)), None)
            text = case.program.line(line)
            if last is not None and len(empty) < max(len(tests), 1):
                fact = (
                    f"Line {line}: `{case.program.text(last)}` uses the length as a position; the last one is one less."
                )
                yield Sign("length-as-last-index", (line,), 0.95, fact, why, tests)
            elif len(empty) < len(tests) or not tests:
                fact = f"Line {line}: `{text}` uses a position that does not exist."
                yield Sign(f"{word}-index-out-of-range", (line,), 0.7, fact, why, tests)


def _is_length(case: Examination, node: ast.Subscript) -> bool:
    """Whether a position is the length of what it is taken of, also by a name that holds it."""
    if same(length_of(node.slice), node.value):
        return True
    function = case.function_at(node.lineno)
    if not isinstance(node.slice, ast.Name) or function is None:
        return False
    name = node.slice.id
    made = [item for item in function.nodes if isinstance(item, ast.Assign) and name in names_in(item.targets[0])]
    return len(made) == len(function.stores(name)) == 1 and same(length_of(made[0].value), node.value)
