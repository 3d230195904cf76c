"""A beginner believes that a comparison of letters overlooks capitals.

Only tests whose input holds capitals fail, and the program compares with small letters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called, names_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("case-sensitive-comparison",)


def detect(case: Examination) -> Iterator[Sign]:
    """Letters counted or compared without regard to capitals: only tests with capitals fail."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        wrong = [fact for fact in facts if not fact.passed and fact.known]
        if not wrong or any(
            (call := method_called(node)) is not None and call[1] in ("lower", "upper", "casefold")
            for node in function.nodes
        ):
            continue
        capital = {fact.test for fact in facts if _has_capital(fact.arguments)}
        failed = {fact.test for fact in facts if not fact.passed}
        if not failed <= capital or len(capital) == len(facts) or 2 * len(failed) < len(capital):
            continue
        compare = next(
            (
                node
                for node in function.nodes
                if isinstance(node, ast.Compare)
                and isinstance(node.ops[0], ast.Eq | ast.In | ast.NotEq | ast.NotIn)
                and (_has_text(node) or names_in(node))
            ),
            None,
        )
        if compare is not None:
            tests = tuple(fact.test for fact in wrong)
            fact = f"Line {compare.lineno}: `{case.program.text(compare)}` distinguishes capital and small letters."
            yield Sign(
                "case-sensitive-comparison",
                (compare.lineno,),
                0.88,
                fact,
                f"Only tests with capital letters fail: {name_tests(tests)}.",
                tests,
            )


def _has_capital(arguments: tuple[object, ...] | None) -> bool:
    return any(isinstance(value, str) and value != value.lower() for value in arguments or ())


def _has_text(node: ast.Compare) -> bool:
    return any(
        isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, *node.comparators)
    )
