"""A beginner believes that a variable keeps itself up to date when what it was computed from changes.

A value is computed, its source is assigned anew and not read again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("variable-follows-source",)


def detect(case: Examination) -> Iterator[Sign]:
    """A new value for a source that nothing computed above takes notice of."""
    for function in (None, *case.functions):
        nodes = function.nodes if function is not None else case.program.top
        names = [node for node in nodes if isinstance(node, ast.Name)]
        for computed, result in with_values(case, function):
            if not isinstance(computed.value, ast.BinOp | ast.JoinedStr) or case.program.loops_around(computed):
                continue
            for later in case.program.rest_of_block(computed)[1:]:
                match later:
                    case ast.Assign(targets=[ast.Name(id=source)]):
                        pass
                    case _:
                        continue
                if source == result or source not in names_in(computed.value):
                    continue
                after = [node for node in names if node.lineno > (later.end_lineno or later.lineno)]
                unread = not any(node.id == source for node in after)
                kept = [node for node in after if node.id == result]
                if unread and kept and all(isinstance(node.ctx, ast.Load) for node in kept):
                    said = f"assigns `{source}` anew; `{result}` keeps what line {computed.lineno} worked out."
                    yield of_line(case, "variable-follows-source", later.lineno, 0.92, said)
