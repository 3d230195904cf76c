"""A beginner believes that a number consists of its digits.

A TypeError where a position, the length or the items of a whole number are asked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import length_of, range_arguments
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("integer-has-positions",)

_MESSAGE = r"'int' object is not (?:subscriptable|iterable)|object of type 'int' has no len"
_DIGIT = re.compile(r"d|dig\w*|ziff\w*|(?:\w+_)?digit\w*")


def detect(case: Examination) -> Iterator[Sign]:
    """The digits of a number reached as if it were a text or list."""
    for line, found in case.raised_at("TypeError", f"({_MESSAGE})").items():
        function = case.function_at(line)
        if function is None:
            continue
        names = {name for name in function.parameters if name not in function.binders}
        numbers = {
            name
            for fact in case.contrasts
            for name, value in case.bindings(fact, function).items()
            if isinstance(value, int) and not isinstance(value, bool)
        }
        if any(_reached_into(node, names & numbers, function) for node in case.nodes_at(line)):
            said = "treats a whole number as if it consisted of parts."
            yield of_errors(case, "integer-has-positions", line, 0.92, said, found)


def _reached_into(node: ast.AST, names: set[str], function: Function) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=name)):
            return name in names
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            counted = any(_positions_of(item, name) for item in function.nodes)
            in_range = any(length_in_range(item, name) for item in function.nodes)
            return name in names and (counted or not in_range)
        case ast.For(iter=ast.Name(id=name), target=ast.Name(id=item)):
            return name in names and _DIGIT.fullmatch(item) is not None
        case _:
            return False


def _positions_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name


def length_in_range(node: ast.AST, name: str) -> bool:
    """Whether a loop goes over `range(len(name))`, where `range(name)` may have been meant."""
    bounds = range_arguments(node) or []
    return any(isinstance(of := length_of(bound), ast.Name) and of.id == name for bound in bounds)
