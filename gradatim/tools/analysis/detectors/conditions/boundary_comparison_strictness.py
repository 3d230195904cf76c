"""A beginner does not decide whether a limit belongs to the case below or above it.

The failing tests are those in which a compared value equals its limit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.limits import ORDER, at_limit
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("boundary-comparison-strictness",)


def detect(case: Examination) -> Iterator[Sign]:
    """`<` for `<=` or the reverse: exactly the tests at a limit fail."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        failed = {fact.test for fact in facts if not fact.passed}
        limits = _failing_limits(case, function, facts)
        explained = {test for _, tests in limits for test in tests}
        if not failed or explained != failed or len(explained) == len(facts):
            continue
        if all(fact.none_returned for fact in facts if not fact.passed):
            continue  # no branch was taken at the limit: another strictness alone gives a wrong one
        for node, tests in limits:
            text = case.program.text(node)
            truth = "true" if isinstance(node.ops[0], ast.LtE | ast.GtE) else "false"
            fact = f"Line {node.lineno}: `{text}` is {truth} when both sides are equal."
            why = f"Both sides are equal in {name_tests(tests)}, and in no test that passes."
            yield Sign("boundary-comparison-strictness", (node.lineno,), 0.93, fact, why, tests)


def _failing_limits(
    case: Examination, function: Function, facts: list[Contrast]
) -> list[tuple[ast.Compare, tuple[str, ...]]]:
    """Comparisons whose sides are equal in some tests that fail and in none that pass."""
    found: list[tuple[ast.Compare, tuple[str, ...]]] = []
    for node in function.nodes:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ORDER):
            continue
        equal = [fact for fact in facts if at_limit(node, case.bindings(fact, function), function)]
        reached = [fact for fact in equal if case.ran_in(fact.test, node.lineno) is not False]
        if reached and not any(fact.passed for fact in reached):
            found.append((node, tuple(fact.test for fact in reached)))
    return found
