"""A beginner believes that the lines after `yield` in a context manager run in any case.

A failing test reached the yield, and not the lines after it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.libraries import library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("yield-without-finally",)


def detect(case: Examination) -> Iterator[Sign]:
    """Clean-up below a `yield` that is skipped when the block raises."""
    for function in case.program.functions:
        marks = [library_name(case.program, mark, "contextlib") for mark in function.node.decorator_list]
        if "contextmanager" not in marks:
            continue
        for statement in function.node.body[:-1]:
            inside = statement.value if isinstance(statement, ast.Expr) else None
            following = case.program.next_of(statement)
            if not isinstance(inside, ast.Yield) or following is None:
                continue
            skipped = [
                test
                for test in case.failed_ids
                if case.ran_in(test, statement.lineno) and case.ran_in(test, following.lineno) is False
            ]
            if skipped:
                said = "has lines below it that are skipped when the with block raises."
                found = of_line(case, "yield-without-finally", statement.lineno, 0.93, said)
                yield replace(found, tests=tuple(skipped), why=f"They are skipped in {name_tests(skipped)}.")
