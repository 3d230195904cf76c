"""Recursive functions: their own calls, their base cases, the tests that went too deep."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, constant_number, leaves
from gradatim.tools.analysis.program import Function


def depth_tests(case: Examination, function: Function) -> tuple[str, ...]:
    """Tests that went too deep in a function (or ran out of time or memory in it)."""
    last = function.node.end_lineno or function.line
    deep = [
        item.test
        for item in case.raised("RecursionError")
        if any(function.line <= line <= last for line in (item.line, *item.fact.trace))
    ]
    return tuple(test for test in deep if test)


def base_cases_of(function: Function) -> list[ast.If]:
    """Ifs that leave the function in a branch without a recursive call."""
    found: list[ast.If] = []
    for node in function.nodes:
        if isinstance(node, ast.If):
            for block in (node.body, node.orelse):
                inside = [item for part in block for item in ast.walk(part)]
                recursive = any(called_name(item) == function.name for item in inside)
                if block and leaves(block) and not recursive:
                    found.append(node)
                    break
    return found


def escapes(function: Function) -> bool:
    """Whether some way out of a function may do without a recursive call."""
    for node in function.nodes:
        if isinstance(node, ast.IfExp | ast.BoolOp | ast.Match | ast.Try | ast.While | ast.For):
            return True
        if (
            isinstance(node, ast.If)
            and not node.orelse
            and any(called_name(n) == function.name for part in node.body for n in ast.walk(part))
        ):
            return True
    return False


def offset_of(call: ast.Call, function: Function) -> tuple[str, float] | None:
    """Parameter and step of a recursive call `f(n - 1)`."""
    for argument, name in zip(call.args, function.parameters, strict=False):
        match argument:
            case ast.BinOp(left=ast.Name(id=source), op=ast.Add() | ast.Sub() as op, right=right) if source == name:
                number = constant_number(right)
                if number:
                    return name, number if isinstance(op, ast.Add) else -number
            case _:
                continue
    return None


def self_calls(function: Function) -> list[ast.Call]:
    """Calls of a function (or method) to itself."""
    found: list[ast.Call] = []
    for node in function.nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name == function.name and function.owner is None:
                found.append(node)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if (
                name == function.name and function.owner is not None
            ):
                found.append(node)
            case _:
                continue
    return found


def recursive_functions(case: Examination) -> Iterator[tuple[Function, list[ast.Call]]]:
    for function in case.functions:
        calls = self_calls(function)
        if calls:
            yield function, calls
