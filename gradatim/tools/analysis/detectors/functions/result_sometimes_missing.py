"""A beginner believes that one return serves every way through a function.

None comes in the tests that run past the end of a function which returns elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, leaves
from gradatim.tools.analysis.patterns.results import none_tests
from gradatim.tools.analysis.program import Function, is_none
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "empty-input-forgotten",
    "missing-else-case",
    "missing-return",
    "return-in-only-one-branch",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A function that returns in some cases and runs off its end in others."""
    for function in case.functions:
        if not function.returns_value or function.yields or leaves(function.node.body):
            continue
        nothing = [item for item in none_tests(case, function) if _ran_off(case, function, item.test)]
        if not nothing or any(
            isinstance(n, ast.Expr) and called_name(n.value) == function.name for n in function.nodes
        ):
            continue
        if any(fact.function == function.name and fact.expected is None for fact in case.right):
            continue  # running off the end is the right answer elsewhere
        tests = tuple(item.test for item in nothing)
        why = f"None came in {name_tests(tests)}."
        last = _last_statement(function)
        line = last.lineno
        if isinstance(last, ast.If):
            yield from _after_conditional(case, function, last, tests, why)
        elif isinstance(last, ast.For | ast.While):
            if any(leaves([inner]) for inner in last.body):
                continue  # left in the first round: the detectors of early returns tell this better
            if all(item.empty_input for item in nothing) and len(nothing) < len(case.wrong_of(function)) + 1:
                fact = (
                    f"Line {line}: {function.name} returns only inside this loop, which does not run "
                    "for an empty input."
                )
                yield Sign("empty-input-forgotten", (line,), 0.8, fact, why + " Their input is empty.", tests)
                yield Sign("missing-return", (line,), 0.7, fact, why, tests)
            else:
                fact = f"Line {line}: {function.name} returns only inside this loop; after the loop there is no return."
                yield Sign("missing-return", (line,), 0.82, fact, why, tests)
        else:
            fact = f"Line {line}: {function.name} ends with `{case.program.line(line)}` and not with a return."
            yield Sign("missing-return", (line,), 0.85, fact, why, tests)


def _ran_off(case: Examination, function: Function, test: str) -> bool:
    """Whether a traced run shows no `return None` on purpose (true if nothing was traced)."""
    bare = [item for item in function.returns if is_none(item.value)]
    return not any(case.ran_in(test, item.lineno) for item in bare)


def _after_conditional(
    case: Examination, function: Function, last: ast.If, tests: tuple[str, ...], why: str
) -> Iterator[Sign]:
    links: list[ast.If] = [last]
    while len(links[-1].orelse) == 1 and isinstance(links[-1].orelse[0], ast.If):
        links.append(links[-1].orelse[0])
    other = links[-1].orelse
    blocks = [(link.body, link.lineno) for link in links] + ([(other, other[0].lineno - 1)] if other else [])
    open_blocks = [(body, line) for body, line in blocks if not leaves(body)]
    for body, _ in open_blocks:
        end = body[-1]
        if isinstance(end, ast.For | ast.While):
            fact = f"Line {end.lineno}: nothing is returned after this loop of {function.name}."
            if not any(leaves([inner]) for inner in end.body):
                yield Sign("missing-return", (end.lineno,), 0.82, fact, why, tests)
            return
        ran = [case.ran_in(test, end.lineno) for test in tests]
        if isinstance(end, ast.Assign | ast.AugAssign) and any(item is not False for item in ran):
            fact = (
                f"Line {end.lineno}: this branch ends with `{case.program.line(end.lineno)}` and "
                "returns nothing, another branch returns."
            )
            yield Sign("return-in-only-one-branch", (end.lineno,), 0.85, fact, why, tests)
            return
    if not other and not open_blocks:
        fact = f"Line {links[-1].lineno}: {function.name} ends with conditions, and no else covers the remaining cases."
        lines = (links[-1].lineno, last.lineno) if links[-1] is not last else (last.lineno,)
        yield Sign("missing-else-case", lines, 0.85, fact, why, tests)


def _last_statement(function: Function) -> ast.stmt:
    """The last statement that does anything (a text below the code does not)."""
    told = [part for part in function.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    return told[-1] if told else function.body[-1]
