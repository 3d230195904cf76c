"""A beginner believes that a line inside a loop can run once at the end.

A running result is printed in every round, and only the last line printed was wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, names_in
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.sign import Sign

TELLS = ("statement-wrongly-inside-loop",)


def detect(case: Examination) -> Iterator[Sign]:
    """A result printed in every round where it was wanted once."""
    facts = [item for item in case.wrong if item.output]
    repeated: list[str] = []
    for item in facts:
        wanted = [text.strip() for text in str(item.expected).strip().splitlines()]
        got = [text.strip() for text in str(item.actual).strip().splitlines()]
        if wanted and len(got) > len(wanted) and got[-1] == wanted[-1] and got[: len(wanted) - 1] == wanted[:-1]:
            repeated.append(item.test)
    if not repeated or 3 * len(repeated) < 2 * len(facts):
        return
    for loop, _ in case.loops:
        grown = {name for node in body_nodes(loop.body) if (name := grows(node)) is not None}
        prints = [
            item
            for item in loop.body
            if isinstance(item, ast.Expr)
            and isinstance(item.value, ast.Call)
            and isinstance(item.value.func, ast.Name)
            and item.value.func.id == "print"
            and names_in(item.value) & grown
        ]
        behind = [
            node
            for node in case.program.nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
            and node.lineno > (loop.end_lineno or 0)
        ]
        if prints and not behind:
            line = prints[0].lineno
            fact = f"Line {line}: `{case.program.line(line)}` stands inside the loop of line {loop.lineno}."
            yield Sign(
                "statement-wrongly-inside-loop",
                (line,),
                0.92,
                fact,
                f"Only the last of several printed lines was wanted in {name_tests(repeated)}.",
                tuple(repeated),
            )
