"""Misconceptions about lists: what methods return, what is changed in place, what is inside what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    body_nodes,
    called_name,
    leaves,
    method_called,
    range_arguments,
    same,
)
from gradatim.tools.analysis.sign import Sign

_NONE_METHODS = frozenset(["append", "extend", "insert", "remove", "sort", "reverse", "clear"])


def _runs(case: Examination) -> str:
    return f"It runs in {name_tests(case.failed_ids)}."


def mutating_method_result_used(case: Examination) -> Iterator[Sign]:
    """The value of `append`, `sort`, … used, which is None."""
    for node, _ in case.places:
        if isinstance(node, ast.Assign | ast.Return | ast.AugAssign):
            value = node.value
        elif isinstance(node, ast.For):
            value = node.iter
        else:
            continue
        call = method_called(value)
        if call is None or call[1] not in _NONE_METHODS or _own_method(case, call[1]):
            continue
        text = case.program.line(node.lineno)
        fact = f"Line {node.lineno}: `{text}` uses what `.{call[1]}(…)` returns, which is None."
        appended = isinstance(node, ast.Assign) and call[1] == "append"
        name = "append-returns-none-assigned" if appended else "list-mutating-method-returns-list"
        yield Sign(name, (node.lineno,), 0.95, fact, _runs(case), case.failed_ids)


def _own_method(case: Examination, name: str) -> bool:
    return any(item.owner is not None and item.name == name for item in case.program.functions)


def sort_versus_sorted(case: Examination) -> Iterator[Sign]:
    """`sorted(x)` on a line of its own."""
    for node, _ in case.places:
        if isinstance(node, ast.Expr) and called_name(node.value) in ("sorted", "reversed"):
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new sequence that "
                "nothing keeps; the old one stays as it is."
            )
            yield Sign("sort-versus-sorted", (node.lineno,), 0.93, fact, _runs(case), case.failed_ids)


def append_versus_extend(case: Examination) -> Iterator[Sign]:
    """A list put into a list as one item, or taken apart where it was one item."""
    for line, found in case.raised_at("TypeError", r"'(int|float|bool|NoneType)' object is not iterable").items():
        for node in case.nodes_at(line):
            joined = (
                method_called(node) is not None and cast("tuple[ast.expr, str]", method_called(node))[1] == "extend"
            )
            if joined:
                tests = tuple(test for item in found for test in item.tests)
                fact = f"Line {line}: `{case.program.line(line)}` extends a list by something that is one single value."
                yield Sign("append-versus-extend", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)
                break
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in ("append", "extend") or function is None:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        line = cast(ast.expr, node).lineno
        if call[1] == "append":
            tests = tuple(fact.test for fact in facts if _nested_for_flat(fact))
            what = "A list stands inside the result where its items were wanted"
        else:
            tests = tuple(fact.test for fact in facts if _taken_apart(fact))
            what = "Single letters or items stand in the result where a whole was wanted"
        if tests and 3 * len(tests) >= 2 * len(facts):
            fact = f"Line {line}: `{case.program.line(line)}` adds with {call[1]}."
            yield Sign("append-versus-extend", (line,), 0.92, fact, f"{what} in {name_tests(tests)}.", tests)


def _flat(value: list[object]) -> list[object]:
    found: list[object] = []
    for item in value:
        found.extend(cast("list[object]", item) if isinstance(item, list | tuple) else [item])
    return found


def _nested_for_flat(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None:
        return False
    return wanted != got and any(isinstance(item, list | tuple) for item in got) and _flat(got) == wanted


def _taken_apart(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got or not wanted:
        return False
    if all(isinstance(item, str) for item in wanted):
        letters = [item for item in got if isinstance(item, str)]
        return len(letters) == len(got) > len(wanted) and "".join(letters) == "".join(cast("list[str]", wanted))
    return all(isinstance(item, list | tuple) for item in wanted) and _flat(wanted) == got


def missing_list_wrap(case: Examination) -> Iterator[Sign]:
    """A single value joined to a list with `+`."""
    pattern = (
        r'can only concatenate list \(not "(\w+)"\) to list|'
        r"unsupported operand type\(s\) for \+=?: '\w+' and 'list'"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        if found[0].match.group(1) in ("NoneType", "tuple"):
            continue
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` joins a list and a value that is not a list."
        yield Sign("missing-list-wrap", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)
    for line, found in case.raised_at("TypeError", r"'(int|float|bool)' object is not iterable").items():
        if any(isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) for node in case.nodes_at(line)):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: `{case.program.line(line)}` joins a list and a value that is not a list."
            yield Sign("missing-list-wrap", (line,), 0.92, fact, f"TypeError in {name_tests(tests)}.", tests)
    for node, function in case.places:
        if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add) or function is None:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        tests = tuple(fact.test for fact in facts if _taken_apart(fact))
        if tests and 3 * len(tests) >= 2 * len(facts) and not isinstance(node.value, ast.List | ast.ListComp):
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` adds to a list with +=, which "
                "takes the value apart."
            )
            yield Sign(
                "missing-list-wrap",
                (node.lineno,),
                0.85,
                fact,
                f"Its parts stand in the result in {name_tests(tests)}.",
                tests,
            )


def modify_list_while_iterating(case: Examination) -> Iterator[Sign]:
    """A list that loses or gains items while a for loop goes over it."""
    for loop, _ in case.loops:
        if not isinstance(loop, ast.For):
            continue
        over: ast.expr = loop.iter
        if called_name(over) == "enumerate" and isinstance(over, ast.Call) and over.args:
            over = over.args[0]
        arguments = range_arguments(loop)
        by_position = False
        if arguments is not None and called_name(arguments[-1]) == "len" and len(arguments) <= 2:
            over, by_position = cast(ast.Call, arguments[-1]).args[0], True
        if not isinstance(over, ast.Name | ast.Attribute | ast.Subscript):
            continue
        for node in body_nodes(loop.body):
            if not _shrinks(node, over, by_position):
                continue
            statement = case.program.statement_of(node)
            if statement is None:
                continue
            rest = case.program.rest_of_block(statement)
            if any(isinstance(item, ast.Break) for item in rest) or leaves(rest):
                continue
            fact = (
                f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` changes the list "
                f"that the loop of line {loop.lineno} goes over."
            )
            lines = tuple(dict.fromkeys((statement.lineno, loop.lineno)))
            yield Sign("modify-list-while-iterating", lines, 0.93, fact, _runs(case), case.failed_ids)


def _shrinks(node: ast.AST, over: ast.expr, by_position: bool) -> bool:
    call = method_called(node)
    if call is not None and same(call[0], over):
        return call[1] in ("remove", "pop") or (call[1] in ("insert", "append") and not by_position)
    if isinstance(node, ast.Delete):
        return any(isinstance(target, ast.Subscript) and same(target.value, over) for target in node.targets)
    return False


def list_multiplication_shares_rows(case: Examination) -> Iterator[Sign]:
    """`[[0] * n] * m`: one row, several times."""
    for node, _ in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
            continue
        for side in (node.left, node.right):
            if isinstance(side, ast.List) and side.elts and _is_list(side.elts[0]) and _written(case):
                fact = f"Line {node.lineno}: `{case.program.text(node)}` repeats one and the same inner list."
                yield Sign("list-multiplication-shares-rows", (node.lineno,), 0.94, fact, _runs(case), case.failed_ids)


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_list(node.left) or _is_list(node.right)
    return isinstance(node, ast.List | ast.ListComp)


def _written(case: Examination) -> bool:
    """Whether an item of an inner list is changed anywhere."""
    for node, _ in case.places:
        match node:
            case ast.Subscript(value=ast.Subscript(), ctx=ast.Store()):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Subscript(), attr=method)) if method in _NONE_METHODS:
                return True
            case _:
                continue
    return False


def assignment_copies_object(case: Examination) -> Iterator[Sign]:
    """`b = a` taken for a copy: b is changed and a is used afterwards."""
    for node, function in case.places:
        match node:
            case ast.Assign(targets=[ast.Name(id=copy)], value=ast.Name(id=original)) if function is not None:
                pass
            case _:
                continue
        if copy == original or original not in function.parameters or len(function.stores(copy)) != 1:
            continue
        changes = [item for item in function.nodes if _changes(item, copy)]
        if not changes:
            continue
        first = min(cast(ast.expr, item).lineno for item in changes)
        later = [item for item in function.loads(original) if item.lineno > node.lineno and item.lineno >= first]
        tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
        # Tests of assertions are the ones that can look at the list that was handed over.
        looked_at = all(case.task.test(test).form == "check" for test in case.failed_ids)
        if later or looked_at:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` gives the same list a second "
                f"name; line {first} changes it."
            )
            yield Sign(
                "assignment-copies-object",
                (node.lineno, first),
                0.8,
                fact,
                f"`{original}` counts afterwards in {name_tests(tests)}.",
                tests,
            )


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method)):
            return target == name and method in _NONE_METHODS | {"pop"}
        case ast.Subscript(value=ast.Name(id=target), ctx=ast.Store() | ast.Del()):
            return target == name
        case _:
            return False
