"""A beginner believes that a condition is bound to become false.

Time runs out in a while loop that moves away from its limit, jumps over it, or stands still on one way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, own_loop_nodes
from gradatim.tools.analysis.patterns.whiles import can_leave, changed_names, condition_names, endless_loops, steps_of
from gradatim.tools.analysis.program import stored_names
from gradatim.tools.analysis.sign import Sign

TELLS = ("infinite-while",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop whose condition stays true: the value jumps over the limit, moves away, or is not always changed."""
    for loop, tests in endless_loops(case):
        line = loop.lineno
        why = f"Time ran out in {name_tests(tests)}."
        text = case.program.text(loop.test)
        if isinstance(loop.test, ast.Constant) and loop.test.value:
            if not can_leave(loop):
                fact = f"Line {line}: the condition `{text}` is always true, and nothing in the loop leaves it."
                yield Sign("infinite-while", (line,), 0.95, fact, why, tests)
            continue
        changed = changed_names(loop)
        mine = sorted(condition_names(loop) & changed.keys())
        if not mine:
            continue
        away = _moves_away(loop)
        if away is not None:
            fact = f"Line {away.lineno}: `{case.program.text(away)}` moves away from what ends `while {text}`."
            yield Sign("infinite-while", (line, away.lineno), 0.93, fact, why, tests)
        elif (step := _jumps_over(loop)) is not None:
            fact = (
                f"Line {line}: `{text}` ends the loop at one exact value, and line {step.lineno} "
                "changes it in larger steps."
            )
            yield Sign("infinite-while", (line, step.lineno), 0.88, fact, why, tests)
        elif (branch := _only_in_branch(case, loop, [node for name in mine for node in changed[name]])) is not None:
            fact = f"Line {branch}: what ends `while {text}` is changed in one branch of the loop only."
            yield Sign("infinite-while", (line, branch), 0.88, fact, why, tests)


def _moves_away(loop: ast.While) -> ast.stmt | None:
    match loop.test:
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[_]):
            pass
        case _:
            return None
    steps = steps_of(loop, name)
    stores = [node for node in body_nodes(loop.body) if name in stored_names(node)]
    if not steps or len(steps) != len(stores):
        return None
    if isinstance(op, ast.Lt | ast.LtE):
        away = all(size <= 0 for _, size in steps)
    else:
        away = isinstance(op, ast.Gt | ast.GtE) and all(size >= 0 for _, size in steps)
    return steps[0][0] if away else None


def _jumps_over(loop: ast.While) -> ast.stmt | None:
    match loop.test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.NotEq()], comparators=[_]):
            pass
        case _:
            return None
    steps = steps_of(loop, name)
    return next((node for node, size in steps if abs(size) != 1), None)


def _only_in_branch(case: Examination, loop: ast.While, changes: list[ast.AST]) -> int | None:
    """Line of the if that holds all changes of the condition, if another way around it changes nothing."""
    if can_leave(loop):
        return None
    continues = [node for node in own_loop_nodes(loop) if isinstance(node, ast.Continue)]
    first = min(getattr(node, "lineno", 0) for node in changes)
    for jump in continues:
        if jump.lineno < first:
            return jump.lineno
    holders: set[int] = set()
    for node in changes:
        statement = case.program.statement_of(node)
        above = case.program.parent(statement) if statement is not None else None
        if not isinstance(above, ast.If) or above.orelse or above not in loop.body:
            return None
        holders.add(above.lineno)
    return holders.pop() if len(holders) == 1 else None
