"""A beginner believes that a new line or a closing quotation mark separates items.

Two texts stand side by side in a list without a comma.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-comma-in-list-of-texts",)

_TWO_TEXTS = re.compile(r"""(["'])([^"'\\\n]{1,30})\1\s*\n?\s*(["'])([^"'\\\n]{1,30})\3""")


def detect(case: Examination) -> Iterator[Sign]:
    """Two short texts in a list that are joined because no comma stands between them."""
    for node in case.program.nodes:
        if not isinstance(node, ast.List | ast.Set | ast.Tuple) or len(node.elts) < 2:
            continue
        for item in node.elts:
            if text_constant(item) is not None and (line := _joined_at(case, item)) is not None:
                said = "ends a text that is joined with the next one, as no comma stands between them."
                yield of_line(case, "missing-comma-in-list-of-texts", line, 0.93, said, anywhere=True)


def _joined_at(case: Examination, item: ast.expr) -> int | None:
    """Line on which the first of two texts ends that make up one item."""
    source = case.program.text(item)
    if item.end_lineno == item.lineno + 1:
        ending = case.program.lines[item.lineno].encode()[: item.end_col_offset]
        source = f"{source}\n{ending.decode(errors='replace')}"
    inside = _TWO_TEXTS.fullmatch(source)
    if inside is None or inside.group(2).endswith(" ") or inside.group(4).startswith(" "):
        return None
    return item.lineno
