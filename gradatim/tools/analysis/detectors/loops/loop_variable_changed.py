"""A beginner believes that changing the variable of a for loop skips rounds or changes the list.

The variable is assigned in the body and not read again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("modify-loop-variable",)


def detect(case: Examination) -> Iterator[Sign]:
    """A new value for the loop variable that the next round throws away."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or function is None:
            continue
        name = loop.target.id
        for node in own_loop_nodes(loop):
            match node:
                case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                    pass
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.BinOp() as value) if (
                    target == name and name in names_in(value)
                ):
                    pass
                case _:
                    continue
            last = node.end_lineno or node.lineno
            if not any(item.lineno > last for item in function.loads(name)):
                said = f"assigns the loop variable `{name}`, which the next round replaces."
                yield of_line(case, "modify-loop-variable", node.lineno, 0.93, said)
