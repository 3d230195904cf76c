"""Misconceptions about while loops that never end, or never begin."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, constant_number, names_in, own_loop_nodes
from gradatim.tools.analysis.program import Function, stored_names
from gradatim.tools.analysis.sign import Sign

_CHANGING = frozenset(
    ["append", "pop", "remove", "insert", "extend", "clear", "add", "discard", "popleft", "update", "sort"]
)


def _changed(loop: ast.While) -> dict[str, list[ast.AST]]:
    """Names that the body may change, with the nodes that do."""
    found: dict[str, list[ast.AST]] = {}
    for node in body_nodes(loop.body):
        for name in stored_names(node):
            found.setdefault(name, []).append(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in _CHANGING:
                found.setdefault(name, []).append(node)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.setdefault(name, []).append(node)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
                found.setdefault(name, []).append(node)
            case _:
                continue
    return found


def _can_leave(loop: ast.While) -> bool:
    own = any(isinstance(node, ast.Break) for node in own_loop_nodes(loop))
    return own or any(isinstance(node, ast.Return | ast.Raise) for node in body_nodes(loop.body))


def _condition_names(loop: ast.While) -> frozenset[str]:
    called = {
        node.func.id for node in ast.walk(loop.test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return names_in(loop.test) - called


def _endless(case: Examination) -> Iterator[tuple[ast.While, tuple[str, ...]]]:
    """While loops that a timed-out test may have hung in."""
    tests = case.timed_out
    if not tests:
        return
    loops = [loop for loop, _ in case.loops if isinstance(loop, ast.While)]
    for loop in loops:
        body = range(loop.body[0].lineno, (loop.end_lineno or loop.lineno) + 1)
        ran = [test for test in tests if all(case.ran_in(test, line) is not True for line in body)]
        known = [test for test in tests if case.ran_in(test, loop.lineno) is not None]
        if known and len(ran) == len(known) == len(tests):
            continue
        yield loop, tests


def missing_loop_update(case: Examination) -> Iterator[Sign]:
    """A loop whose body changes nothing that its condition depends on."""
    for loop, tests in _endless(case):
        names = _condition_names(loop)
        if not names or any(isinstance(n, ast.Call) and not _is_len(n) for n in ast.walk(loop.test)):
            continue
        if names & _changed(loop).keys():
            continue
        text = case.program.text(loop.test)
        listed = " or ".join(f"`{name}`" for name in sorted(names))
        fact = f"Line {loop.lineno}: nothing in the loop changes {listed} of the condition `{text}`."
        confidence = 0.7 if _can_leave(loop) else 0.96
        yield Sign(
            "missing-loop-update", (loop.lineno,), confidence, fact, f"Time ran out in {name_tests(tests)}.", tests
        )


def _is_len(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "len"


def infinite_while(case: Examination) -> Iterator[Sign]:
    """A loop whose condition stays true: the value jumps over the limit, moves away, or is not always changed."""
    for loop, tests in _endless(case):
        line = loop.lineno
        why = f"Time ran out in {name_tests(tests)}."
        text = case.program.text(loop.test)
        if isinstance(loop.test, ast.Constant) and loop.test.value:
            if not _can_leave(loop):
                fact = f"Line {line}: the condition `{text}` is always true, and nothing in the loop leaves it."
                yield Sign("infinite-while", (line,), 0.95, fact, why, tests)
            continue
        changed = _changed(loop)
        mine = sorted(_condition_names(loop) & changed.keys())
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


def _step(node: ast.AST, name: str) -> tuple[ast.stmt, float] | None:
    """By how much a statement moves a name, if it does so by a constant."""
    match node:
        case ast.AugAssign(target=ast.Name(id=target), op=ast.Add(), value=value) if target == name:
            number = constant_number(value)
            return None if number is None else (node, number)
        case ast.AugAssign(target=ast.Name(id=target), op=ast.Sub(), value=value) if target == name:
            number = constant_number(value)
            return None if number is None else (node, -number)
        case ast.Assign(
            targets=[ast.Name(id=target)], value=ast.BinOp(left=ast.Name(id=source), op=op, right=value)
        ) if target == name == source and isinstance(op, ast.Add | ast.Sub):
            number = constant_number(value)
            return None if number is None else (node, number if isinstance(op, ast.Add) else -number)
        case _:
            return None


def _steps(loop: ast.While, name: str) -> list[tuple[ast.stmt, float]]:
    return [step for node in body_nodes(loop.body) if (step := _step(node, name)) is not None]


def _moves_away(loop: ast.While) -> ast.stmt | None:
    match loop.test:
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[_]):
            pass
        case _:
            return None
    steps = _steps(loop, name)
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
    steps = _steps(loop, name)
    return next((node for node, size in steps if abs(size) != 1), None)


def _only_in_branch(case: Examination, loop: ast.While, changes: list[ast.AST]) -> int | None:
    """Line of the if that holds all changes of the condition, if another way around it changes nothing."""
    if _can_leave(loop):
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


def loop_variable_reset(case: Examination) -> Iterator[Sign]:
    """A counter set back to its start inside the loop that it counts."""
    for loop, tests in _endless(case):
        names = _condition_names(loop)
        for statement in loop.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    pass
                case _:
                    continue
            moved = [node for node, _ in _steps(loop, name)]
            if constant_number(value) is not None and moved:
                fact = (
                    f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` sets the counter "
                    f"of `while {case.program.text(loop.test)}` back in every round."
                )
                yield Sign(
                    "loop-variable-reset",
                    (statement.lineno, loop.lineno),
                    0.93,
                    fact,
                    f"Time ran out in {name_tests(tests)}.",
                    tests,
                )


def while_condition_inverted(case: Examination) -> Iterator[Sign]:
    """A loop that no test ever enters, with a condition that says when to stop."""
    if case.coverage is None:
        return
    for loop, function in case.loops:
        if not isinstance(loop, ast.While) or case.right_of(function):
            continue
        facts = case.wrong_of(function)
        reached = [item.test for item in facts if case.ran_in(item.test, loop.lineno)]
        entered = [item.test for item in facts if case.ran_in(item.test, loop.body[0].lineno)]
        if (
            len(reached) >= 2
            and not entered
            and isinstance(loop.test, ast.Compare)
            and loop.body[0].lineno > loop.lineno
        ):
            fact = f"Line {loop.lineno}: the condition `{case.program.text(loop.test)}` is false at the start."
            why = f"The loop is never entered in {name_tests(reached)}."
            yield Sign("while-condition-inverted", (loop.lineno,), 0.75, fact, why, tuple(reached))
            started = _start_of(function, loop) if all(item.actual == facts[0].actual for item in facts) else None
            if started is not None:
                text = case.program.line(started)
                fact = (
                    f"Line {started}: after `{text}` the condition `{case.program.text(loop.test)}` is false at once."
                )
                yield Sign("wrong-initial-value", (started, loop.lineno), 0.75, fact, why, tuple(reached))


def _start_of(function: Function | None, loop: ast.While) -> int | None:
    """Line on which a name of a loop's condition gets a constant before the loop."""
    for node in function.nodes if function is not None else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _condition_names(loop):
                if constant_number(value) is not None and node.lineno < loop.lineno:
                    return node.lineno
            case _:
                continue
    return None


def nested_loop_same_variable(case: Examination) -> Iterator[Sign]:
    """Two nested for loops that share one variable."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        for node in body_nodes(loop.body):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == loop.target.id:
                used = any(
                    isinstance(item, ast.Name) and item.id == loop.target.id and isinstance(item.ctx, ast.Load)
                    for item in body_nodes(loop.body)
                )
                tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
                if tests and used:
                    fact = (
                        f"Line {node.lineno}: the inner loop uses `{loop.target.id}`, the variable of "
                        f"the loop of line {loop.lineno}, as well."
                    )
                    yield Sign(
                        "nested-loop-same-variable",
                        (node.lineno, loop.lineno),
                        0.88,
                        fact,
                        f"The result is wrong in {name_tests(tests)}.",
                        tests,
                    )
