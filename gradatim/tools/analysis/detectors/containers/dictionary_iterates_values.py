"""A beginner believes that a loop over a dictionary gives its values or its pairs.

An error from unpacking the keys or from calculating with them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("dictionary-iterates-values",)


def detect(case: Examination) -> Iterator[Sign]:
    """`for k, v in d`, or a dictionary's keys used as its values."""
    for line, found in case.raised_at("ValueError TypeError", "values to unpack|cannot unpack non-iterable").items():
        loop = next((node for node in case.nodes_at(line) if isinstance(node, ast.For)), None)
        if loop is None or not isinstance(loop.target, ast.Tuple) or not isinstance(loop.iter, ast.Name):
            continue
        if _is_dictionary(case, loop.iter.id, case.function_at(line)):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: the loop goes over the dictionary `{loop.iter.id}` itself, which gives its keys only."
            yield Sign(
                "dictionary-iterates-values",
                (line,),
                0.94,
                fact,
                f"{found[0].fact.type} in {name_tests(tests)}.",
                tests,
            )
    for loop, function in case.loops:
        match loop:
            case ast.For(target=ast.Name(id=item), iter=ast.Name(id=over)) if _is_dictionary(case, over, function):
                pass
            case _:
                continue
        for node in (inner for part in loop.body for inner in ast.walk(part)):
            match node:
                case ast.AugAssign(op=ast.Add(), value=ast.Name(id=added)) if added == item:
                    pass
                case _:
                    continue
            errors = [e for e in case.raised("TypeError", "unsupported operand") if e.line == node.lineno]
            tests = tuple(t for e in errors for t in e.tests)
            if errors:
                fact = (
                    f"Line {node.lineno}: `{case.program.line(node.lineno)}` adds `{item}`, which is a key of {over}."
                )
                yield Sign(
                    "dictionary-iterates-values",
                    (node.lineno, loop.lineno),
                    0.93,
                    fact,
                    f"TypeError in {name_tests(tests)}.",
                    tests,
                )


def _is_dictionary(case: Examination, name: str, function: Function | None) -> bool:
    nodes = [*case.program.top, *(function.nodes if function is not None else ())]
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=target)], value=ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict"))
            ) if target == name:
                return True
            case _:
                continue
    if function is None:
        return False
    return any(isinstance(case.bindings(fact, function).get(name), dict) for fact in case.contrasts)
