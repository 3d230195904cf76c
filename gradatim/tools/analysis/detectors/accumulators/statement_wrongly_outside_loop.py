"""A beginner believes that a line below a loop still takes part in every round.

An update below a loop uses what each round makes, and no round updates it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, names_in
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.sign import Sign

TELLS = ("statement-wrongly-outside-loop",)


def detect(case: Examination) -> Iterator[Sign]:
    """An update below the loop that should be repeated with it."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or loop.orelse:
            continue
        after = case.program.next_of(loop)
        if after is None:
            continue
        name = grows(after.value if isinstance(after, ast.Expr) else after)
        if name is None or any(grows(node) == name for node in body_nodes(loop.body)):
            continue
        made = {loop.target.id} | {
            target.id
            for node in body_nodes(loop.body)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        value = after.value if isinstance(after, ast.Assign | ast.AugAssign | ast.Expr) else after
        totals = {grown for node in body_nodes(loop.body) if (grown := grows(node)) is not None}
        if not (names_in(value) - totals) & made or any(isinstance(node, ast.Break) for node in ast.walk(loop)):
            continue
        facts = case.wrong_of(function)
        if facts and not any(_shorter(item) for item in facts):
            continue
        tests = tuple(item.test for item in facts) or case.failed_ids
        fact = (
            f"Line {after.lineno}: `{case.program.line(after.lineno)}` stands below the loop of line "
            f"{loop.lineno} and uses what each round makes."
        )
        yield Sign(
            "statement-wrongly-outside-loop",
            (after.lineno, loop.lineno),
            0.9,
            fact,
            f"It runs once only in {name_tests(tests)}.",
            tests,
        )


def _shorter(fact: Contrast) -> bool:
    """Whether less came than was wanted, as far as that can be told."""
    pieces = fact.pieces
    return pieces is None or len(pieces[1]) < len(pieces[0])
