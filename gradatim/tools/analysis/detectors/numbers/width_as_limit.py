"""A beginner believes that a field width is the exact number of characters.

A line is longer than the wanted one because a value is longer than its field.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("width-cuts-text",)


def detect(case: Examination) -> Iterator[Sign]:
    """A width without a precision where exactly the characters beyond it are too many."""
    for node, function in case.places:
        width = _width(node)
        if width is None or not isinstance(node, ast.expr):
            continue
        facts = [fact for fact in case.wrong_of(function) if _beyond(fact, width)]
        if facts:
            said = "sets a width, which is the least number of characters; longer values are shown whole."
            seen = "The characters beyond the width are too many"
            yield of_facts(case, "width-cuts-text", node.lineno, 0.92, said, seen, facts)


def _width(node: ast.AST) -> int | None:
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str() as spec)])):
            found = re.fullmatch(r"[<>^]?(\d{1,3})s?", spec)
            return int(found.group(1)) if found is not None else None
        case ast.Call(
            func=ast.Attribute(attr="ljust" | "rjust" | "center"), args=[ast.Constant(value=int() as least), *_]
        ):
            return least
        case _:
            return None


def _beyond(fact: Contrast, width: int) -> bool:
    """Whether each line that differs is right once a piece behind `width` characters is taken out."""
    if not isinstance(fact.expected, str) or not isinstance(fact.actual, str):
        return False
    wanted, got = fact.expected.splitlines(), fact.actual.splitlines()
    if len(wanted) != len(got) or wanted == got:
        return False
    return all(one == two or _cut(one, two, width) for one, two in zip(wanted, got, strict=True))


def _cut(wanted: str, got: str, width: int) -> bool:
    extra = len(got) - len(wanted)
    places = range(width, len(wanted) + 1)
    return extra > 0 and any(
        got[:place] + got[place + extra :] == wanted and got[place - 1 : place + extra].isalnum() for place in places
    )
