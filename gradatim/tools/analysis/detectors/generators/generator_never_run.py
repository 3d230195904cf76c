"""A beginner believes that calling a function with `yield` carries out its body.

Such a call stands alone, and nobody asks for its items.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.generators import generator_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("generator-call-runs-body",)


def detect(case: Examination) -> Iterator[Sign]:
    """A call of a generator function as a statement of its own."""
    for node, _ in case.places:
        if isinstance(node, ast.Expr) and (function := generator_called(case, node.value)) is not None:
            said = f"makes a generator whose items nobody asks for, so the body of `{function.name}` does not begin."
            yield of_line(case, "generator-call-runs-body", node.lineno, 0.94, said)
