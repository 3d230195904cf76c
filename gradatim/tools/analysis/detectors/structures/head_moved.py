"""A beginner believes that walking along a linked list with the head itself is harmless.

A loop that looks at the nodes moves the attribute that holds the first one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import own_loop_nodes, same
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("head-moved-while-traversing",)

_EMPTYING = re.compile(r"pop|remove|delete|clear|empty|drain|dequeue|discard|reverse", re.IGNORECASE)


def detect(case: Examination) -> Iterator[Sign]:
    """`self.head = self.head.next` in a loop over the whole list."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.While) or function is None or _EMPTYING.search(function.name):
            continue
        for node in own_loop_nodes(loop):
            match node:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=name) as moved],
                    value=ast.Attribute(value=ast.Attribute() as source),
                ) if same(moved, source):
                    pass
                case _:
                    continue
            asked = any(isinstance(item, ast.Attribute) and item.attr == name for item in ast.walk(loop.test))
            restored = any(
                isinstance(item, ast.Assign)
                and item.lineno > loop.lineno
                and item not in ast.walk(loop)
                and any(same(target, moved) for target in item.targets)
                for item in function.nodes
            )
            if asked and not restored:
                said = f"moves `self.{name}` on, and the nodes before it cannot be reached any more."
                yield of_line(case, "head-moved-while-traversing", node.lineno, 0.92, said)
