"""A beginner believes that appending the list of choices to the results keeps its content.

The list itself is noted and changed afterwards.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("results-share-one-list",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list appended to the results that is filled and emptied again."""
    for function in case.functions:
        filled, emptied = _changed(function, {"append"}), _changed(function, {"pop", "clear", "remove"})
        for node in function.nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=results, attr="append"), args=[ast.Name(id=name)]):
                    pass
                case ast.Yield(value=ast.Name(id=name)) as results:
                    pass
                case _:
                    continue
            if (
                name in filled
                and name in emptied
                and name not in names_in(results) - ({name} if isinstance(results, ast.Yield) else set())
            ):
                said = f"notes the list `{name}` itself, which the function changes afterwards."
                yield of_line(case, "results-share-one-list", node.lineno, 0.94, said)


def _changed(function: Function, methods: set[str]) -> set[str]:
    """Names of lists on which one of these methods is called."""
    return {
        call[0].id
        for node in function.nodes
        if (call := method_called(node)) is not None and call[1] in methods and isinstance(call[0], ast.Name)
    }
