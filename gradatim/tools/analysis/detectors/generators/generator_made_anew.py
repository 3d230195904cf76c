"""A beginner believes that a generator function remembers how far it has come.

`next` gets a new generator each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in, same
from gradatim.tools.analysis.patterns.generators import generator_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import stored_names
from gradatim.tools.analysis.sign import Sign

TELLS = ("new-generator-for-every-item",)


def detect(case: Examination) -> Iterator[Sign]:
    """`next(f())` more than once for the same call, or in a loop."""
    seen: list[ast.expr] = []
    for node, function in case.places:
        if called_name(node) != "next" or not isinstance(node, ast.Call) or not node.args:
            continue
        made = node.args[0]
        if generator_called(case, made) is None:
            continue
        loops = case.program.loops_around(node)
        changing = {name for loop in loops for inner in ast.walk(loop) for name in stored_names(inner)}
        inside = any(isinstance(above, ast.comprehension | ast.ListComp) for above in case.program.ancestors(node))
        again = any(same(made, other) for other in seen) or (
            (bool(loops) or inside) and not names_in(made) & changing and function is None
        )
        seen.append(made)
        if again or (loops and not names_in(made) & changing):
            said = "makes a new generator, which begins at the top."
            yield of_line(case, "new-generator-for-every-item", node.lineno, 0.93, said)
