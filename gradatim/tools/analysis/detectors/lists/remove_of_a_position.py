"""A beginner believes that `remove` takes the position of the item that should go.

A loop's position is handed to it, or a position that is no item.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, length_of, method_called, range_arguments
from gradatim.tools.analysis.patterns.telling import of_errors, of_line
from gradatim.tools.analysis.patterns.values import values_of
from gradatim.tools.analysis.program import Loop
from gradatim.tools.analysis.sign import Sign

TELLS = ("remove-by-index",)


def detect(case: Examination) -> Iterator[Sign]:
    """`remove` of a position."""
    refused = case.raised_at("ValueError", r"list\.remove\((x)\)")
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="remove"), args=[ast.Name(id=place)]):
                pass
            case _:
                continue
        loops = [loop for loop, _ in case.loops if node in ast.walk(loop)]
        positions = any(_position_of(loop, place, name) for loop in loops)
        index_call = any(
            called_name(item) is None and (call := method_called(item)) is not None and call[1] == "index"
            for value in values_of(case, function, place)
            for item in [value]
        )
        if positions or index_call or (node.lineno in refused and _named_as_position(place)):
            said = f"hands `{place}` to `remove`, which looks for an equal item and not for a position."
            found = refused.get(node.lineno, [])
            if found:
                yield of_errors(case, "remove-by-index", node.lineno, 0.94, said, found)
            else:
                yield of_line(case, "remove-by-index", node.lineno, 0.9, said)


def _position_of(loop: Loop, place: str, name: str) -> bool:
    """Whether a loop counts the positions of a list by this name."""
    if not isinstance(loop, ast.For):
        return False
    if isinstance(loop.target, ast.Name) and loop.target.id == place:
        return any(
            isinstance(of := length_of(bound), ast.Name) and of.id == name
            for argument in range_arguments(loop) or []
            for bound in ast.walk(argument)
        )
    match loop.target, loop.iter:
        case ast.Tuple(elts=[ast.Name(id=first), _]), ast.Call(func=ast.Name(id="enumerate")):
            return first == place
        case _:
            return False


def _named_as_position(name: str) -> bool:
    return re.fullmatch(r"i|j|k|idx|index|pos|position|place", name) is not None
