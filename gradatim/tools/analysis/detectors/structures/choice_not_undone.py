"""A beginner believes that the list of choices is as before when a recursive call comes back without success.

What was appended before the call is not removed after it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called, names_in
from gradatim.tools.analysis.patterns.recursion import self_calls
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("choice-never-undone",)

_UNDOING = frozenset(["pop", "remove", "clear", "discard"])


def detect(case: Examination) -> Iterator[Sign]:
    """An item appended before a recursive call, which nothing takes back."""
    for function in case.functions:
        calls = self_calls(function)
        undone = {
            name
            for node in function.nodes
            if (call := method_called(node)) is not None and call[1] in _UNDOING
            for name in names_in(call[0])
        }
        for node in function.nodes:
            match node:
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add"))):
                    pass
                case _:
                    continue
            following = case.program.next_of(node)
            tries = isinstance(following, ast.If) and any(call in ast.walk(following.test) for call in calls)
            gone = any(isinstance(item, ast.Delete) and name in names_in(item) for item in function.nodes)
            shared = any(
                isinstance(argument, ast.Name) and argument.id == name for call in calls for argument in call.args
            )
            if tries and shared and name in function.parameters and name not in undone and not gone:
                said = f"adds to `{name}` before a recursive call, and nothing takes it out again."
                yield of_line(case, "choice-never-undone", node.lineno, 0.93, said)
