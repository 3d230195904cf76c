"""A beginner believes that `next` inside a loop over the same iterator looks ahead without taking the item.

The item that `next` gives is only compared with the current one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("next-peeks",)


def detect(case: Examination) -> Iterator[Sign]:
    """`next` of the iterator that the loop goes over, compared with the loop variable."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For):
            continue
        if not isinstance(loop.iter, ast.Name) or not isinstance(loop.target, ast.Name):
            continue
        for node in body_nodes(loop.body):
            match node:
                case ast.Call(func=ast.Name(id="next"), args=[ast.Name(id=name), *_]) if name == loop.iter.id:
                    pass
                case _:
                    continue
            held = _held_as(case, node)
            compared = any(
                isinstance(item, ast.Compare | ast.BinOp)
                and loop.target.id in names_in(item)
                and (held in names_in(item) if held is not None else node in ast.walk(item))
                for item in body_nodes(loop.body)
            )
            made = value_behind(case, function, loop.iter)
            if compared and made is not loop.iter:
                said = f"takes an item from `{loop.iter.id}`, which the loop then goes on without."
                yield of_line(case, "next-peeks", node.lineno, 0.9, said)


def _held_as(case: Examination, node: ast.AST) -> str | None:
    match case.program.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return None
