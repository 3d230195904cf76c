"""A beginner believes that the line that keeps the previous value works anywhere in the body.

It stands above the comparison, so that both values are the same there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("follower-set-too-early",)


def detect(case: Examination) -> Iterator[Sign]:
    """A previous value that is replaced before it is compared with the current one."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or function is None:
            continue
        current = loop.target.id
        for place, statement in enumerate(loop.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=source)) if source == current:
                    pass
                case _:
                    continue
            before = any(name in names_in(item) for item in loop.body[:place])
            started = any(getattr(store, "lineno", loop.lineno) < loop.lineno for store in function.stores(name))
            met = any(_together(node, name, current) for node in body_nodes(loop.body[place + 1 :]))
            if not before and started and met:
                said = f"replaces `{name}` before it is compared, so both values are the same."
                yield of_line(case, "follower-set-too-early", statement.lineno, 0.94, said)


def _together(node: ast.AST, name: str, current: str) -> bool:
    """Whether an operation or comparison has both names."""
    return isinstance(node, ast.Compare | ast.BinOp) and {name, current} <= names_in(node)
