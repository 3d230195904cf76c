"""A beginner believes that the walk along a linked list ends where there is no next node.

The body is not run for the last node, or an empty list is asked for its next node.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("loop-stops-before-last-node",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop while there is a next node, whose body uses the data of each node."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.While) or function is None:
            continue
        match loop.test:
            case ast.Attribute(value=ast.Name(id=node), attr=link):
                pass
            case ast.Compare(
                left=ast.Attribute(value=ast.Name(id=node), attr=link),
                ops=[ast.IsNot() | ast.NotEq()],
                comparators=[ast.Constant(value=None)],
            ):
                pass
            case _:
                continue
        if any(isinstance(item, ast.Return | ast.Break) for item in own_loop_nodes(loop)):
            continue
        work = [part for part in loop.body if not _steps(part, node, link)]
        steps = len(work) < len(loop.body)
        used_after = any(
            isinstance(item, ast.Name) and item.id == node and item.lineno > (loop.end_lineno or loop.lineno)
            for item in function.nodes
        )
        counted = any(isinstance(item, ast.AugAssign) or _data_of(item, node, link) for item in body_nodes(work))
        if steps and work and counted and not used_after:
            said = f"ends before the body is run for the last node, as it asks for `{node}.{link}`."
            yield of_line(case, "loop-stops-before-last-node", loop.lineno, 0.92, said)


def _steps(part: ast.stmt, node: str, link: str) -> bool:
    match part:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(value=ast.Name(id=source), attr=attribute)):
            return name == source == node and attribute == link
        case _:
            return False


def _data_of(item: ast.AST, node: str, link: str) -> bool:
    match item:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return name == node and attribute != link
        case _:
            return False
