"""A beginner believes that map, filter and zip return lists.

A position, the length or a method of a list is asked of one, or it is returned or printed as it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.generators import is_one_pass
from gradatim.tools.analysis.patterns.telling import of_errors, of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("map-returns-list",)

_KINDS = "map|filter|zip|enumerate|generator"


def detect(case: Examination) -> Iterator[Sign]:
    """A lazy object used, returned or printed in place of a list."""
    asked = rf"'({_KINDS}|reversed)' object is not subscriptable|of type '({_KINDS})' has no len"
    found = list(case.raised("TypeError", asked))
    found += case.raised("AttributeError", rf"^'({_KINDS})' object has no attribute")
    for item in found:
        if item.line:
            said = "treats a lazy object as a list, which has positions and a length."
            yield of_errors(case, "map-returns-list", item.line, 0.94, said, [item])
    shown = [item for item in case.failing if re.search(rf"<(?:{_KINDS}) object", item.actual or "")]
    for node, function in case.places:
        match node:
            case ast.Return(value=ast.expr() as value):
                made = value_behind(case, function, value)
            case ast.Call(func=ast.Name(id="print" | "str"), args=[value, *_]):
                made = value_behind(case, function, value)
            case _:
                continue
        if shown and is_one_pass(case, made):
            said = "hands over a lazy object, which is no list."
            tests = tuple(item.test for item in shown)
            yield replace(of_line(case, "map-returns-list", node.lineno, 0.93, said), tests=tests)
