"""Misconceptions about which kind of value has which method, and about naming a method for calling it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    method_called,
)
from gradatim.tools.analysis.sign import Sign


def list_join_misplaced(case: Examination) -> Iterator[Sign]:
    """A method of texts asked of a list, or the reverse."""
    for line, found in case.raised_at("AttributeError", r"^'(\w+)' object has no attribute '(\w+)'").items():
        tests = tuple(test for item in found for test in item.tests)
        kind, method = found[0].match.group(1), found[0].match.group(2)
        text = case.program.line(line)
        why = f"AttributeError in {name_tests(tests)}."
        if kind in ("list", "tuple") and method == "join":
            fact = f"Line {line}: `{text}` asks the list to join; the separator does that."
            yield Sign("join-on-list-side", (line,), 0.96, fact, why, tests)
        elif kind == "list" and method in ("upper", "lower", "strip", "replace", "isdigit", "title", "split"):
            home = case.function_at(line)
            nodes = home.nodes if home is not None else case.program.top
            split = any((call := method_called(node)) is not None and call[1] == "split" for node in nodes)
            if split:
                fact = f"Line {line}: `{text}` uses a method of texts on what split gave, which is a list."
                yield Sign("split-returns-string", (line,), 0.9, fact, why, tests)
        elif kind == "dict" and method in ("add", "append"):
            fact = f"Line {line}: `{text}` uses a method that a dictionary does not have."
            if method == "add":
                yield Sign("empty-braces-is-set", (line,), 0.94, fact, why, tests)
        elif kind == "tuple" and method in ("append", "remove", "insert", "extend", "pop", "sort"):
            fact = f"Line {line}: `{text}` changes a tuple in place."
            yield Sign("tuple-is-mutable", (line,), 0.93, fact, why, tests)


def compared_with_number(case: Examination) -> Iterator[Sign]:
    """A whole list compared with a number."""
    pattern = (
        r"not supported between instances of '(?:list|tuple)' and '(?:int|float)'|"
        r"not supported between instances of '(?:int|float)' and '(?:list|tuple)'"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` compares a whole list or tuple with a number."
        yield Sign("list-compared-with-number", (line,), 0.92, fact, f"TypeError in {name_tests(tests)}.", tests)


def none_attribute_access(case: Examination) -> Iterator[Sign]:
    """Something asked of None."""
    pattern = (
        r"'NoneType' object has no attribute|'NoneType' object is not (?:subscriptable|iterable|callable)|"
        r"object of type 'NoneType' has no len|operand type.*'NoneType'|argument of type 'NoneType'"
    )
    for line, found in case.raised_at("AttributeError TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        text = case.program.line(line)
        why = f"{found[0].fact.type} in {name_tests(tests)}."
        if found[0].fact.type == "AttributeError":
            fact = f"Line {line}: in `{text}` something is asked of a value that is None."
            yield Sign("none-attribute-access", (line,), 0.8, fact, why, tests)
            continue
        home = case.function_at(line)
        for node in case.nodes_at(line):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            called = case.program.function(node.func.id)
            if called is None or called is home or called.returns_value or called.yields or called.trivial:
                continue
            printing = any(
                isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print" for n in called.nodes
            )
            fact = f"Line {line}: `{text}` uses the value of {called.name}, which returns nothing."
            name = "print-instead-of-return" if printing else "missing-return"
            last = called.body[-1].lineno
            yield Sign(name, (last, line), 0.9, fact, why, tests)


def method_without_call(case: Examination) -> Iterator[Sign]:
    """A method named without parentheses, so that it is not called."""
    text_methods = frozenset(
        [
            "upper",
            "lower",
            "strip",
            "split",
            "isdigit",
            "isalpha",
            "append",
            "pop",
            "sort",
            "keys",
            "values",
            "items",
            "reverse",
            "title",
            "capitalize",
            "copy",
            "read",
            "close",
        ]
    )
    for node, _ in case.places:
        if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        above = case.program.parent(node)
        if isinstance(above, ast.Attribute | ast.Subscript) or (isinstance(above, ast.Call) and above.func is node):
            continue
        if isinstance(above, ast.keyword) or (
            isinstance(above, ast.Call) and node in above.args and _takes_function(above)
        ):
            continue
        own = {item.name for item in case.program.functions if item.owner is not None}
        assigned = {n.attr for n in case.program.nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
        if node.attr in assigned or (isinstance(node.value, ast.Name) and node.value.id in case.program.imports):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in ("str", "list", "int", "dict", "float"):
            continue
        if node.attr in own and not _is_property(case, node.attr):
            name, confidence = "method-without-call", 0.9
        elif node.attr in text_methods:
            name, confidence = "parentheses-missing-in-call", 0.92
        else:
            continue
        fact = (
            f"Line {node.lineno}: `{case.program.text(node)}` names the method without parentheses, so "
            "it is not called."
        )
        yield Sign(
            name, (node.lineno,), confidence, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


def _is_property(case: Examination, name: str) -> bool:
    return any(item.name == name and item.node.decorator_list for item in case.program.functions)


def _takes_function(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id not in ("print", "len", "int", "float", "str", "list", "sum", "sorted")
    taken = method_called(call)
    return taken is None or taken[1] not in ("append", "join", "count", "index")
