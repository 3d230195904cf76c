"""A beginner believes that a row of ifs reacts only to the state at its beginning.

An if assigns the state that the next one asks for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("several-transitions-in-one-step",)


def detect(case: Examination) -> Iterator[Sign]:
    """An if for a state that the if before may just have set."""
    for node, _ in case.places:
        first = _transition(node)
        following = case.program.next_of(node) if isinstance(node, ast.If) else None
        second = _transition(following)
        if first is None or second is None or following is None:
            continue
        if first[0] == second[0] and first[2] == second[1] and first[1] != first[2]:
            said = f"asks for the state that line {getattr(node, 'lineno', 0)} and its block may just have set."
            yield of_line(case, "several-transitions-in-one-step", following.lineno, 0.93, said)


def _transition(node: ast.AST | None) -> tuple[str, object, object] | None:
    """Name, old and new state of an `if name == old: name = new` that does not leave."""
    match node:
        case ast.If(
            test=ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=old)]),
            body=[*_, ast.Assign(targets=[ast.Name(id=target)], value=ast.Constant(value=new))],
            orelse=[],
        ) if name == target:
            return name, old, new
        case _:
            return None
