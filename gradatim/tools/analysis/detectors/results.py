"""Misconceptions about handing over results with return."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    called_name,
    leaves,
)
from gradatim.tools.analysis.program import Function
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
    bare = [item for item in function.returns if item.value is None or ast.unparse(item.value) == "None"]
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


def _in_loop(case: Examination, statement: ast.stmt) -> ast.For | ast.While | None:
    above = case.program.parent(statement)
    return above if isinstance(above, ast.For | ast.While) and statement in above.body else None


def return_inside_loop(case: Examination) -> Iterator[Sign]:
    """A loop that is left by the return of a result that it has only begun to build."""
    for function in case.functions:
        for item in function.returns:
            loop = _in_loop(case, item)
            begun = _begun(loop.body, item) if loop is not None else _begun_in_branch(case, function, item)
            around = case.program.loops_around(item)
            tests = _ran_tests(case, function, item.lineno)
            if begun is None or not around or not tests:
                continue
            text = case.program.line(item.lineno)
            fact = f"Line {item.lineno}: the loop builds up `{begun}`, and `{text}` stands inside it."
            why = f"It ends the loop of line {around[0].lineno} early in {name_tests(tests)}."
            yield Sign("return-inside-loop", (item.lineno,), 0.92, fact, why, tests)


def _begun(block: list[ast.stmt], item: ast.Return) -> str | None:
    """The name that a block changes and then hands out by a return at its end."""
    if item.value is None or isinstance(item.value, ast.Constant):
        return None
    before = [node for part in block[: block.index(item)] for node in ast.walk(part)]
    if any(isinstance(node, ast.Continue) for node in before):
        return None
    changed = {name for node in before for name in _changed_by(node)}
    returned = {node.id for node in ast.walk(item.value) if isinstance(node, ast.Name)}
    return min(changed & returned, default=None)


def _begun_in_branch(case: Examination, function: Function, item: ast.Return) -> str | None:
    """The same in an if of a loop, for a name that is handed out behind the loop as well."""
    above = case.program.parent(item)
    if not isinstance(above, ast.If) or item not in above.body or not isinstance(item.value, ast.Name):
        return None
    loops = case.program.loops_around(item)
    again = any(
        other is not item
        and isinstance(other.value, ast.Name)
        and other.value.id == item.value.id
        and loops
        and not case.program.loops_around(other)
        for other in function.returns
    )
    return _begun(above.body, item) if again else None


def _changed_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            yield name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            yield name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "insert" | "extend")):
            yield name
        case _:
            return


def _ran_tests(case: Examination, function: Function, line: int) -> tuple[str, ...]:
    """Failing tests of a function that did not raise, and that ran a line as far as is known."""
    found = [item.test for item in case.wrong_of(function) if case.ran_in(item.test, line) is not False]
    return tuple(test for test in case.failed_ids if test in found)


def early_exit_search(case: Examination) -> Iterator[Sign]:
    """A search that is settled by the first item: both branches of its if return."""
    for loop, function in case.loops:
        if function is None or isinstance(loop, ast.AsyncFor) or not loop.body:
            continue
        if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant):
            continue
        ends = _two_ways_out(loop)
        if ends is None:
            continue
        first, second = ends
        if any(isinstance(node, ast.Continue | ast.Break) for part in loop.body for node in ast.walk(part)):
            continue
        if _computed(first) or _computed(second):
            continue
        tests = _ran_tests(case, function, second.lineno)
        if tests:
            fact = (
                f"Line {second.lineno}: `{case.program.line(second.lineno)}` leaves the loop of line "
                f"{loop.lineno} "
                "as soon as one item does not fit."
            )
            why = f"That return ended the loop early in {name_tests(tests)}."
            yield Sign("early-exit-search", (second.lineno, first.lineno), 0.9, fact, why, tests)


def _two_ways_out(loop: ast.For | ast.While) -> tuple[ast.Return, ast.Return] | None:
    """The two returns of `if …: return A` with `else: return B` (or `return B` below) at the end of a body."""
    body = loop.body
    last = body[-1]
    if isinstance(last, ast.If) and last.orelse:
        yes, no = last.body[-1], last.orelse[-1]
        if isinstance(no, ast.If) and no.orelse:
            yes, no = no.body[-1], no.orelse[-1]
        if isinstance(yes, ast.Return) and isinstance(no, ast.Return):
            return yes, no
    if len(body) >= 2 and isinstance(last, ast.Return) and isinstance(before := body[-2], ast.If):
        yes = before.body[-1]
        if isinstance(yes, ast.Return) and not before.orelse:
            return yes, last
    return None


def _computed(item: ast.Return) -> bool:
    """Whether a return hands out a calculation or another function's result, so that it may be no search."""
    return item.value is not None and any(isinstance(node, ast.Call) for node in ast.walk(item.value))


def code_after_return(case: Examination) -> Iterator[Sign]:
    """Work that stands behind a return and can never be done."""
    for function in case.functions:
        for item in function.returns:
            block = case.program.block_of(item)
            yield from _dead_part(case, function, block[block.index(item) :])


def _dead_part(case: Examination, function: Function, block: list[ast.stmt]) -> Iterator[Sign]:
    for here, after in itertools.pairwise(block[:2]):
        if isinstance(after, ast.Return | ast.Pass | ast.Break | ast.Continue | ast.FunctionDef):
            return
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            return
        tests = _ran_tests(case, function, here.lineno)
        if tests:
            fact = (
                f"Line {after.lineno}: `{case.program.line(after.lineno)}` stands behind the return of "
                f"line {here.lineno} and never runs."
            )
            yield Sign(
                "code-after-return",
                (after.lineno, here.lineno),
                0.85,
                fact,
                f"The return was reached in {name_tests(tests)}.",
                tests,
            )
        return


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


def break_for_continue(case: Examination) -> Iterator[Sign]:
    """A break where one item should be skipped: the result ends at the first such item."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For):
            continue
        for part in loop.body[:-1]:
            match part:
                case ast.If(body=[ast.Break() as jump], orelse=[]):
                    pass
                case _:
                    continue
            tests = tuple(
                fact.test
                for fact in case.wrong_of(function)
                if _cut_off(fact) and case.ran_in(fact.test, jump.lineno) is not False
            )
            if tests and len(tests) == len(case.wrong_of(function)):
                fact = (
                    f"Line {jump.lineno}: `break` ends the loop of line {loop.lineno} at the first item "
                    f"for which line {part.lineno} holds."
                )
                why = f"What comes after that item is missing in {name_tests(tests)}."
                yield Sign("continue-is-break", (jump.lineno, part.lineno), 0.9, fact, why, tests)


def _cut_off(fact: Contrast) -> bool:
    """Whether a shorter beginning of the wanted items came."""
    pieces = fact.pieces
    return (
        pieces is not None and len(pieces[1]) < len(pieces[0]) and list(pieces[0])[: len(pieces[1])] == list(pieces[1])
    )


def return_wrong_variable(case: Examination) -> Iterator[Sign]:
    """A function that builds up one variable and hands out another one."""
    for function in case.functions:
        if len(function.returns) != 1 or not isinstance(returned := function.returns[0].value, ast.Name):
            continue
        tests = _ran_tests(case, function, function.returns[0].lineno)
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
