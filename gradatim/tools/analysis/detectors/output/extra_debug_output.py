"""A beginner believes that further output does no harm.

The wanted lines come among others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.prompts import prompts_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("extra-debug-output",)


def detect(case: Examination) -> Iterator[Sign]:
    """The wanted lines among others."""
    facts = [item for item in case.wrong if item.output]
    tests: list[str] = []
    for item in facts:
        wanted = [line.strip() for line in str(item.expected).splitlines() if line.strip()]
        got = [line.strip() for line in str(item.actual).splitlines() if line.strip()]
        if wanted and len(got) > len(wanted) and _within(wanted, got):
            tests.append(item.test)
    if not tests or 3 * len(tests) < 2 * len(facts) or prompts_of(case):
        return
    prints = [node for node in case.program.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]
    prints.sort(key=lambda node: node.lineno)
    if len(prints) < 2:
        return
    telling = [node for node in prints if _describes(node, [item.expected for item in facts])]
    if telling:
        line = telling[0].lineno
        fact = f"Line {line}: `{case.program.line(line)}` prints something that the task does not ask for."
        yield Sign(
            "extra-debug-output",
            (line,),
            0.9,
            fact,
            f"The wanted lines stand among others in {name_tests(tests)}.",
            tuple(tests),
        )


def _within(wanted: list[str], got: list[str]) -> bool:
    rest = iter(got)
    return all(line in rest for line in wanted)


def _describes(node: ast.Call, expected: list[object]) -> bool:
    """Whether a print shows a text that stands in no expected output, and so cannot be wanted."""
    for value in node.args:
        parts = value.values if isinstance(value, ast.JoinedStr) else [value]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
                return all(part.value.strip() not in str(item) for item in expected)
    return False
