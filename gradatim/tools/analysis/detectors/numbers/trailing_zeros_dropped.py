"""A beginner believes that `round(x, 2)` makes a number that is always shown with two decimals.

The output differs from the wanted one in zeros at the end of numbers only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("round-keeps-trailing-zeros",)

_NUMBER = re.compile(r"-?\d+\.\d+")


def detect(case: Examination) -> Iterator[Sign]:
    """`round` to some decimals where only zeros at the end are missing in a text."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Name(id="round"), args=[_, ast.Constant(value=int() as places)]) if places > 0:
                pass
            case _:
                continue
        facts = [fact for fact in case.wrong_of(function) if _zeros_missing(fact)]
        if facts:
            said = "rounds a number, and a number is shown with as few digits as it needs."
            yield of_facts(
                case, "round-keeps-trailing-zeros", node.lineno, 0.93, said, "Only zeros at the end are missing", facts
            )


def _zeros_missing(fact: Contrast) -> bool:
    wanted, got = fact.expected, fact.actual
    if not isinstance(wanted, str) or not isinstance(got, str) or wanted == got or len(got) >= len(wanted):
        return False
    return _shortened(wanted) == _shortened(got)


def _shortened(text: str) -> str:
    return _NUMBER.sub(lambda found: found.group().rstrip("0").rstrip("."), text)
