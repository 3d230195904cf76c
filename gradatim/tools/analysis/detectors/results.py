"""Misconceptions about handing over results with return."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    called_name,
    leaves,
)
from gradatim.tools.analysis.program import Function, is_none
from gradatim.tools.analysis.sign import Sign


def _none_tests(case: Examination, function: Function) -> tuple[Contrast, ...]:
    """Tests of a function itself that got None for something else."""
    return tuple(item for item in case.wrong if item.none_returned and item.function == function.name)


def prints_of(function: Function) -> list[ast.Call]:
    return [node for node in function.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]


def result_never_returned(case: Examination) -> Iterator[Sign]:
    """A function without any `return value`: printed instead, or forgotten."""
    for function in case.functions:
        if function.returns_value or function.yields or function.trivial or function.owner is not None:
            continue
        nothing = _none_tests(case, function)
        if not nothing or any(item.value is not None for item in function.returns):
            continue
        tests = tuple(item.test for item in nothing)
        prints = prints_of(function)
        if not prints:
            if _changes_argument(function):
                line = function.body[-1].lineno
                fact = f"Line {function.line}: {function.name} changes its argument and returns nothing."
                yield Sign("in-place-versus-new-list", (line,), 0.75, fact, f"None came in {name_tests(tests)}.", tests)
            last = function.body[-1]
            line = getattr(last, "end_lineno", None) or last.lineno
            fact = f"Line {function.line}: the function {function.name} has no return with a value."
            yield Sign("missing-return", (line, function.line), 0.92, fact, f"None came in {name_tests(tests)}.", tests)
            continue
        shown = [
            item.test
            for item in nothing
            if str(item.expected).strip() and str(item.expected).strip() in case.execution.outcome(item.test).stdout
        ]
        line = prints[-1].lineno
        fact = f"Line {line}: {function.name} prints with `{case.program.line(line)}` and has no return with a value."
        if shown:
            why = f"The value wanted was printed in {name_tests(shown)}, and None was returned."
            yield Sign("print-instead-of-return", (line,), 0.95, fact, why, tuple(shown))
        else:
            yield Sign("print-instead-of-return", (line,), 0.8, fact, f"None came in {name_tests(tests)}.", tests)


def _changes_argument(function: Function) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort" | "reverse" | "append" | "remove")):
                if name in function.parameters:
                    return True
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()) if name in function.parameters:
                return True
            case _:
                continue
    return False


def result_sometimes_missing(case: Examination) -> Iterator[Sign]:
    """A function that returns in some cases and runs off its end in others."""
    for function in case.functions:
        if not function.returns_value or function.yields or leaves(function.node.body):
            continue
        nothing = [item for item in _none_tests(case, function) if _ran_off(case, function, item.test)]
        if not nothing or any(
            isinstance(n, ast.Expr) and called_name(n.value) == function.name for n in function.nodes
        ):
            continue
        tests = tuple(item.test for item in nothing)
        why = f"None came in {name_tests(tests)}."
        last = function.body[-1]
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


def ran_tests(case: Examination, function: Function, line: int) -> tuple[str, ...]:
    """Failing tests of a function that did not raise, and that ran a line as far as is known."""
    found = [item.test for item in case.wrong_of(function) if case.ran_in(item.test, line) is not False]
    return tuple(test for test in case.failed_ids if test in found)


def code_after_return(case: Examination) -> Iterator[Sign]:
    """Work that stands behind a return and can never be done."""
    for function in case.functions:
        for item in function.returns:
            after = case.program.next_of(item)
            if after is not None:
                yield from _dead_part(case, function, item, after)


def _dead_part(case: Examination, function: Function, here: ast.Return, after: ast.stmt) -> Iterator[Sign]:
    if isinstance(after, ast.Return | ast.Pass | ast.Break | ast.Continue | ast.FunctionDef):
        return
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return
    tests = ran_tests(case, function, here.lineno)
    if tests:
        text = case.program.line(after.lineno)
        fact = f"Line {after.lineno}: `{text}` stands behind the return of line {here.lineno} and never runs."
        why = f"The return was reached in {name_tests(tests)}."
        yield Sign("code-after-return", (after.lineno, here.lineno), 0.85, fact, why, tests)


def none_for_empty_value(case: Examination) -> Iterator[Sign]:
    """None returned on purpose where zero, False or something empty was wanted."""
    for function in case.functions:
        wanted = [
            item
            for item in _none_tests(case, function)
            if item.expected in (0, False, "") or item.expected in ([], (), {})
        ]
        for item in function.returns:
            explicit = isinstance(item.value, ast.Constant) and item.value.value is None
            tests = tuple(fact.test for fact in wanted if case.ran_in(fact.test, item.lineno) is not False)
            if explicit and tests:
                fact = f"Line {item.lineno}: {function.name} returns None on purpose."
                why = f"Zero, False or something empty was wanted in {name_tests(tests)}."
                yield Sign("none-is-false-or-zero", (item.lineno,), 0.88, fact, why, tests)


def return_wrong_variable(case: Examination) -> Iterator[Sign]:
    """A function that builds up one variable and hands out another one."""
    for function in case.functions:
        if len(function.returns) != 1 or not isinstance(returned := function.returns[0].value, ast.Name):
            continue
        tests = ran_tests(case, function, function.returns[0].lineno)
        grown = {
            node.target.id
            for node in function.nodes
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and case.program.loops_around(node)
        }
        idle = sorted(name for name in grown if name != returned.id and not function.loads(name))
        counted = returned.id in function.parameters or any(
            isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == returned.id
            for node in function.nodes
        )
        if idle and counted and tests:
            line = function.returns[0].lineno
            fact = (
                f"Line {line}: `{case.program.line(line)}` hands out `{returned.id}`, and `{idle[0]}`, "
                "which the loop builds up, is never read."
            )
            why = f"The result is wrong in {name_tests(tests)}."
            yield Sign("return-wrong-variable", (line,), 0.9, fact, why, tests)
